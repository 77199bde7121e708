"""What the books say: Odoo's tables, the SEFAZ's and the marketplace's own view."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import psycopg2

from .web import read
from .world import World

COUNTS = """
WITH b2c AS (SELECT * FROM sale_order WHERE is_b2c),
note AS (
    SELECT DISTINCT d.id, d.state_edoc, d.nfe_proc_id
    FROM b2c
    JOIN sale_order_line sol ON sol.order_id = b2c.id
    JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
    JOIN account_move_line aml ON aml.id = rel.invoice_line_id
    JOIN account_move m ON m.id = aml.move_id
    JOIN l10n_br_fiscal_document d ON d.id = m.fiscal_document_id
)
SELECT
    (SELECT count(*) FROM marketplace_order),
    (SELECT count(DISTINCT sale_id) FROM stock_picking
      WHERE sale_id IN (SELECT id FROM b2c)),
    (SELECT count(*) FROM note WHERE nfe_proc_id IS NOT NULL),
    (SELECT count(*) FROM marketplace_parcel WHERE invoice_key IS NOT NULL),
    (SELECT count(*) FROM marketplace_parcel WHERE label_id IS NOT NULL),
    (SELECT count(*) FROM marketplace_order WHERE state = 'cancelled'),
    (SELECT count(DISTINCT sale_id) FROM stock_picking
      WHERE state = 'done' AND sale_id IN (SELECT id FROM b2c)),
    (SELECT count(*) FROM note
      WHERE nfe_proc_id IS NOT NULL AND state_edoc = 'cancelada'),
    (SELECT count(*) FROM b2c_issue WHERE state = 'open')
"""

# An order that was cancelled before it was read never becomes a sale order.
ORDERS = """
SELECT mo.external_id, mo.state,
       EXISTS (SELECT 1 FROM stock_picking p
                WHERE p.sale_id = so.id AND p.state = 'done'),
       NOT EXISTS (SELECT 1 FROM b2c_cancel_step s
                    WHERE s.order_id = so.id
                      AND s.state NOT IN ('done', 'manual', 'dropped'))
       AND (so.id IS NULL OR so.state = 'cancel' OR so.b2c_order_state <> 'cancelled')
  FROM marketplace_order mo LEFT JOIN sale_order so ON so.id = mo.sale_order_id
"""


@dataclass(frozen=True)
class Counts:
    """How many of the day's orders reached each stage.

    A note cancelled here before it was sent is none that the SEFAZ cancelled.
    """

    orders: int
    confirmed: int
    authorised: int
    accepted_by_channel: int
    labels: int
    cancelled: int
    shipped: int
    nfe_cancelled: int
    issues: int

    def as_dict(self) -> dict[str, int]:
        """For the JSON of ``--once``."""
        return asdict(self)


class Books:
    """Read-only view on the day; one connection, autocommit."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._connection = psycopg2.connect(dbname=world.database)
        self._connection.set_session(readonly=True, autocommit=True)

    def _rows(self, query: str) -> list[tuple]:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def counts(self) -> Counts:
        """Odoo's numbers."""
        return Counts(*self._rows(COUNTS)[0])

    def market(self) -> list[dict[str, Any]]:
        """The marketplace's own view of every order."""
        return read(f"{self._world.market_at['control']}/orders")["orders"]

    def unfinished(self, market: list[dict[str, Any]]) -> set[str]:
        """Which of the marketplace's orders are not at their end in Odoo.

        The end is: shipped, or cancelled with every step of the plan done.
        """
        ours = {row[0]: row[1:] for row in self._rows(ORDERS)}
        return {
            str(row["order_id"])
            for row in market
            if not _finished(row, ours.get(str(row["order_id"])))
        }

    def left(self) -> set[str]:
        """External ids of the orders whose delivery is done."""
        return {row[0] for row in self._rows(ORDERS) if row[2]}

    def cancelled_shipped(self) -> list[str]:
        """Orders that the buyer cancelled and that left all the same: must be empty."""
        left = self.left()
        return sorted(
            str(row["order_id"])
            for row in self.market()
            if row["status"] == "cancelled"
            and (row["shipped"] or str(row["order_id"]) in left)
        )

    def notes(self) -> list[dict[str, Any]]:
        """The SEFAZ's own view of every note."""
        return read(f"{self._world.sefaz_at['control']}/__ctl/notes")

    def sefaz_log(self) -> list[dict[str, Any]]:
        """Every request that the SEFAZ answered."""
        return read(f"{self._world.sefaz_at['control']}/__ctl/log")


def _finished(theirs: dict[str, Any], ours: tuple | None) -> bool:
    if ours is None:
        return False
    state, shipped, steps_done = ours
    if theirs["status"] == "cancelled":
        return state == "cancelled" and steps_done
    return shipped
