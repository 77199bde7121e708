"""The walk over changed orders."""

from __future__ import annotations

from datetime import timedelta

from odoo.addons.marketplace_connector.domain.contract import Cursor


def ids_of(pages):
    return {ref.external_id for page in pages for ref in page.items}


def test_nothing_younger_than_two_minutes_is_asked_for(adapter, place, sim, clock):
    order_id = place(age_seconds=0)
    start = Cursor(low=clock.now() - timedelta(hours=1))
    (page,) = adapter.changed_orders(start, clock.now())
    assert page.items == ()
    assert page.next.low < clock.now() - timedelta(minutes=2)
    clock.advance(timedelta(minutes=4))
    assert order_id in ids_of(adapter.changed_orders(page.next, clock.now()))


def test_two_polls_in_a_row(adapter, clock):
    """The second one has no time of its own: it must not ask for Before < After."""
    start = Cursor(low=clock.now() - timedelta(hours=1))
    (first,) = adapter.changed_orders(start, clock.now())
    (second,) = adapter.changed_orders(first.next, clock.now())
    assert second.next.low >= first.next.low


def test_account_that_was_connected_this_moment(adapter, clock):
    (page,) = adapter.changed_orders(Cursor(low=clock.now()), clock.now())
    assert page.next.low >= clock.now() - timedelta(seconds=5)


def test_overlap_sees_what_the_index_was_late_with(adapter, place, clock):
    late = place(age_seconds=9 * 60)
    start = Cursor(low=clock.now() - timedelta(minutes=5))
    assert late in ids_of(adapter.changed_orders(start, clock.now()))


def test_walk_of_yesterday_starts_again(adapter, place, clock, sim):
    """The token of a page lives one day; its moments do not change."""
    ids = {place() for _ in range(102)}
    start = Cursor(low=clock.now() - timedelta(hours=1))
    first = next(adapter.changed_orders(start, clock.now()))
    clock.advance(timedelta(hours=30))
    rest = list(adapter.changed_orders(first.next, clock.now()))
    assert ids_of(rest) == ids
    assert rest[-1].next.low == first.next.high


def test_cancelled_and_shipped_orders_are_seen(adapter, place, sim, clock):
    dead = place()
    sim.advance(dead, "cancel")
    clock.advance(timedelta(minutes=5))
    start = Cursor(low=clock.now() - timedelta(hours=1))
    pages = list(adapter.changed_orders(start, clock.now()))
    assert [(ref.external_id, ref.status_raw) for ref in pages[0].items] == [
        (dead, "CANCELLED")
    ]
