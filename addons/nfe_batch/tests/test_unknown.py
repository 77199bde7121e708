from datetime import timedelta

from odoo.tests import tagged

from ..domain.endpoints import Service
from .common import NfeCase

SEND = "NFeAutorizacao4"


@tagged("post_install", "-at_install")
class TestUnknown(NfeCase):
    """The note left and no answer came: it is asked for, never sent blindly."""

    def _services(self):
        return [row["service"] for row in self.sefaz.log()]

    def test_answer_lost_after_authorisation(self):
        document = self._confirm()
        self.sefaz.fault(SEND, "drop_after")
        self._run_jobs(rounds=1)
        self.assertEqual(document.nfe_transmission, "unknown")
        self.assertEqual(document.nfe_problem_code, "outcome_unknown")
        number, key = document.document_number, document.document_key
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(
            (document.document_number, document.document_key), (number, key)
        )
        self.assertEqual(len(self.sefaz.notes()), 1)
        self.assertEqual(self._services(), [SEND, "NFeConsultaProtocolo4"])

    def test_lost_before_processing_sends_the_same_bytes(self):
        document = self._confirm()
        signed = document.nfe_signed_id.raw
        self.sefaz.fault(SEND, "reset")
        self._run_jobs(rounds=1)
        self.assertEqual(document.nfe_transmission, "unknown")
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertIn(signed, document.nfe_proc_id.raw)
        self.assertEqual(self._services(), [SEND, "NFeConsultaProtocolo4", SEND])

    def test_html_instead_of_an_answer(self):
        document = self._confirm()
        self.sefaz.fault(SEND, "html_503")
        self._run_jobs(rounds=1)
        self.assertEqual(document.nfe_transmission, "unknown")
        self._run_jobs()
        self.assertAuthorised(document)

    def test_half_an_answer(self):
        document = self._confirm()
        self.sefaz.fault(SEND, "truncate")
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(len(self.sefaz.notes()), 1)

    def test_lot_answer_lost(self):
        documents = self._confirm(2)
        self.sefaz.fault(SEND, "drop_after")
        self._run_jobs(rounds=1)
        self.assertEqual(set(documents.mapped("nfe_transmission")), {"unknown"})
        self.sefaz.clock.advance(timedelta(seconds=5))
        self._run_jobs()
        for document in documents:
            self.assertAuthorised(document)
        self.assertEqual(len(self.sefaz.notes()), 2)

    def test_duplicate_is_adopted(self):
        document = self._confirm()
        with self.enter_registry_test_mode():
            document._nfe_send()
            # As a restored backup would be: the SEFAZ has what we forgot.
            document.sudo().write(
                {"nfe_transmission": "ready", "state_edoc": "a_enviar"}
            )
            document.flush_recordset()
            document._nfe_send()
        self.assertEqual(document.nfe_transmission, "unknown")
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(len(self.sefaz.notes()), 1)

    def test_killed_between_call_and_result(self):
        document = self._confirm()
        self._drop_jobs()
        with self.enter_registry_test_mode():
            intent = document._nfe_prepare_send(False)._nfe_open_send()
            intent.client.call(*self._authorization(intent))
        # Nobody stores the answer: the process is gone.
        self.assertEqual(document.nfe_transmission, "sending")
        fiscal = self.env["l10n_br_fiscal.document"]
        fiscal._nfe_cron_recover()
        self.assertEqual(document.nfe_transmission, "sending", "it may still run")
        fiscal._nfe_recover_interrupted()
        self.assertEqual(document.nfe_transmission, "unknown")
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(self._services(), [SEND, "NFeConsultaProtocolo4"])

    def test_job_runs_again_after_a_kill(self):
        document = self._confirm()
        self._drop_jobs()
        again = document.with_context(job_uuid="f2f7d0b4")
        with self.enter_registry_test_mode():
            intent = again._nfe_prepare_send(False)._nfe_open_send()
            intent.client.call(*self._authorization(intent))
            again._nfe_send()
        self.assertAuthorised(document)
        self.assertEqual(self._services(), [SEND, "NFeConsultaProtocolo4"])

    def test_consults_stay_below_the_limit_of_the_sefaz(self):
        document = self._confirm()
        self.sefaz.fault("*", "drop_before", times=50)
        self._run_jobs(rounds=20)
        self.assertEqual(document.nfe_transmission, "unknown")
        consults = document.nfe_attempt_ids.filtered(lambda row: row.kind == "consult")
        self.assertEqual(len(consults), 8)

    def test_no_change_while_unknown(self):
        document = self._confirm()
        self.sefaz.fault(SEND, "drop_after")
        self._run_jobs(rounds=1)
        with self.assertRaisesRegex(Exception, "a caminho da SEFAZ"):
            document.action_document_cancel()

    def _authorization(self, intent):
        return Service.AUTHORIZATION, intent.message
