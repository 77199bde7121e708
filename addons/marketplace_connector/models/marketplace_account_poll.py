"""What heals lost notifications: poll, by-id sweep, missed feed.

None of them applies anything: they only put hints into the inbox, like a notification.
"""

from datetime import timedelta
from math import ceil

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.timing import aware, utc_now, whole_seconds
from odoo.addons.queue_job.exception import RetryableJobError

from ..const import queue_of
from ..domain.contract import (
    AuthDead,
    ChannelError,
    ChannelEvent,
    RateLimited,
)
from . import cursor_json
from .own_transaction import own_transaction

SWEEP_AFTER = timedelta(hours=2)
"""An open order that nobody read for so long is read again by its id: searches of some
channels hide cancelled orders, so polling alone never learns of a cancellation."""
SWEEP_LIMIT = 500


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    # ------------------------------------------------------------ crons and button

    @api.model
    def _cron_poll(self):
        self.search([("state", "=", "active")])._queue("_poll")

    @api.model
    def _cron_sweep(self):
        accounts = self.search([("state", "=", "active")])
        accounts._sweep_open_orders()
        accounts._queue("_read_missed_feed")

    def action_import_now(self):
        """Poll now instead of at the next tick of the clock."""
        self._ensure_state("active")
        # sudo: the job works with the machinery's rights, not the user's.
        self.sudo()._queue("_poll")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The import was started in the background."),
            },
        }

    def _queue(self, method):
        for account in self:
            delayable = account.with_delay(
                channel=queue_of(account),
                identity_key=f"marketplace-{method}-{account.id}",
                description=f"{account.name}: {method.strip('_').replace('_', ' ')}",
            )
            getattr(delayable, method)()

    # ------------------------------------------------------------ jobs

    def _poll(self):
        """Job: hints for all orders that changed since the cursor.

        Each page is committed with its cursor, so a killed poll goes on where it was.
        """
        self.ensure_one()
        if self.state != "active":
            return "not active"
        found = 0
        try:
            start = self._cursor(self.poll_cursor)
            for page in self._adapter().changed_orders(start, utc_now()):
                found += self._keep_page("poll_cursor", self._changed(page), page.next)
        except ChannelError as error:
            return self._job_problem(error)
        self._note_sync()
        return f"{found} orders changed"

    def _read_missed_feed(self):
        """Job: the events that the channel gave up to deliver."""
        self.ensure_one()
        if self.state != "active":
            return "not active"
        found = 0
        cursor = self._cursor(self.missed_cursor)
        try:
            adapter = self._adapter()
            while cursor:
                page = adapter.missed_events(cursor)
                ours = [e for e in page.items if e.account_ref == self.external_ref]
                found += self._keep_page("missed_cursor", ours, page.next)
                if page.commit_token:
                    # They are stored: the channel may forget them.
                    adapter.commit(page.commit_token)
                # An end of feed comes as no cursor, or as the same one again.
                cursor = page.next if page.items and page.next != cursor else None
        except ChannelError as error:
            return self._job_problem(error)
        return f"{found} events were missed"

    def _sweep_open_orders(self):
        """Hints for open orders that were not read for two hours."""
        limit = fields.Datetime.now() - SWEEP_AFTER
        slot = fields.Datetime.now().strftime("%Y%m%d%H")
        for account in self:
            orders = self.env["marketplace.order"].search(
                account._open_orders_domain() + [("read_at", "<", limit)],
                order="read_at",
                limit=SWEEP_LIMIT,
            )
            events = [
                account._hint(order.external_id, f"sweep:{order.external_id}:{slot}")
                for order in orders
            ]
            self.env["marketplace.inbox"]._insert(account, events, auth="own")
        self._wake()

    def _open_orders_domain(self):
        """Orders that a cancellation could still matter for."""
        self.ensure_one()
        return [
            ("account_id", "=", self.id),
            (
                "state",
                "in",
                ["awaiting_payment", "on_hold", "ready", "cancel_requested", "unknown"],
            ),
        ]

    # ------------------------------------------------------------ helpers

    def _hint(self, external_id, key, kind="order"):
        return ChannelEvent(
            account_ref=self.external_ref,
            topic=key.partition(":")[0],
            kind=kind,
            external_id=external_id,
            dedupe_key=key,
        )

    def _changed(self, page):
        """Hints for the orders of a page that are newer than what is stored."""
        known = {
            order.external_id: aware(order.updated_at)
            for order in self.env["marketplace.order"].search(
                [
                    ("account_id", "=", self.id),
                    ("external_id", "in", [ref.external_id for ref in page.items]),
                    ("partial", "=", False),
                ]
            )
        }
        for ref in page.items:
            at = ref.updated_at and ref.updated_at.replace(microsecond=0)
            if at and known.get(ref.external_id) and known[ref.external_id] >= at:
                continue
            stamp = ref.updated_at.isoformat() if ref.updated_at else utc_now().date()
            yield self._hint(ref.external_id, f"poll:{ref.external_id}:{stamp}")

    def _keep_page(self, field, events, cursor):
        """Store hints and the cursor together, in a transaction of their own."""
        events = list(events)
        with own_transaction(self) as account:
            found = account.env["marketplace.inbox"]._insert(
                account, events, auth="own"
            )
            if cursor:
                account[field] = cursor_json.dump(cursor)
            if found:
                account._wake()
        return found

    def _cursor(self, stored):
        return cursor_json.load(stored, since=self.import_from or self.create_date)

    def _note_sync(self):
        with own_transaction(self) as account:
            account.write({"last_sync": whole_seconds(utc_now()), "last_error": False})

    def _job_problem(self, error):
        """A poll failed: note it; the next tick of the clock tries again.

        :raise RetryableJobError: a limit, with its end: the job waits, not a worker
        """
        if isinstance(error, RateLimited) and error.retry_after is not None:
            raise RetryableJobError(
                str(error), seconds=ceil(error.retry_after) + 1, ignore_retry=True
            ) from error
        if isinstance(error, AuthDead):
            self._mark_dead(str(error))
        else:
            self._log_problem(error)
        return str(error)

    def _log_problem(self, error):
        """Show the last error on the account, in a transaction of its own.

        Skipped when somebody else writes the account: it is a hint, not a record.
        """
        with own_transaction(self) as account:
            if account.try_lock_for_update(allow_referencing=True):
                account._set_error(account._in_company_language()._error_text(error))
