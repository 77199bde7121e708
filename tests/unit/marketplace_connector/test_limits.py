"""Which limit a call counts for, and how long a refusal lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from odoo.addons.marketplace_connector.domain.contract import RateLimited, Rejected
from odoo.addons.marketplace_connector.domain.http import Call
from odoo.addons.marketplace_connector.domain.limits import (
    PAUSE,
    Bucket,
    Rate,
    bucket_of,
    closed_seconds,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BRASILIA = ZoneInfo("America/Sao_Paulo")
RATES = {"GET /orders/{id}": Rate(0.5, 30)}


def test_operation_has_its_own_bucket():
    assert bucket_of(RATES, "GET /orders/{id}") == Bucket(
        "GET /orders/{id}", Rate(0.5, 30)
    )


def test_others_share_one_when_the_channel_counts_all_calls():
    rates = RATES | {"*": Rate(10, 100)}
    assert bucket_of(rates, "GET /shipments") == Bucket("*", Rate(10, 100))


def test_unlimited_operation_can_still_be_closed():
    assert bucket_of(RATES, "GET /shipments") == Bucket("GET /shipments", None)


def test_what_the_channel_tells_counts():
    assert closed_seconds(RateLimited(retry_after=7), NOON, UTC) == 7
    daily = RateLimited(retry_after=7, scope="daily")
    assert closed_seconds(daily, NOON, UTC) == 7


def test_without_a_word_it_is_some_seconds():
    assert closed_seconds(RateLimited(), NOON, UTC) == PAUSE


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        # Shopee's quota begins anew at midnight in Singapore, 13:00 in Brasília.
        (timezone(timedelta(hours=8)), 4),
        (BRASILIA, 15),
        (UTC, 12),
    ],
)
def test_daily_quota_lasts_until_the_channels_midnight(zone, hours):
    wait = closed_seconds(RateLimited(scope="daily"), NOON, zone)
    assert wait == hours * 3600


def test_refusal_of_the_channel_is_told_with_its_operation(server, client, reply):
    told = []
    server.plays(reply(429, headers={"Retry-After": "30"}))
    call = Call("GET", "/orders/{id}", args={"id": "77"})
    with pytest.raises(RateLimited):
        client(on_limit=lambda *args: told.append(args)).json(call)
    [(bucket, error)] = told
    assert (bucket, error.retry_after) == ("GET /orders/{id}", 30)


def test_other_errors_close_nothing(server, client, reply):
    told = []
    server.plays(reply(400))
    with pytest.raises(Rejected):
        client(on_limit=lambda *args: told.append(args)).json(Call("GET", "/x"))
    assert told == []


def test_channels_midnight_may_be_of_another_date_than_ours():
    late = NOON.replace(hour=2)
    assert closed_seconds(RateLimited(scope="daily"), late, BRASILIA) == 3600
