import logging
from datetime import timezone

from odoo import fields, models

from odoo.addons.l10n_br_fiscal.constants.fiscal import (
    SITUACAO_FISCAL_REGULAR,
    SITUACAO_FISCAL_REGULAR_EXTEMPORANEO,
)

from .. import const
from ..domain import answers, proc
from ..domain.cstat import Kind
from ..domain.envelope import Unreadable
from ..domain.transport import HttpError, NotSent, OutcomeUnknown

_logger = logging.getLogger(__name__)

AUTHORISED_LATE = 150
DOWN_FOR_ALL = (108, 109)
"""The service is out for a short time, or for an unknown one."""
TRY_LATER = {Kind.SERVICE_DOWN, Kind.ABUSE, Kind.CERTIFICATE}
"""Answers that say nothing about the note itself."""


def naive_utc(moment):
    """A moment of the SEFAZ as a Datetime field wants it."""
    if moment is None:
        return fields.Datetime.now()
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


class FiscalDocumentResult(models.Model):
    """What an answer means for the documents; only called in the result's transaction.

    The meaning of a cStat is decided in ``domain.cstat``.
    """

    _inherit = "l10n_br_fiscal.document"

    # === OUTCOME OF A SENDING === #

    def _nfe_store_send(self, attempt_id, outcome):
        """Store what became of a lot (``domain.transport.Outcome``)."""
        attempt = self.env["nfe.attempt"].browse(attempt_id)
        if isinstance(outcome, HttpError) and outcome.may_be_processed:
            outcome = OutcomeUnknown("http", str(outcome.status))
        if isinstance(outcome, NotSent | HttpError):
            detail = getattr(outcome, "reason", None) or str(outcome.status)
            attempt._close("not_sent", message=f"{detail} {outcome.detail}".strip())
            self._nfe_back_to_ready()
            if detail == "certificate_refused":
                self._nfe_certificate_refused("TLS", outcome.detail)
            else:
                self._nfe_unavailable()
            return
        try:
            if isinstance(outcome, OutcomeUnknown):
                raise Unreadable(f"{outcome.reason} {outcome.detail}".strip())
            answer = answers.read_lot(outcome.message)
        except Unreadable as error:
            attempt._close("unknown", message=str(error))
            self._nfe_set_unknown()
            return
        self._nfe_store_lot_answer(attempt, answer, outcome.message)

    def _nfe_store_lot_answer(self, attempt, answer, message):
        """retEnviNFe: a receipt, the decision on one note, or a refusal of all."""
        values = {"status_code": answer.code, "message": answer.reason}
        if answer.kind is Kind.LOT_RECEIVED:
            attempt._close("answered", response=message, state="waiting", **values)
            attempt._plan_poll(answer.receipt, answer.wait_seconds)
            return
        decision = answer.protocol or answer
        values = {"status_code": decision.code, "message": decision.reason}
        attempt._close("answered", response=message, **values)
        if answer.protocol:
            self._nfe_apply_protocol(answer.protocol)._nfe_announce()
        else:
            self._nfe_apply_refusal(answer)
        if decision.kind is Kind.SCHEMA:
            attempt.company_id._nfe_stop_after_refusals()

    def _nfe_apply_refusal(self, answer):
        """A cStat of the whole message, for every document of it."""
        if answer.kind in TRY_LATER:
            self._nfe_back_to_ready()
            self._nfe_try_later(answer)
        elif answer.kind is Kind.SCHEMA and len(self) > 1:
            # One bad note spoils the lot (225): each goes alone, none in a lot again.
            self._nfe_back_to_ready()
            self._nfe_problem_set(const.LOT_REFUSED, answer.reason)
            self._nfe_queue_send()
        else:
            self._nfe_reject(answer)

    # === DECISION ON ONE NOTE === #

    def _nfe_apply_protocol(self, protocol):
        """protNFe of a sending or of a lot's result (``answers.Protocol``).

        :return: the document when it was authorised just now, for ``_nfe_announce``
        """
        self.ensure_one()
        if self.nfe_transmission == "done":
            return self.browse()
        kind = protocol.kind
        if kind is Kind.AUTHORISED:
            return self._nfe_authorize(protocol)
        if kind in (Kind.DUPLICATE, Kind.PROCESSING):
            # Somebody, most likely we, sent it before: read what the SEFAZ has.
            self._nfe_set_unknown(now=kind is Kind.DUPLICATE)
        elif kind is Kind.DUPLICATE_OTHER_KEY:
            self._nfe_number_taken(protocol)
        elif kind is Kind.DENIED:
            self._nfe_deny(protocol)
        elif kind in TRY_LATER:
            self._nfe_back_to_ready()
            self._nfe_try_later(protocol)
        else:
            self._nfe_reject(protocol)
        return self.browse()

    def _nfe_authorize(self, protocol):
        """Store nfeProc byte by byte and move to authorised, whatever else fails.

        :return: self, or nothing when the SEFAZ holds other contents
        """
        try:
            content = proc.nfe_proc(self._nfe_signed_bytes(), protocol)
        except proc.ProtocolMismatch:
            self._nfe_digest_mismatch(protocol)
            return self.browse()
        self._nfe_write_decision(protocol)
        event = self.authorization_event_id
        event.set_done(
            str(protocol.code),
            protocol.reason,
            naive_utc(protocol.received_at),
            protocol.number,
            content.decode(),
        )
        late = protocol.code == AUTHORISED_LATE
        self.write(
            {
                "nfe_proc_id": event.file_response_id.id,
                "state_fiscal": SITUACAO_FISCAL_REGULAR_EXTEMPORANEO
                if late
                else SITUACAO_FISCAL_REGULAR,
            }
        )
        self._nfe_move("action_authorize", "autorizada")
        return self

    def _nfe_announce(self):
        """Papers and hook of the documents that one answer authorised, all at once."""
        if self:
            self._nfe_delay("_nfe_make_papers", const.PAPERS_CHANNEL)
            self._nfe_call_hook("_nfe_after_authorize")

    def _nfe_digest_mismatch(self, protocol):
        """The SEFAZ has other bytes under our key: nothing automatic may follow."""
        _logger.error("The SEFAZ holds other contents for document %s", self.id)
        self.nfe_transmission = "done"
        message = self.company_id._nfe_lang().env._(
            "The SEFAZ authorised this number with other contents than ours (protocol "
            "%(number)s). Compare both at the SEFAZ's portal before anything else.",
            number=protocol.number,
        )
        self._nfe_problem_set(const.DIGEST_MISMATCH, message)

    def _nfe_reject(self, answer):
        """A rule refused the notes: the number stays, the data must change."""
        for document in self:
            document._nfe_write_decision(answer)
            document._nfe_move("action_reject", "rejeitada")
        message = self._nfe_refusal_message(answer)
        self._nfe_problem_set(f"sefaz_{answer.code}", message)

    def _nfe_refusal_message(self, answer):
        return self.company_id._nfe_lang().env._(
            "The SEFAZ refused the NF-e: %(code)s - %(reason)s. Correct what it names "
            "and send it again; the number stays.",
            code=answer.code,
            reason=answer.reason,
        )

    def _nfe_deny(self, answer):
        self._nfe_write_decision(answer)
        self._nfe_move("action_deny", "denegada")
        message = self.company_id._nfe_lang().env._(
            "The SEFAZ denied the NF-e: %(code)s - %(reason)s. The number is used up.",
            code=answer.code,
            reason=answer.reason,
        )
        self._nfe_problem_set(f"sefaz_{answer.code}", message)

    def _nfe_write_decision(self, answer):
        self._nfe_clear_problem()
        self.write(
            {
                "nfe_transmission": "done",
                "status_code": str(answer.code),
                "status_name": answer.reason,
            }
        )

    def _nfe_move(self, trigger, state):
        """Move OCA's state machine; what hangs on the move may fail alone.

        The SEFAZ decided: the state is written even when a callback of another addon
        refuses.
        """
        try:
            with self.env.cr.savepoint():
                self._trigger_fsm(trigger)
        except Exception:
            _logger.exception("%s failed for document %s", trigger, self.id)
            self.state_edoc = state

    # === NOT DECIDED === #

    def _nfe_back_to_ready(self):
        """Nothing reached the SEFAZ: as if the attempt had not been made."""
        self.write({"nfe_transmission": "ready", "state_edoc": "a_enviar"})

    def _nfe_unavailable(self):
        delay = self._nfe_retry_delay()
        message = self._nfe_unavailable_message()
        self._nfe_problem_set(const.SEFAZ_UNAVAILABLE, message, delay=delay)
        many = max(self.mapped("nfe_tries")) >= const.TRIES_TO_HOLD
        if not (many and self.company_id._nfe_hold()):
            self._nfe_queue_send(delay=delay)

    def _nfe_unavailable_message(self):
        return self.company_id._nfe_lang().env._(
            "The SEFAZ cannot be reached or is out of service. The NF-e is sent again "
            "on its own."
        )

    def _nfe_try_later(self, answer):
        """108, 109, 656, 28x: the note is as good as before."""
        if answer.kind is Kind.SERVICE_DOWN:
            self._nfe_unavailable()
            if answer.code in DOWN_FOR_ALL:
                self.company_id._nfe_hold()
        elif answer.kind is Kind.ABUSE:
            self._nfe_pause()
            self._nfe_wait_for_pause()
        else:
            self._nfe_certificate_refused(answer.code, answer.reason)

    def _nfe_pause(self):
        self.company_id._nfe_pause()

    def _nfe_set_unknown(self, *, now=False):
        """The outcome is unknown: read back, never send."""
        self.write({"nfe_transmission": "unknown"})
        message = self.company_id._nfe_lang().env._(
            "The NF-e left, but the answer of the SEFAZ was lost. Its situation is "
            "asked for before anything else happens."
        )
        delay = 0 if now else const.READ_BACK_DELAYS[0]
        self._nfe_problem_set(const.OUTCOME_UNKNOWN, message, delay=delay or 1)
        self._nfe_delay("_nfe_recover", const.SEND_CHANNEL, delay=delay)
