from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const
from ..domain import distribution
from ..domain.access_key import AccessKey
from ..domain.services import ServiceError
from ..exceptions import NfeCertificateError
from .fiscal_document_data import digits


class NfeDfeCursor(models.Model):
    """How far the documents of interest of a company were fetched (NFeDistribuicaoDFe).

    A question changes nothing at the national environment, so it may be repeated; the
    answer moves the cursor in the transaction that stores its documents. One question
    at a time and company, in the order of the NSU; an hour of silence after the end of
    the pool and after 656 (NT 2014.002). A second program that asks with the same
    certificate disturbs both.
    """

    _name = "nfe.dfe.cursor"
    _description = "Distribution of Fiscal Documents"
    _inherit = "nfe.transaction.mixin"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    environment = fields.Selection(
        [("1", "Production"), ("2", "Homologation (no fiscal value)")],
        required=True,
        readonly=True,
    )
    last_nsu = fields.Char("Last NSU", readonly=True)
    max_nsu = fields.Char("Highest NSU", readonly=True)
    asked = fields.Datetime("Last Question", readonly=True)
    next_time = fields.Datetime("Next Question", readonly=True)
    status_code = fields.Char("cStat", readonly=True)
    message = fields.Char("Last Answer", readonly=True)
    search_message = fields.Char("Last Search", readonly=True)

    _company_unique = models.UniqueIndex("(company_id, environment)")

    # === WHO ASKS === #

    @api.model
    def _nfe_cron_distribute(self):
        """Cron: ask for every company that wants its documents and may ask now."""
        # sudo: the cron serves every company.
        companies = self.env["res.company"].sudo().search([("nfe_dfe", "=", True)])
        for company in companies:
            cursor = self.sudo()._of(company)
            if cursor._is_due():
                cursor._nfe_delay("_nfe_distribute", const.SEND_CHANNEL)

    @api.model
    def _of(self, company):
        """The cursor of a company in its environment; made when there is none."""
        vals = {"company_id": company.id, "environment": company.nfe_environment}
        found = self.search([(name, "=", value) for name, value in vals.items()])
        return found or self.create(vals)

    def action_ask_now(self):
        """Ask now if the hour has passed.

        :raises UserError: it has not
        """
        self.ensure_one()
        if not self._is_due():
            raise UserError(
                self.env._(
                    "The national environment blocks who asks again within an hour. "
                    "Next question: %(time)s.",
                    time=self.next_time
                    and fields.Datetime.to_string(
                        fields.Datetime.context_timestamp(self, self.next_time)
                    )[:16]
                    or "-",
                )
            )
        self._nfe_delay("_nfe_distribute", const.SEND_CHANNEL)
        return self._queued()

    @api.model
    def _search_by_key(self, company, key):
        """Queue the question for the note of a key.

        :raises UserError: the key is wrong, or too many were asked for
        """
        key = "".join((key or "").split())
        try:
            AccessKey(key)
        except ValueError as error:
            raise UserError(self.env._("The access key is wrong.")) from error
        cursor = self._of_user(company)
        if not cursor._may_search():
            raise UserError(
                self.env._(
                    "The national environment answers 20 questions by key an hour, "
                    "none while it blocks the company. Try again later."
                )
            )
        cursor._nfe_delay("_nfe_search_key", const.SEND_CHANNEL, key)
        return cursor._queued()

    @api.model
    def _of_user(self, company):
        """The cursor for a user who may read it, not make it."""
        if not company.nfe_dfe:
            raise UserError(
                self.env._(
                    "%(company)s does not fetch received documents: see the tab NF-e "
                    "of the company.",
                    company=company.name,
                )
            )
        # sudo: nobody writes cursors; the company chose to have one.
        return self.sudo()._of(company).sudo(False)

    def _queued(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Asked for; what comes appears in the list."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === JOBS === #

    def _nfe_distribute(self):
        """Job: ask for the next documents; safe to run again at any point.

        :raises RetryableJobError: another process works on the cursor
        """
        self.ensure_one()
        self.env["l10n_br_fiscal.document"]._nfe_own_interrupted()
        intent = self._open_question("distribution")
        if intent:
            answer = self._ask(intent)
            self._nfe_store("_store_distribution", intent.attempt_id, answer)

    def _nfe_search_key(self, key):
        """Job: ask for the note of a key.

        :raises RetryableJobError: another process works on the cursor
        """
        self.ensure_one()
        intent = self._open_question("dfe_search", key)
        if intent:
            answer = self._ask(intent)
            self._nfe_store("_store_search", intent.attempt_id, key, answer)

    def _open_question(self, kind, key=None):
        """Lock, check again, write the intent; None when nothing may be asked now."""
        with self._nfe_transaction() as cursor:
            cursor._nfe_lock()
            company = cursor.company_id
            allowed = cursor._may_search() if key else cursor._is_due()
            if not allowed:
                return None
            try:
                client = company._nfe_client()
            except NfeCertificateError as error:
                cursor.message = company._nfe_certificate_message(error)
                cursor._wait(const.DISTRIBUTION_PAUSE)
                return None
            asker = {
                "state": client.state,
                "cnpj": digits(company.vat),
                "environment": cursor.environment,
            }
            message = (
                distribution.by_key(key, **asker)
                if key
                else distribution.after(cursor.last_nsu or "", **asker)
            )
            attempt = cursor.env["nfe.attempt"]._open_question(company, kind)
            return attempt._intent(client, message, self)

    def _ask(self, intent):
        """Call with no lock held.

        :return: ``domain.distribution.Distribution`` or ``ServiceError``
        """
        try:
            return intent.client.distribution(intent.message)
        except ServiceError as error:
            return error

    def _is_due(self):
        """True when the hour has passed and no other question is under way."""
        now = fields.Datetime.now()
        waits = self.next_time and self.next_time > now
        same = self.environment == self.company_id.nfe_environment
        return bool(same and not waits and not self._questions("distribution", "open"))

    def _may_search(self):
        """True below the limit; a question during a block only makes it longer."""
        now = fields.Datetime.now()
        waits = self.next_time and self.next_time > now
        is_blocked = waits and self.status_code == str(distribution.ABUSE)
        left = const.MAX_SEARCHES_AN_HOUR - self._questions("dfe_search")
        return not is_blocked and left > 0

    def _questions(self, kind, state=None):
        """How many questions of the last hour there are (open: of living processes)."""
        now = fields.Datetime.now()
        age = const.CALL_LIMIT if state else timedelta(hours=1)
        domain = [
            ("company_id", "=", self.company_id.id),
            ("kind", "=", kind),
            ("started", ">", now - age),
        ]
        if state:
            domain.append(("state", "=", state))
        return self.env["nfe.attempt"].search_count(domain)

    # === RESULT === #

    def _store_distribution(self, attempt_id, answer):
        """Documents and cursor in one transaction: a kill loses neither."""
        self._nfe_lock()
        if not self._close_attempt(attempt_id, answer):
            self.message = str(answer)
            self._wait(const.DISTRIBUTION_RETRY)
            return
        self.env["nfe.dfe"]._take_in(self, answer.documents)
        moved = self._move(answer)
        if moved and not answer.is_end:
            self.next_time = False
            self._nfe_delay("_nfe_distribute", const.SEND_CHANNEL)
        else:
            self._wait(const.DISTRIBUTION_PAUSE)

    def _move(self, answer):
        """Move the cursor, only ever forward and only by an answer with a result.

        656 tells the last NSU of whoever asked before: what that program got is not
        here.

        :return: True when it moved
        """
        before = self.last_nsu or ""
        vals = {
            "asked": fields.Datetime.now(),
            "status_code": str(answer.code),
            "message": answer.reason,
        }
        if answer.code in (distribution.FOUND, distribution.NOTHING_FOUND):
            vals["last_nsu"] = max(before, answer.last_nsu)
            vals["max_nsu"] = answer.max_nsu
        self.write(vals)
        return self.last_nsu > before if self.last_nsu else False

    def _store_search(self, attempt_id, key, answer):
        if not self._close_attempt(attempt_id, answer):
            self.search_message = f"{key}: {answer}"
            return
        self.search_message = f"{key}: {answer.code} - {answer.reason}"
        self.env["nfe.dfe"]._take_in(self, answer.documents)
        if answer.code == distribution.ABUSE:
            self._move(answer)
            self._wait(const.DISTRIBUTION_PAUSE)

    def _close_attempt(self, attempt_id, answer):
        """:return: True when there is an answer"""
        attempt = self.env["nfe.attempt"].browse(attempt_id)
        if isinstance(answer, ServiceError):
            attempt._close("unknown", message=str(answer))
            return False
        attempt._close("answered", status_code=answer.code, message=answer.reason)
        return True

    def _wait(self, pause):
        self.next_time = fields.Datetime.now() + pause
