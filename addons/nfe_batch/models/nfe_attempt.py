import base64
import gzip
from datetime import timedelta

from odoo import api, fields, models

from .. import const
from ..domain import answers, envelope
from ..domain.cstat import Kind
from ..domain.endpoints import Service
from ..domain.envelope import Unreadable
from ..domain.transport import Answered
from ..event_kind import EVENT_KINDS
from ..sefaz_client import Intent


class NfeAttempt(models.Model):
    """One call to the SEFAZ, written before it is made.

    Life: the row is created and committed with the intent (``state`` open), the call
    is made with no lock held, the result closes the row. A row that stays open means
    that the process died in between: nobody knows what the SEFAZ did, and the notes
    are read back before anything else happens (``_nfe_recover``). An accepted lot
    stays in ``waiting`` until its receipt was answered.

    What was exchanged is kept gzipped; it holds personal data, so only managers of
    the NF-e read it, and no part of it goes to the log.
    """

    _name = "nfe.attempt"
    _description = "NF-e Attempt"
    _order = "id desc"
    _rec_name = "kind"

    company_id = fields.Many2one("res.company", required=True, index=True)
    kind = fields.Selection(
        [
            ("send", "Authorisation"),
            ("receipt", "Result of the lot"),
            ("consult", "Consultation"),
            ("cancel", "Cancellation"),
            ("correction", "Correction letter"),
            ("delivery", "Delivery"),
        ],
        required=True,
    )
    state = fields.Selection(
        [("open", "Open"), ("waiting", "Waiting for the lot"), ("done", "Done")],
        required=True,
        default="open",
    )
    document_ids = fields.Many2many(
        "l10n_br_fiscal.document",
        "nfe_attempt_document_rel",
        "attempt_id",
        "document_id",
        string="Fiscal Documents",
    )
    document_count = fields.Integer(compute="_compute_document_count")
    started = fields.Datetime(required=True, default=fields.Datetime.now)
    finished = fields.Datetime()
    outcome = fields.Selection(
        [
            ("answered", "Answered"),
            ("not_sent", "Not sent"),
            ("unknown", "Unknown"),
            ("interrupted", "Interrupted"),
        ]
    )
    status_code = fields.Char("cStat")
    message = fields.Char()
    receipt = fields.Char(index="btree_not_null")
    polls = fields.Integer("Times Asked")
    next_poll = fields.Datetime("Next Question")
    job_uuid = fields.Char("Job", index="btree_not_null")
    request = fields.Binary(
        attachment=True, groups="nfe_batch.nfe_batch_group_manager", copy=False
    )
    response = fields.Binary(
        attachment=True, groups="nfe_batch.nfe_batch_group_manager", copy=False
    )
    request_name = fields.Char(compute="_compute_file_names")
    response_name = fields.Char(compute="_compute_file_names")

    _unfinished_index = models.Index("(state, started) WHERE state != 'done'")

    @api.depends("document_ids")
    def _compute_document_count(self):
        for attempt in self:
            attempt.document_count = len(attempt.document_ids)

    @api.depends("kind")
    def _compute_file_names(self):
        for attempt in self:
            attempt.request_name = f"{attempt.kind}-{attempt.id}-request.xml.gz"
            attempt.response_name = f"{attempt.kind}-{attempt.id}-response.xml.gz"

    # === LIFE === #

    @api.model
    def _pack(self, content):
        """Bytes of a message as the value of ``request`` and ``response``."""
        packed = gzip.compress(content) if content else b""
        return base64.b64encode(packed) or False

    @api.model
    def _open(self, documents, kind):
        """Create the intent of a call for documents of one company."""
        return self.create(
            {
                "company_id": documents.company_id.id,
                "kind": kind,
                "document_ids": [fields.Command.set(documents.ids)],
                "job_uuid": self.env.context.get("job_uuid"),
            }
        )

    def _close(self, outcome, *, status_code=None, message=None, response=None, **vals):
        """Write the result of the call; ``vals`` may keep the state ``waiting``."""
        self.ensure_one()
        self.write(
            {
                "state": "done",
                "finished": fields.Datetime.now(),
                "outcome": outcome,
                "status_code": str(status_code) if status_code else False,
                "message": message,
                "response": self._pack(response),
                **vals,
            }
        )

    def _settle(self, outcome, read):
        """Close with what a call brought back.

        :param outcome: ``domain.transport.Outcome``
        :param read: reader of the message, such as ``domain.answers.read_situation``
        :return: what ``read`` found, or None: nobody knows what the SEFAZ has done
        """
        try:
            if not isinstance(outcome, Answered):
                raise Unreadable(type(outcome).__name__)
            answer = read(outcome.message)
        except Unreadable as error:
            self._close("unknown", message=str(error))
            return None
        self._close(
            "answered",
            status_code=answer.code,
            message=answer.reason,
            response=outcome.message,
        )
        return answer

    def _bury(self):
        """Close open attempts whose process died; their documents become unknown.

        Attempts that another transaction holds are left to it.

        :return: the documents to read back
        """
        documents = self.env["l10n_br_fiscal.document"]
        attempts = self.try_lock_for_update()
        attempts.invalidate_recordset(["state"])
        for attempt in attempts.filtered(lambda row: row.state == "open"):
            attempt._close("interrupted")
            if attempt.kind in EVENT_KINDS:
                status = EVENT_KINDS[attempt.kind].status
                attempt.document_ids.filtered(status).write({status: "unknown"})
            elif attempt.kind == "send":
                documents |= attempt.document_ids.filtered(
                    lambda doc: doc.nfe_transmission == "sending"
                )
        for own in documents.grouped("company_id").values():
            own._nfe_set_unknown(now=True)
        return documents

    # === RESULT OF A LOT === #

    def _plan_poll(self, receipt, wait_seconds):
        """Remember the receipt and ask for the result later (MOC 7.0, 5.2)."""
        self.ensure_one()
        self.receipt = receipt
        self._queue_poll(max(const.POLL_DELAYS[0], wait_seconds))

    def _queue_poll(self, delay):
        self.ensure_one()
        self.next_poll = fields.Datetime.now() + timedelta(seconds=delay)
        self.with_delay(
            channel=const.SEND_CHANNEL,
            eta=delay or None,
            identity_key=f"nfe.attempt.poll.{self.id}.{self.polls}",
        )._poll()

    def _poll(self):
        """Job: ask for the result of a lot.

        A question can be repeated, so its own outcome is never unknown: it is asked
        again until the SEFAZ answers or knows the receipt no more (106).
        """
        self.ensure_one()
        intent = self._open_poll()
        if intent is None:
            return
        outcome = intent.client.call(Service.RECEIPT, intent.message)
        intent.documents._nfe_store(
            "_nfe_store_poll", self.id, intent.attempt_id, outcome
        )

    def _open_poll(self):
        """The intent of the question, or None when there is nothing to ask now."""
        with self.env["l10n_br_fiscal.document"]._nfe_transaction() as batch:
            lot = batch.env["nfe.attempt"].browse(self.id)
            if lot.state != "waiting":
                return None
            paused = lot.company_id._nfe_pause_seconds()
            if paused:
                lot._queue_poll(paused)
                return None
            client = lot.document_ids._nfe_client_or_problem()
            if client is None:
                lot._queue_poll(const.RETRY_DELAYS[-1])
                return None
            lot.polls += 1
            attempt = lot._open(lot.document_ids, "receipt")
            message = envelope.receipt(lot.receipt, client.environment)
            documents = self.env["l10n_br_fiscal.document"].browse(lot.document_ids.ids)
            return attempt._intent(client, message, documents)

    def _store_poll(self, attempt, outcome):
        """Store the answer; ``self`` is the lot, ``attempt`` the question."""
        self.ensure_one()
        result = attempt._settle(outcome, answers.read_lot_result)
        if result:
            self._apply_result(result)
        else:
            self._ask_again()

    def _apply_result(self, result):
        """104: a protocol per note. 105: later. 106 and the rest: ask by key."""
        if result.kind is Kind.LOT_PROCESSED:
            by_key = {document.document_key: document for document in self.document_ids}
            authorised = self.document_ids.browse()
            for protocol in result.protocols:
                document = by_key.pop(protocol.key, None)
                if document:
                    authorised |= document._nfe_apply_protocol(protocol)
            authorised._nfe_announce()
            self.state = "done"
            self._read_back(list(by_key.values()))
            if any(row.kind is Kind.SCHEMA for row in result.protocols):
                self.company_id._nfe_stop_after_refusals()
        elif result.kind in (Kind.PROCESSING, Kind.SERVICE_DOWN, Kind.CERTIFICATE):
            self._ask_again()
        elif result.kind is Kind.ABUSE:
            self.document_ids._nfe_pause()
            self._ask_again()
        else:
            self.state = "done"
            self._read_back(self.document_ids)

    def _read_back(self, documents):
        for document in documents:
            if document.nfe_transmission == "sending":
                document._nfe_set_unknown(now=True)

    def _ask_again(self):
        """At most 40 questions an hour for one receipt (NT 2018.002)."""
        last = len(const.POLL_DELAYS) - 1
        self._queue_poll(const.POLL_DELAYS[min(self.polls, last)])

    def _intent(self, client, message, documents):
        """Keep the message with the row and hand over what the call needs."""
        self.request = self._pack(message)
        return Intent(client, message, self.id, documents)
