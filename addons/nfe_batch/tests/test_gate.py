"""Rows of the failure matrix that stop a whole company."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from simulators.common.certificates import CertificateAuthority

from .. import const
from .common import CNPJ, PASSWORD, authority
from .test_failures import RECEIPT, SEND, STATUS, FailureCase

REASON = "Cliente desistiu da compra"


@tagged("post_install", "-at_install")
class TestHeld(FailureCase):
    """108, 109, or not to be reached three times: one asks for the status, all wait."""

    def setUp(self):
        super().setUp()
        self.patch(const, "STATUS_INTERVAL", timedelta(minutes=3))
        self.patch(const, "FIRST_QUESTION", timedelta(seconds=30))

    def _time_passes(self):
        self.company.nfe_held_until -= timedelta(minutes=4)

    def test_one_refusal_holds_all(self):
        first, second = self._confirm(2)
        self.sefaz.pause(108)
        self._run_jobs()
        self.assertEqual(len(self._calls(SEND)), 1)
        for document in first, second:
            self.assertEqual(document.nfe_problem_code, "sefaz_unavailable")
            self.assertTrue(document.nfe_next_try)
        self.assertFalse(self._calls(STATUS), "not at once")
        left = self.company.nfe_held_until - fields.Datetime.now()
        self.assertLess(left, timedelta(minutes=1))

    def test_first_question_is_not_one_too_many(self):
        """The service came up, went down again within the three minutes."""
        self._confirm()
        self.sefaz.pause(108)
        self._run_jobs(rounds=1)
        self._time_passes()
        self.sefaz.pause(None)
        self._run_jobs()
        self.sefaz.pause(108)
        self._confirm()
        self._run_jobs(rounds=1)
        left = self.company.nfe_held_until - fields.Datetime.now()
        self.assertGreater(left, timedelta(minutes=2))

    def test_status_is_asked_for_every_three_minutes(self):
        documents = self._confirm(2)
        self.sefaz.pause(109)
        self._run_jobs(rounds=1)
        for asked in range(1, 3):
            self._time_passes()
            self._run_jobs(rounds=4)
            self.assertEqual(len(self._calls(STATUS)), asked)
        self.sefaz.pause(None)
        self._time_passes()
        self._run_jobs()
        for document in documents:
            self.assertAuthorised(document)
        self.assertFalse(self.company.nfe_held_until)

    def test_out_of_reach_three_times(self):
        address = self.company.nfe_endpoint_base
        self.company.nfe_endpoint_base = "https://127.0.0.1:9"
        document = self._confirm()
        number, key = document.document_number, document.document_key
        self._run_jobs(rounds=2)
        self.assertFalse(self.company.nfe_held_until)
        self._run_jobs(rounds=1)
        self.assertTrue(self.company.nfe_held_until)
        self.company.nfe_endpoint_base = address
        self._run_jobs()
        self.assertFalse(self._services())
        self._time_passes()
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(self._services(), [STATUS, SEND])
        self.assertOneNumberOneKey(document, number, key)

    def test_lost_status_job_is_queued_again(self):
        document = self._confirm()
        self.sefaz.pause(108)
        self._run_jobs(rounds=1)
        self._drop_jobs()
        self.sefaz.pause(None)
        self._time_passes()
        document.sudo().nfe_next_try = "2026-01-01"
        self.env["l10n_br_fiscal.document"]._nfe_cron_retry()
        self._run_jobs()
        self.assertAuthorised(document)


@tagged("post_install", "-at_install")
class TestStopped(FailureCase):
    """Form or signature refused three times in a row, certificate refused: a person
    must look."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "nfe_manager",
            groups="nfe_batch.nfe_batch_group_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            lang="pt_BR",
        )

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger("odoo.addons.nfe_batch.models.res_company_gate"))

    def _refuse(self, code, times):
        documents = self._confirm(times + 1)
        self.sefaz.fault(SEND, "cstat", cstat=code, times=times)
        self._run_jobs()
        return documents

    def test_three_in_a_row(self):
        documents = self._refuse(298, 3)
        self.assertEqual(self.company.nfe_stop_code, "sender_stopped")
        self.assertIn("298", self.company.nfe_stop_reason)
        waiting = documents[-1]
        self.assertEqual(waiting.nfe_problem_code, "sender_stopped")
        self.assertEqual(waiting.nfe_transmission, "ready")
        self.assertEqual(len(self._calls(SEND)), 3)
        waiting.action_nfe_retry()
        self._run_jobs()
        self.assertEqual(len(self._calls(SEND)), 3)

    def test_two_in_a_row_are_not_enough(self):
        documents = self._refuse(215, 2)
        self.assertFalse(self.company.nfe_stop_code)
        self.assertAuthorised(documents[-1])

    def test_business_rules_stop_nobody(self):
        documents = self._refuse(778, 3)
        self.assertFalse(self.company.nfe_stop_code)
        self.assertAuthorised(documents[-1])

    def test_manager_releases(self):
        documents = self._refuse(297, 3)
        with self.assertRaises(AccessError):
            self.company.with_user(self.user).action_nfe_release()
        self.company.with_user(self.manager).action_nfe_release()
        self.assertFalse(self.company.nfe_stop_reason)
        self._run_jobs()
        self.assertAuthorised(documents[-1])

    def test_manager_of_another_company(self):
        self._refuse(297, 3)
        other = self._make_company("Outra Indústria Ltda", "11222333000181")
        self.manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            self.company.with_user(self.manager).action_nfe_release()

    def test_refused_certificate(self):
        first, second = self._refuse(280, 1)
        self.assertEqual(first.nfe_problem_code, "certificate_refused")
        self.assertEqual(second.nfe_problem_code, "sender_stopped")
        self.assertEqual(len(self._calls(SEND)), 1)
        self.company.certificate_id = self._make_certificate(self.company)
        self.assertFalse(self.company.nfe_stop_code)
        self._run_jobs()
        for document in first, second:
            self.assertAuthorised(document)

    def test_certificate_of_an_unknown_authority(self):
        with TemporaryDirectory() as folder:
            stranger = CertificateAuthority.create(Path(folder))
            pfx = stranger.client_pfx(CNPJ, "INDUSTRIA", PASSWORD)
        self.company.certificate_id = self._make_certificate(self.company, pfx)
        document = self._confirm()
        self._run_jobs()
        self.assertFalse(self._services())
        self.assertEqual(document.nfe_transmission, "ready")
        self.assertEqual(self.company.nfe_stop_code, "certificate_refused")
        self.assertFalse(self._run_jobs(), "nothing is tried again")

    def test_expired_certificate_makes_no_call(self):
        now = datetime.now(timezone.utc)
        span = now - timedelta(days=400), now - timedelta(days=35)
        pfx = authority().client_pfx(CNPJ, "INDUSTRIA", PASSWORD, *span)
        document = self._confirm()
        self._run_jobs()
        self.company.certificate_id = self._make_certificate(self.company, pfx)
        self._job(document, "_nfe_cancel", REASON)
        self.assertEqual(self._services(), [SEND])
        self.assertEqual(document.nfe_problem_code, "certificate_expired")


