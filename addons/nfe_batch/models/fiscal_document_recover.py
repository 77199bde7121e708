from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from .. import const
from ..domain import answers, envelope
from ..domain.cstat import Kind
from ..domain.endpoints import Service
from ..event_kind import CANCEL, EVENT_KINDS

MAX_CONSULTS_AN_HOUR = 8
NOT_FOUND = "217"
LOST_JOB = timedelta(minutes=10)
"""A document that is ready for longer, without a problem, has lost its job."""
LOST_POLL = timedelta(minutes=2)


class FiscalDocumentRecover(models.Model):
    """Reading back what nobody knows: after a lost answer, a kill, a restart.

    The key is the question (consSitNFe), the signed bytes are the proof. Only a 217
    allows to send again, and then the same bytes: if they had arrived all the same,
    the SEFAZ answers 204 and the note is read back again.
    """

    _inherit = "l10n_br_fiscal.document"

    def _document_status(self):
        """OCA's button "check status": queue the question, it is not for a click."""
        batch = self.filtered("nfe_is_batch")
        waiting = batch.filtered(lambda doc: doc.nfe_transmission == "unknown")
        if waiting:
            waiting._nfe_delay("_nfe_recover", const.SEND_CHANNEL)
        others = self - batch
        return super(FiscalDocumentRecover, others)._document_status()

    # === JOB === #

    def _nfe_recover(self):
        """Job: ask for the situation of documents whose outcome is unknown.

        :raises RetryableJobError: another process works on one of them
        """
        for document in self:
            intent = document._nfe_open_consult()
            if intent is None:
                continue
            outcome = intent.client.call(Service.CONSULT, intent.message)
            document._nfe_store("_nfe_store_consult", intent.attempt_id, outcome)

    def _nfe_open_consult(self):
        """The intent of a consult, or None when it is not (or not yet) due."""
        with self._nfe_transaction() as document:
            document._nfe_lock()
            if document.nfe_transmission != "unknown":
                return None
            if document._nfe_wait_for_pause() or document._nfe_consulted_enough():
                return None
            client = document._nfe_client_or_problem()
            if client is None:
                return None
            attempt = document.env["nfe.attempt"]._open(document, "consult")
            message = envelope.consult(document.document_key, client.environment)
            return attempt._intent(client, message, self)

    def _nfe_consulted_enough(self):
        """True when another consult within the hour would look like abuse."""
        since = fields.Datetime.now() - timedelta(hours=1)
        recent = self.nfe_attempt_ids.filtered(
            lambda row: row.kind == "consult" and row.started > since
        )
        if len(recent) < MAX_CONSULTS_AN_HOUR:
            return False
        self.nfe_next_try = min(recent.mapped("started")) + timedelta(hours=1)
        return True

    def _nfe_store_consult(self, attempt_id, outcome):
        """Store the answer to a consult of one document."""
        attempt = self.env["nfe.attempt"].browse(attempt_id)
        situation = attempt._settle(outcome, answers.read_situation)
        if not situation:
            self._nfe_ask_later()
        elif self.nfe_transmission == "unknown":
            self._nfe_apply_situation(situation)

    def _nfe_store_poll(self, lot_id, attempt_id, outcome):
        """Store the answer to the question for the result of a lot."""
        attempts = self.env["nfe.attempt"]
        attempts.browse(lot_id)._store_poll(attempts.browse(attempt_id), outcome)

    def _nfe_apply_situation(self, situation):
        kind = situation.kind
        if kind is Kind.AUTHORISED and situation.protocol:
            self._nfe_authorize(situation.protocol)._nfe_announce()
        elif kind is Kind.CANCELLED and situation.protocol:
            self._nfe_authorize(situation.protocol)._nfe_announce()
            self._nfe_adopt_events(CANCEL, situation)
            if self.state_edoc != "cancelada":
                self._nfe_event_refused(CANCEL, situation)
        elif kind in (Kind.NOT_FOUND, Kind.EPEC_ONLY):
            self._nfe_send_again()
        elif kind is Kind.DENIED:
            self._nfe_deny(situation)
        elif kind is Kind.ABUSE:
            self._nfe_pause()
            self._nfe_ask_later()
        elif answers.key_in(situation.reason):
            self._nfe_number_taken(situation)
        else:
            self._nfe_ask_later()

    def _nfe_send_again(self):
        """217: the SEFAZ does not know it. Said twice, with the patience in between
        (the note may still be on its way, its lot be worked on), the same bytes may go.
        """
        sent = self.nfe_attempt_ids.filtered(lambda row: row.kind == "send")[:1]
        absent = self.nfe_attempt_ids.filtered(
            lambda row: (
                row.kind == "consult"
                and row.id > sent.id
                # The codes of the consults that said 217.
                and row.status_code == NOT_FOUND
            )
        )
        patience = int(const.PATIENCE.total_seconds())
        since = min(absent.mapped("finished"))
        if fields.Datetime.now() - since < const.PATIENCE:
            self._nfe_ask_later(delay=patience)
            return
        self._nfe_back_to_ready()
        self._nfe_clear_problem()
        self._nfe_queue_send()

    def _nfe_ask_later(self, delay=None):
        """Another consult, later each time."""
        tries = min(self.nfe_tries, len(const.READ_BACK_DELAYS) - 1)
        delay = delay or const.READ_BACK_DELAYS[tries]
        self.write(
            {
                "nfe_tries": self.nfe_tries + 1,
                "nfe_next_try": fields.Datetime.now() + timedelta(seconds=delay),
            }
        )
        self._nfe_delay("_nfe_recover", const.SEND_CHANNEL, delay=delay)

    # === WHAT A KILLED PROCESS LEFT === #

    def _nfe_own_interrupted(self):
        """Documents of self whose open attempt was made by this very job.

        The queue runs a job again when its process died: the attempt of its first
        life has no result and never gets one.
        """
        job = self.env.context.get("job_uuid")
        if not job:
            return self.browse()
        with self._nfe_transaction() as batch:
            dead = batch.env["nfe.attempt"].search(
                [("state", "=", "open"), ("job_uuid", "=", job)]
            )
            ids = dead._bury().ids
        return self.browse(ids) & self

    @api.model
    def _nfe_recover_interrupted(self, grace=timedelta()):
        """Read back what was under way when processes died.

        A restart may call it with no grace, when no old process is left; the cron
        gives running calls the time that they can take at most.

        :param timedelta grace: age of an open attempt that counts as dead
        """
        limit = fields.Datetime.now() - grace
        # sudo: no user may write attempts; this runs for every company.
        attempts = self.env["nfe.attempt"].sudo()
        attempts.search([("state", "=", "open"), ("started", "<=", limit)])._bury()
        self._nfe_recover_orphans(limit)
        lost = attempts.search(
            [
                ("state", "=", "waiting"),
                ("next_poll", "<=", fields.Datetime.now() - min(grace, LOST_POLL)),
            ]
        )
        for attempt in lost:
            attempt._queue_poll(0)

    @api.model
    def _nfe_recover_orphans(self, limit):
        """Queue the questions: unknown documents, and those without an attempt."""
        # sudo: this runs for every company.
        documents = self.sudo()
        orphans = documents.search(
            [
                ("nfe_transmission", "=", "sending"),
                ("write_date", "<=", limit),
                ("nfe_attempt_ids.state", "not in", ("open", "waiting")),
            ]
        )
        for own in orphans.grouped("company_id").values():
            own._nfe_set_unknown(now=True)
        now = fields.Datetime.now()
        due = Domain("nfe_next_try", "=", False) | Domain("nfe_next_try", "<=", now)
        unknown = documents.search(Domain("nfe_transmission", "=", "unknown") & due)
        for ids in split_every(const.MAX_JOB_DOCUMENTS, unknown.ids):
            documents.browse(ids)._nfe_delay("_nfe_recover", const.SEND_CHANNEL)
        for kind in EVENT_KINDS.values():
            under_way = Domain(kind.status, "!=", False) & due
            documents.search(under_way)._nfe_queue_event(kind)

    @api.model
    def _nfe_cron_recover(self):
        """Cron: attempts and documents that no living process takes care of."""
        self._nfe_recover_interrupted(const.CALL_LIMIT)

    @api.model
    def _nfe_cron_retry(self):
        """Cron: send again what could not be sent for a reason that may be gone."""
        now = fields.Datetime.now()
        due = Domain("nfe_next_try", "=", False) | Domain("nfe_next_try", "<=", now)
        waiting = Domain("nfe_transmission", "=", "ready") & (
            (Domain("nfe_problem_code", "in", const.RETRYABLE_PROBLEMS) & due)
            | (
                Domain("nfe_problem_code", "=", False)
                & Domain("write_date", "<=", now - LOST_JOB)
            )
        )
        # sudo: the cron serves every company.
        documents = self.sudo().search(waiting)
        for company, own in documents.grouped("company_id").items():
            if company._nfe_can_sign():
                own._nfe_queue_send()
