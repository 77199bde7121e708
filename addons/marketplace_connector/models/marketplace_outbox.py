"""The fiscal outbox: which NF-e goes to which partner, and what became of it."""

from odoo import api, fields, models
from odoo.tools import split_every

from ..const import CHUNK, QUEUE


class MarketplaceOutbox(models.Model):
    """One authorised NF-e for one parcel of a channel, sent exactly once.

    ``waiting`` → ``sending`` (intent committed, call under way or outcome unknown: only
    a read-back may follow) → ``accepted``; ``failed`` goes on by itself; ``rejected``
    needs a person (data of the order, of the account, or a bug); ``blocked``: the order
    or the NF-e was cancelled meanwhile.
    """

    _name = "marketplace.outbox"
    _description = "Fiscal Outbox"
    _order = "id desc"
    _rec_name = "document_id"
    _check_company_auto = True

    account_id = fields.Many2one(
        "marketplace.account", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    document_id = fields.Many2one(
        "l10n_br_fiscal.document",
        "NF-e",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    document_key = fields.Char(related="document_id.document_key", string="Key")
    parcel_id = fields.Many2one(
        "marketplace.parcel",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    sale_order_ids = fields.Many2many(
        related="parcel_id.sale_order_ids", string="Sales Orders"
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sending", "Sending"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("failed", "Will be tried again"),
            ("blocked", "Blocked"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(
        readonly=True, default=fields.Datetime.now, required=True
    )
    sent_at = fields.Datetime("Last Attempt", readonly=True)
    answered_at = fields.Datetime(readonly=True)
    receipt = fields.Char(readonly=True)
    error_class = fields.Selection(
        [
            ("operator", "Data of the order"),
            ("config", "Settings of the account"),
            ("bug", "Program error"),
            ("retry", "Passing"),
        ],
        readonly=True,
    )
    error_code = fields.Char(readonly=True)
    error_message = fields.Text("Problem", readonly=True)

    _document_parcel_uniq = models.UniqueIndex("(document_id, parcel_id)")
    _account_answered_idx = models.Index("(account_id, answered_at)")
    _due_idx = models.Index(
        "(next_try) WHERE state IN ('waiting', 'sending', 'failed')"
    )

    # ------------------------------------------------------------ in

    @api.model
    def _enqueue(self, documents):
        """Rows for authorised NF-e whose parcel wants one; once per pair.

        Called by the hook after the authorisation and when a parcel turns up late.
        """
        new = self.browse()
        for document in documents:
            there = document._marketplace_parcels()
            living = there.filtered(lambda p: p.state != "cancelled")
            parcels = living.filtered(
                lambda p: p.invoice_state not in ("not_required", "accepted")
            )
            (living - parcels)._want_label()
            known = self.search([("document_id", "=", document.id)]).parcel_id
            new += self.create(
                [
                    {
                        "account_id": parcel.account_id.id,
                        "document_id": document.id,
                        "parcel_id": parcel.id,
                    }
                    for parcel in parcels - known
                ]
            )
        new._queue()
        return new

    def _queue(self):
        """Jobs for these rows, at most 50 of one account each."""
        for account, rows in self.grouped("account_id").items():
            for chunk in split_every(CHUNK, sorted(rows.ids), list):
                self.browse(chunk).with_delay(
                    channel=QUEUE,
                    identity_key=f"marketplace-outbox-{account.id}-{chunk}",
                    description=f"{account.name}: {len(chunk)} NF-e",
                )._send()

    @api.model
    def _cron_pick(self):
        """What stands still: due rows of active accounts, and labels that are due."""
        self.search(
            [
                ("account_id.state", "=", "active"),
                ("state", "in", ["waiting", "sending", "failed"]),
                ("next_try", "<=", fields.Datetime.now()),
            ],
            order="next_try",
            limit=20 * CHUNK,
        )._queue()
        self.env["marketplace.parcel"]._cron_labels()

    # ------------------------------------------------------------ people

    def action_send_again(self):
        """After a correction: send now, counting from zero."""
        self.check_access("read")
        again = self.filtered(
            lambda row: row.state in ("rejected", "failed", "waiting")
        )
        # sudo: users see the outbox, only the machinery writes it.
        again = again.sudo()
        again.write(
            {"state": "waiting", "attempts": 0, "next_try": fields.Datetime.now()}
        )
        again._queue()

    @api.model
    def _retry_config(self, accounts):
        """The account was repaired: what it refused for its settings goes out again."""
        rows = self.search(
            [
                ("account_id", "in", accounts.ids),
                ("state", "=", "rejected"),
                ("error_class", "=", "config"),
            ]
        )
        # sudo: whoever resumes an account may not write the outbox.
        rows.sudo().write(
            {"state": "waiting", "attempts": 0, "next_try": fields.Datetime.now()}
        )

    def _block(self, code):
        """Cancelled on the way: never sent from here on."""
        open_rows = self.filtered(lambda row: row.state != "accepted")
        # What is under way may arrive; the read-back tells.
        for row in open_rows.filtered(lambda row: row.state != "sending"):
            row.write(
                {
                    "state": "blocked",
                    "error_code": code,
                    "error_message": row._describe(code, ""),
                }
            )
