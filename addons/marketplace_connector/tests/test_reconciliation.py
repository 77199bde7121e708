from dataclasses import replace
from decimal import Decimal
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import (
    InvoiceState,
    NotFound,
    OrderState,
    ParcelState,
    PaymentState,
    Transient,
)
from .common import ConnectorCase
from .shop import NOW, ShopAdapter, chair, order_of, timedelta

SETTLED = NOW - timedelta(hours=2)


def old(external_id, **changes):
    """An order whose last news is too old to be still on its way."""
    values = {"updated_at": SETTLED, "created_at": SETTLED, "paid_at": SETTLED}
    return order_of(external_id, **values | changes)


@tagged("post_install", "-at_install")
class TestReconciliation(ConnectorCase):
    """The channel's list against ours, order by order."""

    def later(self, order, **changes):
        """The channel's order as it became in silence: no notification came."""
        moved = {"updated_at": order.updated_at + timedelta(minutes=5)}
        changed = replace(order, **moved | changes)
        self.shop.put(replace(changed, raw_digest="later"))

    def reconcile(self, *shown):
        """Compare; the search shows these pages of ids. The run."""
        self.shop.pages = list(shown)
        with trap_jobs() as self.trap:
            run = self.account._reconcile(timedelta(days=60))
            run._work()
        run.invalidate_recordset()
        return run

    def differences(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["marketplace.difference"].search(domain)

    def hints(self):
        return sorted(
            self.inbox.search([("dedupe_key", "like", "reconcile-%")]).mapped(
                "external_id"
            )
        )

    def test_each_order_is_judged_on_its_own(self):
        """9001 is the same; the others changed in silence: cancelled and hidden by the
        search, unknown to the channel, not answered for, refunded, shipped; the last
        one was cancelled here."""
        ids = [str(number) for number in range(9001, 9008)]
        bindings = self.read(*map(old, ids))
        sales = {one.external_id: one.sale_order_id for one in bindings}
        self.later(old("9002"), state=OrderState.CANCELLED)
        self.shop.orders["9003"] = NotFound("gone")
        self.shop.orders["9004"] = Transient("down")
        self.later(old("9005"), payment_state=PaymentState.REFUNDED)
        parcel = replace(old("9006").parcels[0], state=ParcelState.IN_TRANSIT)
        self.later(old("9006"), parcels=(parcel,))
        with trap_jobs():
            sales["9007"]._b2c_cancel("seller", "No stock")
        self.shop.calls.clear()
        run = self.reconcile(["9001", "9005"], ["9006", "9007"])
        found = {one.external_id: (one.code, one.heal) for one in self.differences()}
        self.assertEqual(
            found,
            {
                "9002": ("cancelled_there_active_here", "read"),
                "9003": ("missing_in_channel", "person"),
                "9005": ("status_lag", "read"),
                "9006": ("shipped_without_nfe", "person"),
                "9007": ("active_there_cancelled_here", "person"),
            },
        )
        self.assertEqual((run.state, run.compared, run.unread), ("done", 6, 1))
        read = {call[1] for call in self.shop.calls if call[0] == "order"}
        self.assertEqual(read, {"9002", "9003", "9004", "9005", "9006"})
        self.assertEqual(self.hints(), ["9002", "9005"])
        self.assertFalse(run.snapshot_ids)
        self.drain()
        self.assertEqual(sales["9002"].b2c_order_state, "cancelled")
        self.assertEqual(sales["9005"].b2c_payment_state, "refunded")

    def test_note_that_the_channel_does_not_hold_is_sent_again(self):
        """It stands in the outbox; another time it never came there."""
        row = self.authorised("9001", updated_at=SETTLED)
        document = row.document_id
        document.document_date = SETTLED.replace(tzinfo=None)
        row.write({"state": "failed"})
        self.reconcile(["9001"])
        difference = self.differences(code="nfe_not_sent_to_channel")
        self.assertEqual(difference.heal, "send")
        jobs = [job.method_name for job in self.trap.enqueued_jobs]
        self.assertIn("_send", jobs)
        row.unlink()
        self.reconcile(["9001"])
        row = self.env["marketplace.outbox"].search([("document_id", "=", document.id)])
        self.assertEqual(row.state, "waiting")

    def test_lost_order_is_taken_in_by_a_hint(self):
        self.shop.put(old("9001"))
        run = self.reconcile(["9001"])
        difference = self.differences(external_id="9001")
        self.assertEqual(difference.code, "missing_in_erp")
        self.assertEqual((difference.heal, difference.tries), ("read", 1))
        self.assertEqual(self.hints(), ["9001"])
        self.assertEqual(run.healed, 1)
        self.drain()
        self.assertTrue(self.orders.search([("b2c_external_id", "=", "9001")]))
        self.reconcile(["9001"])
        self.assertEqual(difference.state, "solved")
        self.assertTrue(difference.solved_at)

    def test_cancellation_after_the_note_is_for_a_person(self):
        row = self.authorised("9001", updated_at=SETTLED)
        self.later(old("9001"), state=OrderState.CANCELLED)
        self.reconcile([])
        difference = self.differences(code="cancelled_there_active_here")
        self.assertEqual(difference.heal, "person")
        self.assertFalse(self.hints())
        issue = self.open_issues(code="channel_difference")
        self.assertEqual(issue.order_id, row.sale_order_ids)
        self.assertIn("9001", issue.message)

    def test_both_undone_needs_no_reading(self):
        self.read(old("9001", state=OrderState.CANCELLED))
        before = self.shop.count("order")
        run = self.reconcile([])
        self.assertEqual(self.shop.count("order"), before)
        self.assertEqual(run.compared, 0)

    def test_other_total_holds_the_order(self):
        sale = self.read(old("9001")).sale_order_id
        self.later(old("9001"), total=Decimal("189.90"))
        self.reconcile(["9001"])
        difference = self.differences(code="total_mismatch")
        self.assertAlmostEqual(difference.there_total, 189.90)
        self.assertTrue(sale.b2c_held)
        self.assertIn("189", sale.b2c_hold_note)
        # Whoever releases it has looked at it: it is not held again.
        with trap_jobs():
            sale._b2c_release("Conferido")
        self.reconcile(["9001"])
        self.assertFalse(sale.b2c_held)
        self.assertEqual(difference.heal, "person")

    def test_total_after_a_partial_cancellation_is_explained(self):
        line = replace(chair(), qty=Decimal(3))
        sale = self.read(old("9001", lines=(line,))).sale_order_id
        part = replace(line, qty_cancelled=Decimal(1))
        with trap_jobs():
            self.read(
                replace(
                    old("9001", lines=(line,)),
                    lines=(part,),
                    total=Decimal("399.80"),
                    updated_at=SETTLED + timedelta(minutes=1),
                    raw_digest="part",
                )
            )
        self.reconcile(["9001"])
        self.assertFalse(self.differences(code="total_mismatch"))
        self.assertFalse(sale.b2c_held)

    def test_split_cart_before_the_note_is_read_again(self):
        sale = self.read(old("9001", pack_id="P1")).sale_order_id
        self.later(old("9001", pack_id="P1"), state=OrderState.SUPERSEDED)
        self.shop.put(old("9002"), old("9003"))
        self.reconcile(["9002", "9003"])
        self.assertEqual(self.differences(external_id="9001").code, "pack_split")
        self.assertEqual(self.hints(), ["9001", "9002", "9003"])
        self.drain()
        self.assertEqual(sale.b2c_order_state, "superseded")
        replaced = self.orders.search([("b2c_external_id", "in", ["9002", "9003"])])
        self.assertEqual(len(replaced), 2)

    def test_what_is_healed_three_times_is_for_a_person(self):
        self.shop.put(old("9001", lines=(chair(),)))
        for number in range(4):
            self.reconcile(["9001"])
            difference = self.differences(external_id="9001")
            self.assertEqual(difference.tries, min(number + 1, 3))
        self.assertEqual(difference.heal, "person")
        self.assertTrue(self.open_issues(code="channel_difference"))

    def test_order_in_the_work_queue_is_for_its_person(self):
        self.read(old("9001", lines=(chair(sku="?"),)))
        self.reconcile(["9001"])
        difference = self.differences(external_id="9001")
        self.assertEqual(
            (difference.code, difference.heal), ("missing_in_erp", "person")
        )

    def test_healing_too_many_stops(self):
        ids = [str(number) for number in range(9001, 9013)]
        self.shop.put(*(old(external_id) for external_id in ids))
        run = self.reconcile(ids)
        self.assertEqual(run.state, "stopped")
        self.assertFalse(self.hints())
        self.assertTrue(self.open_issues(code="channel_drift_stopped"))
        self.assertEqual(self.account.difference_count, 12)
        with trap_jobs():
            run.action_heal()
            run._work()
        self.assertEqual(run.state, "done")
        self.assertEqual(self.hints(), ids)
        self.assertFalse(self.open_issues(code="channel_drift_stopped"))

    def test_run_goes_on_where_it_stopped(self):
        self.shop.put(old("9001"))
        self.shop.pages = [["9001"]]
        with trap_jobs():
            run = self.account._reconcile(timedelta(days=60))
            with patch.object(ShopAdapter, "orders", side_effect=Transient("down")):
                run._work()
            self.assertEqual(run.state, "reading")
            self.assertTrue(run.snapshot_ids)
            self.account._cron_reconcile()
            searches = self.shop.count("changed_orders")
            run._work()
        self.assertEqual(run.state, "done")
        self.assertEqual(self.shop.count("changed_orders"), searches)

    def test_accepted_difference_comes_back_when_a_side_changes(self):
        sale = self.read(old("9001")).sale_order_id
        with trap_jobs():
            sale._b2c_cancel("seller", "No stock")
        self.reconcile(["9001"])
        difference = self.differences(external_id="9001")
        difference.action_accept()
        self.assertFalse(self.open_issues(code="channel_difference"))
        self.reconcile(["9001"])
        self.assertEqual(difference.state, "accepted")
        self.later(old("9001"), state=OrderState.CANCEL_REQUESTED)
        self.reconcile(["9001"])
        self.assertEqual(difference.state, "open")

    def test_one_run_a_night_and_the_same_one_until_it_ends(self):
        self.account._cron_reconcile()
        runs = self.env["marketplace.reconciliation"].search([])
        self.assertFalse(runs, "connected a moment ago")
        two_at_night = self.account.create_date.replace(hour=5) + timedelta(days=2)
        with trap_jobs() as trap, freeze_time(two_at_night):
            self.account._cron_reconcile()
            self.account._cron_reconcile()
            runs = self.env["marketplace.reconciliation"].search([])
            self.assertEqual(len(runs), 1)
            trap.assert_jobs_count(1, only=runs._work)
            runs._work()
            self.account._cron_reconcile()
        self.assertEqual(self.env["marketplace.reconciliation"].search([]), runs)

    def test_user_compares_and_accepts_but_does_not_override_the_brake(self):
        user = new_test_user(
            self.env,
            login="drift_user",
            groups="marketplace_connector.marketplace_connector_group_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.shop.put(old("9001"))
        run = self.reconcile(["9001"])
        difference = self.differences(external_id="9001").with_user(user)
        difference.action_read_again()
        difference.action_accept()
        self.assertEqual(difference.state, "accepted")
        with self.assertRaises(AccessError):
            difference.write({"state": "open"})
        run.state = "stopped"
        with self.assertRaises(AccessError):
            run.with_user(user).action_heal()
        with trap_jobs():
            self.account.with_user(user).action_reconcile()

    def test_accepted_note_of_the_channel_is_asked_for_once_it_ships(self):
        flags = frozenset({"fulfillment_by_channel"})
        full = old("9001", flags=flags)
        target = replace(
            full.invoice_targets[0], state=InvoiceState.ACCEPTED, key="3526" + "1" * 40
        )
        shipped = replace(full, state=OrderState.SHIPPED, invoice_targets=(target,))
        binding = self.read(shipped)
        self.reconcile(["9001"])
        difference = self.differences(external_id="9001")
        self.assertEqual(difference.code, "channel_nfe_missing")
        self.assertEqual(binding.channel_nfe_key, "3526" + "1" * 40)
        self.assertFalse(binding.sale_order_id)
        binding.channel_nfe_file_id = self.env["ir.attachment"].create(
            {"name": "nfe.xml", "raw": b"<nfeProc/>"}
        )
        self.reconcile(["9001"])
        self.assertEqual(difference.state, "solved")
