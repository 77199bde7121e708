"""Walking a list by offset while its rows move.

A row that changes during the walk leaves its place, and every row behind it moves one
to the left: the next page would begin too far. So pages overlap by some rows, and the
walk steps back when the overlap was not enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from .errors import Transient
from .records import Cursor, Page

_OVERLAP_ROWS = 10
_MAX_STEPS_BACK = 50


def walk(
    fetch: Callable[[int], Sequence[Any]],
    cursor: Cursor,
    until: datetime | None,
    limit: int,
) -> Iterator[Page]:
    """Yield pages of items; the same item may come more than once.

    The ``next`` of a page in the middle keeps window and offset; that of the last one
    starts a new window at ``until``.

    :param fetch: offset → items with an ``external_id``
    :param limit: rows of a full page; a shorter one is the last
    :raise Transient: the list changes faster than it can be read
    """
    seen: set[str] = set()
    # A walk that was interrupted goes on one page earlier.
    offset = max(0, int(cursor.value or 0) - limit)
    steps_back = 0
    while True:
        items = tuple(fetch(offset))
        if offset and (not items or (seen and items[0].external_id not in seen)):
            steps_back += 1
            if steps_back > _MAX_STEPS_BACK:
                raise Transient("the list does not hold still")
            offset = max(0, offset - limit)
            continue
        seen.update(item.external_id for item in items)
        if len(items) < limit:
            yield Page(items, Cursor(low=until))
            return
        end = offset + len(items)
        yield Page(items, Cursor(value=str(end), low=cursor.low, high=until))
        offset = end - _OVERLAP_ROWS
