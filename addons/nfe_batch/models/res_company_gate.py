import logging

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .. import const
from ..domain import answers, envelope
from ..domain.access_key import STATE_CODES
from ..domain.cstat import Kind
from ..domain.endpoints import Service
from ..exceptions import NfeCertificateError

_logger = logging.getLogger(__name__)


class ResCompanyGate(models.Model):
    """What keeps all notes of a company from leaving.

    * held: the SEFAZ is down (108, 109) or could not be reached several times. One
      job asks for its status, every three minutes at most (NT 2018.002), and lets the
      notes go when it is up again; the first question comes soon.
    * stopped: three notes in a row were refused for their form or signature, or the
      certificate was refused: every further note would be. A manager releases the
      sender; another certificate does so too, when that was the reason.
    * paused (``nfe_paused_until``): undue consumption, see ``_nfe_pause``.
    """

    _name = "res.company"
    _inherit = ["res.company", "nfe.transaction.mixin"]

    nfe_held_until = fields.Datetime(
        "NF-e Held Until",
        copy=False,
        readonly=True,
        help="The SEFAZ is out of service: its status is asked for again at this time.",
    )
    nfe_stop_code = fields.Char("NF-e Stop Code", copy=False, readonly=True)
    nfe_stop_reason = fields.Text("NF-e Stopped", copy=False, readonly=True)

    def write(self, vals):
        """Another certificate ends a stop that the old one caused."""
        result = super().write(vals)
        if "certificate_id" in vals:
            stopped = self.filtered(
                lambda company: company.nfe_stop_code == const.CERTIFICATE_REFUSED
            )
            # sudo: who installs a certificate need not read notes.
            stopped.sudo()._nfe_release()
        return result

    # === HELD === #

    def _nfe_hold(self):
        """Nothing leaves until the SEFAZ says that it is up.

        :return: True, or False in contingency: what leaves then goes elsewhere
        """
        self.ensure_one()
        if self._nfe_contingency():
            return False
        if self._nfe_held_seconds() <= 1:
            self.nfe_held_until = self._nfe_first_question()
            self._nfe_queue_status()
        return True

    def _nfe_first_question(self):
        """When to ask first: soon, but never too often."""
        soon = fields.Datetime.now() + const.FIRST_QUESTION
        last = self.env["nfe.attempt"].search(
            Domain("company_id", "=", self.id) & Domain("kind", "=", "status"), limit=1
        )
        return max(soon, last.started + const.STATUS_INTERVAL) if last else soon

    def _nfe_held_seconds(self):
        """Seconds until the next question for the status, at least one; 0: not held."""
        if not self.nfe_held_until:
            return 0
        left = self.nfe_held_until - fields.Datetime.now()
        return max(int(left.total_seconds()), 0) + 1

    def _nfe_queue_status(self):
        delay = max(self._nfe_held_seconds(), self._nfe_pause_seconds())
        self._nfe_delay("_nfe_ask_status", const.SEND_CHANNEL, delay=delay)

    def _nfe_ask_status(self):
        """Job: ask whether the SEFAZ is up again; if so, send what waits."""
        self.ensure_one()
        question = self._nfe_open_status()
        if question is None:
            return
        client, attempt_id = question
        message = envelope.status(STATE_CODES[client.state], client.environment)
        outcome = client.call(Service.STATUS, message)
        self._nfe_store("_nfe_store_status", attempt_id, outcome)

    def _nfe_open_status(self):
        """Client and attempt of the question, or None when it is not due.

        The time of the next question is committed before this one is asked.
        """
        with self._nfe_transaction() as company:
            company._nfe_lock()
            if not company.nfe_held_until:
                return None
            early = company.nfe_held_until > fields.Datetime.now()
            if early or company._nfe_pause_seconds():
                company._nfe_queue_status()
                return None
            company.nfe_held_until = fields.Datetime.now() + const.STATUS_INTERVAL
            try:
                client = company._nfe_client()
            except NfeCertificateError:
                company._nfe_queue_status()
                return None
            return client, company.env["nfe.attempt"]._open_status(company).id

    def _nfe_store_status(self, attempt_id, outcome):
        """Up again: send what waits; else ask later, or go into contingency."""
        attempt = self.env["nfe.attempt"].browse(attempt_id)
        answer = attempt._settle(outcome, answers.read_status)
        if answer and answer.kind is Kind.SERVICE_UP:
            self.nfe_held_until = False
            self._nfe_send_waiting()
            return
        if answer and answer.kind is Kind.ABUSE:
            self._nfe_pause()
        self.env["nfe.contingency"]._review(self)
        if self.nfe_held_until:
            self._nfe_queue_status()

    # === STOPPED === #

    def _nfe_stop(self, code, reason):
        """Stop the sender until a person has looked.

        :param str reason: in the company's language
        """
        self.ensure_one()
        _logger.error("The NF-e of company %s are stopped: %s", self.id, code)
        self.write({"nfe_stop_code": code, "nfe_stop_reason": reason})

    def _nfe_stop_after_refusals(self):
        """Stop when the last notes were all refused for form or signature: that is a
        defect of ours, and each further one would be refused as well."""
        self.ensure_one()
        attempts = self.env["nfe.attempt"].search(
            Domain("company_id", "=", self.id)
            & Domain("kind", "=", "send")
            & Domain("outcome", "=", "answered")
            & Domain("state", "=", "done"),
            order="id desc",
            limit=const.REFUSALS_TO_STOP,
        )
        refused = 0
        for attempt in attempts:
            documents = attempt.document_ids
            if not all(document._nfe_is_malformed() for document in documents):
                return
            refused += len(documents)
            if refused >= const.REFUSALS_TO_STOP:
                self._nfe_stop(const.SENDER_STOPPED, self._nfe_stop_text(documents[:1]))
                return

    def _nfe_stop_text(self, document):
        return self._nfe_lang().env._(
            "The SEFAZ refused the last NF-e for their form or signature: %(code)s - "
            "%(reason)s. Nothing is sent until the cause is found and a manager "
            "releases the sender in the company's form, tab NF-e.",
            code=document.status_code,
            reason=document.status_name,
        )

    def action_nfe_release(self):
        """Button: let the notes go again after a stop.

        :raises AccessError: the user is no manager of the NF-e
        """
        self.ensure_one()
        is_manager = self.env.user.has_group("nfe_batch.nfe_batch_group_manager")
        if self not in self.env.companies or not (self.env.su or is_manager):
            raise AccessError(self.env._("Only managers of the NF-e may do this."))
        # sudo: managers of the NF-e do not write companies.
        self.sudo()._nfe_release()

    def _nfe_release(self):
        for company in self:
            company.write({"nfe_stop_code": False, "nfe_stop_reason": False})
            company._nfe_send_waiting()
