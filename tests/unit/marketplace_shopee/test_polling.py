"""Windows of 15 days, and pages that shift."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from odoo.addons.marketplace_connector.domain.contract import Cursor, Transient
from odoo.addons.marketplace_shopee.domain import polling

UNTIL = datetime(2026, 11, 20, 18, 30, tzinfo=timezone.utc)


def page(ids, following=""):
    listed = [{"order_sn": ref, "order_status": "SHIPPED"} for ref in ids]
    return {"more": bool(following), "next_cursor": following, "order_list": listed}


def refs(pages):
    return [ref.external_id for one in pages for ref in one.items]


def test_long_absence_is_asked_in_windows_of_15_days():
    asked = []

    def fetch(start, end, cursor):
        asked.append((start, end))
        return page([])

    low = UNTIL - timedelta(days=40)
    pages = list(polling.walk(fetch, dict, Cursor(low=low), UNTIL))
    assert len(asked) == 3
    assert all(end - start <= 15 * 86400 for start, end in asked)
    assert asked[0][0] == int((low - timedelta(minutes=10)).timestamp())
    assert [end for _start, end in asked[:-1]] == [start for start, _end in asked[1:]]
    assert asked[-1][1] == int(UNTIL.timestamp())
    assert pages[-1].next == Cursor(low=UNTIL)


def test_order_that_slips_between_two_pages_is_found():
    """B was read, changed and left; D took the place that was read already."""
    walks = iter([page("AB", "2"), page("E"), page("AC", "2"), page("DE")])
    walks = [*walks, page("AC", "2"), page("DE")]

    def fetch(start, end, cursor):
        return walks.pop(0)

    found = refs(polling.walk(fetch, lambda ids: {}, Cursor(low=UNTIL), UNTIL))
    assert found == ["A", "B", "E", "C", "D"]
    assert not walks


def test_list_that_never_holds_still():
    numbers = iter(range(1000))

    def fetch(start, end, cursor):
        return page([str(next(numbers))], "" if cursor else "1")

    with pytest.raises(Transient):
        list(polling.walk(fetch, lambda ids: {}, Cursor(low=UNTIL), UNTIL))


def test_every_order_comes_with_the_time_of_its_change():
    """Without it a second change of the same day would look like the first one."""
    stamp = int(UNTIL.timestamp()) - 60

    def fetch(start, end, cursor):
        return page(["A", "B"])

    first, last = polling.walk(
        fetch, lambda ids: {"A": stamp}, Cursor(low=UNTIL), UNTIL
    )
    assert [ref.updated_at for ref in first.items] == [
        UNTIL - timedelta(minutes=1),
        None,
    ]
    assert last.items == ()
