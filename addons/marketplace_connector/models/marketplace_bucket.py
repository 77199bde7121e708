"""Token buckets in PostgreSQL: all workers together keep a channel's limits."""

import logging
import math
import time
from typing import NamedTuple

from psycopg2.extensions import TransactionRollbackError

from odoo import fields, models

from odoo.addons.industry_b2c_sales.timing import utc_now

from ..domain.contract import RateLimited
from ..domain.limits import Rate, bucket_of, closed_seconds

_logger = logging.getLogger(__name__)

PATIENCE = 3.0
"""Seconds that a worker waits for its turn before its job is put off."""

BELIEVE_OPEN = 1.0
"""Seconds for which an operation without a rate is taken to be open still: twenty
calls per order need not ask twenty times whether another worker was refused."""

TRIES = 50
"""Each failed try means that another worker got its turn meanwhile."""

# The clock of the database, as those of several machines differ.
_NOW = "(statement_timestamp() AT TIME ZONE 'utc')"
_LEVEL = (
    f"LEAST(%(burst)s, tokens + %(rate)s * EXTRACT(EPOCH FROM {_NOW} - refilled_at))"
)
_MINE = "account_id = %(account)s AND operation = %(name)s"


class MarketplaceBucket(models.Model):
    """What is left of the limit of one account and operation.

    Below zero are the calls of those who wait for their turn. ``closed_until``: the
    channel refused a call and told (or we guess) for how long. Written by ``Limiter``
    only, each time in a short transaction of its own.
    """

    _name = "marketplace.bucket"
    _description = "Calls Left"
    _order = "account_id, operation"
    _rec_name = "operation"
    _log_access = False

    account_id = fields.Many2one(
        "marketplace.account", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", index=True
    )
    operation = fields.Char(required=True)
    tokens = fields.Float(required=True)
    refilled_at = fields.Datetime(required=True)
    closed_until = fields.Datetime()
    closed_scope = fields.Char()

    _operation_uniq = models.Constraint(
        "UNIQUE(account_id, operation)", "An account has one bucket per operation."
    )


class Turn(NamedTuple):
    """An answer of the bucket: go after ``wait`` seconds, or ask again then."""

    granted: bool
    wait: float
    scope: str = "burst"


class Limiter:
    """``HttpOptions.limiter`` and ``on_limit`` of one account.

    Reserves the next free moment by one atomic UPDATE; not more than ``burst + rate ×
    seconds`` calls leave, whatever the number of workers and machines.
    """

    def __init__(self, account, patience=PATIENCE):
        self._account_id = account.id
        self._company_id = account.company_id.id
        self._channel = account.channel
        self._registry = account.env.registry
        self._zone = account._limit_zone()
        self._patience = patience
        self._rates = {k: Rate(*v) for k, v in account._rate_limits().items()}
        self._read_rates = False
        self._open_until = {}

    def __call__(self, operation):
        """Wait for this operation's turn, a moment at most.

        :raise RateLimited: it takes longer, or the channel has closed the operation
        """
        if self._open_until.get(operation, 0) > time.monotonic():
            return
        deadline = time.monotonic() + self._patience
        while True:
            turn = self._turn(operation)
            if not turn.granted and time.monotonic() + turn.wait > deadline:
                raise RateLimited(
                    f"{operation}: no call is left for now", turn.wait, turn.scope
                )
            time.sleep(turn.wait)
            if turn.granted:
                return

    def close(self, operation, error):
        """The channel refused a call: nobody repeats it before its time."""
        seconds = closed_seconds(error, utc_now(), self._zone)
        self._open_until.clear()
        self._in_bucket(
            operation,
            lambda cr, bucket, values: _close(
                cr, values | {"seconds": seconds, "scope": error.scope}
            ),
        )
        _logger.info("%s is closed for %.0f s", operation, seconds)

    def take(self, operation, wanted):
        """How many of ``wanted`` calls may be made now; they count as made."""
        return self._in_bucket(
            operation,
            lambda cr, bucket, values: (
                _take(cr, values, wanted) if bucket.rate else wanted
            ),
        )

    # ------------------------------------------------------------ inside

    def _turn(self, operation):
        def ask(cr, bucket, values):
            if bucket.rate:
                return _reserve(cr, values)
            turn = _closed(cr, values) or Turn(True, 0)
            if turn.granted:
                self._open_until[operation] = time.monotonic() + BELIEVE_OPEN
            return turn

        return self._in_bucket(operation, ask)

    def _in_bucket(self, operation, work):
        """``work(cr, bucket, values)`` in a transaction of its own, again when another
        worker was faster."""
        for attempt in range(TRIES):
            try:
                with self._registry.cursor() as cr:
                    # What a crash of the server would lose is a moment's calls.
                    cr.execute("SET LOCAL synchronous_commit TO OFF")
                    bucket = bucket_of(self._all_rates(cr), operation)
                    return work(cr, bucket, self._values(bucket))
            except TransactionRollbackError:
                if attempt == TRIES - 1:
                    raise

    def _all_rates(self, cr):
        """The addon's defaults under what the database has."""
        if not self._read_rates:
            cr.execute(
                "SELECT operation, rate, burst FROM marketplace_rate_limit "
                "WHERE channel = %s",
                [self._channel],
            )
            self._rates |= {name: Rate(*rate) for name, *rate in cr.fetchall()}
            self._read_rates = True
        return self._rates

    def _values(self, bucket):
        rate = bucket.rate or Rate(0, 0)
        return {
            "account": self._account_id,
            "company": self._company_id,
            "name": bucket.name,
            "rate": rate.per_second,
            "burst": rate.burst,
            "ahead": rate.per_second * self._patience,
        }


