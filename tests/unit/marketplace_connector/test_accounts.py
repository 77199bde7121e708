"""When a person is told, and which notifications are fit to be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from odoo.addons.marketplace_connector.domain.contract import ChannelEvent
from odoo.addons.marketplace_connector.rules import expiry, hearing

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EVENT = ChannelEvent("77", "3", "order", "9001", "key-1", NOW)


@pytest.mark.parametrize(
    ("days", "alarm"),
    [(15, None), (14, 14), (8, 14), (7, 7), (2, 7), (1, 1), (0, 1), (-3, 1)],
)
def test_alarm_by_days_left(days, alarm):
    assert expiry.alarm(NOW + timedelta(days=days), NOW) == alarm


def test_grant_without_an_end_has_no_alarm():
    assert expiry.alarm(None, NOW) is None


@pytest.mark.parametrize(
    ("hours", "replay"), [(0, False), (4, False), (24, False), (25, True), (-1, True)]
)
def test_age_of_a_signed_event(hours, replay):
    events = [replace(EVENT, occurred_at=NOW - timedelta(hours=hours))]
    assert hearing.is_replay(events, NOW) is replay


def test_event_without_a_time_is_known_by_its_key_alone():
    assert not hearing.is_replay([replace(EVENT, occurred_at=None)], NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"account_ref": "99"},
        {"account_ref": ""},
        {"external_id": "9" * 129},
        {"external_id": "9\0"},
        {"dedupe_key": "k" * 129},
        {"topic": "t\0"},
    ],
)
def test_implausible_events(changes):
    assert hearing.is_plausible(EVENT, "77")
    assert not hearing.is_plausible(replace(EVENT, **changes), "77")


def test_account_without_a_seller_hears_nothing():
    assert not hearing.is_plausible(replace(EVENT, account_ref=""), "")
