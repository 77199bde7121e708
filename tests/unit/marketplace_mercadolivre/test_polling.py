"""The order search: whole hours, hidden cancellations, pages that shift."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import count

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    ContractDrift,
    Cursor,
    Transient,
)
from odoo.addons.marketplace_mercadolivre.domain.polling import walk, window_start

UNTIL = datetime(2026, 11, 20, 18, 30, tzinfo=timezone.utc)


def ids(pages):
    return [ref.external_id for page in pages for ref in page.items]


@pytest.mark.parametrize(
    ("low", "start"),
    [("18:30:00", "16:00"), ("10:59:59", "08:00"), ("10:00:00", "08:00")],
)
def test_window_is_floored_and_overlaps(low, start):
    day = "2026-11-20T"
    moment = datetime.fromisoformat(f"{day}{low}+00:00")
    assert window_start(moment) == datetime.fromisoformat(f"{day}{start}:00+00:00")


def test_last_second_of_an_hour_is_seen(adapter, sim, clock):
    clock.set(datetime(2026, 11, 20, 10, 59, 59, tzinfo=timezone.utc))
    order = sim.order()
    clock.set(datetime(2026, 11, 20, 11, 30, tzinfo=timezone.utc))
    cursor = Cursor(low=datetime(2026, 11, 20, 11, 0, tzinfo=timezone.utc))
    assert ids(adapter.changed_orders(cursor, clock.now())) == [str(order.id)]


def test_many_pages_and_the_next_poll(adapter, sim, clock):
    created = sim.generate(130, "poll", cancel_plan={})
    start = Cursor(low=clock.now() - timedelta(hours=8))
    pages = list(adapter.changed_orders(start, clock.now()))
    assert set(ids(pages)) == {str(order_id) for order_id in created}
    assert len(pages) > 2
    assert pages[0].next.value == "50"
    assert pages[-1].next.value is None
    assert pages[-1].next.low <= clock.now()


def test_killed_walk_goes_on(adapter, sim, clock):
    created = sim.generate(130, "poll", cancel_plan={})
    start = Cursor(low=clock.now() - timedelta(hours=8))
    walking = adapter.changed_orders(start, clock.now())
    first = next(walking)
    rest = list(adapter.changed_orders(first.next, clock.now() + timedelta(hours=1)))
    assert set(ids([first, *rest])) == {str(order_id) for order_id in created}
    assert rest[-1].next.low == first.next.high, "what came meanwhile is for next time"


def test_cancelled_orders_are_hidden_but_seen_by_id(adapter, sim, clock, read):
    order = sim.order()
    sim.cancel(order.id, silent=True)
    cursor = Cursor(low=clock.now() - timedelta(hours=8))
    (page,) = adapter.changed_orders(cursor, clock.now())
    assert page.items == ()
    assert read(order.id).state == "cancelled"
    assert adapter.caps.poll_sees_cancelled is False


def test_foreign_seller(build, sim, clock):
    with pytest.raises(Exception, match="not allowed") as caught:
        list(build(account_ref="999").changed_orders(Cursor(), clock.now()))
    assert caught.value.who == "config"


def test_error_in_the_middle_keeps_the_pages(adapter, sim, clock):
    sim.generate(70, "poll", cancel_plan={})
    walking = adapter.changed_orders(
        Cursor(low=clock.now() - timedelta(hours=8)), clock.now()
    )
    first = next(walking)
    sim.fault("http_error", "/orders/search", status=502)
    with pytest.raises(Transient):
        next(walking)
    assert len(first.items) == 50


class Shifting:
    """A list of orders that changes between two calls."""

    def __init__(self, size, moves):
        self.rows = [{"id": n, "last_updated": None} for n in range(size)]
        self.moves = moves
        self.offsets = []

    def __call__(self, offset):
        self.offsets.append(offset)
        page = self.rows[offset : offset + 50]
        if self.moves:
            for _ in range(self.moves.pop(0)):
                self.rows.append(self.rows.pop(0))
        return page


@pytest.mark.parametrize("moves", [[0], [5], [9, 9, 9], [10], [30], [60], [40, 45, 30]])
def test_shifting_pages_lose_nobody(moves):
    fetch = Shifting(180, list(moves))
    seen = set(ids(walk(fetch, Cursor(), UNTIL)))
    assert seen == {str(n) for n in range(180)}


def test_rows_that_vanish():
    fetch = Shifting(120, [])
    walking = walk(fetch, Cursor(), UNTIL)
    seen = ids([next(walking)])
    del fetch.rows[:90]
    seen += ids(walking)
    assert set(seen) == {str(n) for n in (*range(50), *range(90, 120))}


def test_list_that_never_holds_still():
    numbers = count()

    def always_new(offset):
        return [{"id": next(numbers)} for _ in range(50)]

    with pytest.raises(Transient):
        list(walk(always_new, Cursor(), UNTIL))


def test_row_without_an_id():
    with pytest.raises(ContractDrift):
        list(walk(lambda offset: [{"last_updated": None}], Cursor(), UNTIL))
