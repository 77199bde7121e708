"""What Odoo and the channels know during the storm; read only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg2

from ...day.market import Market
from ...day.web import read
from .proof import Ours, Theirs

CONFIRMED = """
SELECT count(*) FROM sale_order so
 WHERE so.is_b2c AND so.state = 'sale' AND NOT EXISTS (
    SELECT 1 FROM stock_picking p WHERE p.sale_id = so.id
       AND p.state NOT IN ('assigned', 'done', 'cancel'))
"""
CANCELLED = """
SELECT count(*) FROM marketplace_order
 WHERE state = 'cancelled' AND sale_order_id IS NULL
    OR EXISTS (SELECT 1 FROM sale_order so
                WHERE so.id = sale_order_id AND so.state = 'cancel')
"""
STUCK_JOBS = """
SELECT count(*) FROM queue_job
 WHERE state = 'failed'
    OR state NOT IN ('done', 'cancelled')
       AND COALESCE(eta, date_created) < now() AT TIME ZONE 'utc' - interval '10 min'
"""
DEAD_HINTS = "SELECT count(*) FROM marketplace_inbox WHERE state = 'dead'"
TOO_MANY = 429
OURS = """
SELECT account.channel, so.b2c_external_id,
       EXISTS (SELECT 1 FROM stock_picking p
                WHERE p.sale_id = so.id AND p.state = 'done'),
       (SELECT count(DISTINCT d.id)
          FROM sale_order_line sol
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
          JOIN account_move_line aml ON aml.id = rel.invoice_line_id
          JOIN account_move m ON m.id = aml.move_id
          JOIN l10n_br_fiscal_document d ON d.id = m.fiscal_document_id
         WHERE sol.order_id = so.id AND d.state_edoc = 'autorizada'),
       (SELECT count(*) FROM marketplace_parcel_order_rel rel
         WHERE rel.order_id = mo.id),
       so.state
  FROM sale_order so
  JOIN marketplace_order mo ON mo.sale_order_id = so.id
  JOIN marketplace_account account ON account.id = mo.account_id
 WHERE so.is_b2c
"""


class Books:
    """Odoo's tables and the markets' own view of every order."""

    def __init__(self, database: str, markets: list[Market]) -> None:
        self._markets = markets
        self._connection = psycopg2.connect(dbname=database)
        self._connection.set_session(readonly=True, autocommit=True)

    def confirmed(self) -> int:
        """Orders that are confirmed and have their goods."""
        return self._count(CONFIRMED)

    def cancelled(self) -> int:
        """Orders that are known to be cancelled, here too."""
        return self._count(CANCELLED)

    def ours(self) -> list[Ours]:
        """Every sale order of a channel."""
        rows = self._rows(OURS)
        # An order of several parcels has a note each (Magalu's deliveries).
        return [
            Ours(channel, order_id, left, max(0, notes - max(0, parcels - 1)))
            for channel, order_id, left, notes, parcels, _state in rows
        ]

    def theirs(self) -> list[Theirs]:
        """Every order of the channels."""
        return [
            Theirs(
                channel=market.channel,
                order_id=str(row["order_id"]),
                cancelled=row["cancelled_at"] is not None,
                left=bool(row["shipped"]),
            )
            for market in self._markets
            for row in self._overview(market)
        ]

    def unfinished(self) -> int:
        """Living orders that have not left, cancelled ones that are not cancelled."""
        ours = {(row[0], row[1]): (row[2], row[5]) for row in self._rows(OURS)}
        return sum(
            not _finished(one, ours.get((one.channel, one.order_id)))
            for one in self.theirs()
        )

    def to_pick_up(self) -> Iterable[tuple[Market, list[str]]]:
        """Orders that left the house and that the carrier has not scanned yet."""
        left = {(row.channel, row.order_id) for row in self.ours() if row.left}
        for market in self._markets:
            ids = [
                str(row["order_id"])
                for row in self._overview(market)
                if (market.channel, str(row["order_id"])) in left
                and not row["shipped"]
                and row["cancelled_at"] is None
            ]
            if ids:
                yield market, ids

    def calls(self) -> dict[str, int]:
        """Requests that each channel got."""
        return {market.channel: len(self._log(market)) for market in self._markets}

    def refused(self) -> int:
        """How often a channel said that there were too many."""
        return sum(
            entry["status"] == TOO_MANY
            for market in self._markets
            for entry in self._log(market)
        )

    def left_behind(self) -> dict[str, int]:
        """Jobs that failed or that nobody carries out, hints that were given up."""
        return {
            "stuck_jobs": self._count(STUCK_JOBS),
            "dead_hints": self._count(DEAD_HINTS),
        }

    def gets(self) -> int:
        """Readings that the channels answered."""
        return sum(
            entry["method"] == "GET"
            for market in self._markets
            for entry in self._log(market)
        )

    def _log(self, market: Market) -> list[dict[str, Any]]:
        return read(f"{market.at['control']}/requests")["log"]

    def delivery_ms(self) -> list[float]:
        """How long our answer to each event took, as the channels measured."""
        return [
            event["ms"]
            for market in self._markets
            for event in read(f"{market.at['control']}/notifications")["events"]
            if event["attempts"]
        ]

    def _overview(self, market: Market) -> list[dict[str, Any]]:
        return read(f"{market.at['control']}/orders")["orders"]

    def _count(self, query: str) -> int:
        return self._rows(query)[0][0]

    def _rows(self, query: str) -> list[tuple]:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()


def _finished(theirs: Theirs, ours: tuple[bool, str] | None) -> bool:
    if theirs.cancelled:
        return ours is None or ours[1] == "cancel"
    return ours is not None and ours[0]
