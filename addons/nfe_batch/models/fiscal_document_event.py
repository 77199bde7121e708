from odoo import models

from .. import const
from ..domain import answers, envelope, event, proc
from ..domain.cstat import Kind
from ..domain.endpoints import Service
from ..domain.transport import HttpError, NotSent
from .fiscal_document_result import naive_utc


class FiscalDocumentEvent(models.Model):
    """Events of an authorised note: intent, call, result, like a sending.

    The status of a kind (``event_kind.EventKind``) is empty but for the time that an
    event is under way: ``ready``, ``sending``, ``unknown``. Its signed bytes are kept
    as OCA's event, which stays a draft until the SEFAZ decided. When the answer is
    lost, the situation of the note is asked for: it returns the events that stand.
    """

    _inherit = "l10n_br_fiscal.document"

    # === HOOKS OF A KIND === #

    def _nfe_event_is_due(self, kind):
        """Hook, with the row locked: True when the event may leave now.

        A wish that nothing can come of any more is ended here.
        """
        if self[kind.status] in ("sending", "unknown") or not self.nfe_is_batch:
            return False
        if self.state_edoc != "autorizada":
            self[kind.status] = False
            return False
        return True

    def _nfe_event_office(self, kind):
        """Hook: the office that takes the event (``domain.endpoints``: tpEmis, AN or
        SVRS); None: the note's."""
        return None

    def _nfe_event_sequence(self, kind):
        """Hook: nSeqEvento of the next event."""
        return 1

    def _nfe_sign_event(self, kind, wording, sequence):
        """Hook: the signed bytes of the event, valid against its schema."""
        raise NotImplementedError(kind.attempt)

    def _nfe_event_stands(self, kind, record, content, result):
        """Hook: the SEFAZ registered the event (its number, time and procEventoNFe).

        :param record: ``l10n_br_fiscal.event``
        :param bytes content: procEventoNFe
        :param result: ``domain.answers.EventResult``
        """
        record.set_done(
            str(result.code),
            result.reason,
            naive_utc(result.registered_at),
            result.number,
            content.decode(),
        )

    def _nfe_event_refusal(self, kind, decision):
        """Hook: code and sentence of the problem, in the company's language."""
        raise NotImplementedError(kind.attempt)

    def _nfe_event_delayed(self, kind):
        """Hook: that the event goes again on its own, in the company's language."""
        raise NotImplementedError(kind.attempt)

    # === JOB === #

    def _nfe_queue_event(self, kind):
        """Queue the job of each of self that has an event under way."""
        for document in self.filtered(kind.status):
            document._nfe_delay(kind.job, const.SEND_CHANNEL)

    def _nfe_run_event(self, kind, wording=None):
        """Send an event of each of self, after asking for one that is unknown.

        :param str wording: instead of what the document holds
        :raises RetryableJobError: another process works on one of them
        """
        self._nfe_own_interrupted()
        for document in self:
            if document[kind.status] == "unknown":
                document._nfe_read_event_back(kind)
            intent = document._nfe_open_event(kind, wording)
            if intent is None:
                continue
            outcome = intent.client.call(Service.EVENT, intent.message)
            document._nfe_store("_nfe_store_event", kind, intent.attempt_id, outcome)
            if document[kind.status] == "unknown":
                document._nfe_read_event_back(kind)

    def _nfe_open_event(self, kind, wording=None):
        """Lock, check again, sign the event, write the intent."""
        with self._nfe_transaction() as document:
            document._nfe_lock()
            if not document._nfe_event_is_due(kind):
                return None
            if document._nfe_wait_for_pause():
                delay = document.company_id._nfe_pause_seconds()
                document._nfe_delay(kind.job, const.SEND_CHANNEL, delay=delay)
                return None
            client = document._nfe_client_or_problem(document._nfe_event_office(kind))
            if client is None:
                return None
            if kind.wording:
                wording = wording or document[kind.wording]
            sequence = document._nfe_event_sequence(kind)
            signed = document._nfe_sign_event(kind, wording, sequence)
            record = document._nfe_keep_event(kind, signed, sequence)
            attempt = document.env["nfe.attempt"]._open(document, kind.attempt)
            document[kind.status] = "sending"
            if kind.wording:
                document[kind.wording] = record.justification
            message = envelope.events(attempt.id, [signed])
            return attempt._intent(client, message, self)

    def _nfe_event_frame(self):
        """What every event says: whose note, where, when, by whom."""
        now = self._nfe_local(self.env.cr.now())
        return {
            "key": self.document_key,
            "environment": self.company_id.nfe_environment,
            "at": now.replace(microsecond=0),
            "signer": self.company_id._nfe_signer_backend(),
        }

    # === OCA'S RECORD === #

    def _nfe_events(self, kind):
        return self.event_ids.filtered(lambda row: row.type == kind.event_type)

    def _nfe_draft_event(self, kind):
        """The event that was signed and not decided yet."""
        return self._nfe_events(kind).filtered(lambda row: row.state == "draft")[-1:]

    def _nfe_keep_event(self, kind, signed, sequence):
        """Keep the bytes of an event: a new record, or the one that is undecided."""
        wording = event.wording_of(signed)
        record = self._nfe_draft_event(kind)
        if record:
            record.sequence = str(sequence)
            if wording:
                record.justification = wording
            record._save_event_file(signed.decode(), "xml")
            return record
        return self.event_ids.create_event_save_xml(
            company_id=self.company_id,
            environment=self._nfe_event_environment(),
            event_type=kind.event_type,
            xml_file=signed.decode(),
            document_id=self,
            justification=wording,
            sequence=str(sequence),
        )

    # === RESULT === #

    def _nfe_store_event(self, kind, attempt_id, outcome):
        """Store what became of the event of one document."""
        attempt = self.env["nfe.attempt"].browse(attempt_id)
        refused = isinstance(outcome, HttpError) and not outcome.may_be_processed
        if isinstance(outcome, NotSent) or refused:
            attempt._close("not_sent", message=type(outcome).__name__)
            self._nfe_event_later(kind)
            return
        decision = attempt._settle(outcome, answers.read_event)
        if decision:
            self._nfe_apply_event(kind, decision)
        else:
            self[kind.status] = "unknown"

    def _nfe_apply_event(self, kind, decision):
        if decision.kind is Kind.EVENT_LINKED:
            record = self._nfe_draft_event(kind)
            content = proc.event_proc(record.file_request_id.raw, decision)
            self._nfe_event_stands(kind, record, content, decision)
        elif decision.kind in (Kind.EVENT_DUPLICATE, Kind.CANCELLED):
            self[kind.status] = "unknown"
        elif decision.kind in (Kind.SERVICE_DOWN, Kind.PROCESSING):
            self._nfe_event_later(kind)
        elif decision.kind is Kind.ABUSE:
            self._nfe_pause()
            self._nfe_event_later(kind)
        else:
            self._nfe_event_refused(kind, decision)

    def _nfe_event_refused(self, kind, decision):
        """Final: the note stays as it is, event and work queue keep the reason."""
        self._nfe_draft_event(kind).write(
            {
                "state": "done",
                "status_code": str(decision.code),
                "response": decision.reason,
            }
        )
        self[kind.status] = False
        self._nfe_problem_set(*self._nfe_event_refusal(kind, decision))

    def _nfe_event_later(self, kind):
        delay = self._nfe_retry_delay()
        self[kind.status] = "ready"
        message = self._nfe_event_delayed(kind)
        self._nfe_problem_set(const.SEFAZ_UNAVAILABLE, message, delay=delay)
        self._nfe_delay(kind.job, const.SEND_CHANNEL, delay=delay)

    # === READING BACK === #

    def _nfe_read_event_back(self, kind):
        """Ask whether the event stands; without it the way is free again."""
        with self._nfe_transaction() as document:
            document._nfe_lock()
            if document[kind.status] != "unknown":
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
        self._nfe_store("_nfe_store_event_consult", kind, intent.attempt_id, outcome)

    def _nfe_store_event_consult(self, kind, attempt_id, outcome):
        """Store the answer: the event stands, or it is free to try again."""
        attempt = self.env["nfe.attempt"].browse(attempt_id)
        situation = attempt._settle(outcome, answers.read_situation)
        if situation:
            self._nfe_apply_event_situation(kind, situation)

    def _nfe_apply_event_situation(self, kind, situation):
        self._nfe_adopt_events(kind, situation)
        if self[kind.status] != "unknown":
            return
        if situation.kind is Kind.AUTHORISED:
            self._nfe_event_later(kind)
        elif situation.kind is Kind.CANCELLED:
            self._nfe_event_refused(kind, situation)
        elif situation.kind is Kind.ABUSE:
            self._nfe_pause()

    def _nfe_adopt_events(self, kind, situation):
        """Take over the events that a consult returned, with the SEFAZ's bytes."""
        for result in situation.events:
            known = self._nfe_events(kind).mapped("protocol_number")
            if not kind.covers(result.event_type) or result.number in known:
                continue
            signed = result.request or self._nfe_draft_bytes(kind, result)
            if signed:
                record = self._nfe_keep_event(kind, signed, result.sequence)
                content = proc.event_proc(signed, result)
                self._nfe_event_stands(kind, record, content, result)

    def _nfe_draft_bytes(self, kind, result):
        """Our own bytes, for an office whose consult tells the result only."""
        signed = self._nfe_draft_event(kind).file_request_id.raw or b""
        return signed if proc.is_of(signed, result) else b""
