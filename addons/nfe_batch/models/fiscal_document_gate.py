from datetime import timedelta

from odoo import fields, models

from .. import const
from ..domain.cstat import Kind, classify

UNDECIDED = {Kind.SERVICE_DOWN, Kind.ABUSE, Kind.CERTIFICATE}
"""Answers to a sending that the SEFAZ does not count against the note."""


class FiscalDocumentGate(models.Model):
    """Which notes may not leave now, though nothing is wrong with them."""

    _inherit = "l10n_br_fiscal.document"

    def _nfe_wait_at_gate(self):
        """True when no note of the company may leave; they keep the reason."""
        if self._nfe_wait_for_pause():
            return True
        company = self.company_id
        if company.nfe_stop_code:
            self._nfe_problem_set(const.SENDER_STOPPED, company.nfe_stop_reason)
            return True
        seconds = company._nfe_held_seconds()
        if seconds:
            message = self._nfe_unavailable_message()
            self._nfe_problem_set(const.SEFAZ_UNAVAILABLE, message, delay=seconds)
            company._nfe_queue_status()
        return bool(seconds)

    def _nfe_certificate_refused(self, code, reason):
        """280 to 286, or a TLS alert: every further call would be refused as well."""
        message = self.company_id._nfe_lang().env._(
            "The SEFAZ refuses the certificate: %(code)s - %(reason)s.",
            code=code,
            reason=reason,
        )
        self._nfe_problem_set(const.CERTIFICATE_REFUSED, message)
        self.company_id._nfe_stop(const.CERTIFICATE_REFUSED, message)

    def _nfe_without_tired(self):
        """Self without the notes that were decided too often within the hour.

        The SEFAZ blocks a company at thirty equal refusals of one note (NT 2018.002).
        """
        since = fields.Datetime.now() - timedelta(hours=1)
        tired = self.browse()
        for document in self:
            decided = document.nfe_attempt_ids.filtered(
                lambda row: (
                    row.kind == "send"
                    and row.started > since
                    and row.outcome == "answered"
                    and classify(int(row.status_code or 0)) not in UNDECIDED
                )
            )
            if len(decided) >= const.MAX_SENDS_AN_HOUR:
                tired |= document
                oldest = min(decided.mapped("started"))
                delay = int((oldest - since).total_seconds()) + 1
                document._nfe_problem_set(
                    const.TOO_MANY_TRIES,
                    document._nfe_tired_message(len(decided)),
                    delay=delay,
                )
        return self - tired

    def _nfe_tired_message(self, count):
        return self.company_id._nfe_lang().env._(
            "The NF-e was refused %(count)s times within an hour. It is sent again "
            "later: the SEFAZ blocks a company that insists.",
            count=count,
        )

    def _nfe_is_malformed(self):
        """True when the SEFAZ refused the note for its form or signature."""
        self.ensure_one()
        code = self.status_code or ""
        return (
            self.state_edoc == "rejeitada"
            and code.isdigit()
            and classify(int(code)) is Kind.SCHEMA
        )
