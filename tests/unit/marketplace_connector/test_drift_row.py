"""A row of the comparison as the two sides of an order."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from odoo.addons.marketplace_connector.domain.contract import OrderState, PaymentState
from odoo.addons.marketplace_connector.rules.drift import Here, There
from odoo.addons.marketplace_connector.rules.drift_row import here, there

AT = datetime(2026, 11, 23, 12, 0)
EMPTY = dict.fromkeys(
    (
        "missing bound_id sale_id there_state there_payment there_total flags held "
        "partial gone changed_at here_state here_payment read_state ship_by "
        "amount_total b2c_paid_total note_at unsent follows queued twin channel_note"
    ).split()
)


def test_nothing_known():
    assert there(EMPTY) == There()
    assert here(EMPTY) == Here()


def test_values_of_the_database():
    row = EMPTY | {
        "there_state": "ready",
        "there_payment": "a word of tomorrow",
        "there_total": 0.1 + 0.2,
        "flags": "b2b, test",
        "changed_at": AT,
        "bound_id": 1,
        "sale_id": 2,
        "here_state": "on_hold",
        "amount_total": 199.9,
        "b2c_paid_total": 199.9,
        "note_at": AT,
    }
    channel, ours = there(row), here(row)
    assert (channel.state, channel.payment) == (OrderState.READY, PaymentState.UNKNOWN)
    assert channel.total == Decimal("0.30")
    assert channel.flags == {"b2b", "test"}
    assert channel.changed_at == ours.note_at == AT.replace(tzinfo=UTC)
    assert ours.sale and ours.state == OrderState.ON_HOLD
    assert ours.totals == (Decimal("199.90"), Decimal("199.90"))
