from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import const
from ..domain.contingency import Mode

REISSUE_AGE = timedelta(minutes=30)
"""A younger note is only asked for: the SEFAZ may still be at it."""
CLEARED_FIELDS = (
    "document_number",
    "document_key",
    "key_random_code",
    "key_check_digit",
    "nfe_signed_id",
    "nfe_contingency_id",
    "authorization_event_id",
)
"""What a document loses with its number."""
MOVING_FIELDS = [
    *CLEARED_FIELDS,
    "company_id",
    "partner_id",
    "fiscal_operation_id",
    "fiscal_operation_type",
    "document_type_id",
    "document_serie_id",
    "document_serie",
    "document_date",
    "date_in_out",
    "issuer",
    "operation_name",
    "edoc_purpose",
]
"""What the document of the old number takes over."""


class FiscalDocumentReissue(models.Model):
    """A sale whose note is lost is issued under another number, in contingency.

    Nobody knows whether the SEFAZ has the old note, so its number must not be used
    again (MOC 7.0, anexo III). The document of the sale stays with its invoice and
    takes the new number; the old number moves with key, signed bytes and attempts to a
    document of its own, which is asked for until the SEFAZ has decided: an authorised
    note is cancelled, a number that it never saw is proposed for voiding.
    """

    _inherit = "l10n_br_fiscal.document"

    nfe_superseded_by_id = fields.Many2one(
        "l10n_br_fiscal.document",
        "Superseded By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    nfe_superseded_ids = fields.One2many(
        "l10n_br_fiscal.document", "nfe_superseded_by_id", "Supersedes", readonly=True
    )
    nfe_can_reissue = fields.Boolean(compute="_compute_nfe_can_reissue")

    @api.depends("nfe_transmission", "nfe_superseded_by_id")
    def _compute_nfe_can_reissue(self):
        for document in self:
            document.nfe_can_reissue = (
                document.nfe_transmission == "unknown"
                and document.nfe_is_batch
                and not document.nfe_superseded_by_id
                and document.company_id._nfe_mode() is not Mode.NONE
            )

    # === ACTION === #

    def action_nfe_reissue(self):
        """Issue the sale under a new number in the contingency that is on.

        :raises AccessError: the user is no manager of the NF-e
        :raises UserError: there is no contingency, or the note may still be decided
        """
        self.ensure_one()
        self.env["nfe.contingency"]._ensure_manager()
        self.check_access("write")
        self._nfe_lock()
        self._nfe_ensure_can_reissue()
        # sudo: no user may write attempts; who may do this was just checked.
        self.sudo()._nfe_reissue()
        return True

    def _nfe_ensure_can_reissue(self):
        if not self.nfe_can_reissue:
            raise UserError(
                self.env._(
                    "Only a note whose outcome is unknown is issued again, and only "
                    "while the company is in contingency."
                )
            )
        limit = fields.Datetime.now() - REISSUE_AGE
        recent = self.nfe_attempt_ids.filtered(
            lambda row: (
                row.state != "done" or (row.kind == "send" and row.started > limit)
            )
        )
        if recent:
            raise UserError(
                self.env._(
                    "The NF-e %(number)s left a short time ago: wait until half an "
                    "hour has passed, the SEFAZ is being asked.",
                    number=self.document_number,
                )
            )

    def _nfe_reissue(self):
        old = self._nfe_split_number()
        self._document_number()
        self._nfe_sign()
        old._nfe_delay("_nfe_recover", const.SEND_CHANNEL)
        self._nfe_queue_send()
        self.message_post(
            body=self.company_id._nfe_lang().env._(
                "The NF-e %(old)s has no known outcome: the sale was issued again as "
                "%(new)s.",
                old=old.document_number,
                new=self.document_number,
            )
        )

    def _nfe_split_number(self):
        """Move the number of self, and all that happened to it, to a new document.

        :return: the document that is superseded
        """
        moving = self.read(MOVING_FIELDS, load=False)[0]
        moving.pop("id")
        attempts, event = self.nfe_attempt_ids, self.authorization_event_id
        self._nfe_clear_problem()
        self.write(
            {
                **dict.fromkeys(CLEARED_FIELDS, False),
                "nfe_attempt_ids": [Command.clear()],
                "nfe_transmission": "ready",
                "state_edoc": "a_enviar",
            }
        )
        self.flush_recordset()
        old = self.create(
            {
                **moving,
                "nfe_superseded_by_id": self.id,
                "nfe_attempt_ids": [Command.set(attempts.ids)],
                "nfe_transmission": "unknown",
                "state_edoc": "enviada",
            }
        )
        event.document_id = old
        return old

    # === WHAT BECOMES OF THE OLD NUMBER === #

    def _nfe_announce(self):
        """A superseded note that stands is cancelled: the sale has another one."""
        superseded = self.filtered("nfe_superseded_by_id")
        for document in superseded:
            document._nfe_queue_cancel(
                document.company_id._nfe_lang().env._(
                    "Sale issued in contingency as NF-e %(number)s, after no answer",
                    number=document.nfe_superseded_by_id.document_number,
                )
            )
        super(FiscalDocumentReissue, self - superseded)._nfe_announce()

    def _nfe_send_again(self):
        """A superseded note is never sent again: its number is given up."""
        if not self.nfe_superseded_by_id or self._nfe_may_arrive_late():
            super()._nfe_send_again()
            return
        self._nfe_clear_problem()
        self.nfe_transmission = "done"
        given_up = self.with_context(nfe_batch_cancelled=True)
        given_up._nfe_move("action_cancel_fsm", "cancelada")

    def _nfe_sendable(self):
        sendable = super()._nfe_sendable()
        return sendable.filtered(lambda doc: not doc.nfe_superseded_by_id)

    def _before_document_back2draft(self):
        if self.nfe_superseded_by_id:
            raise UserError(
                self.env._(
                    "The NF-e %(number)s was superseded by another one.",
                    number=self.document_number,
                )
            )
        return super()._before_document_back2draft()
