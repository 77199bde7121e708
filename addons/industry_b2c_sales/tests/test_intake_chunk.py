from decimal import Decimal

from odoo.tests import tagged

from ..domain.axes import Axis, OrderState
from ..domain.intake import IntakeConsumer
from .common import CPFS, NOW, RIO, B2cCase, fact, intake, line


def consumer(number):
    return IntakeConsumer(
        name=f"Consumidora {number}", vat=CPFS[number % len(CPFS)], address=RIO
    )


# Queries of one more order: its lines, its consumer's address, its events.
MARGIN = 10


@tagged("post_install", "-at_install")
class TestIntakeChunk(B2cCase):
    """Fifty orders are taken in like one, and fail like one."""

    def chunk(self, *numbers):
        return [intake(str(n), consumer=consumer(n)) for n in numbers]

    def queries(self, orders):
        """How many queries it takes to take these in."""
        before = self.env.cr.sql_log_count
        self.take_in(*orders).flush_recordset()
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_chunk(self):
        # What every process asks once.
        self.take_in(*self.chunk(1, 2, 3)).flush_recordset()
        few = self.queries(self.chunk(*range(10, 13)))
        many = self.queries(self.chunk(*range(20, 32)))
        self.assertLessEqual(few, 115)
        self.assertLessEqual((many - few) / (12 - 3), MARGIN)

    def test_unforeseen_failure_of_one_spares_the_others(self):
        orders = self.env.registry["sale.order"]
        values = orders._b2c_order_vals

        def failing(self, order, *args):
            if order.external_id == "3":
                raise ValueError("CPF 529.982.247-25 is odd")
            return values(self, order, *args)

        self.patch(orders, "_b2c_order_vals", failing)
        with self.assertLogs("odoo.addons.industry_b2c_sales", "WARNING") as log:
            results = self.orders._b2c_intake(self.chunk(2, 3, 4))
        outcomes = [result.outcome for result in results]
        self.assertEqual(outcomes, ["created", "rejected", "created"])
        issue = self.open_issues(code="intake_failed")
        self.assertIn("/3", issue.external_ref)
        self.assertNotIn("529.982", issue.message + "".join(log.output))

    def test_told_twice_in_one_call(self):
        on_hold = fact(Axis.ORDER, OrderState.ON_HOLD, uid="late")
        first, again = intake("1"), intake("1", facts=(on_hold,))
        results = self.orders._b2c_intake([first, again])
        self.assertEqual(len({result.order_id for result in results}), 1)
        order = self.orders.browse(results[0].order_id)
        self.assertIn("late", order.b2c_event_ids.mapped("uid"))

    def test_tax_engine_has_the_last_word_on_ipi(self):
        """A wrong guess of the rate costs a second pass, never a cent."""
        products = self.env.registry["product.product"]
        self.patch(products, "_b2c_ipi_percent", lambda self, company: Decimal(10))
        order = self.take_in(intake("1"))
        self.assertAlmostEqual(order.order_line.price_unit, 193.61)
        self.assertAlmostEqual(order.amount_total, 199.90)

    def test_changed_table_counts_from_the_next_call(self):
        """What the engine found is remembered within a call only."""
        self.take_in(intake("1"))
        other = self.env["l10n_br_fiscal.tax"].search(
            [("tax_domain", "=", "ipi"), ("percent_amount", "=", 5.0)], limit=1
        )
        self.chair.ncm_id.tax_ipi_id = other
        order = self.take_in(intake("2"))
        self.assertEqual(order.order_line.ipi_percent, 5.0)
        self.assertAlmostEqual(order.amount_total, 199.90)

    def test_same_article_in_two_states(self):
        """The destination decides on the tax: what was found for Rio is not for SP."""
        paulista = RIO.__class__(
            street="Rua Exemplo",
            number="1",
            district="Centro",
            city="São Paulo",
            uf="SP",
            zip="01311-000",
        )
        far, near = self.take_in(
            intake("1", consumer=consumer(0)),
            intake(
                "2",
                consumer=IntakeConsumer(
                    name="Consumidor Paulista", vat=CPFS[1], address=paulista
                ),
            ),
        )
        self.assertEqual(far.order_line.cfop_id.code[0], "6")
        self.assertEqual(near.order_line.cfop_id.code[0], "5")
        self.assertFalse(near.order_line.icms_destination_value)
        self.assertTrue(far.order_line.icms_destination_value)

    def test_nothing_in_the_chatter(self):
        order = self.take_in(intake("1", (line(quantity=2),), ordered_at=NOW))
        order._b2c_advance()
        messages = order.message_ids | order.picking_ids.message_ids
        self.assertFalse(messages | order.invoice_ids.message_ids)
