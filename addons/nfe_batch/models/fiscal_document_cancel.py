import logging

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.l10n_br_fiscal.constants.fiscal import (
    SITUACAO_FISCAL_CANCELADO,
    SITUACAO_FISCAL_CANCELADO_EXTEMPORANEO,
)

from .. import const
from ..domain import answers, envelope, event, proc
from ..domain.cstat import Kind
from ..domain.endpoints import Service
from ..domain.envelope import Unreadable
from ..domain.transport import Answered, HttpError, NotSent
from .fiscal_document_result import naive_utc
from .fiscal_document_sign import EVENT_CANCEL

_logger = logging.getLogger(__name__)

CANCELLED_LATE = (151, 155)


class FiscalDocumentCancel(models.Model):
    """Cancellation at the SEFAZ (event 110111): intent, call, result, like a sending.

    ``nfe_cancellation`` is empty but for the time that it is under way. When the
    answer is lost, the situation of the note is asked for: it tells whether the event
    stands, and returns it.
    """

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
        self._nfe_delay("_nfe_cancel", const.SEND_CHANNEL, reason)

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

    # === JOB === #

    def _nfe_cancel(self, reason):
        """Job: cancel authorised notes at the SEFAZ.

        Safe to run again: a cancellation that stands is adopted, an unknown one is
        asked for first.

        :param str reason: 15 to 255 characters
        :raises RetryableJobError: another process works on one of them
        """
        self._nfe_own_interrupted()
        for document in self:
            if document.nfe_cancellation == "unknown":
                document._nfe_read_cancellation_back()
            intent = document._nfe_open_cancel(reason)
            if intent is None:
                continue
            outcome = intent.client.call(Service.EVENT, intent.message)
            document._nfe_store("_nfe_store_cancel", intent.attempt_id, outcome)
            if document.nfe_cancellation == "unknown":
                document._nfe_read_cancellation_back()

    def _nfe_open_cancel(self, reason):
        """Lock, check again, sign the event, write the intent."""
        with self._nfe_transaction() as document:
            document._nfe_lock()
            if document.state_edoc != "autorizada" or not document.nfe_is_batch:
                return None
            if document.nfe_cancellation in ("sending", "unknown"):
                return None
            if document._nfe_wait_for_pause():
                delay = document.company_id._nfe_pause_seconds()
                document._nfe_delay(
                    "_nfe_cancel", const.SEND_CHANNEL, reason, delay=delay
                )
                return None
            client = document._nfe_client_or_problem()
            if client is None:
                return None
            signed = document._nfe_sign_cancellation(reason)
            attempt = document.env["nfe.attempt"]._open(document, "cancel")
            document.nfe_cancellation = "sending"
            message = envelope.events(attempt.id, [signed])
            return attempt._intent(client, message, self)

    def _nfe_sign_cancellation(self, reason):
        """Sign the event and keep its bytes as OCA's cancel event."""
        now = self._nfe_local(fields.Datetime.now())
        reason = self._nfe_cancel_reason(reason)
        signed = event.cancellation(
            key=self.document_key,
            protocol_number=self.authorization_protocol,
            reason=reason,
            environment=self.company_id.nfe_environment,
            at=now.replace(microsecond=0),
            signer=self.company_id._nfe_signer_backend(),
        )
        self.cancel_event_id = self.event_ids.create_event_save_xml(
            company_id=self.company_id,
            environment=self._nfe_event_environment(),
            event_type=EVENT_CANCEL,
            xml_file=signed.decode(),
            document_id=self,
            justification=reason,
            sequence="1",
        )
        self.cancel_reason = reason
        return signed

    # === RESULT === #

    def _nfe_store_cancel(self, attempt_id, outcome):
        """Store what became of the event of one document."""
        attempt = self.env["nfe.attempt"].browse(attempt_id)
        refused = isinstance(outcome, HttpError) and not outcome.may_be_processed
        if isinstance(outcome, NotSent) or refused:
            attempt._close("not_sent", message=type(outcome).__name__)
            self._nfe_cancel_later()
            return
        try:
            if not isinstance(outcome, Answered):
                raise Unreadable(type(outcome).__name__)
            answer = answers.read_events(outcome.message)
        except Unreadable as error:
            attempt._close("unknown", message=str(error))
            self.nfe_cancellation = "unknown"
            return
        decision = answer.results[0] if answer.results else answer
        attempt._close(
            "answered",
            status_code=decision.code,
            message=decision.reason,
            response=outcome.message,
        )
        self._nfe_apply_cancel(decision)

    def _nfe_apply_cancel(self, decision):
        if decision.kind is Kind.EVENT_LINKED:
            signed = self.cancel_event_id.file_request_id.raw
            self._nfe_cancelled(proc.event_proc(signed, decision), decision)
        elif decision.kind in (Kind.EVENT_DUPLICATE, Kind.CANCELLED):
            self.nfe_cancellation = "unknown"
        elif decision.kind in (Kind.SERVICE_DOWN, Kind.PROCESSING):
            self._nfe_cancel_later()
        elif decision.kind is Kind.ABUSE:
            self._nfe_pause()
            self._nfe_cancel_later()
        else:
            self._nfe_cancel_refused(decision)

    def _nfe_cancel_refused(self, decision):
        """220, 501 and the like are final: the note stands, an entry note follows."""
        self.nfe_cancellation = False
        message = self.company_id._nfe_lang().env._(
            "The SEFAZ did not cancel the NF-e: %(code)s - %(reason)s.",
            code=decision.code,
            reason=decision.reason,
        )
        self._nfe_problem_set(f"sefaz_{decision.code}", message)

    def _nfe_cancel_later(self):
        message = self.company_id._nfe_lang().env._(
            "The SEFAZ cannot be reached or is out of service. The cancellation is "
            "sent again on its own."
        )
        delay = self._nfe_retry_delay()
        self.nfe_cancellation = "ready"
        self._nfe_problem_set(const.SEFAZ_UNAVAILABLE, message, delay=delay)
        self._nfe_delay(
            "_nfe_cancel", const.SEND_CHANNEL, self.cancel_reason, delay=delay
        )

    def _nfe_cancelled(self, content, result):
        """The note is cancelled: keep procEventoNFe, move document and invoice."""
        self.cancel_event_id.set_done(
            str(result.code),
            result.reason,
            naive_utc(result.registered_at),
            result.number,
            content.decode(),
        )
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

    # === READING BACK === #

    def _nfe_read_cancellation_back(self):
        """Ask whether the event stands; without it the way is free again."""
        with self._nfe_transaction() as document:
            document._nfe_lock()
            if document.nfe_cancellation != "unknown":
                return
            if document._nfe_consulted_enough() or document._nfe_wait_for_pause():
                return
            client = document._nfe_client_or_problem()
            if client is None:
                return
            attempt = document.env["nfe.attempt"]._open(document, "consult")
            message = envelope.consult(document.document_key, client.environment)
            intent = attempt._intent(client, message, self)
        outcome = intent.client.call(Service.CONSULT, intent.message)
        self._nfe_store("_nfe_store_cancel_consult", intent.attempt_id, outcome)

    def _nfe_store_cancel_consult(self, attempt_id, outcome):
        """Store the answer: cancelled, or still authorised and free to try again."""
        attempt = self.env["nfe.attempt"].browse(attempt_id)
        try:
            if not isinstance(outcome, Answered):
                raise Unreadable(type(outcome).__name__)
            situation = answers.read_situation(outcome.message)
        except Unreadable as error:
            attempt._close("unknown", message=str(error))
            return
        attempt._close(
            "answered",
            status_code=situation.code,
            message=situation.reason,
            response=outcome.message,
        )
        if situation.kind is Kind.CANCELLED:
            self._nfe_adopt_cancellation(situation)
        elif situation.kind is Kind.AUTHORISED:
            self._nfe_cancel_later()
        elif situation.kind is Kind.ABUSE:
            self._nfe_pause()

    def _nfe_adopt_cancellation(self, situation):
        """Take over the event that a consult returned, with the bytes of the SEFAZ."""
        result = next(
            (row for row in situation.events if row.event_type == event.CANCELLATION),
            None,
        )
        if result is None or not result.request:
            self._nfe_cancel_refused(situation)
            return
        if not self.cancel_event_id:
            self.cancel_event_id = self.event_ids.create_event_save_xml(
                company_id=self.company_id,
                environment=self._nfe_event_environment(),
                event_type=EVENT_CANCEL,
                xml_file=result.request.decode(),
                document_id=self,
                sequence="1",
            )
        self._nfe_cancelled(proc.event_proc(result.request, result), result)
