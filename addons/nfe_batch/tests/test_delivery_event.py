import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..domain import schema
from ..domain.endpoints import Service
from ..event_kind import DELIVERY
from .common import NfeCase

EVENT = "NFeRecepcaoEvento4"
IMAGE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAA"
    "AABJRU5ErkJggg=="
)
OTHER = b"another photo"


@tagged("post_install", "-at_install")
class TestDeliveryEvent(NfeCase):
    """A delivery and its failures go to the SEFAZ as events of the note."""

    def setUp(self):
        super().setUp()
        self.document = self._confirm()
        self._run_jobs()
        self.moment = fields.Datetime.now()

    def _deliver(self, image=IMAGE, **changes):
        values = {
            "moment": self.moment,
            "name": "Maria Souza",
            "document": "52998224725",
            "image": image,
            "position": (-22.9068, -43.1729),
        }
        return self.document._nfe_register_delivery(**(values | changes))

    def _fail(self, image=OTHER, **changes):
        values = {
            "moment": self.moment,
            "reason": "2",
            "attempt": 1,
            "image": image,
        }
        return self.document._nfe_register_failed_delivery(**(values | changes))

    def _at_sefaz(self):
        events = self.sefaz.note(self.document.document_key)["events"]
        return [(row["type"], row["sequence"]) for row in events]

    def assertRegistered(self, event):
        self.assertFalse(self.document.nfe_problem, self.document.nfe_problem)
        self.assertFalse(self.document.nfe_delivery)
        self.assertEqual(event.nfe_state, "registered")
        events = self.sefaz.note(self.document.document_key)["events"]
        self.assertIn(event.protocol_number, [row["protocol"] for row in events])

    def test_wizard_tells_the_delivery(self):
        form = Form(
            self.env["nfe.delivery.wizard"]
            .with_user(self.user)
            .with_context(default_document_id=self.document.id)
        )
        self.assertEqual(form.receiver, "Maria Souza")
        form.image = base64.b64encode(IMAGE)
        form.save().action_register()
        self.assertEqual(self.document.nfe_delivery, "ready")
        self._run_jobs()
        event = self.document.nfe_delivery_event_ids
        self.assertRegistered(event)
        self.assertEqual(self._at_sefaz(), [("110130", 1)])
        self.assertEqual(self.document.state_edoc, "autorizada")

    def test_wizard_tells_the_failure(self):
        form = Form(
            self.env["nfe.delivery.wizard"]
            .with_user(self.user)
            .with_context(default_document_id=self.document.id)
        )
        form.image = base64.b64encode(IMAGE)
        form.result = "failed"
        form.reason = "4"
        form.explanation = "Rua alagada, sem passagem para o caminhão"
        form.save().action_register()
        self._run_jobs()
        event = self.document.nfe_delivery_event_ids
        self.assertRegistered(event)
        self.assertEqual(event.nfe_explanation, form.explanation)
        self.assertEqual(self._at_sefaz(), [("110192", 1)])

    def test_kept_byte_by_byte(self):
        event = self._deliver()
        self._run_jobs()
        content = event.file_response_id.raw
        self.assertFalse(schema.errors("procEventoNFe110130", content))
        self.assertIn(event.file_request_id.raw, content)
        self.assertIn(b"<latGPS>-22.906800</latGPS>", content)
        attempt = self.document.nfe_attempt_ids[:1]
        self.assertEqual((attempt.kind, attempt.status_code), ("delivery", "135"))

    def test_failures_then_delivery_in_one_go(self):
        """Each has its own sequence; they leave in the order they were told."""
        first = self._fail()
        second = self._fail(image=b"second try", attempt=2)
        last = self._deliver()
        self._run_jobs()
        for event in (first, second, last):
            self.assertRegistered(event)
        self.assertEqual(
            self._at_sefaz(), [("110192", 1), ("110192", 2), ("110130", 1)]
        )

    def test_wish_that_meets_the_result_of_another(self):
        """Two transactions: the result saw no draft, the wish saw a status."""
        event = self._deliver()
        self.document.sudo().nfe_delivery = False
        self._run_jobs()
        self.assertRegistered(event)

    def test_told_twice_is_sent_once(self):
        event = self._deliver()
        self.assertEqual(self._deliver(), event)
        self._run_jobs()
        self.assertEqual(self._deliver(), event)
        self.assertFalse(self._run_jobs())
        self.assertEqual(self._at_sefaz(), [("110130", 1)])

    def test_withdrawn_and_told_again(self):
        event = self._deliver()
        self._run_jobs()
        self.assertTrue(event.nfe_can_withdraw)
        withdrawal = event.action_nfe_withdraw()
        self.assertEqual(withdrawal.nfe_code, "110131")
        self._run_jobs()
        self.assertRegistered(withdrawal)
        self.assertTrue(event.nfe_withdrawn)
        with self.assertRaisesRegex(UserError, "[Ee]vento|withdrawn"):
            event.action_nfe_withdraw()
        again = self._deliver()
        self.assertNotEqual(again, event)
        self._run_jobs()
        self.assertEqual(
            self._at_sefaz(), [("110130", 1), ("110131", 1), ("110130", 2)]
        )

    def test_lost_answer_is_read_back(self):
        self.sefaz.fault(EVENT, "drop_after")
        event = self._deliver()
        self._run_jobs()
        self.assertRegistered(event)
        self.assertEqual(self._at_sefaz(), [("110130", 1)])

    def test_lost_request_is_sent_again(self):
        self.sefaz.fault(EVENT, "drop_before")
        event = self._deliver()
        self._run_jobs()
        self.assertRegistered(event)
        self.assertEqual(self._at_sefaz(), [("110130", 1)])

    def test_killed_between_call_and_result(self):
        event = self._deliver()
        with self.enter_registry_test_mode():
            intent = self.document._nfe_open_event(DELIVERY)
            intent.client.call(Service.EVENT, intent.message)
            self.document._nfe_recover_interrupted(-timedelta(minutes=1))
        self.assertEqual(self.document.nfe_delivery, "unknown")
        self._run_jobs()
        self.assertRegistered(event)
        self.assertEqual(self._at_sefaz(), [("110130", 1)])

    def test_of_another_program(self):
        """573: its event is taken over; ours follows with the next number."""
        ours = self._deliver()
        self._run_jobs()
        # A database that was brought back does not know it.
        ours.sudo().unlink()
        new = self._deliver(image=OTHER)
        self._run_jobs()
        self.assertRegistered(new)
        self.assertEqual(self._at_sefaz(), [("110130", 1), ("110130", 2)])
        adopted = self.document.nfe_delivery_event_ids - new
        self.assertEqual(adopted.nfe_receiver, "Maria Souza")
        self.assertEqual((adopted.sequence, new.sequence), ("1", "2"))

    def test_refused(self):
        self.sefaz.fault(EVENT, "cstat", cstat=577)
        event = self._deliver()
        self._run_jobs()
        self.assertEqual(event.nfe_state, "refused")
        self.assertEqual(self.document.nfe_problem_code, "delivery_577")
        self.assertRegex(self.document.nfe_problem, "577")
        again = self._deliver()
        self.assertNotEqual(again, event)
        self._run_jobs()
        self.assertRegistered(again)

    def test_what_the_sefaz_would_refuse(self):
        future = self.moment + timedelta(days=1)
        early = self.document.authorization_date - timedelta(hours=1)
        for wish in (
            lambda: self._deliver(moment=future),
            lambda: self._deliver(moment=early),
            lambda: self._deliver(image=b""),
            lambda: self._deliver(name="M"),
            lambda: self._deliver(position=(100, 0)),
            lambda: self._fail(reason="4", explanation="curto"),
            lambda: self._fail(reason="9"),
        ):
            with self.assertRaises(UserError):
                wish()
        self.assertFalse(self.document.nfe_delivery_event_ids)

    def test_cancelled_meanwhile(self):
        event = self._deliver()
        self.document.cancel_reason = "Cliente desistiu da compra"
        with self.enter_registry_test_mode():
            self.document._nfe_cancel()
        self._run_jobs()
        self.assertEqual(self.document.state_edoc, "cancelada")
        self.assertEqual((event.state, event.nfe_state), ("done", "refused"))
        self.assertTrue(event.response)
        self.assertEqual(self._at_sefaz(), [("110111", 1)])
        with self.assertRaisesRegex(UserError, "autorizada"):
            self._deliver(image=OTHER)
