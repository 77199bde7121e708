from odoo import models

EARLIER_THAN_NOW = ("703", "578")
"""dhEmi or dhEvento lies after the moment of reception (rules B09-10, P14)."""


class FiscalDocumentClock(models.Model):
    """Notes and events bear the time of the database: one clock for all workers."""

    _inherit = "l10n_br_fiscal.document"

    def _document_date(self):
        for document in self.filtered("nfe_is_batch"):
            now = self.env.cr.now().replace(microsecond=0)
            document.document_date = document.document_date or now
            document.date_in_out = document.date_in_out or now
        return super()._document_date()

    def _nfe_refusal_message(self, answer):
        return self._nfe_with_hint(super()._nfe_refusal_message(answer), answer)

    def _nfe_event_refusal(self, kind, decision):
        code, message = super()._nfe_event_refusal(kind, decision)
        return code, self._nfe_with_hint(message, decision)

    def _nfe_with_hint(self, message, answer):
        if str(answer.code) not in EARLIER_THAN_NOW:
            return message
        hint = self.company_id._nfe_lang().env._(
            "The clock of the database server is ahead of the SEFAZ's, or the document "
            "bears a later date: set the clock by NTP, then send it again."
        )
        return f"{message}\n{hint}"

    def _nfe_build_again(self):
        """A note that was dated ahead of time gets the present one, within its month:
        the key holds the month."""
        now = self.env.cr.now().replace(microsecond=0)
        dated, today = self.document_date, self._nfe_local(now)
        if self.status_code == EARLIER_THAN_NOW[0] and dated and dated > now:
            local = self._nfe_local(dated)
            if (local.year, local.month) == (today.year, today.month):
                self.write({"document_date": now, "date_in_out": now})
        return super()._nfe_build_again()
