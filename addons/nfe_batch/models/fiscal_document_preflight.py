from odoo import models

from .. import const, messages
from ..domain import preflight, totals
from ..domain.document import CREDIT, DEBIT
from ..exceptions import NfePreflightError
from .fiscal_document_line import money

UNSUMMABLE = {preflight.Code.NO_ITEMS, preflight.Code.ITEM_ICMS_CODE}
"""Problems that leave a note without totals."""


class FiscalDocumentPreflight(models.Model):
    """What the SEFAZ would refuse is told before a number is used, all at once."""

    _inherit = "l10n_br_fiscal.document"

    def _before_document_validate(self):
        # What was looked at before it got its number is not looked at again.
        known = self.env.context.get("nfe_preflighted", ())
        self.filtered(
            lambda doc: doc.nfe_is_batch and doc.id not in known
        )._nfe_preflight()
        return super()._before_document_validate()

    def _nfe_preflight(self):
        """Refuse documents that the SEFAZ would refuse.

        :raises NfePreflightError: with every problem of the first bad document
        """
        for document in self:
            findings = document._nfe_preflight_findings()
            if findings:
                raise NfePreflightError(
                    document._nfe_preflight_message(findings),
                    codes=[code for code, _sentence in findings],
                )

    def _nfe_preflight_findings(self):
        """Check one document; for callers that confirm many and want no exception.

        :return: list of (code, sentence in the company's language)
        """
        self.ensure_one()
        env = self.company_id._nfe_lang().env
        note = self._nfe_document_data()
        problems = preflight.check(note)
        findings = [
            (problem.code.value, messages.sentence(env, problem))
            for problem in problems
        ]
        if not UNSUMMABLE & {problem.code for problem in problems}:
            findings += self._nfe_total_findings(env, totals.of(note).note)
        return findings

    def _nfe_total_findings(self, env, total):
        """vNF must be what the customer owes: the total of the document.

        OCA leaves the IPI that a return gives back out of its total (W16-10), and
        counts the old taxes of credit and debit notes, which do not tell them.
        """
        if self.edoc_purpose in (CREDIT, DEBIT):
            return []
        returned = sum(self.fiscal_line_ids.mapped("ipi_devol_value"))
        expected = money(self.fiscal_amount_total) + money(returned)
        if total == expected:
            return []
        text = env._(
            "The NF-e adds up to %(total)s, the document to %(expected)s. Check the "
            "taxes of its lines.",
            total=total,
            expected=expected,
        )
        return [(messages.TOTAL_MISMATCH, text)]

    def _nfe_preflight_message(self, findings):
        env = self.company_id._nfe_lang().env
        title = env._(
            "The NF-e for %(partner)s cannot be issued:", partner=self.partner_id.name
        )
        return "\n".join([title, *(f"- {text}" for _code, text in findings)])

    def _nfe_preflight_problem(self, findings):
        """Store the findings as the document's problem, for documents kept as is."""
        self._nfe_problem_set(const.PREFLIGHT, self._nfe_preflight_message(findings))
