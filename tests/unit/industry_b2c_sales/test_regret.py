"""Seven days in the consumer's own calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.regret import (
    ZONES,
    last_day,
    may_regret,
    regret_deadline,
    zone_of,
)

moments = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


def test_every_state_has_a_zone():
    assert len(ZONES) == 27
    assert all(ZoneInfo(name) for name in ZONES.values())
    assert zone_of("") == zone_of("sp") == ZoneInfo("America/Sao_Paulo")


@pytest.mark.parametrize(
    ("uf", "hours"), [("SP", 3), ("PE", 3), ("MS", 4), ("AM", 4), ("AC", 5)]
)
def test_hours_behind_utc(uf, hours):
    delivered_at = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)
    assert regret_deadline(delivered_at, uf) == datetime(
        2026, 11, 18, hours, tzinfo=UTC
    )


def test_delivery_after_midnight_utc_is_still_the_day_before_in_acre():
    delivered_at = datetime(2026, 11, 11, 4, 59, tzinfo=UTC)
    assert last_day(delivered_at, "AC") == date(2026, 11, 17)
    assert last_day(delivered_at, "SP") == date(2026, 11, 18)


def test_summer_time_of_the_past_is_respected():
    """São Paulo set its clocks forward on 2018-11-04: the day had 23 hours."""
    delivered_at = datetime(2018, 10, 30, 12, 0, tzinfo=UTC)
    assert regret_deadline(delivered_at, "SP") == datetime(2018, 11, 7, 2, tzinfo=UTC)


@given(moments, st.sampled_from(sorted(ZONES)))
def test_window_ends_with_the_seventh_local_day(delivered_at, uf):
    deadline = regret_deadline(delivered_at, uf)
    final = (deadline - timedelta(seconds=1)).astimezone(zone_of(uf))
    assert final.date() == last_day(delivered_at, uf)
    assert (final.date() - delivered_at.astimezone(zone_of(uf)).date()).days == 7
    assert may_regret(delivered_at, uf, deadline - timedelta(seconds=1))
    assert not may_regret(delivered_at, uf, deadline)


def test_without_proof_the_window_is_open():
    assert may_regret(None, "SP", datetime(2050, 1, 1, tzinfo=UTC))
