"""Sending stock and prices: only what changed, what falls first, nothing blindly."""

from odoo import models
from odoo.tools import split_every

from odoo.addons.queue_job.exception import RetryableJobError

from ..const import CHUNK
from ..domain.contract import (
    AuthDead,
    ChannelError,
    Feature,
    LineResult,
    OutcomeUnknown,
    RateLimited,
)
from .own_transaction import in_own_transaction

_FEATURES = {"stock": Feature.STOCK, "price": Feature.PRICE}
_END = (AuthDead, RateLimited)
"""Errors of a line that all the others would get as well."""
_WAIT = 10
"""Seconds after which a job looks again whether the other one has ended."""


class MarketplaceAccount(models.Model):
    """One job at a time sends the stock of an account, and one its prices. Chunk by
    chunk: what to send is computed and noted (``sending``, committed), called with no
    lock held, its results committed. Killed anywhere, the lines stand in ``sending``:
    the next job asks the channel before it sends them again."""

    _inherit = "marketplace.account"

    def _push(self, kind, full=False):
        """Job: bring the channel's quantities or prices to ours.

        :param kind: ``stock`` or ``price``
        :param full: also try again what was refused
        """
        self.ensure_one()
        if not self._take_push_turn(kind):
            raise RetryableJobError(
                "another job is sending", seconds=_WAIT, ignore_retry=True
            )
        if self.state != "active":
            return "parked: the account is not active"
        adapter = self._adapter()
        if _FEATURES[kind] not in adapter.caps.features:
            return f"the channel takes no {kind}"
        due = in_own_transaction(self, lambda mine: mine._due(kind, full))
        listings = self.env["marketplace.listing"]
        taken = 0
        try:
            for rows in split_every(CHUNK, due, listings.browse):
                taken += self._push_chunk(kind, adapter, rows, full)
        except ChannelError as error:
            return self._job_problem(error)
        return f"{taken} of {len(due)} taken"

    def _take_push_turn(self, kind) -> bool:
        """Two jobs at once could send an older value after a newer one."""
        self.env.cr.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"marketplace.push/{kind}/{self.id}"],
        )
        return self.env.cr.fetchone()[0]

    def _push_chunk(self, kind, adapter, rows, full) -> int:
        """Send a chunk; lines with a stale version once more, with what is there now.

        :return: how many lines the channel took
        :raises ChannelError: the whole call failed; its lines are read back later
        """
        taken = 0
        for last in (False, True):
            unsure = in_own_transaction(
                rows, lambda mine: mine.filtered(lambda row: row._is_sending(kind)).ids
            )
            there = rows.browse(unsure)._read_back(kind, adapter) if unsure else {}
            lines = in_own_transaction(
                rows, lambda mine, has=there: mine._intend_push(kind, has, full)
            )
            if not lines:
                break
            results = getattr(adapter, f"push_{kind}")(list(lines.values()))
            errors = _by_listing(lines, results)
            again = in_own_transaction(
                rows,
                lambda mine, got=errors, end=last: mine._keep_push(kind, got, end),
            )
            taken += sum(1 for result in errors.values() if result.error is None)
            for result in errors.values():
                if isinstance(result.error, _END):
                    raise result.error
            rows = rows.browse(again)
            if not again:
                break
        return taken

    def _due(self, kind, full) -> list[int]:
        """Ids of the listings to send, the most urgent first; of a pool only one."""
        listings = self.env["marketplace.listing"]._pushable(self, kind)
        targets = listings._targets(kind)
        due = listings.filtered(
            lambda one: one.id in targets and one._is_due(kind, targets[one.id], full)
        )
        return due.sorted(lambda one: one._haste(kind, targets[one.id])).ids


def _by_listing(lines, results):
    """Results by listing id. A line without one is as good as a lost answer."""
    found = {result.key: result for result in results}
    lost = OutcomeUnknown("no answer for this line")
    return {
        listing_id: found.get(line.key, LineResult(line.key, lost))
        for listing_id, line in lines.items()
    }
