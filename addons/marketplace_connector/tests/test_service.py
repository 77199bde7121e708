from dataclasses import replace
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import (
    Feature,
    MessageKind,
    OutcomeUnknown,
    Parcel,
    ParcelState,
    Rejected,
    ReturnedLine,
    ReturnState,
)
from .common import ConnectorCase
from .shop import NOW, order_of, timedelta
from .shop_service import SERVICE, ServiceShop, claim, message, question, returned


@tagged("post_install", "-at_install")
class TestService(ConnectorCase):
    """Buyers ask, complain and send back; ``agent`` is customer service."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls._person("agent", "service")
        cls.clerk = cls._person("clerk", "user")

    @classmethod
    def _person(cls, login, group):
        return new_test_user(
            cls.env,
            login=login,
            groups=f"marketplace_connector.marketplace_connector_group_{group}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        type(self).shop = ServiceShop()

    def poll(self):
        with trap_jobs():
            return self.account._poll_service()

    def events(self, kind, *ids):
        for external_id in ids:
            self.hint(external_id, kind=kind, event=f"{kind}-{external_id}")
        return self.drain()

    def found(self, model, external_id):
        return self.env[f"marketplace.{model}"].search(
            [("external_id", "=", external_id)]
        )

    def answer(self, subject, text, field="message_id", **values):
        """Customer service writes; the request as the machinery sees it."""
        wizard = self.env["marketplace.answer"].with_user(self.agent)
        values |= {field: subject.id, "text": text}
        with trap_jobs():
            wizard.create(values).action_send()
        return self.env["marketplace.request"].search([], limit=1)

    def send(self, request):
        with trap_jobs():
            request._send()
        return request.state

    # ------------------------------------------------------------ in

    def test_told_by_event_and_poll_it_is_kept_once(self):
        self.shop.tell(question(), message(), claim(), returned())
        self.events("question", "Q1")
        self.events("message", "M1")
        self.events("claim", "C1")
        self.events("return", "R1")
        self.poll()
        self.poll()
        for model, external_id in (
            ("message", "Q1"),
            ("message", "M1"),
            ("claim", "C1"),
            ("return", "R1"),
        ):
            self.assertEqual(len(self.found(model, external_id)), 1, external_id)
        self.assertEqual(self.account.unanswered_count, 2)
        self.assertEqual(self.account.claim_count, 1)
        rows = self.inbox.search([("kind", "in", ["question", "message", "claim"])])
        self.assertEqual(set(rows.mapped("state")), {"done"})

    def test_event_of_what_the_channel_does_not_know_is_tried_again(self):
        self.events("claim", "C9")
        row = self.inbox.search([("external_id", "=", "C9")])
        self.assertEqual(row.state, "failed")

    def test_channel_without_the_feature_is_not_asked(self):
        self.shop.caps = replace(self.shop.caps, features=SERVICE - {Feature.CLAIMS})
        self.shop.tell(claim())
        self.events("claim", "C1")
        self.poll()
        self.assertFalse(self.found("claim", "C1"))
        row = self.inbox.search([("external_id", "=", "C1")])
        self.assertEqual(row.state, "done")

    def test_poll_goes_on_at_its_cursors(self):
        self.shop.tell(question())
        self.poll()
        self.poll()
        asked = [call[1] for call in self.shop.calls if call[0] == MessageKind.QUESTION]
        self.assertEqual(asked, [None, "next"])

    def test_answer_of_the_seller_on_the_channel_settles_the_question(self):
        self.shop.tell(message())
        self.poll()
        self.assertFalse(self.found("message", "M1").answered)
        self.shop.tell(
            message("M2", author="seller", text="Sim.", at=NOW + timedelta(minutes=2))
        )
        self.poll()
        self.assertTrue(self.found("message", "M1").answered)
        self.assertEqual(len(self.found("message", "M1").thread_ids), 2)

    def test_deadline_goes_to_the_work_queue_until_it_is_answered(self):
        self.shop.tell(question(answer_by=NOW + timedelta(hours=3)), question("Q2"))
        self.poll()
        with trap_jobs():
            self.account._cron_service()
        issue = self.open_issues(code="channel_answer_due")
        self.assertEqual(len(issue), 1)
        self.assertIn("23/11/2026", issue.message)
        self.found("message", "Q1").with_user(self.agent).action_no_answer()
        self.assertEqual(issue.state, "solved")

    # ------------------------------------------------------------ answer

    def test_answer_is_sent_once(self):
        self.shop.tell(question())
        self.poll()
        asked = self.found("message", "Q1")
        request = self.answer(asked, " Sim, até 130 kg. ")
        self.assertEqual(self.shop.said, [])
        self.assertEqual(self.send(request), "accepted")
        self.assertEqual(self.shop.said, [("Q1", "Sim, até 130 kg.")])
        self.assertTrue(asked.answered)
        self.send(request)
        self.assertEqual(self.shop.count("reply"), 1)

    def test_long_answer_is_refused_before_it_is_sent(self):
        self.shop.tell(question())
        self.poll()
        with self.assertRaisesRegex(UserError, "350"):
            self.answer(self.found("message", "Q1"), "x" * 351)
        self.assertFalse(self.env["marketplace.request"].search([]))
        self.assertEqual(self.shop.count("reply"), 0)

    def test_blocked_conversation_says_why(self):
        self.shop.tell(message(blocked="blocked_by_mediation"))
        self.poll()
        with self.assertRaisesRegex(UserError, "blocked_by_mediation"):
            self.found("message", "M1").with_user(self.agent).action_reply()

    def test_lost_answer_is_read_back_and_not_said_twice(self):
        for asked in (question(), message()):
            self.shop.tell(asked)
            self.poll()
            request = self.answer(self.found("message", asked.external_id), "Sim.")
            self.shop.answer_lost = OutcomeUnknown("timeout")
            self.assertEqual(self.send(request), "sending")
            self.shop.answer_lost = None
            request.next_try = NOW.replace(tzinfo=None)
            self.assertEqual(self.send(request), "accepted")
        self.assertEqual(self.shop.count("reply"), 2)

    def test_answer_that_never_arrived_is_said_after_looking(self):
        self.shop.tell(message())
        self.poll()
        request = self.answer(self.found("message", "M1"), "Sim.")
        self.shop.refused = OutcomeUnknown("timeout")
        self.send(request)
        self.shop.refused = None
        request.next_try = NOW.replace(tzinfo=None)
        self.assertEqual(self.send(request), "failed")
        self.assertEqual(self.shop.said, [])
        request.next_try = NOW.replace(tzinfo=None)
        self.assertEqual(self.send(request), "accepted")
        self.assertEqual(self.shop.said, [("9001", "Sim.")])

    def test_refused_answer_is_for_a_person(self):
        self.shop.tell(question())
        self.poll()
        request = self.answer(self.found("message", "Q1"), "Ligue para mim")
        self.shop.refused = Rejected("forbidden_words", "contact data")
        self.assertEqual(self.send(request), "rejected")
        issue = self.open_issues(code="channel_request_refused")
        self.assertIn("contact data", issue.message)
        self.shop.refused = None
        with trap_jobs():
            request.with_user(self.agent).action_send_again()
        self.assertEqual(self.send(request), "accepted")
        self.assertEqual(issue.state, "solved")

    # ------------------------------------------------------------ claims

    def test_claim_has_a_deadline_and_its_actions(self):
        sale = self.read(order_of("9001")).sale_order_id
        self.shop.tell(claim())
        self.poll()
        record = self.found("claim", "C1")
        self.assertEqual(record.sale_order_id, sale)
        self.assertEqual(record.action_ids.mapped("code"), ["refund", "send_message"])
        issue = self.open_issues(code="channel_claim_due")
        self.assertEqual(issue.order_id, sale)
        self.assertIn("25/11/2026", issue.message, "until when")
        self.shop.tell(
            claim(open=False, actions=(), updated_at=NOW + timedelta(minutes=1))
        )
        self.poll()
        self.assertFalse(record.is_open)
        self.assertFalse(record.action_ids)
        self.assertEqual(issue.state, "solved")

    def test_older_reading_of_a_claim_is_ignored(self):
        self.shop.tell(claim(open=False, actions=()))
        self.poll()
        self.shop.tell(claim(updated_at=NOW - timedelta(minutes=1)))
        self.poll()
        self.assertFalse(self.found("claim", "C1").is_open)

    def test_action_is_done_once_although_its_outcome_was_lost(self):
        self.shop.tell(claim())
        self.poll()
        refund = self.found("claim", "C1").action_ids[0]
        request = self.answer(refund, "Desculpe", field="action_id", percentage=30)
        self.shop.answer_lost = OutcomeUnknown("timeout")
        self.assertEqual(self.send(request), "sending")
        self.shop.answer_lost = None
        request.next_try = NOW.replace(tzinfo=None)
        self.assertEqual(self.send(request), "accepted")
        self.assertEqual(
            self.shop.acted,
            [("C1", "refund", {"message": "Desculpe", "percentage": 30})],
        )
        hint = self.inbox.search([("kind", "=", "claim")])
        self.assertEqual(hint.external_id, "C1")

    # ------------------------------------------------------------ returns

    def test_return_moves_the_axis_of_the_order(self):
        sale = self.read(order_of("9001")).sale_order_id
        self.shop.tell(claim(return_ids=("R1",)), returned(claim_id="C1"))
        self.poll()
        self.assertEqual(sale.b2c_return_state, "requested")
        record = self.found("return", "R1")
        self.assertEqual(record.claim_id, self.found("claim", "C1"))
        self.shop.tell(
            returned(
                state=ReturnState.IN_TRANSIT, updated_at=NOW + timedelta(minutes=1)
            )
        )
        self.events("return", "R1")
        self.assertEqual(sale.b2c_return_state, "in_transit")

    def test_return_that_came_before_its_order(self):
        self.shop.tell(returned())
        self.poll()
        sale = self.read(order_of("9001")).sale_order_id
        self.assertEqual(self.found("return", "R1").sale_order_id, sale)
        self.assertEqual(sale.b2c_return_state, "requested")

    def test_kinds_of_returns(self):
        """Without goods, in part, inspected by the channel on the way, discarded
        there, lost on the way back: each is known by what its record says."""
        way = Parcel("P1", ParcelState.LOST, "not_delivered", direction="return")
        legs = (
            replace(way, state=ParcelState.DELIVERED),
            replace(way, external_id="P2", direction="return_from_triage"),
        )
        self.shop.tell(
            returned("R1", ReturnState.REFUNDED, needs_goods=False),
            returned("R2", lines=(ReturnedLine("MLB1/", Decimal(1)),)),
            returned("R3", ReturnState.IN_REVIEW, parcels=legs),
            returned("R4", ReturnState.RECEIVED, review="discard"),
            returned("R5", ReturnState.CLOSED, parcels=(way,)),
        )
        self.poll()
        self.assertFalse(self.found("return", "R1").needs_goods)
        self.assertEqual(
            self.found("return", "R2").line_data, [{"key": "MLB1/", "qty": "1"}]
        )
        triage = self.found("return", "R3")
        self.assertEqual(triage.state, "in_review")
        self.assertEqual(
            [leg["direction"] for leg in triage.parcel_data],
            ["return", "return_from_triage"],
        )
        self.assertEqual(self.found("return", "R4").review, "discard")
        lost = self.found("return", "R5")
        self.assertEqual((lost.state, lost.needs_goods), ("closed", True))
        self.assertEqual([leg["state"] for leg in lost.parcel_data], ["lost"])

    # ------------------------------------------------------------ people

    def test_words_are_for_customer_service_only(self):
        self.shop.tell(question(), claim())
        self.poll()
        asked = self.found("message", "Q1")
        self.assertEqual(asked.with_user(self.agent).text, "Serve para 120 kg?")
        with self.assertRaises(AccessError):
            asked.with_user(self.clerk).read(["kind"])
        self.assertTrue(self.found("claim", "C1").with_user(self.clerk).kind)
        wizard = self.env["marketplace.answer"].with_user(self.clerk)
        with self.assertRaises(AccessError):
            wizard.create({"message_id": asked.id, "text": "Sim."})
        with self.assertRaises(AccessError):
            asked.with_user(self.agent).write({"answered": True})

    def test_words_of_another_company_are_out_of_sight(self):
        self.shop.tell(question(), claim())
        self.poll()
        other = self.env["res.company"].create({"name": "Outra"})
        self.agent.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        wizard = self.env["marketplace.answer"].with_user(self.agent)
        for values in (
            {"message_id": self.found("message", "Q1").id, "text": "Sim."},
            {"action_id": self.found("claim", "C1").action_ids[0].id},
        ):
            with self.assertRaises(AccessError):
                answer = wizard.with_company(other).create(values)
                answer.read(["question"])
                answer.action_send()

    def test_words_are_forgotten(self):
        sale = self.read(order_of("9001")).sale_order_id
        self.shop.tell(
            message(), question(at=NOW - timedelta(days=181)), question("Q2")
        )
        self.poll()
        self.env["marketplace.message"]._gc()
        old = self.found("message", "Q1")
        self.assertFalse(old.text or old.author_name)
        self.assertTrue(self.found("message", "Q2").text)
        sale.partner_id._b2c_erase_traces()
        self.assertFalse(self.found("message", "M1").text)
