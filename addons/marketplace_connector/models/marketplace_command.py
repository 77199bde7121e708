"""What a channel must be told about an order: cancelled, sent, delivered."""

import hashlib
import json

from odoo import api, fields, models

from ..const import CHUNK
from ..rules.command import FEATURES, Command, Kind

OPEN = ("waiting", "sending", "failed")


class MarketplaceCommand(models.Model):
    """One thing to tell a channel, told once.

    ``waiting`` → ``sending`` (intent committed, call under way or outcome unknown: only
    a read-back may follow) → ``done``; ``failed`` goes on by itself; ``rejected``: the
    channel refused, a person decides; ``manual``: the channel cannot be told by a
    program, a person does it on the channel's screen; ``dropped``: nobody needs it.
    """

    _name = "marketplace.command"
    _inherit = ["marketplace.outgoing"]
    _description = "Told to a Channel"
    _order = "id desc"
    _rec_name = "kind"
    _check_company_auto = True

    kind = fields.Selection(
        [
            (Kind.CANCEL.value, "Cancel the order"),
            (Kind.ANSWER_CANCEL.value, "Answer the buyer's cancellation"),
            (Kind.INVOICE_CANCELLED.value, "NF-e cancelled"),
            (Kind.OWN_TRACKING.value, "Tracking of our carrier"),
            (Kind.OWN_DELIVERED.value, "Delivered by our carrier"),
        ],
        "What",
        required=True,
        readonly=True,
    )
    order_id = fields.Many2one(
        "marketplace.order",
        "Channel Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    parcel_id = fields.Many2one(
        "marketplace.parcel",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    sale_order_id = fields.Many2one(related="order_id.sale_order_id")
    partial_id = fields.Many2one(
        "b2c.partial.cancellation",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    args = fields.Json(readonly=True, help="See rules/command.py.")
    identity = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sending", "Sending"),
            ("done", "Done"),
            ("rejected", "Rejected"),
            ("failed", "Will be tried again"),
            ("manual", "A person must do it"),
            ("dropped", "No longer needed"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )

    _identity_uniq = models.UniqueIndex("(account_id, identity)")
    _due_idx = models.Index(
        "(next_try) WHERE state IN ('waiting', 'sending', 'failed')"
    )

    # ------------------------------------------------------------ in

    @api.model
    def _tell(self, kind, order, *, parcel=None, args=None, partial=None):
        """The row of this thing to tell; asked for again it is the same row.

        :param Kind kind: see ``rules.command``
        :param order: ``marketplace.order``
        :param dict args: JSON values, see ``rules.command.Command``
        """
        account = order.account_id
        text = json.dumps(args or {}, sort_keys=True)
        subject = parcel.external_id if parcel else order.external_id
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        identity = f"{kind.value}:{subject}:{digest}"
        found = self.search(
            [("account_id", "=", account.id), ("identity", "=", identity)]
        )
        if found:
            return found
        row = self.create(
            {
                "account_id": account.id,
                "order_id": order.id,
                "parcel_id": parcel.id if parcel else False,
                "partial_id": partial.id if partial else False,
                "kind": kind.value,
                "args": args or {},
                "identity": identity,
            }
        )
        if account._has_feature(FEATURES[kind]):
            row._queue()
        else:
            row._ask_person()
        return row

    def _queue(self):
        """Jobs for these rows, at most 50 of one account each."""
        self._queue_as("_run", "command", "commands")

    @api.model
    def _cron_pick(self):
        """What stands still: due rows of active accounts."""
        self.search(
            [
                ("account_id.state", "=", "active"),
                ("state", "in", OPEN),
                ("next_try", "<=", fields.Datetime.now()),
            ],
            order="next_try",
            limit=20 * CHUNK,
        )._queue()

    def _command(self) -> Command:
        """The record as ``rules.command`` wants it."""
        self.ensure_one()
        return Command(
            kind=Kind(self.kind),
            order_id=self.order_id.external_id,
            parcel_id=self.parcel_id.external_id or "",
            target=self.parcel_id._invoice_target() if self.parcel_id else None,
            args=self.args or {},
        )

    # ------------------------------------------------------------ people

    def action_send_again(self):
        """Tell it again after a refusal."""
        self.check_access("read")
        # sudo: users see commands, only the machinery writes them.
        again = self.filtered(lambda row: row.state in ("rejected", "failed")).sudo()
        again._begin_anew()
        again._queue()

    def action_done_by_hand(self):
        """A person has done it on the channel's own screen."""
        self.check_access("read")
        by_hand = self.filtered(lambda row: row.state in ("manual", "rejected"))
        # sudo: see action_send_again.
        by_hand.sudo()._finish()

    def _b2c_after_issue_solved(self, issue):
        """The work queue's way of saying that a person has done it."""
        self.action_done_by_hand()
