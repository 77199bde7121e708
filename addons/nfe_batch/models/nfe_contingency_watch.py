import logging
from datetime import timezone

from odoo import api, fields, models

from .. import const
from ..domain import contingency
from ..domain.contingency import Mode, Move, Policy, State
from ..domain.cstat import Kind
from ..domain.services import ServiceError
from ..exceptions import NfeCertificateError

_logger = logging.getLogger(__name__)


def aware(moment):
    """A Datetime field as the domain wants it, or None."""
    return moment.replace(tzinfo=timezone.utc) if moment else None


class NfeContingencyWatch(models.Model):
    """What moves a company by itself: its sendings, and home's status.

    Decided in ``domain.contingency``.
    """

    _inherit = "nfe.contingency"

    # === AFTER A SENDING === #

    @api.model
    def _review(self, company):
        """Look at the last sendings of a company, in the transaction of a result.

        A failure here never costs that result.
        """
        try:
            with self.env.cr.savepoint():
                self._review_now(company)
        except Exception:
            _logger.exception("The contingency of company %s stays", company.id)

    @api.model
    def _review_now(self, company):
        current = company._nfe_contingency()
        if not current and company.nfe_contingency_policy == Policy.OFF.value:
            return
        state = State(
            mode=Mode(current.mode or "none"),
            policy=Policy(company.nfe_contingency_policy),
            patience=company.nfe_contingency_after,
            svc_closed_at=aware(self._last_ended(company, "svc_closed").until),
        )
        sendings = self._recent_sendings(company, current)
        now = aware(fields.Datetime.now())
        self._move(company, contingency.after_sending(state, sendings, now))

    @api.model
    def _last_ended(self, company, ending=None):
        """The contingency that ended last, of all or of those that ended so."""
        domain = [("company_id", "=", company.id), ("until", "!=", False)]
        if ending:
            domain.append(("ending", "=", ending))
        return self.search(domain, order="until desc", limit=1)

    @api.model
    def _recent_sendings(self, company, current):
        """Sendings of the mode that is on, newest first, as the domain wants them;
        while notes are held, the questions for home's status stand in for them."""
        begin = current.since or self._last_ended(company).until
        offices = [current.emission_type] if current else ["1", "4"]
        domain = [
            ("company_id", "=", company.id),
            ("kind", "in", ("send", "status")),
            ("outcome", "in", ("answered", "not_sent", "unknown")),
            ("emission_type", "in", offices),
        ]
        if begin:
            domain.append(("started", ">=", begin))
        attempts = self.env["nfe.attempt"].search(
            domain, limit=company.nfe_contingency_after
        )
        return [attempt._as_sending() for attempt in attempts]

    @api.model
    def _move(self, company, move):
        """Do what was decided."""
        if move is Move.LEAVE:
            company._nfe_contingency()._leave("svc_closed")
        elif move is not Move.STAY:
            mode = Mode.SVC if move is Move.ENTER_SVC else Mode.EPEC
            reason = company._nfe_lang().env._(
                "The SEFAZ of %(state)s is out of service or does not answer",
                state=company.state_id.code,
            )
            self._enter(company, mode, reason, "policy")

    # === IS HOME BACK? === #

    @api.model
    def _nfe_cron_contingency(self):
        """Cron: ask home of the companies in contingency; tell of late EPEC notes."""
        # sudo: the cron serves every company.
        for record in self.sudo().search([("until", "=", False)]):
            record._nfe_delay("_ask_home", const.SEND_CHANNEL)
        self.env["l10n_br_fiscal.document"]._nfe_warn_of_late_epec()

    def _ask_home(self):
        """Job: ask home whether it is up; when it is, the contingency ends.

        :raises RetryableJobError: another process works on it
        """
        self.ensure_one()
        intent = self._open_question()
        if intent is None:
            return
        client, attempt_id = intent
        try:
            answer = client.status()
        except ServiceError as error:
            self._nfe_store("_store_status", attempt_id, None, str(error))
        else:
            self._nfe_store("_store_status", attempt_id, answer, answer.reason)

    def _open_question(self):
        """The intent of the question, or None when it must not be asked now."""
        with self._nfe_transaction() as record:
            record._nfe_lock()
            company = record.company_id
            last = record.env["nfe.attempt"].search(
                [("company_id", "=", company.id), ("kind", "=", "status")], limit=1
            )
            due = contingency.status_is_due(
                aware(last.started), aware(fields.Datetime.now())
            )
            if record.until or company._nfe_pause_seconds() or not due:
                return None
            try:
                client = company._nfe_client()
            except NfeCertificateError:
                return None
            return client, record.env["nfe.attempt"]._open_status(company).id

    def _store_status(self, attempt_id, answer, message):
        """Store home's answer (``domain.answers.StatusAnswer``), or that none came."""
        attempt = self.env["nfe.attempt"].browse(attempt_id)
        if answer is None:
            attempt._close("unknown", message=message)
            return
        attempt._close("answered", status_code=answer.code, message=message)
        if answer.kind is Kind.ABUSE:
            self.company_id._nfe_pause()
        mode = Mode.NONE if self.until else Mode(self.mode)
        if contingency.after_status(mode, answer.code) is Move.LEAVE:
            self._leave("status")
