import logging
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.l10n_br_fiscal.constants.fiscal import DOCUMENT_ISSUER_COMPANY

from .. import const
from ..domain import access_key

_logger = logging.getLogger(__name__)


class FiscalDocument(models.Model):
    """The life of an NF-e between its confirmation and its authorisation.

    OCA's state machine (``state_edoc``) stays the truth for accounting and users;
    ``nfe_transmission`` says what this program knows about the exchange:

    * ``none``: not confirmed yet, or back in draft;
    * ``ready``: confirmed; signed, or to be signed as soon as the certificate allows;
    * ``sending``: an attempt is under way, or the lot waits for its result;
    * ``unknown``: the note left, the answer was lost: only a consult may follow;
    * ``done``: the SEFAZ decided (authorised, refused, cancelled).

    Each irreversible call takes three short steps: intent (committed), call (no lock
    held), result (committed). See ``fiscal_document_send`` for the way of a note.
    """

    _name = "l10n_br_fiscal.document"
    _inherit = ["l10n_br_fiscal.document", "nfe.transaction.mixin"]

    nfe_transmission = fields.Selection(
        [
            ("none", "Not confirmed"),
            ("ready", "Ready to send"),
            ("sending", "At the SEFAZ"),
            ("unknown", "Outcome unknown"),
            ("done", "Answered"),
        ],
        "NF-e Transmission",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    nfe_cancellation = fields.Selection(
        [
            ("ready", "To be sent"),
            ("sending", "At the SEFAZ"),
            ("unknown", "Outcome unknown"),
        ],
        "NF-e Cancellation",
        readonly=True,
        copy=False,
    )
    nfe_problem_code = fields.Char(
        "NF-e Problem Code", readonly=True, copy=False, index="btree_not_null"
    )
    nfe_problem = fields.Text("NF-e Problem", readonly=True, copy=False)
    nfe_tries = fields.Integer("NF-e Tries", readonly=True, copy=False)
    nfe_next_try = fields.Datetime("NF-e Next Try", readonly=True, copy=False)
    nfe_attempt_ids = fields.Many2many(
        "nfe.attempt",
        "nfe_attempt_document_rel",
        "document_id",
        "attempt_id",
        string="NF-e Attempts",
        readonly=True,
        copy=False,
    )
    nfe_signed_id = fields.Many2one(
        "ir.attachment",
        "Signed NF-e",
        readonly=True,
        copy=False,
        help="The exact bytes that are sent, and sent again.",
    )
    nfe_proc_id = fields.Many2one(
        "ir.attachment", "Authorised NF-e (nfeProc)", readonly=True, copy=False
    )
    nfe_label_id = fields.Many2one(
        "ir.attachment", "DANFE Label", readonly=True, copy=False
    )
    nfe_is_batch = fields.Boolean(compute="_compute_nfe_is_batch")

    _nfe_waiting_index = models.Index(
        "(nfe_transmission, nfe_next_try) "
        "WHERE nfe_transmission IN ('ready', 'sending', 'unknown')"
    )

    @api.depends("document_type", "issuer", "company_id.processador_edoc")
    def _compute_nfe_is_batch(self):
        for document in self:
            document.nfe_is_batch = (
                document.document_type == const.MODEL_NFE
                and document.issuer == DOCUMENT_ISSUER_COMPANY
                and document.company_id.processador_edoc == const.PROCESSOR
            )

    # === HOOKS === #

    def _nfe_veto(self):
        """Hook: reasons why documents must not be sent now.

        Asked right before the intent, in a transaction of its own and without locks,
        for at most 50 documents of one company: may ask other systems.

        :return: dict of document id → reason, a sentence in the company's language
        """
        return {}

    def _nfe_after_authorize(self):
        """Hook: the SEFAZ authorised these documents; the result is written already.

        Runs in the result's transaction as superuser. When it raises, it alone is
        rolled back and runs again as a job, so it must be idempotent.
        """

    def _nfe_after_problem(self):
        """Hook: ``nfe_problem_code`` of these documents was just set.

        Same rules as ``_nfe_after_authorize``.
        """

    def _nfe_after_cancel(self):
        """Hook: the SEFAZ cancelled these documents.

        Same rules as ``_nfe_after_authorize``.
        """

    # === OCA'S STATE MACHINE === #

    def _generate_key(self):
        """Draw the key of our notes in the issuer's local time.

        OCA takes the month of the user's time zone, which may differ from dhEmi's
        (502), and a code that may be guessable (897).
        """
        batch = self.filtered("nfe_is_batch")
        for document in batch:
            header = document._nfe_header_data()
            code = access_key.draw_random_code(header.number, secrets.randbelow)
            key = access_key.compose(
                state=document.company_id.state_id.code,
                issued_at=header.issued_at,
                cnpj=document._nfe_issuer_data().vat,
                model=header.model,
                series=header.series,
                number=header.number,
                emission_type=header.emission_type,
                random_code=code,
            )
            document.write(
                {
                    "key_random_code": code,
                    "key_check_digit": key[-1],
                    "document_key": key,
                }
            )
        return super(FiscalDocument, self - batch)._generate_key()

    def _eletronic_document_send(self):
        """The button "send" queues; the job itself passes through here too."""
        batch = self.filtered("nfe_is_batch")
        if not self.env.context.get("nfe_batch_intent"):
            batch._nfe_queue_send()
        return super(FiscalDocument, self - batch)._eletronic_document_send()

    def _before_document_back2draft(self):
        if self.nfe_is_batch:
            self._nfe_ensure_at_rest()
            self._nfe_clear_problem()
            self.write({"nfe_transmission": "none", "nfe_signed_id": False})
            self._nfe_forget_past_month()
        return super()._before_document_back2draft()

    def _nfe_forget_past_month(self):
        """The key holds the month of issue: a note that the SEFAZ never saw gets a new
        date, and with it a new key, under the same number.
        """
        left = self.nfe_attempt_ids.filtered(lambda row: row.outcome != "not_sent")
        issued = self._nfe_header_data().issued_at
        today = self._nfe_local(fields.Datetime.now())
        if left or (issued.year, issued.month) == (today.year, today.month):
            return
        self.write(
            {"document_date": False, "date_in_out": False, "document_key": False}
        )

    def _before_document_cancel(self):
        """Only ``_nfe_cancel`` may cancel what the SEFAZ has or may have."""
        if self.nfe_is_batch and not self.env.context.get("nfe_batch_cancelled"):
            self._nfe_ensure_at_rest()
            if self.state_edoc == "autorizada":
                raise UserError(
                    self.env._(
                        "The NF-e %(number)s is authorised: cancel it at the SEFAZ "
                        "first.",
                        number=self.document_number,
                    )
                )
            self._nfe_clear_problem()
            self.nfe_transmission = "done"
        return super()._before_document_cancel()

    def _nfe_ensure_at_rest(self):
        """Refuse a change while nobody knows what the SEFAZ has.

        :raises UserError: an attempt is open or its outcome is unknown
        """
        busy = self.filtered(lambda doc: doc.nfe_transmission in ("sending", "unknown"))
        if busy:
            raise UserError(
                self.env._(
                    "The NF-e %(numbers)s is on its way to the SEFAZ. Wait until the "
                    "answer is known.",
                    numbers=", ".join(busy.mapped("document_number")),
                )
            )

    # === HOOKS THAT FAIL, PROBLEMS === #

    def _nfe_call_hook(self, hook):
        """Call a hook for self; a failure of it never costs the result, and the
        failure of one document not the others' hook."""
        # What we wrote ourselves and somebody else wrote meanwhile is no failure of
        # the hook: the job runs again.
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                getattr(self, hook)()
        except Exception:
            if len(self) > 1:
                for document in self:
                    document._nfe_call_hook(hook)
                return
            _logger.exception("%s failed for documents %s", hook, self.ids)
            self._nfe_delay("_nfe_run_hook", const.PAPERS_CHANNEL, hook)

    def _nfe_run_hook(self, hook):
        """Job: a hook that failed in the result's transaction."""
        getattr(self, hook)()

    def _nfe_problem_set(self, code, message, *, delay=None):
        """Store a problem, typed and in words, and tell the hook.

        :param str message: in the company's language
        :param int delay: seconds until the cron may try again
        """
        now = fields.Datetime.now()
        for document in self:
            document.write(
                {
                    "nfe_problem_code": code,
                    "nfe_problem": message,
                    "nfe_tries": document.nfe_tries + 1,
                    "nfe_next_try": now + timedelta(seconds=delay) if delay else False,
                }
            )
        self._nfe_call_hook("_nfe_after_problem")

    def _nfe_clear_problem(self):
        self.write(
            {
                "nfe_problem_code": False,
                "nfe_problem": False,
                "nfe_tries": 0,
                "nfe_next_try": False,
            }
        )

    def _nfe_retry_delay(self):
        """Seconds until the next try, longer with each one."""
        tries = max(self.mapped("nfe_tries"), default=0)
        return const.RETRY_DELAYS[min(tries, len(const.RETRY_DELAYS) - 1)]
