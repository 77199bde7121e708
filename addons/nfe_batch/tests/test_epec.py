from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..domain.endpoints import Service
from ..event_kind import EPEC
from .contingency import SEND, SVC, ContingencyCase

EPEC_EVENT = ("an", "NFeRecepcaoEvento4")


@tagged("post_install", "-at_install")
class TestEpec(ContingencyCase):
    """SEFAZ and SVC are down: the event lets the goods leave, the note follows."""

    def setUp(self):
        super().setUp()
        self.sefaz.pause(109)
        self.sefaz.pause(114, SVC)

    def _back(self):
        self.sefaz.pause(None)
        self._ask_home()
        self._run_jobs()

    def _registered(self, document):
        event = self.sefaz.office.store.events(document.document_key)[0]
        self.assertEqual(document.nfe_epec_protocol, event["protocol"])
        self.assertFalse(document.nfe_epec)
        self.assertFalse(document.nfe_problem_code)
        self.assertEqual(document.nfe_transmission, "ready")

    def test_event_label_and_note(self):
        document = self._confirm()
        number = document.document_number
        self._enter("epec")
        self._run_jobs()
        self._registered(document)
        self.assertEqual(self._emission(document), "4")
        self.assertEqual(document.document_number, number)
        label = document.with_user(self.user).action_nfe_open_label()
        self.assertTrue(label)
        self.assertTrue(document.nfe_epec_label_id.raw.startswith(b"%PDF"))
        self.assertNotIn(("home", SEND), self._calls()[1:])
        signed = document.nfe_signed_id.raw
        self._back()
        self.assertAuthorised(document)
        self.assertIn(signed, document.nfe_proc_id.raw)
        self.assertTrue(document.nfe_label_id)

    def test_policy_when_svc_is_closed(self):
        self.company.nfe_contingency_policy = "svc_epec"
        document = self._confirm()
        self._run_jobs()
        self._registered(document)
        modes = self.company.nfe_contingency_ids.sorted("id").mapped("mode")
        self.assertEqual(modes, ["svc", "epec"])

    def test_answer_lost_is_registered_once(self):
        self._enter("epec")
        document = self._confirm()
        self.sefaz.fault("NFeRecepcaoEvento4", "drop_after", office="an")
        self._run_jobs(rounds=2)
        self.assertEqual(document.nfe_epec, "unknown")
        self._run_jobs()
        self._registered(document)
        self.assertEqual(self._calls(), [EPEC_EVENT] * 2)
        self._back()
        self.assertAuthorised(document)

    def test_killed_between_call_and_result(self):
        self._enter("epec")
        document = self._confirm()
        with self.enter_registry_test_mode():
            document._nfe_prepare_send(False)
            intent = document._nfe_open_event(EPEC)
            intent.client.call(Service.EVENT, intent.message)
        self.assertEqual(document.nfe_epec, "sending")
        self._drop_jobs()
        self.env["l10n_br_fiscal.document"]._nfe_recover_interrupted()
        self.assertEqual(document.nfe_epec, "unknown")
        self._run_jobs()
        self._registered(document)

    def test_unknown_event_binds_the_key(self):
        """Home came back, nobody knows of the event: no other key, no note without."""
        self._enter("epec")
        document = self._confirm()
        fault = ("NFeRecepcaoEvento4", "drop_after")
        self.sefaz.fault(*fault, office="an")
        self._run_jobs(rounds=2)
        key = document.document_key
        self.sefaz.pause(None)
        self.company._nfe_contingency()._leave("status")
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(document.document_key, key)

    def test_national_office_down_then_home_is_back(self):
        self._enter("epec")
        document = self._confirm()
        self.sefaz.pause(108, "an")
        self._run_jobs(rounds=3)
        self.assertEqual(document.nfe_epec, "ready")
        self._back()
        self.assertAuthorised(document)
        self.assertEqual(self._emission(document), "1")
        self.sefaz.pause(None, "an")

    def test_refused_event(self):
        self._enter("epec")
        document = self._confirm()
        self.sefaz.fault("NFeRecepcaoEvento4", "cstat", cstat=142, office="an")
        self._run_jobs()
        self.assertEqual(document.nfe_problem_code, "epec_142")
        self.assertIn("não podem sair", document.nfe_problem)
        with self.assertRaises(UserError):
            document.action_nfe_open_label()
        self._back()
        self.assertAuthorised(document)
        self.assertEqual(self._emission(document), "1")

    def test_what_an_event_binds_cannot_be_changed(self):
        self._enter("epec")
        document = self._confirm()
        self._run_jobs()
        with self.assertRaisesRegex(UserError, "EPEC"):
            document.action_document_back2draft()
        with self.assertRaisesRegex(UserError, "EPEC"):
            document.action_document_cancel()

    def test_home_learns_of_the_event_later(self):
        self._enter("epec")
        document = self._confirm()
        self._run_jobs()
        self.sefaz.fault(SEND, "cstat", cstat=468)
        self.sefaz.pause(None)
        self._ask_home()
        self.assertEqual(document.nfe_problem_code, "sefaz_unavailable")
        self.assertEqual(document.state_edoc, "a_enviar")
        document.sudo().nfe_next_try = "2026-01-01"
        self.env["l10n_br_fiscal.document"]._nfe_cron_retry()
        self._run_jobs()
        self.assertAuthorised(document)

    def test_alarm_before_seven_days(self):
        entered = self._enter("epec")
        document = self._confirm()
        self._run_jobs()
        self._ask_home()
        before = len(entered.activity_ids)
        document.sudo().nfe_epec_date = fields.Datetime.now() - timedelta(days=5)
        self._ask_home()
        tasks = len(entered.activity_ids)
        self.assertGreater(tasks, before)
        self._ask_home()
        self.assertEqual(len(entered.activity_ids), tasks, "told once")
        self._back()
        self.assertAuthorised(document)
