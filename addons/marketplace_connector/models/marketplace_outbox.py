"""The fiscal outbox: which NF-e goes to which partner, and what became of it."""

from odoo import api, fields, models

from ..const import CHUNK


class MarketplaceOutbox(models.Model):
    """One authorised NF-e for one parcel of a channel, sent exactly once.

    ``waiting`` → ``sending`` (intent committed, call under way or outcome unknown: only
    a read-back may follow) → ``accepted``; ``failed`` goes on by itself; ``rejected``
    needs a person (data of the order, of the account, or a bug); ``blocked``: the order
    or the NF-e was cancelled meanwhile.
    """

    _name = "marketplace.outbox"
    _inherit = ["marketplace.outgoing"]
    _description = "Fiscal Outbox"
    _order = "id desc"
    _rec_name = "document_id"
    _check_company_auto = True

    document_id = fields.Many2one(
        "l10n_br_fiscal.document",
        "NF-e",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    document_key = fields.Char(related="document_id.document_key", string="Key")
    document_number = fields.Char(related="document_id.document_number")
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
    receipt = fields.Char(readonly=True)

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
                    for parcel in (parcels - known._same_target())._one_per_target()
                ]
            )
        new._queue()
        return new

    def _queue(self):
        """Jobs for these rows, at most 50 of one account each."""
        self._queue_as("_send", "outbox", "NF-e")

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
        self.env["marketplace.parcel"]._cron_own_freight()
        self.env["marketplace.command"]._cron_pick()
        self.env["marketplace.order"]._cron_channel_notes()

    @api.model
    def _look_again(self, account, refs):
        """The channel tells of these NF-e: what waits for its answer goes on now.

        :param refs: the channel's names of the NF-e, or of their parcels
        """
        rows = self.search(
            [
                ("account_id", "=", account.id),
                ("state", "in", ("waiting", "sending")),
                ("answered_at", "!=", False),
                "|",
                ("receipt", "in", refs),
                ("parcel_id.external_id", "in", refs),
            ]
        )
        # While a call is under way, or lost, only its own clock may ask: a read-back
        # that comes too early finds nothing.
        answered = rows.filtered(lambda row: row.answered_at >= row.sent_at)
        answered.next_try = fields.Datetime.now()
        answered._queue()

    # ------------------------------------------------------------ people

    def action_send_again(self):
        """After a correction: send now, counting from zero."""
        self.check_access("read")
        again = self.filtered(
            lambda row: row.state in ("rejected", "failed", "waiting")
        )
        # sudo: users see the outbox, only the machinery writes it.
        again = again.sudo()
        again._begin_anew()
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
        rows.sudo()._begin_anew()

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
            row.env["b2c.issue"]._solve(None, row)
