import base64
import logging
from datetime import timedelta

from odoo import fields, models

from .. import const
from ..domain import answers, proc, voiding
from ..domain.cstat import Kind
from ..domain.endpoints import Service
from ..domain.prepare import SchemaInvalid
from ..domain.transport import HttpError, NotSent
from ..exceptions import NfeCertificateError
from .fiscal_document_data import digits
from .fiscal_document_result import naive_utc

_logger = logging.getLogger(__name__)

SITUATION_VOIDED = "05"
"""Situação do documento of the EFD (table 4.1.2): number voided."""
NUMBER_USED = 241
ALREADY_VOIDED = (206, 256, 563)
SENDABLE_STATES = ("ready", "unknown")


class NfeVoidingSend(models.Model):
    """The way of a voiding to the SEFAZ: intent, call, result, like that of a note."""

    _inherit = "nfe.voiding"

    # === JOB === #

    def _nfe_void(self):
        """Job: send the requests, each in transactions of its own.

        Safe to run again: what was under way when a process died is unknown, and goes
        with the same bytes.

        :raises RetryableJobError: another process works on one of them
        """
        self.env["l10n_br_fiscal.document"]._nfe_own_interrupted()
        for record in self:
            intent = record._open_send()
            if intent is None:
                continue
            outcome = intent.client.call(Service.VOIDING, intent.message)
            record._nfe_store("_store_result", intent.attempt_id, outcome)

    def _open_send(self):
        """Lock, check again, sign, write the intent.

        :return: ``sefaz_client.Intent``, or None when nothing is to be sent now
        """
        with self._nfe_transaction() as record:
            record._nfe_lock()
            if record.state not in SENDABLE_STATES or record._wait_for_pause():
                return None
            if record.state == "ready" and record._has_obstacle():
                return None
            client = record._client_or_problem()
            if client is None or not record._sign():
                return None
            attempt = record.env["nfe.attempt"]._open_voiding(record)
            record.write({"state": "sending", "problem": False})
            return attempt._intent(client, record._signed_bytes(), self)

    def _has_obstacle(self):
        """Look again, with the documents locked: one may have come back to life."""
        self._documents()._nfe_lock()
        obstacle = self.with_env(self.company_id._nfe_lang().env)._obstacle()
        if obstacle:
            self.write({"state": "draft", "problem": obstacle})
        return bool(obstacle)

    def _wait_for_pause(self):
        seconds = self.company_id._nfe_pause_seconds()
        if seconds:
            self._again_in(seconds)
        return bool(seconds)

    def _client_or_problem(self):
        try:
            return self.company_id._nfe_client()
        except NfeCertificateError as error:
            self.problem = self.company_id._nfe_certificate_message(error)
            return None

    def _sign(self):
        """Sign once and keep the bytes: only they are sent, and sent again.

        :return: True when the signed bytes are stored
        """
        if self.signed_xml:
            return True
        company = self.company_id
        try:
            signed = voiding.voiding(
                state=company.state_id.code or "",
                cnpj=digits(company.vat),
                year=self.year,
                series=int(self.document_serie_id.code),
                first=self.number_first,
                last=self.number_last,
                reason=self.reason,
                environment=company.nfe_environment,
                signer=company._nfe_signer_backend(),
            )
        except SchemaInvalid as error:
            self._refuse(
                company._nfe_lang().env._(
                    "The request does not fit the official layout: %(details)s.",
                    details=str(error),
                )
            )
            return False
        self.signed_xml = base64.b64encode(signed)
        return True

    # === RESULT === #

    def _store_result(self, attempt_id, outcome):
        """Store what became of the request (``domain.transport.Outcome``)."""
        attempt = self.env["nfe.attempt"].browse(attempt_id)
        refused = isinstance(outcome, HttpError) and not outcome.may_be_processed
        if isinstance(outcome, NotSent) or refused:
            attempt._close("not_sent", message=type(outcome).__name__)
            self._later()
            return
        answer = attempt._settle(outcome, answers.read_voiding)
        if answer:
            self._apply(answer)
        else:
            self._later()

    def _apply(self, answer):
        """What the answer means (``domain.answers.VoidingAnswer``)."""
        self.status_code = str(answer.code)
        if answer.stands:
            self._authorize(answer)
        elif answer.kind in (Kind.SERVICE_DOWN, Kind.PROCESSING):
            self._later()
        elif answer.kind is Kind.ABUSE:
            self.company_id._nfe_pause()
            self._later()
        else:
            self._refuse(self._refusal(answer))

    def _authorize(self, answer):
        """Keep procInutNFe byte by byte; the documents of the range follow."""
        try:
            content = proc.voiding_proc(self._signed_bytes(), answer)
        except proc.ProtocolMismatch as error:
            _logger.error("The SEFAZ answered another voiding than %s", self.id)
            self._refuse(str(error))
            return
        self.write(
            {
                "state": "authorized",
                "problem": False,
                "next_try": False,
                "protocol": answer.number,
                # A 563 tells the protocol of then, but not its moment.
                "protocol_date": naive_utc(answer.received_at)
                if answer.is_new
                else False,
                "proc_xml": base64.b64encode(content),
            }
        )
        self._mark_documents()

    def _mark_documents(self):
        """Cancelled documents of the range count as voided in the EFD.

        The voiding stands at the SEFAZ, whatever another addon says to this.
        """
        try:
            with self.env.cr.savepoint():
                self._documents().write({"state_fiscal": SITUATION_VOIDED})
        except Exception:
            _logger.exception("Documents of voiding %s keep their situation", self.id)

    def _refusal(self, answer):
        """A refusal in words, with what to do about it."""
        lang = self.company_id._nfe_lang()
        values = {"code": answer.code, "reason": answer.reason}
        if answer.code == NUMBER_USED:
            return lang.env._(
                "The SEFAZ refused the voiding: %(code)s - %(reason)s. A number of the "
                "range is a note there, issued by another program perhaps: shorten the "
                "range and send it again.",
                **values,
            )
        if answer.code in ALREADY_VOIDED:
            return lang.env._(
                "The SEFAZ refused the voiding: %(code)s - %(reason)s. Numbers of the "
                "range are voided already. Look the protocol up at the SEFAZ's portal; "
                "void only what is missing.",
                **values,
            )
        return lang.env._(
            "The SEFAZ refused the voiding: %(code)s - %(reason)s. Correct what it "
            "names and send it again.",
            **values,
        )

    def _refuse(self, problem):
        self.write({"state": "rejected", "problem": problem, "next_try": False})

    # === LATER === #

    def _later(self):
        """Not decided: the same bytes go again, later each time.

        At most a dozen an hour: the SEFAZ blocks at twenty (NT 2018.002).
        """
        lost = self.attempt_ids.filtered(
            lambda row: row.outcome in ("unknown", "interrupted")
        )
        self.write(
            {
                "state": "unknown" if lost else "ready",
                "problem": self._lost_message() if lost else self._down_message(),
                "tries": self.tries + 1,
            }
        )
        last = len(const.RETRY_DELAYS) - 1
        paused = self.company_id._nfe_pause_seconds()
        self._again_in(paused or const.RETRY_DELAYS[min(self.tries - 1, last)])

    def _lost_message(self):
        return self.company_id._nfe_lang().env._(
            "The request left, but the answer of the SEFAZ was lost. The same request "
            "is sent again on its own: the SEFAZ voids a range once and tells the "
            "protocol."
        )

    def _down_message(self):
        return self.company_id._nfe_lang().env._(
            "The SEFAZ cannot be reached or is out of service. The voiding is sent "
            "again on its own."
        )

    def _again_in(self, seconds):
        self.next_try = fields.Datetime.now() + timedelta(seconds=seconds)
        self._nfe_delay("_nfe_void", const.SEND_CHANNEL, delay=seconds)
