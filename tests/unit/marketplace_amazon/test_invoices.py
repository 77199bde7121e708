"""The NF-e: taken at once, checked later, its checksum a riddle."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    AlreadyDone,
    DocUnit,
    InvoiceState,
    InvoiceTarget,
    Rejected,
    Transient,
)

from simulators.amazon import Seller
from tests.simulators.contract_bench import note


@pytest.fixture
def nfe(adapter, clock):
    """An authorised NF-e that fits an order; keywords change it."""
    numbers = iter(range(1, 100))

    def one(order, **changes):
        party = adapter.buyer_fiscal(order)
        values = {
            "document": party.doc,
            "cep": party.address.zip,
            "total": order.total,
            "at": clock.now().replace(microsecond=0),
            "number": next(numbers),
            "cnpj": Seller.cnpj,
            **changes,
        }
        return note(**values)

    return one


@pytest.fixture
def order(read, place):
    return read(place())


def digest(adapter, clock, order):
    clock.advance(timedelta(minutes=1))
    return adapter.invoice_status(order.invoice_targets[0])


def test_taken_is_not_accepted_yet(adapter, order, nfe, clock, read):
    (target,) = order.invoice_targets
    file = nfe(order)
    result = adapter.send_invoice(target, file)
    assert (result.state, result.key) == (InvoiceState.PROCESSING, file.key)
    assert read(order.external_id).invoice_targets[0].state == InvoiceState.PROCESSING
    done = digest(adapter, clock, order)
    assert (done.state, done.key) == (InvoiceState.ACCEPTED, file.key)


def test_refused_afterwards_with_the_reason(adapter, order, nfe, clock):
    wrong = nfe(order, total=order.total + Decimal("0.01"))
    adapter.send_invoice(order.invoice_targets[0], wrong)
    result = digest(adapter, clock, order)
    assert (result.state, result.key) == (InvoiceState.REJECTED, wrong.key)
    assert "total" in result.message
    right = nfe(order)
    adapter.send_invoice(order.invoice_targets[0], right)
    result = digest(adapter, clock, order)
    assert (result.state, result.key) == (InvoiceState.ACCEPTED, right.key)


@pytest.mark.parametrize(("wanted", "tries"), [("xml", 2), ("base64", 3)])
def test_checksum_of_other_bytes_is_tried(
    adapter, nfe, sim, place, read, wanted, tries
):
    """Once per adapter: the next NF-e is sent with the one that worked."""
    sim.engine.configure("checksum", wanted)
    for order in (read(place()), read(place())):
        adapter.send_invoice(order.invoice_targets[0], nfe(order))
    assert sim.requests("POST", "/delivery") == tries


def test_checksum_that_nobody_knows_is_our_bug(adapter, order, nfe, sim):
    sim.fault(
        "api_error",
        "/delivery",
        method="POST",
        status=400,
        error="InvalidInput",
        value="contentMD5Value is wrong",
        times=9,
    )
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(order.invoice_targets[0], nfe(order))
    assert (caught.value.code, caught.value.who) == ("invalid_checksum", "bug")
    assert sim.requests("POST", "/delivery") == 3


def test_another_accepted_nfe(adapter, order, nfe, clock):
    held = nfe(order)
    adapter.send_invoice(order.invoice_targets[0], held)
    digest(adapter, clock, order)
    with pytest.raises(AlreadyDone) as caught:
        adapter.send_invoice(order.invoice_targets[0], nfe(order))
    assert caught.value.held_key == held.key


def test_programme_is_read_when_the_target_does_not_name_it(adapter, nfe, place, read):
    order = read(place(program="SelfShip"))
    bare = replace(order.invoice_targets[0], external_id=order.external_id)
    assert adapter.send_invoice(bare, nfe(order)).state == InvoiceState.PROCESSING


def test_order_that_amazon_does_not_know(adapter, order, nfe):
    target = InvoiceTarget(
        DocUnit.ORDER, "EasyShip/701-9-9", ("701-9-9",), True, InvoiceState.NEEDED
    )
    assert adapter.invoice_status(target).state == InvoiceState.NEEDED


def test_lost_request_is_not_taken_for_sent(adapter, order, nfe, sim):
    sim.fault("reset_before", "/delivery", method="POST")
    with pytest.raises(Transient):
        adapter.send_invoice(order.invoice_targets[0], nfe(order))


def test_cancelled_order_takes_none(adapter, order, nfe, sim):
    file = nfe(order)
    sim.advance(order.external_id, "cancel")
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(order.invoice_targets[0], file)
    assert caught.value.who == "operator"
