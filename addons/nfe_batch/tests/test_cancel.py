from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..domain import schema
from ..event_kind import CANCEL
from .common import NfeCase

EVENT = "NFeRecepcaoEvento4"
REASON = "Cliente desistiu da compra"


@tagged("post_install", "-at_install")
class TestCancel(NfeCase):
    """An authorised note is cancelled at the SEFAZ; the document follows."""

    def setUp(self):
        super().setUp()
        self.document = self._confirm()
        self._run_jobs()

    def _cancel(self):
        with self.enter_registry_test_mode():
            self.document._nfe_cancel(REASON)

    def assertCancelled(self):
        self.assertEqual(self.document.state_edoc, "cancelada")
        self.assertEqual(self.document.state_fiscal, "02")
        self.assertFalse(self.document.nfe_cancellation)
        self.assertFalse(self.document.nfe_problem_code)
        content = self.document.cancel_file_id.raw
        self.assertFalse(schema.errors("procEventoNFe", content))
        note = self.sefaz.note(self.document.document_key)
        self.assertEqual(note["status"], "cancelled")
        self.assertEqual(
            note["events"][0]["protocol"], self.document.cancel_protocol_number
        )

    def test_cancelled(self):
        self._cancel()
        self.assertCancelled()

    def test_wizard_queues(self):
        wizard = (
            self.env["l10n_br_fiscal.document.cancel.wizard"]
            .with_user(self.user)
            .create({"document_id": self.document.id, "justification": REASON})
        )
        wizard.doit()
        self.assertEqual(self.document.nfe_cancellation, "ready")
        self.assertEqual(self.document.state_edoc, "autorizada")
        self._run_jobs()
        self.assertCancelled()

    def test_short_reason(self):
        with self.assertRaisesRegex(UserError, "pelo menos 15"):
            self.document._document_cancel("curto")

    def test_answer_lost_is_read_back(self):
        self.sefaz.fault(EVENT, "drop_after")
        self._cancel()
        self.assertCancelled()
        self.assertEqual(len(self.sefaz.note(self.document.document_key)["events"]), 1)

    def test_lost_before_processing_goes_again(self):
        self.sefaz.fault(EVENT, "reset")
        self._cancel()
        self.assertEqual(self.document.nfe_cancellation, "ready")
        self._run_jobs()
        self.assertCancelled()

    def test_killed_between_call_and_result(self):
        with self.enter_registry_test_mode():
            intent = self.document._nfe_open_event(CANCEL, REASON)
            self.assertTrue(intent)
        self.assertEqual(self.document.nfe_cancellation, "sending")
        self.env["l10n_br_fiscal.document"]._nfe_recover_interrupted()
        self._run_jobs()
        self.assertCancelled()

    def test_twice_is_harmless(self):
        self._cancel()
        calls = len(self.sefaz.log())
        self._cancel()
        self.assertEqual(len(self.sefaz.log()), calls)

    def test_too_late(self):
        self.sefaz.clock.advance(timedelta(hours=25))
        self.addCleanup(self.sefaz.clock.advance, timedelta(hours=-25))
        self._cancel()
        self.assertEqual(self.document.state_edoc, "autorizada")
        self.assertEqual(self.document.nfe_problem_code, "sefaz_501")
        self.assertFalse(self.document.nfe_cancellation)

    def test_service_down(self):
        self.sefaz.pause(108)
        self._cancel()
        self.assertEqual(self.document.nfe_cancellation, "ready")
        self.sefaz.pause(None)
        self._run_jobs()
        self.assertCancelled()
