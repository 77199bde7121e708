"""When the rest is through, and until when it may wait."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise

import pytest

from odoo.addons.nfe_batch.domain.forecast import (
    ASSUMED,
    WINDOW,
    Bucket,
    Source,
    Standing,
    bucket,
    forecast,
    pace,
    per_minute,
)

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=timezone.utc)
IN_AN_HOUR = NOW + timedelta(hours=1)


def minutes(value):
    return timedelta(minutes=value)


@pytest.mark.parametrize(
    ("state", "transmission", "has_problem", "expected"),
    [
        ("autorizada", "done", False, Bucket.AUTHORISED),
        ("autorizada", "done", True, Bucket.AUTHORISED),
        ("rejeitada", "done", True, Bucket.REJECTED),
        ("denegada", "done", True, Bucket.REJECTED),
        ("em_digitacao", "none", False, Bucket.DRAFT),
        ("em_digitacao", "none", True, Bucket.REJECTED),
        ("a_enviar", "ready", False, Bucket.WAITING),
        ("a_enviar", "none", True, Bucket.REJECTED),
        ("enviada", "sending", False, Bucket.WAITING),
        ("enviada", "unknown", True, Bucket.UNKNOWN),
        ("cancelada", "done", False, Bucket.CANCELLED),
        ("inutilizada", "done", False, Bucket.CANCELLED),
    ],
)
def test_each_note_is_in_one_place(state, transmission, has_problem, expected):
    found = bucket(state=state, transmission=transmission, has_problem=has_problem)
    assert found is expected


def test_rate_of_a_steady_flow():
    steady = [NOW - timedelta(seconds=6 * n) for n in range(1, 200)]
    assert per_minute(steady, NOW) == pytest.approx(Decimal(10), rel=Decimal("0.05"))


def test_rate_of_a_young_run_is_not_spread_over_the_window():
    run = [NOW - timedelta(seconds=seconds) for seconds in range(60)]
    assert per_minute(run, NOW) > 50


def test_rate_of_a_burst_is_not_promised_for_ever():
    burst = [NOW] * 10
    assert per_minute(burst, NOW) == 20


@pytest.mark.parametrize("answered", [[], [NOW - WINDOW], [NOW + minutes(1)]])
def test_nothing_lately_is_no_rate(answered):
    assert per_minute(answered, NOW) == 0


@pytest.mark.parametrize(
    ("own", "company", "tried", "source"),
    [
        ([NOW], [NOW, NOW], True, Source.MEASURED),
        ([], [NOW], False, Source.COMPANY),
        ([], [], False, Source.ASSUMED),
    ],
)
def test_the_best_rate_there_is(own, company, tried, source):
    rate, found = pace(own, company, NOW, tried=tried)
    assert found is source
    assert (rate == ASSUMED) == (source is Source.ASSUMED)


def test_sent_without_an_answer_is_no_rate():
    assert pace([], [NOW], NOW, tried=True) == (Decimal(0), Source.MEASURED)


def test_nothing_left():
    found = forecast(left=0, rate=Decimal(0), now=NOW, deadline=NOW - minutes(1))
    assert found.standing is Standing.DONE
    assert (found.through_at, found.send_before) == (None, None)


def test_on_time():
    found = forecast(left=100, rate=Decimal(10), now=NOW, deadline=IN_AN_HOUR)
    assert found.standing is Standing.ON_TIME
    assert found.through_at == NOW + minutes(10)
    # Ten minutes and a quarter of them, and the reserve.
    assert found.send_before == IN_AN_HOUR - minutes(12.5) - minutes(2)


def test_last_safe_time_has_passed():
    found = forecast(left=500, rate=Decimal(10), now=NOW, deadline=IN_AN_HOUR)
    assert found.standing is Standing.AT_RISK
    assert found.send_before < NOW
    assert found.through_at < IN_AN_HOUR


def test_the_last_safe_moment_is_safe():
    asked = forecast(left=100, rate=Decimal(10), now=NOW, deadline=IN_AN_HOUR)
    at = asked.send_before
    still = forecast(left=100, rate=Decimal(10), now=at, deadline=IN_AN_HOUR)
    assert still.standing is Standing.ON_TIME
    late = at + timedelta(seconds=1)
    missed = forecast(left=100, rate=Decimal(10), now=late, deadline=IN_AN_HOUR)
    assert missed.standing is Standing.AT_RISK


def test_nothing_goes():
    found = forecast(left=3, rate=Decimal(0), now=NOW, deadline=IN_AN_HOUR)
    assert found.standing is Standing.STALLED
    assert (found.through_at, found.send_before) == (None, None)


@pytest.mark.parametrize("rate", [Decimal(0), Decimal(10)])
def test_the_truck_left(rate):
    found = forecast(left=3, rate=rate, now=NOW, deadline=NOW - minutes(1))
    assert found.standing is Standing.LATE
    assert (found.through_at is None) == (rate == 0)


def test_more_notes_never_wait_longer():
    times = [
        forecast(left=left, rate=Decimal(7), now=NOW, deadline=IN_AN_HOUR).send_before
        for left in range(1, 200)
    ]
    assert all(later < earlier for earlier, later in pairwise(times))
