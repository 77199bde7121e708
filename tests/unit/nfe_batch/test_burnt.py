"""Which numbers are proposed for voiding."""

from datetime import date, datetime, timedelta, timezone

import pytest

from odoo.addons.nfe_batch.domain.burnt import (
    MAX_RANGE,
    Drawn,
    Fate,
    burnt,
    due_date,
    fate_of,
)

BRASILIA = timezone(timedelta(hours=-3))
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=BRASILIA)
BEFORE = NOW - timedelta(hours=24)
OLD = datetime(2026, 11, 10, 9, 0, tzinfo=BRASILIA)


def drawn(number, fate=Fate.USED, at=OLD):
    return Drawn(number=number, at=at, fate=fate)


def ranges(rows, covered=()):
    found = burnt(rows, covered, before=BEFORE)
    return [(row.first, row.last) for row in found]


def test_an_unbroken_series_has_nothing_to_void():
    assert ranges([drawn(7), drawn(8), drawn(9)]) == []
    assert ranges([]) == []
    assert ranges([drawn(7)]) == []


def test_gaps_between_used_numbers():
    rows = [drawn(12), drawn(3), drawn(7), drawn(8)]
    assert ranges(rows) == [(4, 6), (9, 11)]


def test_numbers_outside_the_drawn_ones_are_nobodys():
    """Below lies another program's past, above what was not drawn yet."""
    assert ranges([drawn(500), drawn(502)]) == [(501, 501)]


def test_abandoned_numbers_join_the_gap_beside_them():
    rows = [drawn(1), drawn(2, Fate.ABANDONED), drawn(5, Fate.ABANDONED), drawn(6)]
    assert ranges(rows) == [(2, 5)]


def test_abandoned_at_either_end():
    rows = [drawn(1, Fate.ABANDONED), drawn(2), drawn(3, Fate.ABANDONED)]
    assert ranges(rows) == [(1, 1), (3, 3)]


def test_a_pending_number_parts_the_ranges():
    rows = [drawn(1), drawn(3, Fate.PENDING), drawn(5)]
    assert ranges(rows) == [(2, 2), (4, 4)]


def test_young_numbers_are_left_alone():
    young = NOW - timedelta(hours=23)
    rows = [drawn(1), drawn(3, at=young), drawn(4, Fate.ABANDONED, at=young)]
    assert ranges(rows) == []
    aged = [drawn(1), drawn(3, at=BEFORE), drawn(4, Fate.ABANDONED, at=BEFORE)]
    assert ranges(aged) == [(2, 2), (4, 4)]


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ([(2, 9)], []),
        ([(1, 100)], []),
        ([(2, 3)], [(4, 9)]),
        ([(8, 20)], [(2, 7)]),
        ([(7, 7), (4, 5)], [(2, 3), (6, 6), (8, 9)]),
        ([(50, 60)], [(2, 9)]),
    ],
)
def test_what_a_voiding_covers_is_not_proposed_twice(covered, expected):
    assert ranges([drawn(1), drawn(10)], covered) == expected


def test_a_range_ends_with_the_month():
    """One due date and one year for each request."""
    october = datetime(2026, 10, 31, 23, 59, tzinfo=BRASILIA)
    november = datetime(2026, 11, 1, 0, 1, tzinfo=BRASILIA)
    rows = [
        drawn(1, Fate.ABANDONED, at=october),
        drawn(2, Fate.ABANDONED, at=october - timedelta(days=2)),
        drawn(3, Fate.ABANDONED, at=november),
    ]
    found = burnt(rows, (), before=BEFORE)
    assert [(row.first, row.last, row.on) for row in found] == [
        (1, 2, date(2026, 10, 29)),
        (3, 3, date(2026, 11, 1)),
    ]


def test_a_gap_is_as_old_as_the_number_after_it():
    rows = [drawn(1, at=OLD - timedelta(days=90)), drawn(3)]
    (gap,) = burnt(rows, (), before=BEFORE)
    assert gap.on == OLD.date()


def test_long_ranges_are_cut_to_what_one_request_may_hold():
    rows = [drawn(1), drawn(MAX_RANGE + 3)]
    assert ranges(rows) == [(2, MAX_RANGE + 1), (MAX_RANGE + 2, MAX_RANGE + 2)]


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 1), date(2026, 12, 10)),
        (date(2026, 11, 30), date(2026, 12, 10)),
        (date(2026, 12, 31), date(2027, 1, 10)),
    ],
)
def test_due_on_the_tenth_of_the_next_month(day, due):
    assert due_date(day) == due


@pytest.mark.parametrize(
    ("state", "protocol", "transmission", "code", "fate"),
    [
        ("autorizada", "135260000000001", "done", "100", Fate.USED),
        ("denegada", "", "done", "302", Fate.USED),
        ("inutilizada", "", "done", "", Fate.USED),
        ("cancelada", "135260000000001", "done", "135", Fate.USED),
        ("cancelada", "", "done", "539", Fate.USED),
        ("cancelada", "", "done", "206", Fate.USED),
        ("cancelada", "", "done", "", Fate.ABANDONED),
        ("cancelada", "", "none", "", Fate.ABANDONED),
        ("cancelada", "", "done", "778", Fate.ABANDONED),
        ("cancelada", "", "unknown", "", Fate.PENDING),
        ("em_digitacao", "", "none", "", Fate.PENDING),
        ("a_enviar", "", "ready", "", Fate.PENDING),
        ("enviada", "", "sending", "", Fate.PENDING),
        ("rejeitada", "", "done", "778", Fate.PENDING),
        ("a new state of the OCA", "", "done", "", Fate.PENDING),
    ],
)
def test_fate_of_a_document(state, protocol, transmission, code, fate):
    found = fate_of(
        state=state, protocol=protocol, transmission=transmission, status_code=code
    )
    assert found is fate
