from odoo import api, fields, models
from odoo.tools import split_every

from .. import const
from ..domain.contingency import Mode
from ..domain.endpoints import EPEC, contingency_of


class ResCompany(models.Model):
    _inherit = "res.company"

    nfe_contingency_policy = fields.Selection(
        [
            ("off", "A person decides"),
            ("svc", "SVC by itself"),
            ("svc_epec", "SVC by itself, EPEC when SVC is closed"),
        ],
        "NF-e Contingency",
        default="off",
        required=True,
    )
    nfe_contingency_after = fields.Integer(
        "NF-e Contingency After",
        default=5,
        required=True,
        help="So many notes or questions in a row that found no service make an "
        "outage; 109 does at once.",
    )
    _nfe_contingency_after_at_least_two = models.Constraint(
        "CHECK (nfe_contingency_after >= 2)",
        "One note that found no service makes no outage.",
    )
    nfe_svc = fields.Selection(
        [("6", "SVC-AN"), ("7", "SVC-RS")],
        "NF-e SVC",
        compute="_compute_nfe_svc",
        store=True,
        readonly=False,
        help="The contingency office of the state, as the national portal lists it.",
    )
    nfe_contingency_ids = fields.One2many("nfe.contingency", "company_id")

    @api.depends("state_id")
    def _compute_nfe_svc(self):
        for company in self:
            code = company.state_id.code
            known = company.state_id.country_id.code == "BR" and code
            company.nfe_svc = contingency_of(code) if known else False

    def _nfe_contingency(self):
        """The contingency that is on, or nothing."""
        self.ensure_one()
        # sudo: whoever confirms a document need not read the log of contingencies.
        return (
            self.env["nfe.contingency"]
            .sudo()
            .search([("company_id", "=", self.id), ("until", "=", False)], limit=1)
        )

    def _nfe_mode(self):
        """How the company issues now (``domain.contingency.Mode``)."""
        return Mode(self._nfe_contingency().mode or "none")

    def _nfe_emission_type(self, mode):
        """tpEmis of a mode of contingency."""
        if mode is Mode.EPEC:
            return EPEC
        return self.nfe_svc or contingency_of(self.state_id.code)

    def _nfe_send_waiting(self):
        """After a change of the mode: whatever waits looks for its way again."""
        # sudo: notes of all who issued them follow the mode.
        documents = self.env["l10n_br_fiscal.document"].sudo()
        waiting = documents.search(
            [("company_id", "=", self.id), ("nfe_transmission", "=", "ready")]
        )._nfe_sendable()
        for ids in split_every(const.MAX_JOB_DOCUMENTS, waiting.ids):
            documents.browse(ids)._nfe_queue_send()
