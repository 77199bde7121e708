"""All orders of a channel against ours: staged, compared, healed where it is safe."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.industry_b2c_sales.timing import aware, utc_now, whole_seconds

from ..const import CHUNK, queue_of
from ..domain.contract import ChannelError
from ..rules import drift
from ..rules.drift_row import here, there
from . import cursor_json
from . import marketplace_reconciliation_sql as sql
from .own_transaction import in_own_transaction

COMPARED_AT_ONCE = 2000
MANAGER = "marketplace_connector.marketplace_connector_group_manager"


class MarketplaceReconciliation(models.Model):
    """One run for one account.

    ``listing`` (pages of the search are staged) → ``reading`` (what is newer than what
    we know, and what of ours the search did not show, is read by its id) →
    ``comparing`` → ``healing`` → ``done``; ``stopped`` when so many orders would be
    healed that something else must be wrong: a person looks and lets it go on.

    Every page and every chunk is committed, so a run that was killed, or whose channel
    was down, goes on where it was. Nothing is applied here: what differs is healed by a
    hint in the inbox or by the outbox, with all their safeguards.
    """

    _name = "marketplace.reconciliation"
    _description = "Order Reconciliation"
    _order = "id desc"
    _rec_name = "started_at"

    account_id = fields.Many2one(
        "marketplace.account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    state = fields.Selection(
        [
            ("listing", "Searching"),
            ("reading", "Reading"),
            ("comparing", "Comparing"),
            ("healing", "Healing"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        required=True,
        default="listing",
        readonly=True,
    )
    since = fields.Datetime("Changed Since", required=True, readonly=True)
    until = fields.Datetime("Changed Until", required=True, readonly=True)
    cursor = fields.Json(readonly=True)
    started_at = fields.Datetime("Started", required=True, readonly=True)
    ended_at = fields.Datetime("Ended", readonly=True)
    compared = fields.Integer("Orders Compared", readonly=True)
    unread = fields.Integer(
        "Could Not Be Read",
        readonly=True,
        help="The channel gave no answer for these orders: nothing is known of them.",
    )
    found = fields.Integer("Differences", readonly=True)
    healed = fields.Integer("Healed by Itself", readonly=True)
    snapshot_ids = fields.One2many("marketplace.snapshot", "reconciliation_id")
    difference_ids = fields.One2many("marketplace.difference", "reconciliation_id")

    _open_uniq = models.UniqueIndex(
        "(account_id) WHERE state IN ('listing', 'reading', 'comparing', 'healing')"
    )
    _account_started_idx = models.Index("(account_id, started_at)")

    # ------------------------------------------------------------ job

    def _queue(self):
        for run in self:
            run.with_delay(
                channel=queue_of(run.account_id),
                identity_key=f"marketplace-reconciliation-{run.id}",
                description=f"{run.account_id.name}: reconcile orders",
            )._work()

    def _work(self):
        """Job: from where it stands to the end."""
        self.ensure_one()
        account = self.account_id
        if account.state != "active":
            return "parked: the account is not active"
        steps = {
            "listing": self._list,
            "reading": self._read,
            "comparing": self._compare,
            "healing": self._heal,
        }
        # This transaction is older than what the steps write: each tells the next one.
        state = self.state
        try:
            while state in steps:
                state = steps[state]()
        except ChannelError as error:
            # The cron goes on with it.
            return account._job_problem(error)
        return state

    def _params(self, **more) -> dict:
        account = self.account_id
        return {
            "run": self.id,
            "account": account.id,
            "company": account.company_id.id,
            "source": account._b2c_source(),
            "since": self.since,
            "now": fields.Datetime.now(),
            "day_ago": fields.Datetime.now() - timedelta(days=1),
        } | more

    # ------------------------------------------------------------ 1: search

    def _list(self):
        start = cursor_json.load(self.cursor, since=self.since)
        pages = self.account_id._adapter().changed_orders(start, aware(self.until))
        for page in pages:
            in_own_transaction(self, lambda run, got=page: run._stage_page(got))
        return in_own_transaction(self, lambda run: run._stage_ours())

    def _stage_page(self, page):
        latest = {ref.external_id: ref.updated_at for ref in page.items}
        if latest:
            self.env.cr.execute_values(
                sql.STAGE_PAGE,
                [
                    (self.id, external_id, "listed", whole_seconds(at))
                    for external_id, at in latest.items()
                ],
            )
        if page.next:
            self.cursor = cursor_json.dump(page.next)

    def _stage_ours(self):
        self.env.flush_all()
        self.env.cr.execute(sql.STAGE_OURS, self._params())
        self.env.cr.execute(sql.ASK_NEWER, self._params())
        return self._move("reading")

    def _move(self, state, **vals):
        self.write({"state": state} | vals)
        return state

    # ------------------------------------------------------------ 2: read by id

    def _read(self):
        adapter = self.account_id._adapter()
        while asked := in_own_transaction(self, lambda run: run._asked()):
            readings, stop = {}, None
            try:
                for result in adapter.orders(list(asked)):
                    failed = isinstance(result, tuple)
                    external_id = result[0] if failed else result.external_id
                    readings[external_id] = result[1] if failed else result
            except ChannelError as error:
                # What was read before the error is good, the rest is asked for later.
                stop = error
            kept = readings if stop else dict.fromkeys(asked) | readings
            in_own_transaction(
                self, lambda run, got=kept: run.snapshot_ids._keep_readings(run, got)
            )
            if stop:
                raise stop
        return in_own_transaction(self, lambda run: run._move("comparing"))

    def _asked(self) -> list[str]:
        rows = self.env["marketplace.snapshot"].search(
            [("reconciliation_id", "=", self.id), ("found", "=", "asked")],
            order="id",
            limit=CHUNK,
        )
        return rows.mapped("external_id")

    # ------------------------------------------------------------ 3: compare

    def _compare(self):
        after, compared, found, healing = 0, 0, 0, 0
        while True:
            after, rows, new, plans = in_own_transaction(
                self, lambda run, at=after: run._compare_chunk(at)
            )
            if not rows:
                break
            compared, found, healing = compared + rows, found + new, healing + plans
        counts = {"compared": compared, "found": found}
        return in_own_transaction(
            self, lambda run: run._end_comparison(counts, healing)
        )

    def _compare_chunk(self, after):
        """Differences of the next orders; last id, rows, differences, to be healed."""
        self.env.flush_all()
        params = self._params(after=after, limit=COMPARED_AT_ONCE)
        self.env.cr.execute(sql.COMPARE, params)
        rows = self.env.cr.dictfetchall()
        now = utc_now()
        found = [
            (row, one)
            for row in rows
            for one in drift.find(there(row), here(row), now)
            if one.code != drift.Code.TOTAL_MISMATCH or not self._is_explained(row)
        ]
        refs = [row["external_id"] for row in rows]
        differences = self.env["marketplace.difference"]._upsert(self, refs, found)
        plans = sum(1 for one in differences if one.heal != "person")
        last = rows[-1]["id"] if rows else after
        return last, len(rows), len(differences), plans

    def _is_explained(self, row) -> bool:
        """A partial cancellation, here or there first, explains another total."""
        sale = self.env["sale.order"].browse(row["sale_id"])
        told = there(row).total
        return any(
            abs(told - known) <= drift.ROUNDING
            for paid in here(row).totals
            for known in sale._b2c_partial_totals(paid)
        )

    def _end_comparison(self, counts, healing):
        unread = [("reconciliation_id", "=", self.id), ("found", "=", "unread")]
        counts["unread"] = self.env["marketplace.snapshot"].search_count(unread)
        if not drift.too_many(healing, counts["compared"]):
            return self._move("healing", **counts)
        self._move("stopped", **counts)
        self._report_stop(healing)
        return "stopped"

    def _report_stop(self, healing):
        account = self.account_id._in_company_language()
        self.env["b2c.issue"]._report(
            "channel_drift_stopped",
            record=self,
            company=self.company_id,
            message=account.env._(
                "%(account)s: %(count)s of %(compared)s orders differ from the channel "
                "and would be healed at once. Nothing was done.",
                account=account.name,
                count=healing,
                compared=self.compared,
            ),
            suggestion=account.env._(
                "Look at some of the differences; when they are right, press Heal "
                "Nevertheless on the reconciliation."
            ),
        )

    # ------------------------------------------------------------ 4: heal

    def _heal(self):
        while in_own_transaction(self, lambda run: run._heal_chunk()):
            pass
        return in_own_transaction(self, lambda run: run._end())

    def _heal_chunk(self) -> int:
        chunk = self.env["marketplace.difference"].search(
            [
                ("reconciliation_id", "=", self.id),
                ("state", "=", "open"),
                ("heal", "!=", "person"),
                ("healed_by_id", "!=", self.id),
            ],
            order="id",
            limit=CHUNK,
        )
        chunk._heal()
        return len(chunk)

    def _end(self):
        self.snapshot_ids.unlink()
        self.env["b2c.issue"]._solve("channel_drift_stopped", self)
        self.env["marketplace.account"]._wake()
        healed = self.env["marketplace.difference"].search_count(
            [("healed_by_id", "=", self.id)]
        )
        return self._move("done", ended_at=fields.Datetime.now(), healed=healed)

    # ------------------------------------------------------------ people

    def action_heal(self):
        """An administrator has looked: heal although it is so many."""
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only administrators of marketplaces may."))
        self.account_id._ensure_state("active")
        # sudo: users see runs, only the machinery writes them.
        stopped = self.sudo().filtered(lambda run: run.state == "stopped")
        stopped.state = "healing"
        stopped._queue()

    def action_view_differences(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "marketplace_connector.marketplace_difference_action"
        )
        action["domain"] = [("reconciliation_id", "=", self.id)]
        action["context"] = {}
        return action

    @api.autovacuum
    def _gc(self):
        """Runs that were left standing give up what they staged."""
        limit = fields.Datetime.now() - timedelta(days=7)
        old = self.search([("started_at", "<", limit), ("state", "!=", "done")])
        old.snapshot_ids.unlink()
        old.write({"state": "done", "ended_at": fields.Datetime.now()})
