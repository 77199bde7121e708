"""What was told is read back on the order before it is told again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.const import MAX_ATTEMPTS
from odoo.addons.marketplace_connector.domain.contract import (
    AlreadyDone,
    AuthDead,
    ChannelError,
    Conflict,
    ContractDrift,
    DocUnit,
    InvoiceResult,
    InvoiceState,
    InvoiceTarget,
    NotFound,
    NotYet,
    Order,
    OrderState,
    OutcomeUnknown,
    Parcel,
    ParcelState,
    Party,
    PaymentState,
    RateLimited,
    Rejected,
    TokenExpired,
    Transient,
)
from odoo.addons.marketplace_connector.rules import living, outcome
from odoo.addons.marketplace_connector.rules.command import (
    Command,
    Kind,
    has_landed,
    is_told,
)

from .test_living import a_line

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ZERO = Decimal(0)


def order(state=OrderState.READY, lines=(), parcels=(), targets=()):
    return Order(
        channel="shop",
        account_ref="77",
        external_id="9001",
        pack_id=None,
        number="9001",
        state=state,
        state_raw=state.value,
        payment_state=PaymentState.PAID,
        created_at=NOW,
        updated_at=NOW,
        paid_at=NOW,
        hold_until=None,
        buyer=Party(),
        recipient=Party(),
        lines=tuple(lines),
        payments=(),
        parcels=tuple(parcels),
        invoice_targets=tuple(targets),
        fees=(),
        goods_total=ZERO,
        freight_buyer=ZERO,
        discount_seller=ZERO,
        discount_channel=ZERO,
        total=ZERO,
    )


def command(kind, **args):
    return Command(kind, "9001", "S1", args=args)


class Reader:
    """An adapter that only reads."""

    def __init__(self, found):
        self.found = found

    def orders(self, ids):
        yield from self.found


@pytest.mark.parametrize(
    ("told", "reading", "landed"),
    [
        (command(Kind.CANCEL, reason="x"), order(OrderState.CANCELLED), True),
        (command(Kind.CANCEL, reason="x"), order(OrderState.SUPERSEDED), True),
        (command(Kind.CANCEL, reason="x"), order(OrderState.READY), False),
        (command(Kind.CANCEL, cut={"0": 2}), order(lines=[a_line(0, 3)]), False),
        (
            command(Kind.CANCEL, cut={"0": 2}),
            order(lines=[a_line(0, 3, cancelled=1)]),
            False,
        ),
        (
            command(Kind.CANCEL, cut={"0": 2}),
            order(lines=[a_line(0, 3, cancelled=2)]),
            True,
        ),
        (
            command(Kind.ANSWER_CANCEL, accept=True),
            order(OrderState.CANCELLED),
            True,
        ),
        (
            command(Kind.ANSWER_CANCEL, accept=True),
            order(OrderState.CANCEL_REQUESTED),
            False,
        ),
        (command(Kind.ANSWER_CANCEL, accept=False), order(OrderState.READY), True),
        (
            command(Kind.ANSWER_CANCEL, accept=False),
            order(OrderState.CANCEL_REQUESTED),
            False,
        ),
        (
            command(Kind.OWN_TRACKING, code="BR1"),
            order(parcels=[Parcel("S1", ParcelState.IN_TRANSIT, "", tracking="BR1")]),
            True,
        ),
        (
            command(Kind.OWN_TRACKING, code="BR1"),
            order(parcels=[Parcel("S2", ParcelState.IN_TRANSIT, "", tracking="BR1")]),
            False,
        ),
        (
            command(Kind.OWN_DELIVERED),
            order(parcels=[Parcel("S1", ParcelState.DELIVERED, "")]),
            True,
        ),
        (command(Kind.OWN_DELIVERED), order(OrderState.SHIPPED), False),
    ],
)
def test_reading_tells_whether_the_command_arrived(told, reading, landed):
    assert is_told(told, reading) is landed
    assert has_landed(Reader([reading]), told) is landed


@pytest.mark.parametrize(
    ("found", "error"),
    [([("9001", Transient("gateway"))], Transient), ([], NotFound)],
)
def test_reading_that_fails_is_no_answer(found, error):
    with pytest.raises(error):
        has_landed(Reader(found), command(Kind.CANCEL, reason="x"))


# ------------------------------------------------------------ classes of errors


@pytest.mark.parametrize(
    ("error", "state", "error_class", "read_back"),
    [
        (Rejected("nfe_order_value_divergence"), "rejected", "operator", False),
        (Rejected("wrong_sender_cnpj", who="config"), "rejected", "config", False),
        (Rejected("bad_mime", who="bug"), "rejected", "bug", False),
        (AlreadyDone("saved", held_key="35"), "rejected", "operator", False),
        (NotYet("5 minutes"), "waiting", "retry", False),
        (AuthDead("invalid_grant"), "waiting", "retry", False),
        (RateLimited("slow", retry_after=900), "failed", "retry", False),
        (Transient("503"), "failed", "retry", False),
        (OutcomeUnknown("timeout"), "sending", "retry", True),
        (NotFound("no shipment"), "failed", "retry", False),
        (Conflict("version"), "failed", "retry", False),
        (TokenExpired("401"), "failed", "retry", False),
        (ContractDrift("shape"), "failed", "retry", False),
        (KeyError("ours"), "rejected", "bug", False),
    ],
)
def test_each_error_has_its_class(error, state, error_class, read_back):
    found = outcome.of_error(error, 1, NOW)
    assert (found.state, found.error_class) == (state, error_class)
    assert found.read_back is read_back


@pytest.mark.parametrize(
    "error", [NotFound("?"), Conflict("?"), ContractDrift("?"), ChannelError("?")]
)
def test_what_never_works_is_given_up(error):
    found = outcome.of_error(error, MAX_ATTEMPTS, NOW)
    assert (found.state, found.error_class) == ("rejected", "bug")


def test_channel_that_digests_slowly_is_asked_less_and_less():
    result = InvoiceResult(InvoiceState.PROCESSING)
    waits = [
        (outcome.of_result(result, "K", NOW, attempt).next_try - NOW)
        // timedelta(minutes=1)
        for attempt in range(1, 9)
    ]
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


# ------------------------------------------------------------ targets


def target(unit, ref):
    return InvoiceTarget(unit, ref, ("9001",), True, InvoiceState.NEEDED)


PARCELS = tuple(Parcel(ref, ParcelState.UNKNOWN, "") for ref in ("S1", "S2"))


@pytest.mark.parametrize(
    ("unit", "ref", "parcels", "shown_on"),
    [
        (DocUnit.PARCEL, "S2", PARCELS, ["S2"]),
        (DocUnit.DELIVERY, "S1", PARCELS, ["S1"]),
        (DocUnit.ORDER, "9001", PARCELS, ["S1", "S2"]),
        (DocUnit.PACK, "P1", PARCELS, ["S1", "S2"]),
        (DocUnit.ORDER, "9001", (), ["9001"]),
        (DocUnit.PARCEL, "old", PARCELS, ["S1"]),
    ],
)
def test_target_shows_on_its_parcels(unit, ref, parcels, shown_on):
    reading = replace(order(parcels=parcels), invoice_targets=(target(unit, ref),))
    found = living.targets(reading)
    assert [parcel for parcel, _target in found] == shown_on
    assert {one.external_id for _parcel, one in found} == {ref}
