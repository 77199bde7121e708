from dataclasses import replace

from odoo.tests import tagged

from ..domain.contract import (
    AlreadyDone,
    AuthDead,
    LiveCheck,
    NotYet,
    OrderState,
    OutcomeUnknown,
    PaymentState,
    RateLimited,
    Rejected,
    Transient,
)
from .common import ConnectorCase
from .shop import LATER, NOW, order_of, timedelta


@tagged("post_install", "-at_install")
class TestOutbox(ConnectorCase):
    def naive_now(self):
        return NOW.replace(tzinfo=None) + timedelta(minutes=10)

    def refused(self, error, external_id="9001"):
        """The outbox row of an order whose NF-e the channel answers with ``error``."""
        row = self.authorised(external_id)
        self.shop.refuse[f"S{external_id}"] = error
        self.send(row)
        return row

    def test_authorised_note_gets_one_row(self):
        row = self.authorised()
        self.assertEqual(len(row), 1)
        self.assertEqual(row.parcel_id.external_id, "S9001")
        self.assertFalse(self.env["marketplace.outbox"]._enqueue(row.document_id))

    def test_accepted_note_unlocks_the_label(self):
        row = self.authorised()
        jobs = self.send(row)
        self.assertEqual((row.state, row.receipt), ("accepted", "I1"))
        self.assertEqual(row.parcel_id.invoice_state, "accepted")
        self.assertEqual(row.parcel_id.invoice_key, row.document_key)
        self.assertEqual(row.sale_order_ids.b2c_fiscal_state, "accepted")
        self.assertIn("_fetch_labels", [job.method_name for job in jobs])

    def test_sending_twice_uploads_once(self):
        row = self.authorised()
        self.send(row)
        self.send(row)
        self.assertEqual(self.shop.count("send_invoice"), 1)

    def test_refusal_for_the_order_goes_to_the_work_queue(self):
        row = self.refused(Rejected("nfe_order_value_divergence", "value"))
        self.assertEqual((row.state, row.error_class), ("rejected", "operator"))
        self.assertEqual(row.sale_order_ids.b2c_fiscal_state, "rejected")
        issue = self.open_issues(code="channel_xml_rejected")
        self.assertEqual(issue.order_id, row.sale_order_ids)
        self.assertIn("nfe_order_value_divergence", issue.message)
        self.assertIn("O canal respondeu", issue.message)

    def test_refusal_may_be_the_first_word_of_a_cancellation(self):
        row = self.refused(Rejected("invalid_shipment", "cancelled"))
        told = self.env["marketplace.inbox"].search([("external_id", "=", "9001")])
        self.assertEqual((told.kind, told.auth), ("order", "own"))
        self.read(order_of("9001", state=OrderState.CANCELLED, updated_at=LATER))
        self.assertEqual(row.sale_order_ids.b2c_order_state, "cancelled")
        row.sale_order_ids._b2c_cancel_step_void_label()
        self.assertEqual(row.state, "blocked")
        self.assertFalse(self.open_issues(code="channel_xml_rejected"))

    def test_sent_again_after_the_correction(self):
        row = self.refused(Rejected("nfe_order_value_divergence", "value"))
        self.shop.refuse.clear()
        row.with_user(self.operator_of_channel()).action_send_again()
        self.send(row)
        self.assertEqual(row.state, "accepted")
        self.assertFalse(self.open_issues(code="channel_xml_rejected"))

    def operator_of_channel(self):
        group = self.env.ref("marketplace_connector.marketplace_connector_group_user")
        self.operator.group_ids += group
        return self.operator

    def test_three_configuration_errors_pause_the_account(self):
        rows = self.env["marketplace.outbox"]
        for number in range(4):
            rows += self.authorised(f"900{number}")
            self.shop.refuse[f"S900{number}"] = Rejected(
                "wrong_sender_cnpj", "sender", who="config"
            )
        self.send(rows)
        self.assertEqual(self.account.state, "paused")
        self.assertEqual(self.shop.count("send_invoice"), 3)
        self.assertEqual(sorted(rows.mapped("state")), ["rejected"] * 3 + ["waiting"])
        self.assertTrue(self.open_issues(code="channel_config_error"))

        self.shop.refuse.clear()
        self.account.action_resume()
        self.assertEqual(set(rows.mapped("state")), {"waiting"})
        self.send(rows)
        self.assertEqual(set(rows.mapped("state")), {"accepted"})
        self.assertFalse(self.open_issues(code="channel_config_error"))

    def test_two_configuration_errors_and_a_success_do_not_pause(self):
        rows = self.env["marketplace.outbox"]
        for number in range(5):
            rows += self.authorised(f"900{number}")
            if number != 2:
                self.shop.refuse[f"S900{number}"] = Rejected("x", who="config")
        for row in rows:
            self.send(row)
            self.frozen.tick(timedelta(seconds=5))
        self.assertEqual(self.account.state, "active")

    def test_passing_errors_go_on_by_themselves(self):
        row = self.refused(Transient("gateway"))
        self.assertEqual((row.state, row.error_class), ("failed", "retry"))
        self.send(row)
        self.assertEqual(self.shop.count("send_invoice"), 1, "not before its time")
        self.shop.refuse.clear()
        self.frozen.tick(timedelta(minutes=5))
        self.send(row)
        self.assertEqual(row.state, "accepted")

    def test_rate_limit_waits_as_long_as_told(self):
        row = self.refused(RateLimited(retry_after=1800))
        self.assertEqual(row.next_try, self.naive_now() + timedelta(minutes=30))

    def test_too_early_waits(self):
        row = self.refused(NotYet("label", not_before=NOW + timedelta(hours=2)))
        self.assertEqual(row.state, "waiting")
        self.assertEqual(row.next_try, NOW.replace(tzinfo=None) + timedelta(hours=2))

    def test_note_must_be_old_enough(self):
        self.shop.caps = replace(self.shop.caps, invoice_min_age=timedelta(minutes=5))
        row = self.authorised()
        row.document_id.authorization_event_id = self.authorised_at(
            row, self.naive_now()
        )
        self.send(row)
        self.assertEqual(row.state, "waiting")
        self.frozen.tick(timedelta(minutes=6))
        self.send(row)
        self.assertEqual(row.state, "accepted")

    def authorised_at(self, row, moment):
        """The event of an authorisation at ``moment``."""
        document = row.document_id
        return self.env["l10n_br_fiscal.event"].create(
            {
                "company_id": self.company.id,
                "environment": "hml",
                "type": "0",
                "document_id": document.id,
                "document_type_id": document.document_type_id.id,
                "document_serie_id": document.document_serie_id.id,
                "document_number": document.document_number,
                "protocol_date": moment,
            }
        )

    def test_lost_answer_is_read_back_and_not_sent_again(self):
        row = self.refused(OutcomeUnknown("timeout"))
        self.assertEqual(row.state, "sending")
        # It had arrived.
        self.shop.invoices["S9001"] = row.document_key
        self.shop.refuse.clear()
        self.frozen.tick(timedelta(minutes=5))
        self.send(row)
        self.assertEqual(row.state, "accepted")
        self.assertEqual(self.shop.count("send_invoice"), 1)

    def test_lost_request_is_sent_again_after_reading_back(self):
        row = self.refused(OutcomeUnknown("timeout"))
        self.shop.refuse.clear()
        for _round in range(2):
            self.frozen.tick(timedelta(minutes=5))
            self.send(row)
        self.assertEqual(row.state, "accepted")
        self.assertEqual(self.shop.count("invoice_status"), 1)
        self.assertEqual(self.shop.count("send_invoice"), 2)

    def test_read_back_that_fails_does_not_lead_to_sending(self):
        row = self.refused(OutcomeUnknown("timeout"))
        self.shop.down = Transient("gateway")
        self.shop.live["9001"] = LiveCheck(OrderState.READY, PaymentState.PAID)
        self.frozen.tick(timedelta(minutes=5))
        self.send(row)
        self.assertEqual(row.state, "sending")

    def test_killed_while_sending_is_picked_up_and_read_back(self):
        row = self.authorised()
        row.write({"state": "sending", "next_try": self.naive_now()})
        self.shop.invoices["S9001"] = row.document_key
        self.send(row)
        self.assertEqual(row.state, "accepted")
        self.assertEqual(self.shop.count("send_invoice"), 0)

    def test_other_note_at_the_channel_is_for_a_person(self):
        row = self.refused(AlreadyDone("saved", held_key="3526"))
        self.assertEqual((row.state, row.error_class), ("rejected", "operator"))
        self.assertIn("3526", row.error_message)

    def test_program_error_stops_one_row_only(self):
        rows = self.authorised("9001") + self.authorised("9002")
        self.shop.refuse["S9001"] = ZeroDivisionError("oops")
        with self.assertLogs("odoo.addons.marketplace_connector", "ERROR"):
            self.send(rows)
        self.assertEqual(rows.mapped("state"), ["rejected", "accepted"])
        self.assertEqual(rows[0].error_class, "bug")

    def test_dead_account_parks_its_notes(self):
        rows = self.authorised("9001") + self.authorised("9002")
        self.shop.refuse["S9001"] = AuthDead("invalid_grant")
        self.send(rows)
        self.assertEqual(self.account.state, "dead")
        self.assertEqual(rows.mapped("state"), ["waiting", "waiting"])

    def test_error_of_the_live_status_holds(self):
        row = self.authorised()
        self.frozen.tick(timedelta(minutes=5))
        self.shop.live["9001"] = LiveCheck(
            OrderState.UNKNOWN, PaymentState.UNKNOWN, error=Transient("gateway")
        )
        self.send(row)
        self.assertEqual((row.state, row.error_code), ("waiting", "provider_error"))
        self.assertEqual(self.shop.count("send_invoice"), 0)
        self.assertIn("Retida", row.error_message)
        # A gateway that broke one call; what a buyer must decide waits for longer.
        self.assertEqual(row.next_try, self.frozen() + timedelta(minutes=1))

    def test_channel_is_asked_about_what_is_sent_and_nothing_else(self):
        sent, unsent = self.authorised("9001"), self.authorised("9002")
        self.send(sent)
        self.frozen.tick(timedelta(minutes=5))
        self.shop.calls.clear()
        self.send(sent + unsent)
        asked = [call for call in self.shop.calls if call[0] == "still_shippable"]
        self.assertEqual(asked, [("still_shippable", "9002")])

    def test_hold_of_the_order_is_not_asked_about_every_minute(self):
        row = self.authorised()
        self.frozen.tick(timedelta(minutes=5))
        self.shop.live["9001"] = LiveCheck(OrderState.ON_HOLD, PaymentState.PAID)
        self.send(row)
        self.assertEqual(row.next_try, self.frozen() + timedelta(minutes=10))

    def test_cancelled_in_the_last_second_is_not_sent(self):
        row = self.authorised()
        self.frozen.tick(timedelta(minutes=5))
        self.shop.live["9001"] = LiveCheck(OrderState.CANCELLED, PaymentState.REFUNDED)
        self.send(row)
        self.assertEqual(row.state, "blocked")
        self.assertEqual(self.shop.count("send_invoice"), 0)

    def test_cancelled_note_is_not_sent(self):
        row = self.authorised()
        row.document_id._nfe_after_cancel()
        self.assertEqual(row.state, "blocked")
        self.send(row)
        self.assertEqual(self.shop.count("send_invoice"), 0)

    def test_cron_picks_what_is_due(self):
        row = self.authorised()
        row.next_try = self.naive_now() + timedelta(minutes=1)
        self.assertFalse(self.picked())
        self.frozen.tick(timedelta(minutes=2))
        self.assertEqual(self.picked(), row)
        self.account.action_pause()
        self.assertFalse(self.picked())

    def picked(self):
        jobs = self.env["queue.job"].search([("method_name", "=", "_send")])
        jobs.unlink()
        self.env["marketplace.outbox"]._cron_pick()
        jobs = self.env["queue.job"].search([("method_name", "=", "_send")])
        rows = self.env["marketplace.outbox"]
        return rows.union(*(job.records for job in jobs))
