"""Who has received which NF-e: channels and mail receivers on one screen."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

OPEN = ("waiting", "sending", "failed", "rejected")


class MarketplaceFiscalDelivery(models.Model):
    """A document on its way to one partner; nothing is stored here.

    Rows of the fiscal outbox (channels) and of the mails of the NF-e (accountant,
    carrier, insurer, customer) in one vocabulary. A customer's address is personal data
    and is not shown.
    """

    _name = "marketplace.fiscal.delivery"
    _description = "NF-e to Partners"
    _auto = False
    _order = "due_at, id desc"
    _rec_name = "destination"

    document_id = fields.Many2one("l10n_br_fiscal.document", "NF-e", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    role = fields.Selection(
        [
            ("marketplace", "Marketplace"),
            ("carrier", "Carrier"),
            ("insurer", "Insurer"),
            ("accountant", "Accountant"),
            ("customer", "Customer"),
            ("other", "Other"),
        ],
        "Partner",
        readonly=True,
    )
    destination = fields.Char(readonly=True)
    content = fields.Selection(
        selection=lambda self: (
            self.env["l10n_br_fiscal.event"]._fields["type"].selection
        ),
        readonly=True,
    )
    account_id = fields.Many2one("marketplace.account", readonly=True)
    parcel_id = fields.Many2one("marketplace.parcel", readonly=True)
    outbox_id = fields.Many2one("marketplace.outbox", readonly=True)
    delivery_id = fields.Many2one("nfe.delivery", readonly=True)
    state = fields.Selection(
        [
            ("rejected", "Needs a person"),
            ("failed", "Will be tried again"),
            ("waiting", "Waiting"),
            ("sending", "On its way"),
            ("received", "Received"),
            ("blocked", "Blocked"),
        ],
        "Status",
        readonly=True,
    )
    since = fields.Datetime(readonly=True)
    due_at = fields.Datetime("Promised Until", readonly=True)
    received_at = fields.Datetime(readonly=True)
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)
    receipt = fields.Char(readonly=True)
    problem = fields.Text(readonly=True)
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._channels_query(), self._mails_query())

    @api.model
    def _channels_query(self) -> SQL:
        """Even ids: the fiscal outbox."""
        return SQL(
            """
            SELECT outbox.id * 2 AS id, outbox.document_id, outbox.company_id,
                   'marketplace' AS role, account.name AS destination, '0' AS content,
                   outbox.account_id, outbox.parcel_id, outbox.id AS outbox_id,
                   NULL::integer AS delivery_id,
                   CASE outbox.state WHEN 'accepted' THEN 'received'
                        ELSE outbox.state END AS state,
                   outbox.create_date AS since,
                   LEAST(parcel.ship_by, outbox.create_date
                         + account.xml_sla_hours * INTERVAL '1 hour') AS due_at,
                   CASE WHEN outbox.state = 'accepted' THEN outbox.answered_at
                        END AS received_at,
                   outbox.attempts, outbox.next_try, outbox.receipt,
                   CASE WHEN outbox.state != 'accepted' THEN outbox.error_message
                        END AS problem
              FROM marketplace_outbox outbox
              JOIN marketplace_account account ON account.id = outbox.account_id
              JOIN marketplace_parcel parcel ON parcel.id = outbox.parcel_id
            """
        )

    @api.model
    def _mails_query(self) -> SQL:
        """Odd ids: what is mailed."""
        return SQL(
            """
            SELECT mail.id * 2 + 1, mail.document_id, mail.company_id, mail.role,
                   CASE WHEN mail.role != 'customer' THEN mail.email END, event.type,
                   NULL, NULL, NULL, mail.id,
                   CASE mail.state WHEN 'sent' THEN 'received'
                                   WHEN 'queued' THEN 'sending'
                                   ELSE mail.state END,
                   mail.create_date, mail.due_at, mail.sent_at, mail.tries,
                   mail.next_try, mail.receipt, mail.problem
              FROM nfe_delivery mail
              JOIN l10n_br_fiscal_event event ON event.id = mail.event_id
            """
        )

    def _compute_overdue(self):
        now = fields.Datetime.now()
        for row in self:
            row.overdue = bool(row.due_at and row.due_at < now and row.state in OPEN)

    def _search_overdue(self, operator, value):
        late = [("due_at", "<", fields.Datetime.now()), ("state", "in", OPEN)]
        if operator != "in" or True not in value:
            raise UserError(self.env._("Only overdue rows can be looked for."))
        return late

    def action_send_again(self):
        """Try again now, by the way of each partner."""
        self.check_access("read")
        self.outbox_id.action_send_again()
        # sudo: who works with channels may not read mails; the rows are checked above.
        self.delivery_id.sudo().filtered(
            lambda row: row.state == "failed"
        )._send_again()

    def action_open(self):
        """The row behind it, else the note."""
        self.ensure_one()
        return (self.outbox_id or self.document_id).get_formview_action()


class FiscalDocument(models.Model):
    _inherit = "l10n_br_fiscal.document"

    marketplace_delivery_ids = fields.One2many(
        "marketplace.fiscal.delivery", "document_id", "Who Has It", readonly=True
    )
