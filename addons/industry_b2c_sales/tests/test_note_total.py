import random
from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from .common import B2cCase, intake, line

# Rates of the TIPI, from none to the highest of furniture, and an odd one.
RATES = ("0", "1.3", "3.25", "6.5", "9.75", "32.5")
SEED = 20261123


@tagged("post_install", "-at_install")
class TestNoteTotal(B2cCase):
    """vNF is what was paid, by the tax engine itself: the arithmetic of
    ``domain.pricing`` is the engine's (its own properties: tests/unit)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.codes = [cls._rated(rate) for rate in RATES]

    @classmethod
    def _rated(cls, rate):
        group = cls.env.ref("l10n_br_fiscal.tax_group_ipi")
        taxes = cls.env["l10n_br_fiscal.tax"]
        some = taxes.search([("tax_group_id", "=", group.id)], limit=1)
        tax = some.copy(
            {
                "name": f"IPI {rate}",
                "percent_amount": float(rate),
                "cst_out_id": cls.env.ref("l10n_br_fiscal.cst_ipi_50").id,
            }
        )
        ncm = cls._ncm("9403.30.00").copy({"code": "9403.30.00", "tax_ipi_id": tax.id})
        code = f"IPI-{rate}"
        cls._make_product(code, ncm_id=ncm.id)
        return code

    def an_order(self, dice, number):
        lines = tuple(
            replace(
                line(
                    dice.choice(self.codes),
                    dice.randint(1, 12),
                    f"{dice.randint(150, 90000) / 100:.2f}",
                    f"{dice.randint(0, 100) / 100:.2f}",
                    key=str(index),
                ),
                channel_discount=Decimal(dice.randint(0, 5000)) / 100,
            )
            for index in range(dice.randint(1, 4))
        )
        freight = Decimal(dice.choice([0, dice.randint(1, 15000)])) / 100
        discount = Decimal(dice.randint(0, 120)) / 100
        return intake(
            str(number),
            lines,
            freight=freight,
            discount=discount,
            channel_discount=Decimal(dice.randint(0, 100)) / 100,
        )

    def test_any_order_comes_to_what_was_paid(self):
        dice = random.Random(SEED)
        wanted = [self.an_order(dice, number) for number in range(25)]
        orders = self.take_in(*wanted)
        self.assertEqual(len(orders), len(wanted))
        self.assertFalse(orders.b2c_issue_ids.mapped("message"))
        for order, data in zip(orders, wanted, strict=True):
            with self.subTest(data=data):
                self.assertEqual(f"{order.amount_total:.2f}", f"{data.paid_total:.2f}")
                self.assertAlmostEqual(
                    order.b2c_seller_discount, float(data.seller_discounts)
                )
                self.assertAlmostEqual(
                    order.b2c_channel_discount, float(data.channel_discounts)
                )
        rates = set(orders.order_line.mapped("ipi_percent"))
        self.assertEqual(rates, {float(rate) for rate in RATES})

    def test_cheap_goods_sent_far_away(self):
        """The IPI of the freight is more than the goods are worth."""
        data = intake("1", (line("IPI-32.5", price="5.00"),), freight=Decimal("40.00"))
        order = self.take_in(data)
        self.assertFalse(order.b2c_issue_ids.mapped("message"))
        self.assertAlmostEqual(order.amount_total, 45.00)
        self.assertAlmostEqual(order.amount_freight_value, 30.18)

    def test_every_tax_on_top_is_in_what_was_paid(self):
        """An article under ICMS-ST from SP to RJ (margin of 47 %), one without."""
        cest = self.env["l10n_br_fiscal.cest"].search([("code", "=", "21.123.00")])
        self._make_product("ST", stock=3, cest_id=cest.id)
        data = intake(
            "1",
            (line("ST", 3, "899.90"), line(price="49.90")),
            freight=Decimal("39.90"),
        )
        order = self.take_in(data)
        self.assertFalse(order.b2c_issue_ids.mapped("message"))
        taxed, other = order.order_line
        self.assertGreater(taxed.icmsst_value, 0)
        self.assertEqual(other.icmsst_value, 0)
        self.assertEqual(f"{order.amount_total:.2f}", f"{data.paid_total:.2f}")
        order._b2c_advance()
        self.assertFalse(order.b2c_issue_ids.mapped("message"))
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(
            f"{order.invoice_ids.fiscal_document_id.fiscal_amount_total:.2f}",
            f"{data.paid_total:.2f}",
        )
