"""Questions about offers, messages about orders and within claims."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.industry_b2c_sales.timing import whole_seconds

from ..const import SERVICE_GROUP
from ..domain.contract import Feature, MessageKind

KEEP_TEXTS = timedelta(days=180)
"""Card holders may charge back for half a year; then nobody needs the words (LGPD)."""
ALARM = timedelta(hours=4)
"""So long before the channel's deadline an open message goes to the work queue."""
FEATURES = {
    MessageKind.QUESTION: Feature.QUESTIONS,
    MessageKind.ORDER: Feature.MESSAGES,
    MessageKind.CLAIM: Feature.CLAIMS,
}


class MarketplaceMessage(models.Model):
    """One text of a conversation with a buyer.

    Ours to answer until the channel, or we, said something after it in its thread
    (``answered``). The words are personal data: only customer service reads them, and
    they are erased after half a year or when the consumer asks to be forgotten.
    """

    _name = "marketplace.message"
    _description = "Buyer's Message"
    _inherit = ["marketplace.service.mixin"]
    _order = "answered, answer_by, at desc, id desc"
    _rec_name = "external_id"

    kind = fields.Selection(
        [
            ("question", "Question"),
            ("order", "Order"),
            ("claim", "Claim"),
        ],
        "About",
        required=True,
        readonly=True,
    )
    thread = fields.Char(required=True, readonly=True)
    listing_id = fields.Many2one("marketplace.listing", readonly=True)
    claim_id = fields.Many2one(
        "marketplace.claim", readonly=True, index="btree_not_null"
    )
    author = fields.Selection(
        [("buyer", "Buyer"), ("seller", "We"), ("channel", "Channel")],
        required=True,
        readonly=True,
    )
    author_name = fields.Char(readonly=True, groups=SERVICE_GROUP)
    text = fields.Text(readonly=True, groups=SERVICE_GROUP)
    attachments = fields.Char(readonly=True, groups=SERVICE_GROUP)
    at = fields.Datetime("Written", required=True, readonly=True)
    answered = fields.Boolean("No Answer Needed", readonly=True)
    answer_by = fields.Datetime(readonly=True, help="Deadline of the channel.")
    is_late = fields.Boolean(compute="_compute_is_late")
    blocked = fields.Char(
        readonly=True, help="Why the channel allows no answer; empty: it does."
    )
    request_ids = fields.One2many("marketplace.request", "message_id", readonly=True)
    thread_ids = fields.Many2many(
        "marketplace.message", string="Conversation", compute="_compute_thread_ids"
    )

    _told_uniq = models.UniqueIndex("(account_id, kind, external_id)")
    _thread_idx = models.Index("(account_id, kind, thread)")
    _due_idx = models.Index("(answer_by) WHERE NOT answered")

    @api.depends("answered", "answer_by")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for message in self:
            due = message.answer_by
            message.is_late = bool(not message.answered and due and due < now)

    @api.depends("account_id", "kind", "thread")
    def _compute_thread_ids(self):
        for message in self:
            message.thread_ids = self.search(message._thread_domain(), order="at, id")

    def _thread_domain(self):
        self.ensure_one()
        return [
            ("account_id", "=", self.account_id.id),
            ("kind", "=", self.kind),
            ("thread", "=", self.thread),
        ]

    # ------------------------------------------------------------ in

    @api.model
    def _prepare_key(self, account, one):
        return super()._prepare_key(account, one) | {"kind": one.kind.value}

    def _is_stale(self, one):
        # Messages carry no version: what was answered stays answered.
        return False

    @api.model
    def _prepare_vals(self, account, one):
        ref = one.subject_id
        claim = self.env["marketplace.claim"].search(
            [("account_id", "=", account.id), ("external_id", "=", ref)]
        )
        is_claim = one.kind == MessageKind.CLAIM
        order_ref = claim.order_ref if is_claim else ref
        is_question = one.kind == MessageKind.QUESTION
        return {
            "thread": one.thread,
            "order_ref": "" if is_question else order_ref,
            "channel_order_id": not is_question
            and self._find_order(account, order_ref).id,
            "claim_id": is_claim and claim.id,
            "listing_id": is_question and self._find_listing(account, ref).id,
            "author": one.author,
            "author_name": one.author_name,
            "text": one.text,
            "attachments": ", ".join(one.attachments),
            "at": whole_seconds(one.at),
            "state_raw": one.state_raw,
            "answered": one.answered or one.author != "buyer",
            "answer_by": whole_seconds(one.answer_by),
            "blocked": one.blocked,
        }

    @api.model
    def _find_listing(self, account, item_id):
        return self.env["marketplace.listing"].search(
            [("account_id", "=", account.id), ("item_id", "=", item_id)], limit=1
        )

    def write(self, vals):
        """A buyer's text that we have answered does not need another answer."""
        if vals.get("answered") is False:
            vals = {key: vals[key] for key in vals.keys() - {"answered"}}
        return super().write(vals)

    def _after_keep(self, one, is_new):
        if self.author == "buyer" and not self.answered:
            later = self._thread_domain() + [
                ("author", "=", "seller"),
                ("at", ">=", self.at),
            ]
            if self.search_count(later, limit=1):
                self._set_answered()
        elif self.author == "seller":
            self._answered_before(self.at)
        if self.answered:
            self.env["b2c.issue"]._solve(None, self)
        if is_new:
            self._marketplace_after_message()

    def _answered_before(self, at):
        """What the buyer wrote in this thread until ``at`` has its answer."""
        self.ensure_one()
        before = self._thread_domain() + [("answered", "=", False), ("at", "<=", at)]
        self.search(before)._set_answered()

    def _set_answered(self):
        self.answered = True
        self.env["b2c.issue"]._solve(None, self)

    def _marketplace_after_message(self):
        """Hook: a message is here for the first time (one record, as superuser).

        Called in the transaction that stored it: anything slow belongs in a job.
        """
        self.ensure_one()

    # ------------------------------------------------------------ deadlines, retention

    @api.model
    def _cron_deadlines(self):
        """What must be answered within hours goes to the work queue."""
        limit = fields.Datetime.now() + ALARM
        for message in self.search(
            [
                ("answered", "=", False),
                ("author", "=", "buyer"),
                ("answer_by", "<=", limit),
            ]
        ):
            account = message.account_id._in_company_language()
            message.env["b2c.issue"]._report(
                "channel_answer_due",
                record=message,
                order=message.sale_order_id,
                company=message.company_id,
                message=account.env._(
                    "%(account)s: a buyer waits for an answer until %(deadline)s.",
                    account=account.name,
                    deadline=account._deadline_text(message.answer_by),
                ),
                suggestion=account.env._("Open the message and answer it."),
            )

    @api.autovacuum
    def _gc(self):
        """Erase the words of conversations that are over for half a year."""
        limit = fields.Datetime.now() - KEEP_TEXTS
        self.search(
            [("at", "<", limit), ("text", "!=", False)], limit=10_000
        )._erase_words()

    def _erase_words(self):
        blank = {"text": False, "author_name": False, "attachments": False}
        self.write(blank)
        self.request_ids.write({"text": False})

    # ------------------------------------------------------------ out

    def action_reply(self):
        """Ask for the words of an answer."""
        self.ensure_one()
        self._ensure_can_reply()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "marketplace.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_message_id": self.id},
        }

    def action_no_answer(self):
        """A person says that this needs no answer."""
        self.check_access("read")
        # sudo: users see messages, only the machinery writes them.
        self.sudo()._set_answered()

    def _ensure_can_reply(self):
        """:raises UserError: the channel allows no answer here"""
        self.check_access("read")
        if self.blocked:
            raise UserError(
                self.env._("The channel allows no answer here: %s", self.blocked)
            )
        self.account_id._ensure_state("active")
        self.account_id._ensure_feature(FEATURES[MessageKind(self.kind)])
