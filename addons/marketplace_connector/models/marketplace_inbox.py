"""Raw hints of the channels: stored once, collapsed, read again at the source."""

import hashlib
import logging
from collections import defaultdict
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import split_every

from odoo.addons.industry_b2c_sales.domain.redact import redact

from ..const import (
    BROKEN_CALL,
    CHUNK,
    CLOCK,
    COLLECT_SECONDS,
    KEEP_INBOX,
    MAX_ATTEMPTS,
    QUEUE,
    backoff,
    queue_of,
)
from ..domain.contract import AuthDead, ChannelError, RateLimited, Transient
from .marketplace_order import OrderBusy

NEW_FIRST = 5
"""Priority of their jobs; the queue's own is 10."""

_logger = logging.getLogger(__name__)

DRAIN_LIMIT = 5000

KINDS = [
    ("order", "Order"),
    ("parcel", "Parcel"),
    ("payment", "Payment"),
    ("return", "Return"),
    ("claim", "Claim"),
    ("message", "Message"),
    ("question", "Question"),
    ("item", "Listing"),
    ("stock", "Stock"),
    ("invoice", "NF-e"),
    ("other", "Other"),
]
"""See ``ChannelEvent``."""


class MarketplaceInbox(models.Model):
    """A notification, a poll hit or a sweep: "look at this order".

    ``new`` → ``queued`` (a job has it) → ``done``, or ``failed`` (tried again by
    itself, later and later) → ``dead`` (a person has to press *Replay*). Nothing in the
    body is believed but the id: the resource is read from the channel.
    """

    _name = "marketplace.inbox"
    _description = "Marketplace Notification"
    _order = "id desc"
    _rec_name = "external_id"

    account_id = fields.Many2one(
        "marketplace.account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    topic = fields.Char(readonly=True)
    kind = fields.Selection(KINDS, "About", required=True, readonly=True)
    external_id = fields.Char("Channel ID", required=True, readonly=True, index=True)
    dedupe_key = fields.Char(required=True, readonly=True)
    auth = fields.Selection(
        [
            ("valid", "Signature is right"),
            ("unsigned", "Unsigned: only the ID is believed"),
            ("own", "Our own question"),
        ],
        "Authenticity",
        readonly=True,
    )
    body = fields.Text(
        readonly=True,
        groups="marketplace_connector.marketplace_connector_group_manager",
    )
    received_at = fields.Datetime(required=True, readonly=True, index=True)
    processed_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("queued", "In progress"),
            ("done", "Done"),
            ("failed", "Will be tried again"),
            ("dead", "Given up"),
        ],
        required=True,
        default="new",
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)

    _dedupe_uniq = models.UniqueIndex("(account_id, dedupe_key)")
    _open_idx = models.Index(
        "(account_id, kind, external_id) WHERE state IN ('new', 'queued', 'failed')"
    )

    # ------------------------------------------------------------ in

    @api.model
    def _insert(self, account, events, *, auth="", body=None) -> int:
        """Store events (``ChannelEvent``) that are not here yet; how many were new.

        Raw SQL, because a channel gives us half a second and sends everything five
        times: one statement, no ORM cache, no exception for a duplicate.
        """
        if not events:
            return 0
        now = fields.Datetime.now()
        rows = self.env.cr.execute_values(
            """
            INSERT INTO marketplace_inbox
                   (account_id, company_id, topic, kind, external_id, dedupe_key, auth,
                    body, received_at, state, attempts, create_uid, create_date)
            VALUES %s
            ON CONFLICT (account_id, dedupe_key) DO NOTHING
            RETURNING id
            """,
            [
                (
                    account.id,
                    account.company_id.id,
                    event.topic[:64],
                    event.kind,
                    event.external_id,
                    event.dedupe_key,
                    auth,
                    body,
                    now,
                    "new",
                    0,
                    SUPERUSER_ID,
                    now,
                )
                for event in events
            ],
            fetch=True,
        )
        return len(rows)

    # ------------------------------------------------------------ drain

    @api.model
    def _cron_drain(self):
        """Hand over what waits, in a moment: one click of a buyer makes several events
        and a shop sells in bursts, so what comes right behind is read along."""
        self.with_delay(
            channel=QUEUE,
            eta=COLLECT_SECONDS,
            identity_key="marketplace-inbox-drain",
        )._drain()

    @api.model
    def _drain(self):
        """Job: collapse what waits into one job per account, kind and chunk of ids.

        Rows of an account that is not active stay: they are taken up when it resumes.
        """
        groups = defaultdict(set)
        claimed = self._claim()
        if len(claimed) == DRAIN_LIMIT:
            self.env["marketplace.account"]._wake()
        for row in claimed:
            groups[row["account_id"], row["kind"]].add(row["external_id"])
        for (account_id, kind), ids in groups.items():
            size = self._chunk(account_id, kind)
            known = self._known_orders(account_id, kind, ids)
            for priority, part in ((NEW_FIRST, ids - known), (None, known)):
                for chunk in split_every(size, sorted(part), list):
                    self._queue_reading(account_id, kind, chunk, priority=priority)

    @api.model
    def _chunk(self, account_id, kind):
        """How many resources one job reads."""
        if kind != "order":
            return CHUNK
        account = self.env["marketplace.account"].browse(account_id)
        return account._adapter().caps.read_batch

    @api.model
    def _known_orders(self, account_id, kind, ids) -> set:
        """Those that are here already: sales that nobody knows yet come before them."""
        if kind != "order":
            return set(ids)
        orders = self.env["marketplace.order"].search(
            [("account_id", "=", account_id), ("external_id", "in", list(ids))]
        )
        return set(orders.mapped("external_id"))

    @api.model
    def _queue_reading(self, account_id, kind, ids, eta=None, priority=None):
        account = self.env["marketplace.account"].browse(account_id)
        digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()
        self.with_delay(
            channel=queue_of(account),
            eta=eta,
            priority=priority,
            identity_key=f"marketplace-inbox-{account_id}-{kind}-{digest}",
            description=f"{account.name}: read {len(ids)} × {kind}",
        )._process(account_id, kind, ids)

    @api.model
    def _claim(self):
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE marketplace_inbox
               SET state = 'queued', write_date = %(now)s
             WHERE id IN (
                    SELECT inbox.id
                      FROM marketplace_inbox inbox
                      JOIN marketplace_account account ON account.id = inbox.account_id
                     WHERE account.state = 'active'
                       AND (inbox.state = 'new'
                            OR inbox.state = 'failed' AND inbox.next_try <= %(now)s
                            OR inbox.state = 'queued'
                               AND inbox.write_date < %(stuck)s)
                     -- unsigned ones last: nobody may block the others with them
                     ORDER BY inbox.auth = 'unsigned', inbox.id
                     LIMIT %(limit)s
                       FOR UPDATE OF inbox SKIP LOCKED)
         RETURNING id, account_id, kind, external_id, auth
            """,
            {
                "now": fields.Datetime.now(),
                # A killed job leaves its rows queued: another one takes them over.
                "stuck": fields.Datetime.now() - timedelta(hours=1),
                "limit": DRAIN_LIMIT,
            },
        )
        self.invalidate_model()
        return self.env.cr.dictfetchall()

    # ------------------------------------------------------------ work

    @api.model
    def _process(self, account_id, kind, external_ids):
        """Job: read resources again and apply them; one row per hint is settled.

        :param external_ids: of one kind
        """
        account = self.env["marketplace.account"].browse(account_id)
        rows = self._collect(account_id, kind, external_ids)
        if account.state != "active":
            rows.write({"state": "new"})
            return "parked: the account is not active"
        covered = rows._covered()
        covered._settle({})
        rows -= covered
        if not rows:
            return "settled by another reading"
        wanted = list(dict.fromkeys(rows.mapped("external_id")))
        handler = getattr(self, f"_process_{kind}", None)
        if handler is None:
            rows._settle({}, note=self.env._("Not used yet."))
            return f"nothing to do for {kind}"
        errors = self._call(handler, account, wanted)
        # Another job is at these: rows may be its own, and only it may settle them.
        # What came since that one began is read when it has ended.
        busy = [key for key, error in errors.items() if isinstance(error, OrderBusy)]
        if busy:
            self._queue_reading(account_id, kind, sorted(busy), eta=COLLECT_SECONDS)
        failed = {key: errors[key] for key in errors.keys() - set(busy)}
        rows.filtered(lambda row: row.external_id not in busy)._settle(failed)
        read = len(wanted) - len(errors)
        return f"{read} read, {len(failed)} failed, {len(busy)} later"

    @api.model
    def _call(self, handler, account, wanted):
        """Errors per id; an error of the whole call is one of every id."""
        try:
            errors = handler(account, wanted)
        except ChannelError as error:
            errors = dict.fromkeys(wanted, error)
        problems = [e for e in errors.values() if not isinstance(e, OrderBusy)]
        dead = [error for error in problems if isinstance(error, AuthDead)]
        if dead:
            account._mark_dead(str(dead[0]))
        elif problems:
            account._log_problem(problems[0])
        return errors

    @api.model
    def _process_order(self, account, ids) -> dict:
        """Read orders and apply them; ``{id: error}`` of those that did not work."""
        return self.env["marketplace.order"]._read_and_apply(account, ids)

    @api.model
    def _process_parcel(self, account, ids) -> dict:
        """A shipment changed: its orders are read again.

        A shipment that nobody knows here belongs to an order that is not here yet;
        that order has a notification of its own, and the poll behind it.
        """
        parcels = self.env["marketplace.parcel"].search(
            [("account_id", "=", account.id), ("external_id", "in", ids)]
        )
        parcels_of = defaultdict(set)
        for parcel in parcels:
            for order_id in parcel.channel_order_ids.mapped("external_id"):
                parcels_of[order_id].add(parcel.external_id)
        errors = self._process_order(account, sorted(parcels_of))
        return {
            parcel_id: error
            for order_id, error in errors.items()
            for parcel_id in parcels_of[order_id]
        }

    @api.model
    def _process_invoice(self, account, ids) -> dict:
        """The channel has taken, refused or issued an NF-e."""
        self.env["marketplace.outbox"]._look_again(account, ids)
        return self.env["marketplace.order"]._hear_channel_notes(account, ids)

    def _settle(self, errors, note=""):
        """Done, or failed with the next try; ``errors``: exception by external id."""
        now = fields.Datetime.now()
        done = self.filtered(lambda row: row.external_id not in errors)
        done.write(
            {"state": "done", "processed_at": now, "error": note, "next_try": False}
        )
        for row in self - done:
            error = errors[row.external_id]
            account = row.account_id._in_company_language()
            if isinstance(error, AuthDead):
                # Not the order's fault: it waits until the account is connected again.
                row.write({"state": "new", "error": redact(str(error))[:500]})
                continue
            # A limit is nobody's failure: it never makes us give up.
            limited = isinstance(error, RateLimited)
            attempts = row.attempts + (not limited)
            passing = isinstance(error, Transient) and attempts == 1
            wait = BROKEN_CALL if passing else backoff(attempts)
            if limited and error.retry_after is not None:
                wait = timedelta(seconds=error.retry_after)
            row.write(
                {
                    "state": "dead"
                    if attempts >= MAX_ATTEMPTS and not limited
                    else "failed",
                    "attempts": attempts,
                    "next_try": now + wait,
                    "processed_at": now,
                    "error": account._error_text(error)[:500],
                }
            )

        (self - done)._drain_in_time()

    def _drain_in_time(self):
        """What is due before the clock's own drain needs one of its own."""
        now = fields.Datetime.now()
        due = {row.next_try for row in self if row.state == "failed"}
        for moment in sorted(due):
            if moment < now + CLOCK:
                self.with_delay(
                    channel=QUEUE,
                    eta=moment - now + timedelta(seconds=1),
                    identity_key=f"marketplace-inbox-drain-{moment:%H%M%S}",
                )._drain()

    # ------------------------------------------------------------ people and crons

    def action_replay(self):
        """Read these resources again now, whatever happened before."""
        self.check_access("read")
        # sudo: users see the inbox, only the machinery writes it.
        rows = self.sudo()
        rows.write({"state": "new", "attempts": 0, "error": False, "next_try": False})
        self.env["marketplace.account"]._wake()

    @api.autovacuum
    def _gc(self):
        """Forget notifications after 30 days, handled or not."""
        limit = fields.Datetime.now() - KEEP_INBOX
        self.search([("received_at", "<", limit)], limit=100_000).unlink()
