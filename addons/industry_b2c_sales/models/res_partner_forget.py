import logging

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError

from ..domain.privacy import Erasure, plan_erasure

ADDRESS = (
    "street_name",
    "street_number",
    "street_number2",
    "street2",
    "district",
    "zip",
    "city",
    "city_id",
    "state_id",
)

_logger = logging.getLogger(__name__)


class ResPartner(models.Model):
    """The consumer asks to be forgotten (LGPD, art. 18).

    Phone, e-mail, conversation, files, orders that were never taken in and the
    addresses that no note names go at once. Name, CPF and the addresses of notes stay
    as long as the tax law wants the notes kept; ``b2c_forget_due`` is the day on which
    a cron erases them too. A new order in the meantime is a new note: the day moves on.
    """

    _inherit = "res.partner"

    b2c_forget_due = fields.Date(
        "Rest Erased On",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The consumer asked to be forgotten; until this day the tax law wants "
        "name, CPF and address of the notes kept.",
    )
    b2c_forgotten_at = fields.Datetime("Erased", copy=False, readonly=True)

    def action_b2c_forget(self):
        """Erase what may be erased today and put the rest on the calendar."""
        self._ensure_can_forget()
        reason = self.env._("The consumer asked to be forgotten")
        self.env["b2c.consumer.access"]._log(self, "forget", reason)
        for partner in self:
            partner._b2c_erase(reason)

    def _ensure_can_forget(self):
        self._ensure_can_see_personal_data()
        self.check_access("write")
        if not all(partner.b2c_consumer for partner in self):
            raise UserError(self.env._("Only online consumers can be forgotten."))
        if self._b2c_open_orders(limit=1):
            raise UserError(
                self.env._(
                    "An order of this consumer is still on its way: deliver or cancel "
                    "it first."
                )
            )

    def _b2c_erase(self, reason: str):
        """Erase as far as the law allows today.

        :param reason: for the record, when it is the whole
        """
        self.ensure_one()
        plan = plan_erasure(
            self._b2c_open_orders(limit=1),
            self._b2c_last_note_date(),
            fields.Date.context_today(self),
        )
        if plan.erasure == Erasure.NOT_YET:
            return
        quiet = self.with_context(tracking_disable=True, mail_notrack=True)
        quiet._b2c_erase_contacts()
        quiet._b2c_erase_kept()
        if plan.erasure == Erasure.ALL:
            quiet._b2c_erase_identity()
            self.env["b2c.consumer.access"]._log(self, "erase", reason)
        else:
            quiet.b2c_forget_due = plan.due
        self._b2c_family()._b2c_erase_traces()

    def _b2c_family(self):
        """The consumer with all addresses, archived ones too."""
        return self | self.with_context(active_test=False).child_ids

    def _b2c_notes(self):
        """Notes made out to the consumer, whatever became of them but drafts."""
        # sudo: a shared consumer has notes of companies that the user does not see.
        return (
            self.env["l10n_br_fiscal.document"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self._b2c_family().ids),
                    ("state_edoc", "!=", "em_digitacao"),
                ]
            )
        )

    def _b2c_last_note_date(self):
        """Date of the youngest note or posted entry, None when there is none.

        UTC dates: in the last hours of a year they err on the side of keeping.
        """
        dates = [note.document_date.date() for note in self._b2c_notes()]
        # sudo: see _b2c_notes.
        last_entry = (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "in", self.ids),
                    ("state", "=", "posted"),
                ],
                order="date desc",
                limit=1,
            )
        )
        return max(dates + last_entry.mapped("date"), default=None)

    # ------------------------------------------------------------ steps

    def _b2c_erase_contacts(self):
        """Phone, e-mail, remarks, and the addresses that no kept note names."""
        family = self._b2c_family()
        family.write({"phone": False, "email": False, "comment": False})
        today = fields.Date.context_today(self)
        kept = self._b2c_notes().filtered(
            lambda note: plan_erasure(0, note.document_date.date(), today).due
        )
        others = family - self - kept.partner_shipping_id - kept.partner_id
        others._b2c_blank_person(self.env._("Erased address"))

    def _b2c_erase_identity(self):
        """Name, CPF and address: nothing tells any more who it was."""
        self._b2c_blank_person(self.env._("Erased consumer"))
        self._b2c_family().write(
            {"b2c_forget_due": False, "b2c_forgotten_at": fields.Datetime.now()}
        )

    def _b2c_blank_person(self, name: str):
        for partner in self:
            partner.write(
                dict.fromkeys(ADDRESS, False)
                | {
                    "name": f"{name} {partner.id}",
                    "legal_name": False,
                    "vat": False,
                    "active": False,
                }
            )

    def _b2c_erase_traces(self):
        """Hook: what was written down elsewhere about these partners.

        Here: the conversation with its tracked values, and what unfinished orders were
        made from. An addon with copies of its own erases them too.
        """
        # sudo: conversations are deleted by nobody else.
        messages = self.env["mail.message"].sudo()
        messages.search(
            [("model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        # sudo: no user reads payloads.
        orders = self.env["sale.order"].sudo()
        orders.search(
            [("partner_id", "in", self.ids), ("is_b2c", "=", True)]
        ).b2c_pending_payload = False

    # ------------------------------------------------------------ calendar

    def _b2c_cron_forget(self):
        """Finish the erasures that are due, one by one; tomorrow what fails today."""
        partners = self.with_context(active_test=False).search(
            [("b2c_forget_due", "<=", fields.Date.context_today(self))]
        )
        reason = self.env._("The tax law's time for the notes is over")
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=len(partners))
        for partner in partners:
            try:
                with self.env.cr.savepoint():
                    partner._b2c_erase(reason)
            except psycopg2.OperationalError:
                # The transaction is of no use any more: the cron runs again.
                raise
            except Exception as error:
                # No personal data: the message could name what is being erased.
                _logger.warning("Erasure of partner %s: %s", partner.id, type(error))
            if not progress._commit_progress(1):
                break
