import logging

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.l10n_br_fiscal.constants.fiscal import (
    SITUACAO_FISCAL_CANCELADO,
    SITUACAO_FISCAL_CANCELADO_EXTEMPORANEO,
)

from .. import const
from ..domain import event
from ..event_kind import CANCEL

_logger = logging.getLogger(__name__)

CANCELLED_LATE = (151, 155)


class FiscalDocumentCancel(models.Model):
    """Cancellation at the SEFAZ (event 110111); document and invoice follow it."""

    _inherit = "l10n_br_fiscal.document"

    # === WISH === #

    def _document_cancel(self, justificative=None):
        """OCA's wizard: the event goes to the SEFAZ by a job, then the move follows."""
        authorised = self.filtered(
            lambda doc: doc.nfe_is_batch and doc.state_edoc == "autorizada"
        )
        if self.env.context.get("nfe_batch_cancelled"):
            authorised = self.browse()
        for document in authorised:
            document._nfe_queue_cancel(justificative)
        others = self - authorised
        if others:
            return super(FiscalDocumentCancel, others)._document_cancel(justificative)

    def _nfe_queue_cancel(self, reason):
        """Check the wish and queue it.

        :param str reason: 15 to 255 characters, goes to the SEFAZ as it is
        :raises UserError: the reason is too short
        """
        self.ensure_one()
        reason = self._nfe_cancel_reason(reason)
        if self.nfe_cancellation in (False, "ready"):
            self.write({"cancel_reason": reason, "nfe_cancellation": "ready"})
        self._nfe_queue_event(CANCEL)

    def _nfe_cancel_reason(self, reason):
        reason = " ".join((reason or "").split())[: event.REASON_MAX]
        if len(reason) < event.REASON_MIN:
            raise UserError(
                self.env._(
                    "The SEFAZ wants a reason of at least %(length)s characters.",
                    length=event.REASON_MIN,
                )
            )
        return reason

    # === EVENT === #

    def _nfe_cancel(self, reason=None):
        """Job: cancel authorised notes at the SEFAZ.

        Safe to run again: a cancellation that stands is adopted, an unknown one is
        asked for first.

        :param str reason: 15 to 255 characters, or the document's ``cancel_reason``
        :raises RetryableJobError: another process works on one of them
        """
        self._nfe_run_event(CANCEL, reason)

    def _nfe_sign_event(self, kind, wording, sequence):
        if kind is not CANCEL:
            return super()._nfe_sign_event(kind, wording, sequence)
        return event.cancellation(
            protocol_number=self.authorization_protocol,
            reason=self._nfe_cancel_reason(wording),
            **self._nfe_event_frame(),
        )

    def _nfe_keep_event(self, kind, signed, sequence):
        record = super()._nfe_keep_event(kind, signed, sequence)
        if kind is CANCEL:
            self.cancel_event_id = record
        return record

    def _nfe_event_refusal(self, kind, decision):
        """220, 501 and the like are final: the note stands, an entry note follows."""
        if kind is not CANCEL:
            return super()._nfe_event_refusal(kind, decision)
        message = self.company_id._nfe_lang().env._(
            "The SEFAZ did not cancel the NF-e: %(code)s - %(reason)s.",
            code=decision.code,
            reason=decision.reason,
        )
        return f"sefaz_{decision.code}", message

    def _nfe_event_delayed(self, kind):
        if kind is not CANCEL:
            return super()._nfe_event_delayed(kind)
        return self.company_id._nfe_lang().env._(
            "The SEFAZ cannot be reached or is out of service. The cancellation is "
            "sent again on its own."
        )

    def _nfe_event_stands(self, kind, record, content, result):
        """The note is cancelled: keep procEventoNFe, move document and invoice."""
        super()._nfe_event_stands(kind, record, content, result)
        if kind is not CANCEL:
            return
        late = result.code in CANCELLED_LATE
        self._nfe_clear_problem()
        self.write(
            {
                "nfe_cancellation": False,
                "status_code": str(result.code),
                "status_name": result.reason,
            }
        )
        self._nfe_cancel_move()
        self.state_fiscal = (
            SITUACAO_FISCAL_CANCELADO_EXTEMPORANEO
            if late
            else SITUACAO_FISCAL_CANCELADO
        )
        self._nfe_call_hook("_nfe_after_cancel")

    def _nfe_cancel_move(self):
        """Cancel document and invoice; a closed period keeps only the invoice."""
        document = self.with_context(nfe_batch_cancelled=True)
        try:
            with self.env.cr.savepoint():
                document._document_cancel(self.cancel_reason)
        except Exception:
            _logger.exception("The invoice of document %s stays", self.id)
            document._nfe_move("action_cancel_fsm", "cancelada")
            message = self.company_id._nfe_lang().env._(
                "The NF-e is cancelled at the SEFAZ, but its invoice could not be "
                "cancelled. Cancel it by hand."
            )
            self._nfe_problem_set(const.MOVE_NOT_CANCELLED, message)
