"""Every code of the reconciliation: when it is one, and who heals it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.domain.contract import OrderState, PaymentState
from odoo.addons.marketplace_connector.rules.drift import (
    Code,
    Heal,
    Here,
    There,
    find,
    too_many,
    tries_of,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=5)
TOTAL = Decimal("199.90")
THERE = There(OrderState.READY, PaymentState.PAID, TOTAL, OLD)
SALE = Here(
    known=True,
    sale=True,
    state=OrderState.READY,
    payment=PaymentState.PAID,
    read_state=OrderState.READY,
    totals=(TOTAL,),
)
NOTED = replace(SALE, note_at=OLD, ship_by=NOW + timedelta(days=1))
CANCELLED = {"state": OrderState.CANCELLED}
FULL = frozenset({"fulfillment_by_channel"})


def codes(there, here):
    return {drift.code: drift.heal for drift in find(there, here, NOW)}


def test_the_same_on_both_sides():
    assert codes(THERE, SALE) == {}
    assert codes(THERE, NOTED) == {}


@pytest.mark.parametrize(
    ("there", "here", "code", "heal"),
    [
        ({}, Here(), Code.MISSING_IN_ERP, Heal.READ),
        ({}, Here(known=True, queued=True), Code.MISSING_IN_ERP, Heal.PERSON),
        ({"state": OrderState.SHIPPED}, Here(), Code.MISSING_IN_ERP, Heal.PERSON),
        ({"missing": True}, SALE, Code.MISSING_IN_CHANNEL, Heal.PERSON),
        (CANCELLED, SALE, Code.CANCELLED_THERE_ACTIVE_HERE, Heal.READ),
        (CANCELLED, NOTED, Code.CANCELLED_THERE_ACTIVE_HERE, Heal.PERSON),
        ({"state": OrderState.SUPERSEDED}, SALE, Code.PACK_SPLIT, Heal.READ),
        ({"state": OrderState.SUPERSEDED}, NOTED, Code.PACK_SPLIT, Heal.PERSON),
        (
            {},
            replace(SALE, **CANCELLED),
            Code.ACTIVE_THERE_CANCELLED_HERE,
            Heal.PERSON,
        ),
        (
            {},
            replace(SALE, **CANCELLED, read_state=OrderState.CANCELLED),
            Code.ACTIVE_THERE_CANCELLED_HERE,
            Heal.READ,
        ),
        ({"state": OrderState.CANCEL_REQUESTED}, SALE, Code.STATUS_LAG, Heal.READ),
        ({"state": OrderState.ON_HOLD}, SALE, Code.STATUS_LAG, Heal.READ),
        ({"payment": PaymentState.REFUNDED}, NOTED, Code.STATUS_LAG, Heal.READ),
        (
            CANCELLED,
            Here(known=True, state=OrderState.AWAITING_PAYMENT),
            Code.STATUS_LAG,
            Heal.READ,
        ),
        ({"total": Decimal("199.96")}, SALE, Code.TOTAL_MISMATCH, Heal.HOLD),
        ({"total": Decimal("199.96")}, NOTED, Code.TOTAL_MISMATCH, Heal.PERSON),
        ({"gone": True}, SALE, Code.SHIPPED_WITHOUT_NFE, Heal.PERSON),
        (
            {},
            replace(NOTED, ship_by=NOW - timedelta(days=2)),
            Code.NFE_WITHOUT_SHIPMENT,
            Heal.PERSON,
        ),
        ({}, replace(NOTED, ship_by=None), Code.NFE_WITHOUT_SHIPMENT, Heal.PERSON),
        (
            {},
            replace(NOTED, unsent=True),
            Code.NFE_NOT_SENT_TO_CHANNEL,
            Heal.SEND,
        ),
        ({}, replace(SALE, twin=True), Code.DUPLICATE_ERP, Heal.PERSON),
        (
            {"flags": FULL, "state": OrderState.SHIPPED},
            Here(known=True),
            Code.CHANNEL_NFE_MISSING,
            Heal.PERSON,
        ),
    ],
)
def test_differences(there, here, code, heal):
    assert codes(replace(THERE, **there), here) == {code: heal}


@pytest.mark.parametrize(
    ("there", "here"),
    [
        # Not ours (yet): no difference.
        ({"state": OrderState.AWAITING_PAYMENT}, Here()),
        ({"payment": PaymentState.PENDING}, Here()),
        ({"held": True}, Here()),
        (CANCELLED, Here()),
        ({"flags": FULL}, Here(known=True)),
        ({"flags": FULL, "state": OrderState.SHIPPED}, Here(channel_note=True)),
        ({"flags": frozenset({"test"}), "state": OrderState.SHIPPED}, Here()),
        ({}, Here(known=True, follows=True)),
        ({"missing": True}, Here(known=True)),
        ({"missing": True}, replace(SALE, **CANCELLED)),
        # Undone on both sides, whatever else differs.
        (CANCELLED | {"total": Decimal(0)}, replace(SALE, **CANCELLED)),
        ({"state": OrderState.SUPERSEDED}, replace(SALE, **CANCELLED)),
        # We are further than the channel, or it says something that nobody knows.
        ({}, replace(SALE, state=OrderState.SHIPPED)),
        ({"state": OrderState.UNKNOWN}, SALE),
        ({"payment": PaymentState.UNKNOWN}, SALE),
        # Five cents are rounding; a reading that hides something has no total.
        ({"total": Decimal("199.95")}, SALE),
        ({"total": Decimal("199.85")}, SALE),
        ({"total": Decimal(0), "partial": True}, SALE),
        ({"total": None}, SALE),
        ({"total": Decimal("99.95")}, replace(SALE, totals=(TOTAL, Decimal("99.95")))),
        # Its goods left in time, or the NF-e was authorised a moment ago.
        ({"gone": True}, replace(NOTED, ship_by=NOW - timedelta(days=2))),
        ({}, replace(NOTED, note_at=NOW - timedelta(minutes=59), unsent=True)),
    ],
)
def test_no_difference(there, here):
    assert codes(replace(THERE, **there), here) == {}


def test_news_on_its_way_is_no_difference():
    moment = replace(THERE, **CANCELLED, changed_at=NOW - timedelta(minutes=29))
    assert codes(moment, SALE) == {}
    assert codes(replace(moment, changed_at=NOW - timedelta(minutes=31)), SALE)
    assert codes(replace(moment, changed_at=None), SALE)


def test_several_differences_of_one_order():
    assert codes(replace(THERE, state=OrderState.SHIPPED, total=Decimal(1)), SALE) == {
        Code.STATUS_LAG: Heal.READ,
        Code.TOTAL_MISMATCH: Heal.HOLD,
        Code.SHIPPED_WITHOUT_NFE: Heal.PERSON,
    }


@pytest.mark.parametrize(
    ("healing", "compared", "stop"),
    [
        (0, 0, False),
        (10, 10, False),
        (11, 10, True),
        (20, 1000, False),
        (21, 1000, True),
    ],
)
def test_healing_too_many_is_an_alarm(healing, compared, stop):
    assert too_many(healing, compared) is stop


def test_an_order_is_held_once():
    assert [tries_of(heal) for heal in (Heal.HOLD, Heal.READ, Heal.SEND)] == [1, 3, 3]