@tagged("post_install", "-at_install")
class TestPaused(FailureCase):
    """656: every call of the company stops for an hour, whatever its service."""

    lot_from = 2

    def test_no_call_of_any_kind(self):
        authorised = self._confirm()
        self._run_jobs()
        lot = self._confirm(2)
        self._run_jobs(rounds=1)
        self._drop_jobs()
        lost = self._confirm()
        self.sefaz.fault(SEND, "drop_before")
        self._job(lost, "_nfe_send", True)
        self._drop_jobs()
        waiting = self._confirm()
        self._drop_jobs()
        self.sefaz.fault(SEND, "cstat", cstat=656)
        self._job(waiting, "_nfe_send", True)
        self.assertTrue(self.company.nfe_paused_until)
        before = self._services()

        self.company.nfe_held_until = "2026-01-01"
        attempts = lot.nfe_attempt_ids.sudo()
        self._job(attempts, "_poll")
        self._job(lost, "_nfe_recover")
        self._job(waiting, "_nfe_send")
        self._job(authorised, "_nfe_cancel", REASON)
        self._job(self.company, "_nfe_ask_status")
        self.assertEqual(self._services(), before)

    def test_block_comes_between_check_and_intent(self):
        document = self._confirm()
        self._drop_jobs()
        fiscal = type(self.env["l10n_br_fiscal.document"])

        def veto(documents):
            documents.company_id._nfe_pause()
            return {}

        self.patch(fiscal, "_nfe_veto", veto)
        self._job(document, "_nfe_send")
        self.assertFalse(self._services())
        self.assertEqual(document.nfe_problem_code, "sefaz_paused")

    def test_each_service_can_pause(self):
        document = self._confirm()
        self._run_jobs()
        lot = self._confirm(2)
        self._run_jobs(rounds=1)
        self._drop_jobs()
        asks = {
            "NFeRecepcaoEvento4": lambda: self._job(document, "_nfe_cancel", REASON),
            RECEIPT: lambda: self._job(lot.nfe_attempt_ids.sudo(), "_poll"),
        }
        for service, ask in asks.items():
            with self.subTest(service):
                self.company.nfe_paused_until = False
                self.sefaz.fault(service, "cstat", cstat=656)
                ask()
                self.assertTrue(self.company.nfe_paused_until)
