from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import LockNotAvailable

from odoo import fields
from odoo.tests import Form, tagged

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.axes import Axis, OrderState, PaymentState
from ..domain.guard import LiveStatus
from ..exceptions import B2cHoldError
from .common import CPFS, NOW, SOURCE, B2cCase, fact, intake, line


@tagged("post_install", "-at_install")
class TestAdvance(B2cCase):
    """A paid order goes to its posted invoice without a person."""

    def consumer(self, index):
        return intake("x").consumer.__class__(
            name=f"Consumidor {index}",
            vat=CPFS[index],
            address=intake("x").consumer.address,
        )

    def fail_posting_of(self, names, error):
        """Posting fails whenever an invoice of these orders is among the posted."""
        post = self.registry["account.move"].action_post

        def action_post(moves):
            if set(names) & set(moves.mapped("invoice_origin")):
                raise error
            return post(moves)

        patcher = patch.object(
            self.registry["account.move"], "action_post", action_post
        )
        patcher.start()
        return patcher

    def test_orders_are_invoiced_each_with_its_own_note(self):
        orders = self.take_in(
            intake("1"), intake("2"), intake("3", consumer=self.consumer(1))
        )
        orders._b2c_advance()
        self.assertEqual(orders.mapped("state"), ["sale"] * 3)
        self.assertEqual(orders.picking_ids.mapped("state"), ["assigned"] * 3)
        self.assertEqual(len(orders.invoice_ids), 3)
        self.assertEqual(orders.invoice_ids.mapped("state"), ["posted"] * 3)
        self.assertEqual(orders.mapped("b2c_fiscal_state"), ["invoiced"] * 3)
        notes = orders.invoice_ids.fiscal_document_id
        self.assertEqual(len(set(notes.mapped("document_number"))), 3)
        self.assertEqual(orders.b2c_verdict_ids.mapped("decision"), ["go"] * 6)

    def test_invoice_amounts_to_what_was_paid(self):
        self._make_product("CAD-2", stock=10)
        lines = (
            line(quantity=3, price="33.40", discount="1.10"),
            line("CAD-2", price="149.90"),
        )
        order = self.invoiced(
            "1", lines=lines, freight=Decimal("20.01"), discount=Decimal("7.77")
        )
        note = order.invoice_ids.fiscal_document_id
        self.assertAlmostEqual(order.b2c_paid_total, 261.24)
        self.assertAlmostEqual(order.invoice_ids.amount_total, 261.24)
        self.assertAlmostEqual(note.fiscal_amount_total, 261.24)
        self.assertAlmostEqual(note.amount_freight_value, 20.01)
        self.assertAlmostEqual(
            note.amount_ipi_value,
            sum(
                round(base * 0.0325, 2)
                for base in note.fiscal_line_ids.mapped("ipi_base")
            ),
        )

    def test_note_names_the_product_as_it_was_sold_and_once(self):
        order = self.invoiced("1")
        [item] = order.invoice_ids.fiscal_document_id.fiscal_line_ids
        self.assertNotEqual(self.chair.name, "Cadeira Exemplo")
        self.assertEqual(item.name, "Cadeira Exemplo")

    def test_advancing_twice_changes_nothing(self):
        order = self.invoiced()
        order._b2c_advance()
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertEqual(len(order.picking_ids), 1)

    def test_killed_between_invoice_and_posting_it_goes_on(self):
        order = self.take_in(intake("1"))
        order._b2c_advance_confirm()
        order._b2c_make_invoices()
        self.assertEqual(order.invoice_ids.state, "draft")
        order._b2c_advance()
        self.assertEqual(order.invoice_ids.state, "posted")

    @freeze_time("2026-11-24 01:00:00")
    def test_draft_of_another_day_is_posted_with_the_day_it_is_posted(self):
        """Ten in the evening in Brasília, where UTC is tomorrow already."""
        order = self.take_in(intake("1"))._b2c_quietly()
        order._b2c_advance_confirm()
        order._b2c_make_invoices()
        today = fields.Date.to_date("2026-11-23")
        order.invoice_ids.invoice_date = today - timedelta(days=1)
        order._b2c_advance()
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(order.invoice_ids.invoice_date, today)

    def test_unpaid_order_stays_a_draft(self):
        order = self.take_in(
            intake("1", facts=(fact(Axis.ORDER, OrderState.AWAITING_PAYMENT),))
        )
        order._b2c_advance()
        self.assertEqual(order.state, "draft")
        self.assertEqual(
            order.b2c_verdict_ids.mapped("reason_code"), ["order_awaiting_payment"]
        )
        self.assertFalse(order.b2c_issue_ids)

    def test_order_goes_on_when_the_channel_says_ready(self):
        order = self.take_in(
            intake("1", facts=(fact(Axis.ORDER, OrderState.AWAITING_PAYMENT),))
        )
        with trap_jobs() as trap:
            order._b2c_log(Axis.ORDER, OrderState.READY, source=SOURCE, uid="ready")
            trap.assert_enqueued_job(order._b2c_advance, args=("stock",))

    def test_missing_stock_keeps_the_order_and_new_stock_frees_it(self):
        scarce = self._make_product("RARE", stock=1)
        orders = self.take_in(
            intake("1", (line("RARE"),)), intake("2", (line("RARE"),))
        )
        orders._b2c_advance()
        waiting = orders.filtered(lambda order: not order.invoice_ids)
        self.assertEqual(len(waiting), 1)
        self.assertEqual(waiting.b2c_issue_ids.code, "stock_missing")
        self._stock(scarce, 1)
        orders._b2c_advance()
        self.assertEqual(waiting.invoice_ids.state, "posted")
        self.assertEqual(waiting.b2c_issue_ids.state, "solved")

    def test_one_bad_invoice_does_not_stop_the_chunk(self):
        orders = self.take_in(
            intake("1"), intake("2", consumer=self.consumer(1)), intake("3")
        )
        bad = orders[1]
        error = B2cHoldError("CEP 1 e CPF 529.982.247-25", ["zip_bad", "cpf_bad"])
        patcher = self.fail_posting_of([bad.name], error)
        orders._b2c_advance()
        patcher.stop()
        self.assertEqual((orders - bad).invoice_ids.mapped("state"), ["posted"] * 2)
        issue = bad.b2c_issue_ids
        self.assertEqual(issue.code, "zip_bad")
        self.assertEqual(issue.message, "CEP 1 e CPF ***.982.247-**")
        bad._b2c_advance()
        self.assertEqual(bad.invoice_ids.state, "posted")
        self.assertEqual(issue.state, "solved")

    def test_locked_number_sequence_is_tried_again_and_no_issue(self):
        order = self.take_in(intake("1"))
        patcher = self.fail_posting_of([order.name], LockNotAvailable("busy"))
        with self.assertRaises(RetryableJobError):
            order._b2c_advance()
        patcher.stop()
        self.assertFalse(order.b2c_issue_ids)

    def test_fact_that_another_logs_is_tried_again_and_no_issue(self):
        """What a step wants to have run again is no failure of the order."""
        order = self.take_in(intake("1"))
        patcher = self.fail_posting_of([order.name], RetryableJobError("busy"))
        with self.assertRaises(RetryableJobError):
            order._b2c_advance()
        patcher.stop()
        self.assertFalse(order.b2c_issue_ids)

    def test_draft_that_cannot_be_completed_now_is_tried_again(self):
        order = self.take_in(intake("1"))
        order._b2c_keep_payload(intake("1"))

        def busy(_orders, *_args):
            raise RetryableJobError("busy")

        self.patch(self.registry["sale.order"], "_b2c_line_vals", busy)
        with self.assertRaises(RetryableJobError):
            order._b2c_advance()
        self.assertFalse(order.b2c_issue_ids)

    def test_invoice_that_asks_for_another_amount_is_not_posted(self):
        order = self.take_in(intake("1"))
        order.b2c_paid_total = 150
        order._b2c_advance()
        self.assertEqual(order.invoice_ids.state, "draft")
        self.assertEqual(order.b2c_issue_ids.code, "invoice_total_mismatch")

    def test_orders_that_stand_still_are_taken_up(self):
        with freeze_time(NOW):
            order = self.take_in(intake("1"))
            with trap_jobs() as trap:
                self.orders._b2c_cron_advance()
                trap.assert_jobs_count(0, only=order._b2c_advance)
        with freeze_time("2026-11-23 12:11:00"), trap_jobs() as trap:
            self.orders._b2c_cron_advance()
            trap.assert_jobs_count(1, only=order._b2c_advance)

    def test_old_order_is_taken_up_however_many_newer_ones_stand_still(self):
        with freeze_time(NOW):
            old, model = self.take_in(intake("1"), intake("2"))
            self.stand_still(model, 1000)
        with freeze_time("2026-11-23 12:11:00"), trap_jobs() as trap:
            self.orders._b2c_cron_advance()
            jobs = [j for j in trap.enqueued_jobs if j.method_name == "_b2c_advance"]
        self.assertEqual(len(jobs), 21)
        self.assertIn(old.id, {id_ for job in jobs for id_ in job.recordset.ids})

    def stand_still(self, model, count):
        """So many newer orders like this one, as far as the cron looks at them."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO sale_order (
                   name, company_id, partner_id, partner_invoice_id, warehouse_id,
                   partner_shipping_id, picking_policy, state, is_b2c,
                   b2c_order_state,
                   b2c_payment_state, b2c_last_fact_at, date_order)
            SELECT name, company_id, partner_id, partner_invoice_id, warehouse_id,
                   partner_shipping_id, picking_policy, state, is_b2c,
                   b2c_order_state,
                   b2c_payment_state, b2c_last_fact_at, date_order + interval '1 day'
              FROM sale_order, generate_series(1, %s) WHERE id = %s
            """,
            [count, model.id],
        )

    def test_channel_is_asked_once_and_before_anything_is_taken(self):
        """No lock during the call: B2B reserves the same stock meanwhile."""
        seen = []

        def live_status(orders):
            if orders:
                seen.append(list(orders.mapped("state")))
            now = fields.Datetime.now().replace(tzinfo=NOW.tzinfo)
            ready = (OrderState.READY, PaymentState.PAID)
            return {order.id: LiveStatus(*ready, SOURCE, now) for order in orders}

        patcher = patch.object(
            self.registry["sale.order"], "_b2c_live_status", live_status
        )
        patcher.start()
        self.addCleanup(patcher.stop)
        with freeze_time(NOW) as clock:
            orders = self.take_in(intake("1"), intake("2"))
            # A look that is young enough to reserve, but not for a note.
            orders._b2c_guard("reserve")
            clock.tick(timedelta(minutes=5))
            orders._b2c_advance()
        self.assertEqual(orders.invoice_ids.mapped("state"), ["posted"] * 2)
        self.assertEqual(seen, [["draft"] * 2] * 2)

    def test_channel_that_does_not_answer_is_not_asked_twice(self):
        asked = []

        def live_status(orders):
            asked.append(orders)
            return {o.id: LiveStatus(source=SOURCE, error="timeout") for o in orders}

        order = self.take_in(intake("1"))
        with patch.object(self.registry["sale.order"], "_b2c_live_status", live_status):
            order._b2c_advance()
        self.assertEqual(len(asked), 1)
        self.assertEqual(order.state, "draft")
        self.assertEqual(
            order.b2c_verdict_ids.mapped("reason_code"), ["provider_error"]
        )

    def silent_channel(self, order):
        """The jobs that a stage leaves when the channel does not answer."""

        def live_status(orders):
            return {o.id: LiveStatus(source=SOURCE, error="HTTP 503") for o in orders}

        with (
            trap_jobs() as trap,
            patch.object(self.registry["sale.order"], "_b2c_live_status", live_status),
        ):
            order._b2c_advance("stock")
        return trap.enqueued_jobs

    def test_channel_that_does_not_answer_is_asked_again_in_a_minute(self):
        order = self.take_in(intake("1"))
        (job,) = self.silent_channel(order)
        self.assertEqual(job.args, ("stock",))
        self.assertEqual(job.recordset, order)
        wait = job.eta - fields.Datetime.now()
        self.assertLessEqual(abs(wait - timedelta(minutes=1)), timedelta(seconds=5))
        self.assertEqual(order.state, "draft")
        job.perform()
        self.assertEqual(order.state, "sale")

    def test_channel_that_is_away_is_left_to_the_cron(self):
        order = self.take_in(intake("1"))
        order.b2c_last_fact_at -= timedelta(minutes=11)
        self.assertFalse(self.silent_channel(order))

    def staged(self, order, *, before_post=None):
        """Run the chain of jobs; what each left: channel, order, invoices."""
        steps = []
        with trap_jobs() as trap:
            order._b2c_queue_advance()
            for stage in ("stock", "invoice", "post"):
                if stage == "post" and before_post:
                    before_post()
                jobs = [j for j in trap.enqueued_jobs if j.args == (stage,)]
                for job in jobs:
                    self.assertEqual(job.recordset, order)
                    job.perform()
                steps += [
                    (job.channel, order.state, order.invoice_ids.mapped("state"))
                    for job in jobs
                ]
        return steps

    def test_stages_are_jobs_in_channels_of_their_own(self):
        order = self.take_in(intake("1"))
        self.assertEqual(
            self.staged(order),
            [
                ("root.b2c.stock", "sale", []),
                ("root.b2c.invoice", "sale", ["draft"]),
                ("root.b2c.post", "sale", ["posted"]),
            ],
        )
        # Done again, nothing changes and no stage is skipped.
        self.assertEqual(self.staged(order)[0][2], ["posted"])
        self.assertEqual(len(order.invoice_ids), 1)

    def test_order_cancelled_between_the_stages_is_not_posted(self):
        order = self.take_in(intake("1"))

        def cancel():
            order._b2c_log(
                Axis.ORDER, OrderState.CANCELLED, source=SOURCE, uid="regret"
            )
            order._b2c_run_cancellation()

        steps = self.staged(order, before_post=cancel)
        self.assertEqual(steps[-1], ("root.b2c.post", "cancel", ["cancel"]))
        self.assertFalse(order.invoice_ids.filtered("document_number"))

    def test_jobs_take_fifty_orders_at_most(self):
        orders = self.orders.create(
            [{"partner_id": self.company.partner_id.id} for _index in range(51)]
        )
        with trap_jobs() as trap:
            orders._b2c_queue_advance()
            trap.assert_jobs_count(2)

    def test_b2b_order_of_the_company_is_untouched(self):
        partner = self.env["res.partner"].create(
            {"name": "Distribuidora", "vat": "11222333000181", "is_company": True}
        )
        with Form(self.orders.with_user(self.operator)) as form:
            form.partner_id = partner
            with form.order_line.new() as item:
                item.product_id = self.chair
                item.price_unit = 100
        order = form.save()
        order._b2c_advance()
        self.assertEqual(order.state, "draft")
        order.action_confirm()
        order.picking_ids.button_validate()
        self.assertEqual(order.picking_ids.state, "done")
        self.assertFalse(order.is_b2c)
        self.assertFalse(order.b2c_event_ids)
        self.assertFalse(order.b2c_verdict_ids)
        self.assertFalse(order.b2c_order_state or order.b2c_parcel_state)
