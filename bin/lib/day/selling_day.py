"""One selling day: buyers buy and change their minds, Odoo works, the carrier comes.

This program plays only the world around Odoo: it lets the marketplace sell, asks the
warehouse's user to dispatch what has a label, and plays the carrier's scan. What
happens in between is Odoo's own work, started by the marketplace's notifications.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .books import Books, Counts
from .processes import WorldError
from .rpc import OdooClient
from .web import post
from .world import PASSWORD, World

POLL_SECONDS = 1.0
# Nothing moves for so long: something is broken, and waiting longer does not mend it.
STUCK_SECONDS = 120
DISPATCH_BATCH = 50
# Some buyers cancel so long after the order was first read: mostly before its NF-e.
REGRET_SECONDS = 2


def run(world: World, orders: int, seed: int, show: Callable[[Counts], None]) -> Counts:
    """Run the day to its end and return the counts.

    Running it again with the same seed changes nothing: the marketplace makes no order
    twice and Odoo recognises each one.

    :raise WorldError: a program died or nothing moved for two minutes
    """
    books = Books(world)
    post(
        f"{world.market_at['control']}/generate",
        {"n": orders, "seed": seed, "cancel_delay_seconds": REGRET_SECONDS},
    )
    warehouse = world.client("expedicao", PASSWORD)
    last, moved = None, time.monotonic()
    while True:
        market = books.market()
        unfinished = books.unfinished(market)
        # After it: the day may have ended between the two.
        counts = books.counts()
        show(counts)
        if not unfinished:
            return counts
        _dispatch(world, warehouse)
        _pick_up(world, books, market)
        if (counts, len(unfinished)) != last:
            last, moved = (counts, len(unfinished)), time.monotonic()
        if time.monotonic() - moved > STUCK_SECONDS:
            sample = ", ".join(sorted(unfinished)[:5])
            raise WorldError(f"{len(unfinished)} orders stand still, such as {sample}")
        world.require_alive()
        time.sleep(POLL_SECONDS)


def _dispatch(world: World, warehouse: OdooClient) -> None:
    """The warehouse dispatches what is ready; the guard says what must stay."""
    ready = warehouse.call(
        "sale.order",
        "search",
        [
            ("is_b2c", "=", True),
            ("b2c_parcel_state", "in", ("label_ready", "printed")),
            ("b2c_order_state", "!=", "cancelled"),
        ],
    )
    for start in range(0, len(ready), DISPATCH_BATCH):
        warehouse.call(
            "sale.order", "action_b2c_dispatch", ready[start : start + DISPATCH_BATCH]
        )


def _pick_up(world: World, books: Books, market: list[dict[str, Any]]) -> None:
    """The carrier scans the parcels of the dispatched orders."""
    left = books.left()
    shipments = {
        row["shipment_id"]
        for row in market
        if str(row["order_id"]) in left and not row["shipped"]
    }
    if shipments:
        post(f"{world.market_at['control']}/ship", {"shipment_ids": sorted(shipments)})
