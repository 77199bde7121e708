from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .. import const
from .common import NfeCase

CNPJ = "33444555000181"
STATUS = "NFeStatusServico4"


@tagged("post_install", "-at_install")
class TestRegistry(NfeCase):
    """The registry of taxpayers and the status of the service are asked on a click."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls._make_partner(
            "Fornecedor", CNPJ, "base.state_br_sp", "l10n_br_base.city_3550308"
        )
        cls.manager = new_test_user(
            cls.env,
            "nfe_manager",
            groups="nfe_batch.nfe_batch_group_manager,base.group_partner_manager",
            company_id=cls.company.id,
        )

    def _ask(self):
        return self.supplier.with_user(self.manager).action_nfe_registry()

    def test_inscription_is_taken_over(self):
        self.sefaz.register("110042490114", CNPJ, "FORNECEDOR LTDA")
        self.sefaz.register("111222333444", CNPJ, "FECHADA LTDA", enabled=False)
        action = self._ask()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        enabled, closed = wizard.line_ids.with_user(self.manager)
        self.assertFalse(self.supplier.l10n_br_ie_code)
        with self.assertRaises(UserError):
            closed.action_use()
        enabled.action_use()
        self.assertEqual(self.supplier.l10n_br_ie_code, "110042490114")

    def test_not_found(self):
        with self.assertRaisesRegex(UserError, "259"):
            self._ask()

    def test_state_that_does_not_offer_it(self):
        self.company.nfe_endpoint_base = False
        self.supplier.state_id = self.env.ref("base.state_br_ma")
        with self.assertRaisesRegex(UserError, "MA"):
            self._ask()

    def test_no_answer(self):
        self.sefaz.fault("CadConsultaCadastro4", "html_503")
        with self.assertRaisesRegex(UserError, "SP"):
            self._ask()

    def test_needs_number_and_state(self):
        self.supplier.vat = False
        with self.assertRaises(UserError):
            self._ask()

    def test_without_a_certificate(self):
        self.company.certificate_id = False
        with self.assertRaisesRegex(UserError, "certificado"):
            self._ask()

    def test_status_every_three_minutes(self):
        self.patch(const, "STATUS_INTERVAL", timedelta(minutes=3))
        company = self.company.with_user(self.manager)
        company.action_nfe_status()
        self.assertIn("107", company.nfe_status)
        with self.assertRaises(UserError):
            company.action_nfe_status()
        self.assertEqual(self.sefaz.counters()["services"][STATUS], 1)
        self.company.nfe_status_time -= timedelta(minutes=3)
        self.sefaz.pause(108)
        company.action_nfe_status()
        self.assertIn("108", company.nfe_status)

    def test_status_without_an_answer(self):
        self.sefaz.fault(STATUS, "drop_before")
        self.company.with_user(self.manager).action_nfe_status()
        self.assertIn(STATUS, self.company.nfe_status)

    def test_status_is_for_managers(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.user).action_nfe_status()
