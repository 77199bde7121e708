from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from odoo.addons.marketplace_connector.rules.drift_clock import is_due, window

ZONE = ZoneInfo("America/Sao_Paulo")
LAST = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)  # two o'clock in São Paulo


def local(day, hour):
    return datetime(2026, 11, day, hour, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (LAST, local(22, 3), False),
        (LAST, local(22, 23), False),  # 21 hours ago, but not at night
        (LAST, local(23, 1), True),
        (LAST, local(23, 12), False),  # the server was down: not in the daytime yet
        (LAST, local(23, 14), True),
    ],
)
def test_once_a_night(last, now, due):
    assert is_due(last, now) is due


def test_half_a_year_on_the_first_of_a_month():
    assert window(local(1, 2)) == timedelta(days=180)
    assert window(local(2, 2)) == timedelta(days=60)
