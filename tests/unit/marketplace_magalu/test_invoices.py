"""The NF-e of a delivery: taken is not accepted, and never sent twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    AlreadyDone,
    InvoiceState,
    NotYet,
    OutcomeUnknown,
    ParcelState,
    Rejected,
    Transient,
)


@pytest.fixture(autouse=True)
def quick(sim):
    """Traces end at once, where a test does not say otherwise."""
    sim.engine.configure("trace_seconds", 0)


@pytest.fixture
def target(sim, read):
    order = read(sim.place()["order_id"])
    return order.invoice_targets[0]


def posts(sim):
    return sim.requests("POST", "/invoices")


def test_taken_is_not_accepted(adapter, sim, target, nfe, read):
    invoice = nfe(target.external_id)
    result = adapter.send_invoice(target, invoice)
    assert (result.state, result.key) == (InvoiceState.PROCESSING, invoice.key)
    assert result.external_id
    sim.clock.advance(sim.engine.lifecycle.validation_delay)
    held = adapter.invoice_status(target)
    assert (held.state, held.key) == (InvoiceState.ACCEPTED, invoice.key)
    parcel = read(target.order_ids[0]).parcels[0]
    assert parcel.state == ParcelState.LABEL_READY


def test_while_magalu_is_at_it(adapter, sim, target, nfe):
    """Nobody waits for it: the read-back comes later."""
    sim.engine.configure("trace_seconds", 60)
    invoice, waits = nfe(target.external_id), []
    adapter._watcher._sleep = waits.append
    assert adapter.send_invoice(target, invoice).state == InvoiceState.PROCESSING
    assert adapter.invoice_status(target).state == InvoiceState.PROCESSING
    assert waits == []
    # Sent again all the same, it meets its own first attempt.
    with pytest.raises(Transient):
        adapter.send_invoice(target, invoice)
    sim.clock.advance(sim.engine.lifecycle.trace_delay)
    assert adapter.send_invoice(target, invoice).key == invoice.key


@pytest.mark.parametrize(
    ("changes", "code", "who"),
    [
        ({"total": Decimal("1.00")}, "invoice_amount_mismatch", "operator"),
        ({"document": "11144477735"}, "invoice_recipient_mismatch", "operator"),
        ({"cnpj": "11222333000181"}, "invoice_issuer_mismatch", "config"),
    ],
)
def test_refused_by_the_checks(adapter, target, nfe, changes, code, who):
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(target, nfe(target.external_id, **changes))
    assert (caught.value.code, caught.value.who) == (code, who)
    held = adapter.invoice_status(target)
    assert (held.state, held.code) == (InvoiceState.REJECTED, code)


def test_refused_later_is_found_by_the_read_back(adapter, sim, target, nfe):
    sim.engine.configure("trace_seconds", 60)
    result = adapter.send_invoice(target, nfe(target.external_id, total=Decimal(1)))
    assert result.state == InvoiceState.PROCESSING
    sim.clock.advance(sim.engine.lifecycle.trace_delay)
    assert adapter.invoice_status(target).code == "invoice_amount_mismatch"


def test_corrected_note_after_a_refusal(adapter, target, nfe):
    with pytest.raises(Rejected):
        adapter.send_invoice(target, nfe(target.external_id, total=Decimal(1)))
    good = nfe(target.external_id)
    assert adapter.send_invoice(target, good).state == InvoiceState.PROCESSING


def test_invalid_note_is_replaced_under_its_key(adapter, sim, target, nfe):
    sim.engine.configure("invalidate", 1)
    invoice = nfe(target.external_id)
    adapter.send_invoice(target, invoice)
    sim.clock.advance(sim.engine.lifecycle.validation_delay)
    assert adapter.invoice_status(target).state == InvoiceState.REJECTED
    assert adapter.send_invoice(target, invoice).state == InvoiceState.PROCESSING
    assert sim.requests("PUT", invoice.key) == 1
    sim.clock.advance(sim.engine.lifecycle.validation_delay)
    assert adapter.invoice_status(target).state == InvoiceState.ACCEPTED


def test_other_note_is_there(adapter, sim, target, nfe):
    held, other = nfe(target.external_id), nfe(target.external_id)
    adapter.send_invoice(target, held)
    with pytest.raises(AlreadyDone) as caught:
        adapter.send_invoice(target, other)
    assert caught.value.held_key == held.key
    assert posts(sim) == 1


def test_note_of_unknown_key_is_not_taken_for_ours(adapter, sim, target, nfe):
    sim.engine.configure("trace_seconds", 60)
    adapter.send_invoice(target, nfe(target.external_id))
    with pytest.raises(Transient):
        adapter.send_invoice(target, nfe(target.external_id))


def test_read_back_that_fails_leaves_it_unknown(adapter, sim, target, nfe):
    path = f"/seller/v1/deliveries/{target.external_id}"
    invoice = nfe(target.external_id)
    sim.fault("reset_after", f"{path}/invoices", method="POST")
    sim.fault("http_error", "/v0/traces", times=9)
    with pytest.raises(OutcomeUnknown):
        adapter.send_invoice(target, invoice)
    assert posts(sim) == 1


def test_each_delivery_gets_its_own_note(adapter, sim, two_parcels, read, nfe):
    targets = read(two_parcels).invoice_targets
    for target in targets:
        invoice = nfe(target.external_id)
        assert adapter.send_invoice(target, invoice).state == InvoiceState.PROCESSING
    sim.clock.advance(sim.engine.lifecycle.validation_delay)
    order = read(two_parcels)
    assert {t.state for t in order.invoice_targets} == {InvoiceState.ACCEPTED}
    assert len({t.key for t in order.invoice_targets}) == 2


def test_note_of_the_whole_order_is_refused(adapter, two_parcels, read, nfe):
    order = read(two_parcels)
    target = order.invoice_targets[0]
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(target, nfe(target.external_id, total=order.total))
    assert caught.value.code == "invoice_amount_mismatch"


def test_too_early(adapter, sim, read, nfe):
    target = read(sim.place(paid=False)["order_id"]).invoice_targets[0]
    with pytest.raises(NotYet):
        adapter.send_invoice(target, nfe(target.external_id))
    assert posts(sim) == 0


def test_cancelled_meanwhile(adapter, sim, target, nfe):
    invoice = nfe(target.external_id)
    sim.advance(target.order_ids[0], "cancel")
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(target, invoice)
    assert caught.value.code == "delivery_not_invoiceable"
    assert posts(sim) == 0
    assert adapter.invoice_status(target).state == InvoiceState.NOT_REQUIRED


def test_part_of_a_cent_is_never_sent(adapter, sim, target, nfe):
    invoice = nfe(target.external_id)
    object.__setattr__(invoice, "total", Decimal("10.005"))
    with pytest.raises(Rejected):
        adapter.send_invoice(target, invoice)
    assert posts(sim) == 0
