"""Traps in how channels tell of orders, each named after what would go wrong."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import (
    Address,
    DocUnit,
    InvoiceState,
    InvoiceTarget,
    OrderState,
    Party,
)
from .common import ConnectorCase, account_values
from .shop import BUYER, HOME, NOW, TokenSet, chair, order_of, timedelta
from .shop_service import hub_order

CART = ("9001", "9002", "9003")


def cart_order(external_id, **changes):
    """An order of a cart of three in one parcel, which wants one NF-e."""
    target = InvoiceTarget(DocUnit.PARCEL, "S1", CART, True, InvoiceState.NEEDED)
    values = {"pack_id": "P1", "parcel": "S1", "invoice_targets": (target,)}
    return order_of(external_id, **values | changes)


def with_freight(order, freight):
    """The order with so much freight paid by its buyer."""
    total = order.total + freight
    [payment] = order.payments
    return replace(
        order,
        freight_buyer=freight,
        total=total,
        payments=(replace(payment, amount=total, paid_total=total),),
    )


@tagged("post_install", "-at_install")
class TestRepresentation(ConnectorCase):
    def advance(self, sales):
        with trap_jobs():
            sales._b2c_advance()

    def authorise(self, sales):
        """The NF-e of these orders as the SEFAZ authorised it."""
        document = sales.invoice_ids.fiscal_document_id
        with trap_jobs():
            document.action_document_send()
            document.nfe_proc_id = self.env["ir.attachment"].create(
                {"name": "nfe.xml", "raw": b"<nfeProc/>"}
            )
            document._nfe_after_authorize()
        return document

    # ------------------------------------------------------------ time, people

    def test_order_before_midnight_keeps_its_day(self):
        """23:30 at -04:00 is half past three in UTC and half past midnight in Brasília:
        the moment is kept, and the NF-e is never older than the sale."""
        placed = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
        sale = self.read(order_of("9001", created_at=placed)).sale_order_id
        self.assertEqual(sale.date_order, placed.replace(tzinfo=None))
        self.advance(sale)
        document = self.authorise(sale)
        self.assertGreaterEqual(document.document_date, sale.date_order)

    def test_order_late_in_the_evening_is_invoiced_on_that_day(self):
        """23:30 in Brasília, where UTC is tomorrow already."""
        placed = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
        self.frozen.move_to(placed + timedelta(minutes=20))
        sale = self.read(
            order_of("9001", created_at=placed, updated_at=placed)
        ).sale_order_id
        self.advance(sale)
        document = self.authorise(sale)
        self.assertEqual(str(sale.invoice_ids.invoice_date), "2026-11-23")
        self.assertEqual(sale.b2c_ordered_at, placed.replace(tzinfo=None))
        self.assertGreater(document.document_date, sale.b2c_ordered_at)

    def test_masked_update_erases_nobody(self):
        sale = self.read(order_of("9001")).sale_order_id
        hidden = Party(masked=True, address=Address(masked=True))
        self.read(
            order_of(
                "9001",
                buyer=hidden,
                recipient=hidden,
                updated_at=NOW + timedelta(minutes=5),
            )
        )
        self.assertEqual(sale.partner_id.vat, "52998224725")
        self.assertEqual(sale.partner_id.zip, "20011-901")

    def test_one_person_on_two_channels_is_one_partner(self):
        other = self.connect("Outra", external_ref="88")
        first = self.read(order_of("9001")).sale_order_id
        self.shop.put(order_of("9002", buyer=replace(BUYER, name="CONSUMIDORA E.")))
        with trap_jobs():
            self.env["marketplace.order"]._read_and_apply(other, ["9002"])
        second = self.orders.search([("b2c_external_id", "=", "9002")])
        self.assertEqual(second.b2c_source, "shop/88")
        self.assertEqual(second.partner_id, first.partner_id)

    def test_masked_buyer_makes_no_partner(self):
        before = self.env["res.partner"].search_count([])
        masked = Party(masked=True, address=replace(HOME, masked=True))
        binding = self.read(order_of("9001", buyer=masked, recipient=masked))
        self.assertFalse(binding.sale_order_id)
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    # ------------------------------------------------------------ carts

    def test_cart_of_three_is_one_note_and_one_label(self):
        orders = [cart_order(external_id) for external_id in CART]
        orders[0] = with_freight(orders[0], Decimal("19.90"))
        orders[2] = replace(orders[2], lines=(replace(chair(), qty=Decimal(2)),))
        orders[2] = replace(
            orders[2],
            total=Decimal("399.80"),
            payments=(
                replace(
                    orders[2].payments[0],
                    amount=Decimal("399.80"),
                    paid_total=Decimal("399.80"),
                ),
            ),
        )
        sales = self.read(*orders).sale_order_id
        self.assertEqual(len(sales), 3)
        paid = sales.sorted("b2c_external_id").mapped("b2c_paid_total")
        self.assertEqual(paid, [219.80, 199.90, 399.80], "money per order")
        self.advance(sales)
        invoice = sales.invoice_ids
        self.assertEqual(len(invoice), 1)
        self.assertEqual(invoice.state, "posted")
        self.assertAlmostEqual(invoice.amount_total, 199.90 * 4 + 19.90)
        self.assertEqual(set(sales.mapped("b2c_fiscal_state")), {"invoiced"})
        document = self.authorise(sales)
        self.assertEqual(len(document), 1)
        self.assertAlmostEqual(
            sum(float(payment.amount) for payment in document._nfe_prepare_payments()),
            invoice.amount_total,
        )
        row = self.env["marketplace.outbox"].search(
            [("document_id", "in", document.ids)]
        )
        self.assertEqual(row.parcel_id.external_id, "S1")
        self.send(row)
        self.labels(row.parcel_id)
        self.assertEqual(row.parcel_id.label_pdf and self.shop.count("labels"), 1)
        self.assertFalse(sales._b2c_shipping_ready())

    def test_cart_waits_for_its_last_order_and_for_one_that_is_held(self):
        first = self.read(cart_order("9001"), cart_order("9002")).sale_order_id
        self.advance(first)
        self.assertFalse(first.invoice_ids)
        # Waiting is nothing to be corrected.
        self.assertFalse(self.open_issues())
        first[0]._b2c_hold("Endereço")
        last = self.read(cart_order("9003")).sale_order_id
        self.advance(last)
        self.assertFalse(last.invoice_ids)
        with trap_jobs():
            first[0]._b2c_release("Conferido")
        self.advance(last)
        self.assertEqual((first | last).invoice_ids, last.invoice_ids)
        self.assertEqual(len(last.invoice_ids), 1)

    def test_cancelled_order_leaves_the_cart(self):
        sales = self.read(*map(cart_order, CART)).sale_order_id
        gone = cart_order(
            "9002", state=OrderState.CANCELLED, updated_at=NOW + timedelta(minutes=1)
        )
        self.read(gone)
        cancelled = sales.filtered(lambda sale: sale.b2c_external_id == "9002")
        with trap_jobs():
            cancelled._b2c_run_cancellation()
        self.advance(sales - cancelled)
        invoice = (sales - cancelled).invoice_ids
        self.assertEqual(len(invoice), 1)
        self.assertAlmostEqual(invoice.amount_total, 399.80)

    def test_note_of_a_cart_is_not_cancelled_for_one_of_its_orders(self):
        sales = self.read(*map(cart_order, CART)).sale_order_id
        self.advance(sales)
        document = self.authorise(sales)
        self.read(
            cart_order(
                "9002",
                state=OrderState.CANCELLED,
                updated_at=NOW + timedelta(minutes=1),
            )
        )
        cancelled = sales.filtered(lambda sale: sale.b2c_external_id == "9002")
        with trap_jobs():
            cancelled._b2c_run_cancellation()
        self.assertEqual(document.state_edoc, "autorizada")
        step = cancelled.b2c_cancel_step_ids.filtered(
            lambda step: step.step == "cancel_nfe"
        )
        self.assertEqual(step.state, "manual")
        self.assertIn(sales[0].name, step.note)

    def test_split_cart_after_the_note_is_no_lost_sale(self):
        """The channel cancels the order "by itself" and makes new ones of it."""
        sale = self.authorised("9001", pack_id="P1").sale_order_ids
        split = order_of(
            "9001",
            pack_id="P1",
            state=OrderState.SUPERSEDED,
            state_raw="cancelled/pack_splitted",
            updated_at=NOW + timedelta(minutes=5),
            parcels=(),
            invoice_targets=(),
        )
        self.read(split)
        self.assertEqual(sale.b2c_order_state, "superseded")
        with trap_jobs():
            sale._b2c_run_cancellation()
        self.assertEqual(sale.marketplace_order_ids.state, "superseded")
        steps = sale.b2c_cancel_step_ids.mapped("step")
        self.assertIn("cancel_nfe", steps)
        self.assertFalse(sale._b2c_guard("dispatch")[sale.id].go)

    def test_split_cart_after_the_note_sells_nothing_twice(self):
        """One parcel of two chairs becomes two orders with a parcel each."""
        pair = replace(chair(), qty=Decimal(2))
        row = self.authorised("9001", pack_id="P1", lines=(pair,))
        old = row.sale_order_ids
        self.read(
            order_of(
                "9001",
                pack_id="P1",
                state=OrderState.SUPERSEDED,
                updated_at=NOW + timedelta(minutes=5),
                lines=(pair,),
                parcels=(),
                invoice_targets=(),
            )
        )
        with trap_jobs():
            old._b2c_run_cancellation()
        pieces = ("9101", "9102")
        new = self.read(*(order_of(one, pack_id="P1") for one in pieces)).sale_order_id
        for sale in new:
            self.advance(sale)
            self.authorise(sale)
        self.assertEqual(len(new.invoice_ids), 2)
        self.assertFalse(new.invoice_ids & old.invoice_ids)
        quants = self.env["stock.quant"].search([("product_id", "=", self.chair.id)])
        self.assertEqual(sum(quants.mapped("reserved_quantity")), 2)
        rows = self.env["marketplace.outbox"].search([])
        self.send(rows)
        self.assertEqual(set(self.shop.invoices), {"S9101", "S9102"})
        self.assertFalse((old | new)._b2c_guard("dispatch")[old.id].go)
        self.assertTrue(all(new._b2c_guard("dispatch")[one.id].go for one in new))

    # ------------------------------------------------------------ units

    def test_unit_cancelled_after_the_note_is_a_fiscal_task(self):
        line = replace(chair(), qty=Decimal(3))
        sale = self.authorised("9001", lines=(line,)).sale_order_ids
        self.read(
            order_of(
                "9001",
                lines=(replace(line, qty_cancelled=Decimal(1)),),
                updated_at=NOW + timedelta(minutes=1),
            )
        )
        with trap_jobs():
            sale._b2c_run_cancellation()
        [partial] = sale.b2c_partial_ids
        self.assertEqual(sale.b2c_order_state, "ready")
        self.assertEqual(sale.invoice_ids.fiscal_document_id.state_edoc, "autorizada")
        self.assertTrue(partial.step_ids.filtered(lambda step: step.state == "manual"))

    # ------------------------------------------------------------ the channel's stock

    def test_order_from_the_channels_stock_moves_none_of_ours(self):
        flags = frozenset({"fulfillment_by_channel"})
        moves = self.env["stock.move"].search_count([])
        binding = self.read(order_of("9001", flags=flags, state=OrderState.READY))
        self.read(
            order_of(
                "9001",
                flags=flags,
                state=OrderState.SHIPPED,
                updated_at=NOW + timedelta(minutes=5),
            )
        )
        self.assertEqual(binding.state, "shipped")
        self.assertFalse(binding.sale_order_id)
        self.assertEqual(self.env["stock.move"].search_count([]), moves)

    # ------------------------------------------------------------ hub and channel

    def connect(self, name, **values):
        """Another account at the same shop."""
        account = self.env["marketplace.account"].create(
            account_values(self.company, name=name, **values)
        )
        self.env["marketplace.token"]._store(
            account, TokenSet("access-2", NOW + timedelta(hours=6), "refresh-2")
        )
        account.state = "active"
        return account

    def connect_hub(self):
        channel = self.env.registry["marketplace.account"]._fields["channel"]
        self.patch(channel, "_selection", {**channel._selection, "hub": "Hub"})
        return self.connect("Hub", channel="hub", external_ref="5")

    def tell(self, account, order):
        self.shop.put(order)
        with trap_jobs():
            self.env["marketplace.order"]._read_and_apply(account, [order.external_id])
        return self.env["marketplace.order"].search(
            [("account_id", "=", account.id), ("external_id", "=", order.external_id)]
        )

    def test_channel_first(self):
        hub = self.connect_hub()
        direct = self.tell(self.account, order_of("9001"))
        through = self.tell(hub, hub_order("H1", "9001"))
        self.assertEqual(through.follows_id, direct)
        self.assertFalse(through.sale_order_id)
        self.assertEqual(self.orders.search_count([("is_b2c", "=", True)]), 1)
        self.assertFalse(self.open_issues())

    def test_hub_first(self):
        hub = self.connect_hub()
        through = self.tell(hub, hub_order("H1", "9001"))
        self.assertEqual(through.sale_order_id.b2c_source, "shop/77")
        direct = self.tell(self.account, order_of("9001"))
        self.assertEqual(direct.follows_id, through)
        self.assertEqual(self.orders.search_count([("is_b2c", "=", True)]), 1)
        # What either of them tells is heard.
        self.tell(
            self.account,
            order_of(
                "9001",
                state=OrderState.CANCELLED,
                updated_at=NOW + timedelta(minutes=5),
            ),
        )
        self.assertEqual(through.sale_order_id.b2c_order_state, "cancelled")

    def test_hub_of_a_channel_that_is_not_connected(self):
        hub = self.connect_hub()
        order = replace(hub_order("H1", "9001"), origin_channel="elsewhere")
        through = self.tell(hub, order)
        self.assertEqual(through.sale_order_id.b2c_source, "hub/5")
        self.assertEqual(through.sale_order_id.b2c_external_id, "H1")
