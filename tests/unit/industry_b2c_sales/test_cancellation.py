"""The plan follows from how far goods and note came."""

from datetime import UTC, datetime, timedelta

import pytest

from odoo.addons.industry_b2c_sales.domain.cancellation import (
    Note,
    Situation,
    Stage,
    plan,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def steps(stage, note=Note.NONE, hours=None, limit=24, labelled=False):
    at = None if hours is None else NOW - timedelta(hours=hours)
    situation = Situation(stage, note, NOW, at, limit, labelled)
    return [step.value for step in plan(situation)]


@pytest.mark.parametrize("stage", [Stage.OPEN, Stage.CONFIRMED])
def test_before_the_note_only_the_stock_is_released(stage):
    assert steps(stage) == ["release_stock"]


def test_label_is_voided():
    assert steps(Stage.CONFIRMED, labelled=True) == ["release_stock", "void_label"]


def test_note_without_protocol_is_dealt_with():
    assert steps(Stage.CONFIRMED, Note.POSTED) == [
        "release_stock",
        "cancel_nfe",
        "tell_channel",
    ]


@pytest.mark.parametrize(
    ("hours", "limit", "step"),
    [
        (23, 24, "cancel_nfe"),
        (24, 24, "cancel_nfe"),
        (25, 24, "entry_nfe"),
        (25, 168, "cancel_nfe"),
        (3, 2, "entry_nfe"),
        (None, 24, "entry_nfe"),
    ],
)
def test_hours_of_the_state_decide(hours, limit, step):
    assert steps(Stage.CONFIRMED, Note.AUTHORIZED, hours, limit) == [
        "release_stock",
        step,
        "tell_channel",
    ]


def test_after_dispatch_the_note_is_never_cancelled():
    assert steps(Stage.DISPATCHED, Note.AUTHORIZED, 1, labelled=True) == [
        "expect_return",
        "entry_nfe",
        "tell_channel",
    ]


def test_cancelled_note_needs_no_step_but_the_channel_hears_of_it():
    assert steps(Stage.CONFIRMED, Note.CANCELLED) == ["release_stock", "tell_channel"]
