"""What differs between a channel and us, since when, and who heals it."""

from odoo import api, fields, models
from odoo.tools import format_amount
from odoo.tools.translate import LazyTranslate

from ..const import CHUNK
from ..rules import drift

_lt = LazyTranslate(__name__)

CODES = [
    ("missing_in_erp", "Paid there, not here"),
    ("missing_in_channel", "Here, unknown there"),
    ("duplicate_erp", "Twice here"),
    ("cancelled_there_active_here", "Cancelled there, active here"),
    ("active_there_cancelled_here", "Active there, cancelled here"),
    ("status_lag", "Channel is further"),
    ("total_mismatch", "Other total"),
    ("shipped_without_nfe", "Shipped without NF-e"),
    ("nfe_without_shipment", "NF-e, but not shipped"),
    ("nfe_not_sent_to_channel", "NF-e not sent to the channel"),
    ("pack_split", "Cart split"),
    ("channel_nfe_missing", "NF-e of the channel missing"),
]
ADVICE = {
    "missing_in_erp": _lt(
        "Look in the work queue for what keeps the order out, or take it in by hand."
    ),
    "missing_in_channel": _lt(
        "Look for the order on the channel's own screen before anything is shipped."
    ),
    "duplicate_erp": _lt(
        "Two sales of one number to one consumer: cancel one, unless both were bought."
    ),
    "cancelled_there_active_here": _lt(
        "The NF-e is authorised already: cancel it within the time limit, or prepare "
        "the return NF-e, and take the goods back from dispatch."
    ),
    "active_there_cancelled_here": _lt(
        "Cancel the order on the channel, or deliver it with a new sales order."
    ),
    "status_lag": _lt("Read the order again; if it stays so, call support."),
    "total_mismatch": _lt(
        "Compare the amounts of both sides before the NF-e goes out; release the order "
        "when it is right."
    ),
    "shipped_without_nfe": _lt(
        "Urgent: goods are on the road without an NF-e. Ask the fiscal desk."
    ),
    "nfe_without_shipment": _lt(
        "Ship the order or cancel it with its NF-e: the deadline is over."
    ),
    "nfe_not_sent_to_channel": _lt("Look at the fiscal outbox for what stands."),
    "pack_split": _lt(
        "The channel made new orders of this one: the NF-e belongs to the old one. "
        "Cancel it or refer to it, as the fiscal desk decides."
    ),
    "channel_nfe_missing": _lt("Fetch the NF-e that the channel issued in our name."),
}


