from odoo import models
from odoo.exceptions import AccessError, UserError

from .. import const
from ..event_kind import EVENT_KINDS


class FiscalDocumentActions(models.Model):
    """The buttons of the work queue."""

    _inherit = "l10n_br_fiscal.document"

    def action_nfe_retry(self):
        """Try again what has a problem; every document by what it needs.

        Refused notes are built again from today's data under the same number; unknown
        ones are asked for; the others are sent. Documents without a way on are left
        alone.
        """
        self._nfe_ensure_user()
        batch = self.filtered("nfe_is_batch")
        unknown = batch.filtered(lambda doc: doc.nfe_transmission == "unknown")
        if unknown:
            unknown._nfe_delay("_nfe_recover", const.SEND_CHANNEL)
        for document in batch.filtered(lambda doc: doc.state_edoc == "rejeitada"):
            document._nfe_build_again()
        events = self.browse()
        for kind in EVENT_KINDS.values():
            batch._nfe_queue_event(kind)
            events |= batch.filtered(kind.status)
        ready = batch._nfe_sendable()
        ready._nfe_queue_send()
        started = len(unknown | events | ready)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if started else "warning",
                "message": self.env._(
                    "%(started)s of %(total)s NF-e are on their way again.",
                    started=started,
                    total=len(self),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _nfe_ensure_user(self):
        """:raises AccessError: the user has no NF-e group or may not write self"""
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "nfe_batch.nfe_batch_group_user"
        ):
            raise AccessError(self.env._("Only users of the NF-e may do this."))

    def _nfe_build_again(self):
        """Sign a refused note anew, with corrected data and the same number and key.

        :raises UserError: other contents must not follow: this number or key stands
            at the SEFAZ already
        """
        self.ensure_one()
        if self.nfe_problem_code in (const.DIGEST_MISMATCH, const.DUPLICATE_OTHER_KEY):
            raise UserError(
                self.env._(
                    "The number %(number)s is taken at the SEFAZ. Clear that up first.",
                    number=self.document_number,
                )
            )
        self._nfe_lock()
        findings = self._nfe_preflight_findings()
        if findings:
            self._nfe_preflight_problem(findings)
            return
        self._nfe_sign()
