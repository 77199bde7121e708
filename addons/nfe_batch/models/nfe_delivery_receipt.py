import logging
from datetime import timedelta

from odoo import api, fields, models

from .. import const

_logger = logging.getLogger(__name__)

MAX_TRIES = 6
LOST_AFTER = timedelta(hours=1)
"""A mail that waits longer lost its job."""


def wait(tries: int) -> timedelta:
    """Before a mail that failed is tried again: 10, 20, 40, … minutes."""
    return timedelta(minutes=10 * 2 ** max(tries - 1, 0))


class NfeDelivery(models.Model):
    """XML for one address, from the event that it tells of to the mail server's word.

    ``waiting`` (planned together with the event) → ``queued`` (in Odoo's outgoing
    queue) → ``sent``: the mail server has taken it; or ``failed`` with its reason,
    tried again by the cron, then by a person. Only the program writes these rows.
    """

    _inherit = "nfe.delivery"

    role = fields.Selection(
        [
            ("customer", "Customer"),
            ("accountant", "Accountant"),
            ("carrier", "Carrier"),
            ("insurer", "Insurer"),
            ("other", "Other"),
        ],
        "Receiver",
        default="customer",
        required=True,
        readonly=True,
    )
    template = fields.Char(readonly=True, help="XML id of the mail's template.")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("queued", "In the outgoing queue"),
            ("sent", "Sent"),
            ("failed", "Failed"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    tries = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)
    due_at = fields.Datetime("Promised Until", readonly=True)
    sent_at = fields.Datetime(readonly=True)
    receipt = fields.Char(
        "Message ID", readonly=True, help="How the mail servers name the mail."
    )
    problem = fields.Char(readonly=True)
    mail_id = fields.Many2one(
        "mail.mail", "Mail", readonly=True, ondelete="set null", index="btree_not_null"
    )

    _open_idx = models.Index("(state) WHERE state IN ('waiting', 'failed')")

    # === HAND OVER === #

    def _hand_over(self):
        """Put each mail into Odoo's outgoing queue; row and mail in one transaction."""
        for row in self:
            template = self.env.ref(row.template)
            mail_id = template.send_mail(
                row.event_id.id,
                email_values={
                    "email_to": row.email,
                    "attachment_ids": [
                        fields.Command.set(row.event_id._nfe_mail_attachments().ids)
                    ],
                },
            )
            mail = self.env["mail.mail"].browse(mail_id)
            row.write(
                {
                    "state": "queued",
                    "tries": row.tries + 1,
                    "mail_id": mail.id,
                    "receipt": mail.message_id,
                    "problem": False,
                }
            )

    def _note_sent(self, problem):
        """The mail server's word; ``problem`` empty: it has taken the mail."""
        now = fields.Datetime.now()
        if not problem:
            self.write({"state": "sent", "sent_at": now, "problem": False})
            return
        for row in self:
            row.write(
                {
                    "state": "failed",
                    "problem": problem[:300],
                    "next_try": now + wait(row.tries),
                }
            )

    # === AGAIN === #

    def action_send_again(self):
        """Button: a mail that failed goes out once more."""
        self.env["l10n_br_fiscal.document"]._nfe_ensure_user()
        self.check_access("read")
        # sudo: users see what was mailed, only the program writes it.
        self.filtered(lambda row: row.state == "failed").sudo()._send_again()

    def _send_again(self):
        """The mail that was kept goes out again; one that is gone is made anew."""
        for row in self:
            if row.mail_id:
                row.mail_id.mark_outgoing()
                row.write({"state": "queued", "tries": row.tries + 1})
            else:
                row.state = "waiting"
                row._queue()

    def _queue(self):
        for event in self.event_id:
            template = self.filtered(lambda row, of=event: row.event_id == of)[:1]
            event.with_delay(
                channel=const.PAPERS_CHANNEL,
                identity_key=f"nfe-mail-{event.id}",
            )._nfe_mail(template.template)

    @api.model
    def _nfe_cron_deliveries(self):
        """Cron: what failed is tried again, what lost its job gets a new one."""
        now = fields.Datetime.now()
        # sudo: the cron serves every company.
        rows = self.sudo()
        rows.search(
            [
                ("state", "=", "failed"),
                ("tries", "<", MAX_TRIES),
                ("next_try", "<=", now),
            ]
        )._send_again()
        rows.search(
            [
                ("state", "=", "waiting"),
                ("template", "!=", False),
                ("create_date", "<", now - LOST_AFTER),
            ]
        )._queue()


class NfeReceiver(models.Model):
    _inherit = "nfe.receiver"

    sla_hours = fields.Integer(
        "Promised Within (Hours)",
        default=24,
        required=True,
        help="A note that was not sent by then is overdue. An insurer wants it before "
        "the goods leave.",
    )


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # sudo: whoever runs the mail queue need not read notes.
        rows = self.env["nfe.delivery"].sudo().search([("mail_id", "in", self.ids)])
        for row in rows:
            failed = failure_type and (
                failure_reason or row.mail_id.failure_reason or failure_type
            )
            row._note_sent(failed)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )
