"""The NF-e of an order: five minutes, one file, every refusal to the right person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    AlreadyDone,
    InvoiceState,
    NotYet,
    Rejected,
)

PATH = "/api/v2/order/upload_invoice_doc"


@pytest.fixture
def order(sim, read):
    return read(sim.place()["order_id"])


@pytest.fixture
def target(order):
    return order.invoice_targets[0]


def uploads(sim):
    return sim.requests("POST", PATH)


def test_accepted(adapter, order, target, nfe):
    invoice = nfe(order)
    result = adapter.send_invoice(target, invoice)
    assert (result.state, result.key) == (InvoiceState.ACCEPTED, invoice.key)
    assert adapter.invoice_status(target) == result


def test_checked_later(adapter, sim, order, target, nfe, clock):
    sim.engine.configure("invoice_delay_seconds", 600)
    invoice = nfe(order)
    assert adapter.send_invoice(target, invoice).state == InvoiceState.PROCESSING
    clock.advance(timedelta(minutes=11))
    assert adapter.invoice_status(target).state == InvoiceState.ACCEPTED


def test_younger_than_five_minutes_is_not_even_sent(adapter, sim, order, target, nfe):
    invoice = nfe(order, minutes=4)
    with pytest.raises(NotYet) as caught:
        adapter.send_invoice(target, invoice)
    assert caught.value.not_before == invoice.authorized_at + timedelta(minutes=5)
    assert uploads(sim) == 0


def test_registry_that_is_late_is_too_early_not_wrong(adapter, sim, order, target, nfe):
    refusal = {"status": 200, "error": "error_param", "error_code": "Invalid NF-e."}
    sim.fault("api_error", PATH, times=2, **refusal)
    with pytest.raises(NotYet) as caught:
        adapter.send_invoice(target, nfe(order, minutes=6))
    assert caught.value.not_before is not None
    with pytest.raises(Rejected) as refused:
        adapter.send_invoice(target, nfe(order, minutes=45))
    assert (refused.value.code, refused.value.who) == ("invalid_nfe", "operator")


def test_cfop_that_shopee_does_not_take_is_not_sent(adapter, sim, order, target, nfe):
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(target, nfe(order, cfop="5949"))
    assert (caught.value.code, caught.value.who) == ("cfop", "operator")
    assert "5949" in str(caught.value)
    assert uploads(sim) == 0


def test_file_without_declaration_gets_one(adapter, sim, order, target, nfe):
    invoice = nfe(order)
    bare = replace(invoice, xml=invoice.xml.partition(b"?>")[2])
    assert adapter.send_invoice(target, bare).state == InvoiceState.ACCEPTED
    held = sim.engine.store.get_order(order.external_id).invoice.xml.encode()
    assert held.endswith(bare.xml), "the note itself byte for byte"


def test_key_of_another_order(adapter, sim, read, order, target, nfe):
    other = read(sim.place()["order_id"])
    invoice = nfe(order)
    adapter.send_invoice(target, invoice)
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(other.invoice_targets[0], invoice)
    assert caught.value.code == "duplicate_key"


def test_duplicate_that_the_order_does_not_show_yet_is_downloaded(
    adapter, sim, order, target, nfe
):
    """The detail is behind, the file is there."""
    invoice = nfe(order)
    adapter.send_invoice(target, invoice)
    sim.fault(
        "unknown_enum",
        "/api/v2/order/get_order_detail",
        fields=["access_key"],
        value="",
    )
    result = adapter.send_invoice(target, invoice)
    assert (result.state, result.key) == (InvoiceState.PROCESSING, invoice.key)


def test_another_note_is_held(adapter, order, target, nfe):
    first = nfe(order)
    adapter.send_invoice(target, first)
    with pytest.raises(AlreadyDone) as caught:
        adapter.send_invoice(target, nfe(order, number=2))
    assert caught.value.held_key == first.key


def test_cancelled_order_takes_none(adapter, sim, order, target, nfe):
    sim.advance(order.external_id, "cancel")
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(target, nfe(order))
    assert caught.value.code == "order_cancelled"


def test_order_on_hold_takes_it_later(adapter, sim, order, target, nfe):
    sim.advance(order.external_id, "fraud")
    with pytest.raises(NotYet):
        adapter.send_invoice(target, nfe(order))


def test_carrier_without_nfe_is_told(adapter, sim, read, nfe):
    order = read(sim.place(channel_id=90001)["order_id"])
    (target,) = order.invoice_targets
    assert target.state == InvoiceState.NOT_REQUIRED
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(target, nfe(order))
    assert caught.value.code == "invoice_status"


def test_wrong_cnpj_is_the_accounts(adapter, order, target, nfe):
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(target, nfe(order, cnpj="98765432000198"))
    assert (caught.value.code, caught.value.who) == ("cnpj", "config")


def test_server_error_is_read_back_not_repeated(adapter, sim, order, target, nfe):
    """``error_server`` may come after the file was taken."""
    invoice = nfe(order)
    adapter.send_invoice(target, invoice)
    sim.fault("api_error", PATH, status=200, error="error_server")
    result = adapter.send_invoice(target, invoice)
    assert (result.state, uploads(sim)) == (InvoiceState.ACCEPTED, 2)
