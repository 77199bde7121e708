from odoo.tests import tagged

from .common import NfeCase


@tagged("post_install", "-at_install")
class TestUnavailable(NfeCase):
    """SEFAZ down: the note stays ready under its number and goes by itself later."""

    def test_connection_refused(self):
        address = self.company.nfe_endpoint_base
        self.company.nfe_endpoint_base = "https://127.0.0.1:9"
        document = self._confirm()
        self._run_jobs(rounds=1)
        self.assertEqual(document.nfe_transmission, "ready")
        self.assertEqual(document.state_edoc, "a_enviar")
        self.assertEqual(document.nfe_problem_code, "sefaz_unavailable")
        self.assertIn("fora do ar", document.nfe_problem)
        self.assertTrue(document.nfe_next_try)
        self.assertEqual(document.nfe_attempt_ids.outcome, "not_sent")
        self.company.nfe_endpoint_base = address
        self._run_jobs()
        self.assertAuthorised(document)

    def test_service_paused(self):
        document = self._confirm()
        self.sefaz.pause(108)
        self._run_jobs(rounds=1)
        self.assertEqual(document.nfe_problem_code, "sefaz_unavailable")
        self.assertEqual(document.nfe_attempt_ids.status_code, "108")
        self.sefaz.pause(None)
        self._drop_jobs()
        document.sudo().nfe_next_try = "2026-01-01"
        self.env["l10n_br_fiscal.document"]._nfe_cron_retry()
        self._run_jobs()
        self.assertAuthorised(document)

    def test_each_try_waits_longer(self):
        document = self._confirm()
        self.sefaz.pause(109)
        delays = []
        for _try in range(3):
            delays.append(document._nfe_retry_delay())
            self._run_jobs(rounds=1)
        self.assertEqual(delays, sorted(set(delays)))

    def test_undue_consumption_pauses_the_company(self):
        first, second = self._confirm(), self._confirm()
        self._drop_jobs()
        self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=656)
        with self.enter_registry_test_mode():
            first._nfe_send(alone=True)
            second._nfe_send(alone=True)
        self.assertTrue(self.company.nfe_paused_until)
        for document in first, second:
            self.assertEqual(document.nfe_problem_code, "sefaz_paused")
            self.assertEqual(document.nfe_transmission, "ready")
        self.assertEqual(len(self.sefaz.log()), 1)
        self.company.nfe_paused_until = "2026-01-01"
        (first + second).action_nfe_retry()
        self._run_jobs(rounds=1)
        self.assertEqual(first.nfe_transmission, "sending")

    def test_held_back_by_a_veto(self):
        document = self._confirm()
        fiscal = type(self.env["l10n_br_fiscal.document"])
        self.patch(fiscal, "_nfe_veto", lambda self: {self.id: "Pedido cancelado."})
        self._run_jobs()
        self.assertFalse(self.sefaz.log())
        self.assertEqual(document.nfe_problem_code, "vetoed")
        self.assertEqual(document.nfe_problem, "Pedido cancelado.")
        self.assertEqual(document.nfe_transmission, "ready")