class MarketplaceDifference(models.Model):
    """One difference of one order.

    ``open`` → ``solved`` (a later run did not find it any more) or ``accepted`` (a
    person says that it is right so; it comes back when one of the sides changes).
    Nothing is ever deleted: this is the history.
    """

    _name = "marketplace.difference"
    _description = "Order Difference"
    _order = "first_seen desc, id desc"
    _rec_name = "external_id"
    _check_company_auto = True

    account_id = fields.Many2one(
        "marketplace.account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    reconciliation_id = fields.Many2one(
        "marketplace.reconciliation",
        "Last Seen By",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    external_id = fields.Char("Channel Order", required=True, readonly=True)
    channel_order_id = fields.Many2one(
        "marketplace.order", "Order Read", readonly=True, check_company=True
    )
    sale_order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", check_company=True
    )
    code = fields.Selection(CODES, "Difference", required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("accepted", "Right so"), ("solved", "Solved")],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )
    heal = fields.Selection(
        [
            ("read", "By itself: read again"),
            ("send", "By itself: NF-e sent again"),
            ("hold", "Order held, then a person"),
            ("person", "A person"),
        ],
        string="Who Heals",
        required=True,
        readonly=True,
    )
    there_state = fields.Selection(
        selection="_order_states", string="State There", readonly=True
    )
    here_state = fields.Selection(
        selection="_order_states", string="State Here", readonly=True
    )
    there_payment = fields.Selection(
        selection="_payment_states", string="Payment There", readonly=True
    )
    here_payment = fields.Selection(
        selection="_payment_states", string="Payment Here", readonly=True
    )
    there_total = fields.Monetary("Total There", readonly=True)
    here_total = fields.Monetary("Total Here", readonly=True)
    first_seen = fields.Datetime("Since", required=True, readonly=True)
    last_seen = fields.Datetime(required=True, readonly=True)
    tries = fields.Integer("Healed Times", readonly=True)
    healed_by_id = fields.Many2one(
        "marketplace.reconciliation", readonly=True, ondelete="set null"
    )
    healed_at = fields.Datetime("Last Healed", readonly=True)
    solved_at = fields.Datetime("Solved", readonly=True)
    solved_by_id = fields.Many2one("res.users", "Accepted By", readonly=True)
    advice = fields.Text("What to Do", compute="_compute_advice")

    _open_uniq = models.UniqueIndex(
        "(account_id, external_id, code) WHERE state != 'solved'"
    )

    @api.model
    def _order_states(self):
        return (
            self.env["marketplace.order"]
            ._fields["state"]
            ._description_selection(self.env)
        )

    @api.model
    def _payment_states(self):
        field = self.env["marketplace.order"]._fields["payment_state"]
        return field._description_selection(self.env)

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_advice(self):
        for difference in self:
            difference.advice = self.env._(ADVICE[difference.code])

    # ------------------------------------------------------------ found

    @api.model
    def _upsert(self, run, external_ids, found):
        """Keep what a run found about these orders; what it did not find is solved.

        :param external_ids: the orders that were compared
        :param found: pairs of a row of the comparison and its ``drift.Drift``
        :return: the differences that are open now
        """
        known = self.search(
            [
                ("account_id", "=", run.account_id.id),
                ("external_id", "in", external_ids),
                ("state", "!=", "solved"),
            ]
        ).grouped(lambda one: (one.external_id, one.code))
        standing = self.browse()
        for row, one in found:
            vals = self._prepare_sides(row)
            difference = known.pop((row["external_id"], one.code.value), self.browse())
            if difference.state == "accepted" and not difference._differs(vals):
                difference.last_seen = vals["last_seen"]
                continue
            standing += difference._keep(run, vals, one)
        self.browse().concat(*known.values())._solve()
        return standing

    @api.model
    def _prepare_sides(self, row) -> dict:
        return {
            "external_id": row["external_id"],
            "last_seen": fields.Datetime.now(),
            "channel_order_id": row["bound_id"],
            "sale_order_id": row["sale_id"],
            "there_state": row["there_state"],
            "here_state": row["here_state"],
            "there_payment": row["there_payment"],
            "here_payment": row["here_payment"],
            "there_total": row["there_total"] or 0.0,
            "here_total": row["amount_total"] or 0.0,
        }

    def _differs(self, vals) -> bool:
        """Did a side change since a person accepted the difference?"""
        states = ("there_state", "here_state", "there_payment", "here_payment")
        return any((vals[name] or False) != self[name] for name in states) or any(
            self.currency_id.compare_amounts(vals[name], self[name])
            for name in ("there_total", "here_total")
        )

    def _keep(self, run, vals, one):
        """Open, or open still; ``one``: the ``drift.Drift``."""
        tired = self.tries >= drift.tries_of(one.heal)
        vals |= {
            "reconciliation_id": run.id,
            "heal": "person" if tired else one.heal.value,
            "state": "open",
            "solved_at": False,
            "solved_by_id": False,
        }
        if self:
            self.write(vals)
        else:
            self = self.create(
                vals
                | {
                    "account_id": run.account_id.id,
                    "code": one.code.value,
                    "first_seen": vals["last_seen"],
                }
            )
        if self.heal == "person":
            self._report()
        return self

    def _solve(self):
        """Not found any more."""
        if self:
            self.write({"state": "solved", "solved_at": fields.Datetime.now()})
            self.env["b2c.issue"]._solve(None, self)

    def _report(self):
        self.ensure_one()
        account = self.account_id._in_company_language()
        words = self.with_env(account.env)
        labels = dict(words._fields["code"]._description_selection(account.env))
        self.env["b2c.issue"]._report(
            "channel_difference",
            record=self,
            order=self.sale_order_id,
            company=self.company_id,
            message=account.env._(
                "%(account)s, order %(order)s: %(difference)s.",
                account=account.name,
                order=self.external_id,
                difference=labels[self.code],
            ),
            suggestion=words.advice,
        )

    # ------------------------------------------------------------ heal

    def _heal(self):
        """What can be undone and repeated; each is counted (`drift.tries_of`)."""
        for heal, differences in self.grouped("heal").items():
            getattr(differences, f"_heal_{heal}")()
        now = fields.Datetime.now()
        for difference in self:
            difference.write(
                {
                    "tries": difference.tries + 1,
                    "healed_at": now,
                    "healed_by_id": difference.reconciliation_id.id,
                }
            )

    def _heal_read(self):
        self._hint(f"reconcile-{self.reconciliation_id[:1].id}")

    def _hint(self, event):
        for account, differences in self.grouped("account_id").items():
            self.env["marketplace.inbox"]._insert(
                account,
                [
                    account._hint(external_id, f"{event}:{external_id}")
                    for external_id in set(differences.mapped("external_id"))
                ],
                auth="own",
            )

    def _heal_send(self):
        """The outbox again: a row that is missing, or one that stands still.

        What the channel refused, or a cancellation blocked, stays with its person.
        """
        documents = self.sale_order_id._marketplace_documents()
        outbox = self.env["marketplace.outbox"]
        outbox._enqueue(documents)
        outbox.search(
            [
                ("document_id", "in", documents.ids),
                ("state", "in", ("waiting", "failed", "sending")),
                ("next_try", "<=", fields.Datetime.now()),
            ]
        )._queue()

    def _heal_hold(self):
        """No NF-e of the wrong amount: held until a person releases the order."""
        for difference in self.filtered(lambda one: not one.sale_order_id.b2c_held):
            account = difference.account_id._in_company_language()
            sale = difference.sale_order_id
            difference._report()
            sale._b2c_hold(
                account.env._(
                    "The channel's total is %(there)s, ours is %(here)s.",
                    there=difference._amount_text(difference.there_total),
                    here=difference._amount_text(difference.here_total),
                )
            )

    def _amount_text(self, amount) -> str:
        env = self.account_id._in_company_language().env
        return format_amount(env, amount, self.currency_id)

    # ------------------------------------------------------------ people

    def action_read_again(self):
        """Read these orders from the channel now."""
        self.check_access("read")
        # sudo: users see the inbox, only the machinery writes it.
        self.sudo()[: 20 * CHUNK]._hint(f"user-{fields.Datetime.now().isoformat()}")
        self.env["marketplace.account"]._wake()

    def action_accept(self):
        """It is right so: out of the list until one of the sides changes."""
        self.check_access("read")
        # sudo: differences are written by the comparison; this is the one way by hand.
        standing = self.sudo().filtered(lambda one: one.state == "open")
        standing.write(
            {
                "state": "accepted",
                "solved_at": fields.Datetime.now(),
                "solved_by_id": self.env.uid,
            }
        )
        self.env["b2c.issue"]._solve(None, standing)

    def action_open_order(self):
        """The sales order, or what the channel last said about it."""
        self.ensure_one()
        record = self.sale_order_id or self.channel_order_id
        return record.get_formview_action() if record else self.get_formview_action()