def _reserve(cr, values) -> Turn:
    """Take one call, also one of the next moments."""
    cr.execute(
        f"""
        UPDATE marketplace_bucket
           SET tokens = {_LEVEL} - 1, refilled_at = {_NOW}
         WHERE {_MINE}
           AND {_LEVEL} - 1 >= -%(ahead)s
           AND COALESCE(closed_until <= {_NOW}, TRUE)
     RETURNING tokens
        """,  # nosec B608: the constants above
        values,
        log_exceptions=False,
    )
    if row := cr.fetchone():
        return Turn(True, max(0.0, -row[0] / values["rate"]))
    if _fill(cr, values):
        return _reserve(cr, values)
    return _closed(cr, values) or _full(cr, values)


def _full(cr, values) -> Turn:
    """When to ask again: as soon as one more may be reserved."""
    missing = 1 - values["ahead"] - _level(cr, values)
    return Turn(False, max(0.0, missing / values["rate"]))


def _closed(cr, values) -> Turn | None:
    cr.execute(
        f"""
        SELECT EXTRACT(EPOCH FROM closed_until - {_NOW}), closed_scope
          FROM marketplace_bucket
         WHERE {_MINE} AND closed_until > {_NOW}
        """,  # nosec B608
        values,
    )
    row = cr.fetchone()
    return Turn(False, float(row[0]), row[1]) if row else None


def _take(cr, values, wanted) -> int:
    _fill(cr, values)
    granted = max(0, min(wanted, math.floor(_level(cr, values))))
    cr.execute(
        f"""
        UPDATE marketplace_bucket
           SET tokens = {_LEVEL} - %(granted)s, refilled_at = {_NOW}
         WHERE {_MINE}
        """,  # nosec B608
        values | {"granted": granted},
        log_exceptions=False,
    )
    return granted


def _level(cr, values) -> float:
    cr.execute(
        f"SELECT {_LEVEL} FROM marketplace_bucket WHERE {_MINE}",  # nosec B608
        values,
    )
    return cr.fetchone()[0]


def _fill(cr, values) -> bool:
    """A bucket starts full; was it new?"""
    cr.execute(
        f"""
        INSERT INTO marketplace_bucket
               (account_id, company_id, operation, tokens, refilled_at)
        VALUES (%(account)s, %(company)s, %(name)s, %(burst)s, {_NOW})
            ON CONFLICT (account_id, operation) DO NOTHING
        """,  # nosec B608
        values,
        log_exceptions=False,
    )
    return bool(cr.rowcount)


def _close(cr, values):
    cr.execute(
        f"""
        INSERT INTO marketplace_bucket AS bucket
               (account_id, company_id, operation, tokens, refilled_at,
                closed_until, closed_scope)
        VALUES (%(account)s, %(company)s, %(name)s, 0, {_NOW},
                {_NOW} + make_interval(secs => %(seconds)s), %(scope)s)
            ON CONFLICT (account_id, operation) DO UPDATE
           SET closed_until = EXCLUDED.closed_until,
               closed_scope = EXCLUDED.closed_scope,
               tokens = LEAST(bucket.tokens, 0),
               refilled_at = EXCLUDED.refilled_at
         WHERE COALESCE(bucket.closed_until < EXCLUDED.closed_until, TRUE)
        """,  # nosec B608
        values,
        log_exceptions=False,
    )
