from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user

from ..domain.access_key import AccessKey
from .common import NfeCase

SEND, CONSULT = "NFeAutorizacao4", "NFeConsultaProtocolo4"
STATUS = "NFeStatusServico4"
REASON = "SEFAZ fora do ar desde cedo – sem previsão"
SVC = "svc-an"


class ContingencyCase(NfeCase):
    """Given: a manager of the NF-e, and SVC-AN (the contingency of SP) open."""

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
        self.sefaz.pause(None, SVC)

    # === WHEN === #

    def _enter(self, mode="svc", reason=REASON, user=None):
        wizard = (
            self.env["nfe.contingency.wizard"]
            .with_user(user or self.manager)
            .create({"company_id": self.company.id, "mode": mode, "reason": reason})
        )
        action = wizard.action_enter()
        return self.env["nfe.contingency"].browse(action["res_id"])

    def _ask_home(self, minutes=3):
        """The cron, some minutes later."""
        asked = self.env["nfe.attempt"].search([("kind", "=", "status")])
        for attempt in asked:
            attempt.started -= timedelta(minutes=minutes)
        self.env["nfe.contingency"]._nfe_cron_contingency()
        self._run_jobs()

    # === THEN === #

    def _calls(self):
        return [(row["office"], row["service"]) for row in self.sefaz.log()]

    def _ide(self, document):
        """Some of the group ide, as it was signed."""
        signed = document.nfe_signed_id.raw.decode()
        return {
            name: signed.split(f"<{name}>")[1].split("<")[0]
            for name in ("nNF", "tpEmis", "dhCont", "xJust")
            if f"<{name}>" in signed
        }

    def _emission(self, document):
        return AccessKey(document.document_key).emission_type
