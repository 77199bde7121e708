from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import (
    DocUnit,
    Feature,
    InvoiceState,
    InvoiceTarget,
    OrderState,
    Parcel,
    ParcelState,
    Rejected,
)
from .shop import NOW, order_of, timedelta


class OutboxCases:
    """What goes wrong between an authorised NF-e and its acceptance."""

    # ------------------------------------------------------------ asynchronous

    def test_slow_channel_is_asked_until_it_accepts(self):
        self.shop.offer(invoice_async=True)
        row = self.authorised()
        processing = InvoiceState.PROCESSING
        self.shop.answers["S9001"] = [processing] * 3
        self.send(row)
        self.assertEqual(row.state, "sending")
        self.assertEqual(row.parcel_id.invoice_state, "needed", "no label yet")
        waits = []
        for _round in range(3):
            waits.append((row.next_try - row.answered_at) // timedelta(minutes=1))
            self.frozen.tick(timedelta(minutes=waits[-1]))
            self.send(row)
        self.assertEqual(waits, [1, 2, 4])
        self.assertEqual(row.state, "accepted")
        self.assertEqual(self.shop.count("send_invoice"), 1)

    def test_slow_channel_that_refuses_at_last_is_a_persons_task(self):
        self.shop.offer(invoice_async=True)
        row = self.authorised()
        self.shop.answers["S9001"] = [
            InvoiceState.PROCESSING,
            Rejected("cnpj_mismatch", who="config"),
        ]
        self.send(row)
        self.frozen.tick(timedelta(minutes=2))
        self.send(row)
        self.assertEqual((row.state, row.error_class), ("rejected", "config"))
        self.assertEqual(row.parcel_id.invoice_state, "rejected")

    def test_killed_between_sending_and_result_uploads_once(self):
        row = self.authorised()
        self.shop.killed_after = "send_invoice"
        self.killed(lambda: self.send(row))
        self.assertEqual(row.state, "sending")
        self.frozen.tick(timedelta(minutes=6))
        self.send(row)
        self.assertEqual(row.state, "accepted")
        self.assertEqual(self.shop.count("send_invoice"), 1)

    def test_xml_that_is_too_large_never_leaves(self):
        self.shop.offer(invoice_max_bytes=5)
        row = self.authorised()
        self.send(row)
        self.assertEqual((row.state, row.error_code), ("rejected", "too_large"))
        self.assertEqual(self.shop.count("send_invoice"), 0)

    # ------------------------------------------------------------ configuration

    def test_wrong_setting_stops_the_account_after_three_of_five_hundred(self):
        first = self.authorised()
        parcels = self.env["marketplace.parcel"].create(
            [
                {
                    "account_id": self.account.id,
                    "external_id": f"T{number:03d}",
                    "invoice_state": "needed",
                }
                for number in range(499)
            ]
        )
        rows = first + self.env["marketplace.outbox"].create(
            [
                {
                    "account_id": self.account.id,
                    "document_id": first.document_id.id,
                    "parcel_id": parcel.id,
                }
                for parcel in parcels
            ]
        )
        wrong = Rejected("wrong_sender_cnpj", who="config")
        self.shop.refuse = dict.fromkeys(rows.parcel_id.mapped("external_id"), wrong)
        jobs = rows.sorted("id")
        for start in range(0, 500, 50):
            with trap_jobs():
                jobs[start : start + 50]._send()
        self.assertEqual(self.shop.count("send_invoice"), 3)
        self.assertEqual(self.account.state, "paused")
        self.assertEqual(len(rows.filtered(lambda row: row.state == "waiting")), 497)
        self.assertEqual(len(self.open_issues(code="channel_config_error")), 1)
        self.shop.refuse.clear()
        self.account.action_resume()
        self.assertEqual(set(rows.mapped("state")), {"waiting"}, "nothing is lost")

    # ------------------------------------------------------------ targets

    def two_parcels(self, unit, ref):
        """An order in two parcels, its NF-e attached to ``ref``."""
        parcels = tuple(
            Parcel(one, ParcelState.AWAITING_INVOICE, "") for one in ("S1", "S2")
        )
        target = InvoiceTarget(unit, ref, (ref,), True, InvoiceState.NEEDED)
        return {"parcels": parcels, "invoice_targets": (target,)}

    def test_note_of_an_order_in_two_parcels_is_handed_over_once(self):
        row = self.authorised("9005", **self.two_parcels(DocUnit.ORDER, "9005"))
        self.assertEqual(len(row), 1)
        self.send(row)
        parcels = row.sale_order_ids.marketplace_parcel_ids
        self.assertEqual(parcels.mapped("invoice_state"), ["accepted"] * 2)
        self.assertTrue(all(parcels.mapped("label_next_try")))
        self.assertFalse(row._enqueue(row.document_id))
        sent = [call for call in self.shop.calls if call[0] == "send_invoice"]
        self.assertEqual(sent, [("send_invoice", "9005")])

    def test_order_without_parcel_keeps_its_row_when_the_parcel_comes(self):
        changes = self.two_parcels(DocUnit.ORDER, "9005")
        row = self.authorised("9005", **changes | {"parcels": ()})
        self.assertEqual(row.parcel_id.external_id, "9005")
        self.read(order_of("9005", updated_at=NOW + timedelta(hours=1), **changes))
        parcels = row.sale_order_ids.marketplace_parcel_ids
        self.assertEqual(set(parcels.mapped("external_id")), {"S1", "S2"})
        self.assertEqual(len(parcels.outbox_ids), 1)

    # ------------------------------------------------------------ cancelled NF-e

    def accepted_then_cancelled(self):
        row = self.authorised()
        self.send(row)
        document = row.document_id
        document.state_edoc = "cancelada"
        with trap_jobs():
            document._nfe_after_cancel()
        return row

    def test_cancelled_note_is_told_and_the_next_one_may_go(self):
        row = self.accepted_then_cancelled()
        self.assertTrue(row.parcel_id._shows_dead_note())
        command = self.commands(kind="invoice_cancelled")
        self.run_commands(command)
        self.assertEqual(
            self.shop.told, [("invoice_cancelled", "S9001", row.document_key)]
        )
        self.assertEqual(row.parcel_id.invoice_state, "needed")

    def test_killed_while_telling_a_cancelled_note(self):
        self.accepted_then_cancelled()
        self.shop.killed_after = "invoice_cancelled"
        self.killed(self.run_commands)
        self.frozen.tick(timedelta(minutes=6))
        self.assertEqual(self.run_commands().state, "done")
        self.assertEqual(self.shop.count("invoice_cancelled"), 1)

    def test_channel_that_cannot_be_told_gets_a_person(self):
        self.shop.offer(Feature.CANCEL)
        row = self.accepted_then_cancelled()
        self.assertEqual(self.commands().state, "manual")
        issue = self.open_issues(code="channel_command_manual")
        self.assertIn(row.document_key, issue.message)
        gap = row.parcel_id.channel_order_ids._shipping_gap()
        self.assertEqual(gap, "xml_not_accepted", "a dead note unlocks no label")
        with trap_jobs():
            issue.with_user(self.operator).action_solve()
        self.assertEqual(row.parcel_id.invoice_state, "needed")

    def test_note_of_a_sale_that_is_off_everywhere_asks_nobody(self):
        self.shop.offer(Feature.CANCEL)
        row = self.authorised()
        self.send(row)
        row.parcel_id.channel_order_ids.state = OrderState.CANCELLED.value
        row._tell_cancelled()
        self.assertFalse(self.commands())
