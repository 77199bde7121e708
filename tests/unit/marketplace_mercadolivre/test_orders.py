"""Orders by id against the market: whole, partial, foreign, broken."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    ContractDrift,
    DocUnit,
    InvoiceState,
    NotFound,
    NotYet,
    OrderState,
    ParcelState,
    PaymentState,
    RateLimited,
    Transient,
)


def test_paid_order(sim, read):
    placed = sim.order(payment="credit_card", installments=3, freight="19.90")
    order = read(placed.id)
    assert order.external_id == str(placed.id)
    assert order.state == OrderState.READY
    assert order.payment_state == PaymentState.PAID
    assert order.goods_total == placed.total_amount
    assert order.freight_buyer == Decimal("19.90")
    assert order.total == placed.payment.total_paid
    assert sum(p.amount for p in order.payments) == order.total
    assert abs(order.created_at - placed.date_created) < timedelta(milliseconds=1)
    assert order.created_at.utcoffset() == timedelta(0)
    assert order.recipient.name == placed.buyer.full_name
    assert order.recipient.address.zip == placed.buyer.address.cep
    assert order.recipient.address.state == placed.buyer.address.uf
    assert order.intermediary_cnpj == "03007331000141"
    assert order.intermediary_id == str(sim.seller.user_id)
    assert order.unknown == ()
    assert not order.partial
    (line,) = order.lines
    assert line.key == f"{line.item_id}:{line.variation_id}"
    assert line.sku == placed.lines[0].item.seller_sku


def test_interest_is_part_of_the_amount_of_the_nfe(sim, read):
    placed = sim.order(payment="credit_card", installments=6, interest="5.90")
    order = read(placed.id)
    assert order.interest == Decimal("5.90")
    assert order.total == placed.payment.total_paid
    assert order.payments[0].interest == Decimal("5.90")
    assert sum(p.amount for p in order.payments) == order.total


def test_parcel_and_invoice_target(sim, read):
    placed = sim.order(logistic_type="cross_docking")
    order = read(placed.id)
    (parcel,) = order.parcels
    assert parcel.external_id == str(placed.shipment_id)
    assert parcel.state == ParcelState.AWAITING_INVOICE
    assert parcel.ship_by == sim.engine.shipment(placed.shipment_id).expected_date
    (target,) = order.invoice_targets
    assert (target.unit, target.external_id) == (DocUnit.PARCEL, parcel.external_id)
    assert (target.required, target.state) == (True, InvoiceState.NEEDED)
    assert target.order_ids == (order.external_id,)


def test_cart_of_two_orders_has_one_invoice_target(sim, adapter):
    ids = sim.generate(8, "carts", cancel_plan={}, packs=1)
    orders = list(adapter.orders([str(order_id) for order_id in ids]))
    first, second = (order for order in orders if order.pack_id)
    assert first.number == second.number == first.pack_id
    assert first.invoice_targets == second.invoice_targets
    assert set(first.invoice_targets[0].order_ids) == {
        first.external_id,
        second.external_id,
    }
    assert first.raw_digest != second.raw_digest
    reads = [
        e for e in sim.engine.log if e.path.endswith("/orders") and e.path[1] == "s"
    ]
    assert len(reads) == 1, "the orders of a cart share the readings of their parcel"


def test_rows_of_other_sellers_stay_out(sim, adapter):
    ids = sim.generate(8, "carts", cancel_plan={}, packs=1)
    with sim.engine.store.transaction():
        for order_id in ids:
            order = sim.engine.store.get_order(order_id)
            shipment = sim.engine.shipment(order.shipment_id)
            shipment.foreign_rows = True
            sim.engine.store.put_shipment(shipment)
    ours = set(map(str, ids))
    for order in adapter.orders(sorted(ours)):
        assert set(order.invoice_targets[0].order_ids) <= ours


def test_unpaid_order_is_masked(sim, read):
    order = read(sim.order(paid=False).id)
    assert order.state == OrderState.AWAITING_PAYMENT
    assert order.payment_state == PaymentState.PENDING
    assert order.recipient.masked
    assert order.recipient.address.masked
    assert order.recipient.address.street == order.recipient.address.zip == ""
    assert order.invoice_targets[0].state == InvoiceState.NOT_YET
    assert not order.partial, "a mask before the payment is no gap"


def test_buffered_order_is_on_hold(sim, read):
    order = read(sim.order(buffered_seconds=7200).id)
    assert order.state == OrderState.ON_HOLD
    assert order.hold_until == order.parcels[0].not_before
    assert order.hold_until > sim.clock.now()


def test_fraud_risk_is_on_hold(sim, read):
    placed = sim.order(tags=["fraud_risk_detected"])
    order = read(placed.id)
    assert order.state == OrderState.ON_HOLD
    assert "fraud_risk" in order.flags


def test_cancelled_order(sim, read):
    placed = sim.order()
    sim.cancel(placed.id)
    order = read(placed.id)
    assert order.state == OrderState.CANCELLED
    assert order.payment_state == PaymentState.REFUNDED
    assert order.cancellation.by == "buyer"
    assert order.cancellation.code == "buyer_cancel_express"
    assert order.cancellation.at is not None
    assert order.parcels[0].state == ParcelState.CANCELLED


def test_warehouse_of_the_channel(sim, read):
    order = read(sim.order(logistic_type="fulfillment").id)
    assert "fulfillment_by_channel" in order.flags
    assert order.invoice_targets[0].state == InvoiceState.NOT_REQUIRED
    assert not order.invoice_targets[0].required


def test_digest_changes_only_with_what_is_visible(sim, read, clock):
    placed = sim.order()
    first = read(placed.id)
    with sim.engine.store.transaction():
        order = sim.engine.store.get_order(placed.id)
        order.last_updated = clock.now()
        sim.engine.store.put_order(order)
    touched = read(placed.id)
    assert touched.updated_at > first.updated_at
    assert touched.raw_digest == first.raw_digest
    sim.cancel(placed.id)
    assert read(placed.id).raw_digest != first.raw_digest


def test_incomplete_answer_is_partial(sim, read):
    placed = sim.order()
    sim.fault("partial", f"/orders/{placed.id}")
    order = read(placed.id)
    assert order.partial
    assert order.billing_ref == ""
    assert not read(placed.id).partial


def test_parcel_that_propagates_is_partial(sim, read):
    placed = sim.order()
    sim.fault("not_propagated", f"/shipments/{placed.shipment_id}")
    order = read(placed.id)
    assert order.partial
    assert order.parcels == order.invoice_targets == ()
    assert order.state == OrderState.ON_HOLD


def test_parcel_that_the_order_does_not_name(sim, read):
    placed = sim.order()
    sim.fault("partial", f"/orders/{placed.id}", missing=["shipping"])
    order = read(placed.id)
    assert [parcel.external_id for parcel in order.parcels] == [str(placed.shipment_id)]
    assert order.partial, "the answer was a 206 all the same"


def test_order_that_propagates(sim, read):
    placed = sim.order()
    sim.fault("not_propagated", f"/orders/{placed.id}")
    with pytest.raises(NotYet):
        read(placed.id)


def test_new_words_are_kept_and_told(sim, read):
    placed = sim.order()
    sim.fault("unknown_enum", f"/shipments/{placed.shipment_id}", fields=["substatus"])
    order = read(placed.id)
    assert order.state == OrderState.UNKNOWN
    assert order.parcels[0].state == ParcelState.UNKNOWN
    assert order.unknown == ("shipment.status=ready_to_ship/simulated_unknown_value",)
    sim.fault("unknown_enum", f"/orders/{placed.id}", fields=["status"])
    order = read(placed.id)
    assert order.state == OrderState.UNKNOWN
    assert order.payment_state == PaymentState.UNKNOWN


def test_new_fields_do_not_matter(sim, read):
    placed = sim.order()
    before = read(placed.id)
    sim.fault("extra_fields", f"/orders/{placed.id}")
    assert read(placed.id).raw_digest == before.raw_digest


def test_one_bad_order_stops_nobody(sim, adapter):
    good, bad = sim.order(), sim.order()
    sim.fault("http_error", f"/orders/{bad.id}", status=500)
    asked = [str(bad.id), "1", str(good.id)]
    results = list(adapter.orders(asked))
    assert [entry[0] for entry in results[:2]] == asked[:2]
    assert isinstance(results[0][1], Transient)
    assert isinstance(results[1][1], NotFound)
    assert results[2].external_id == str(good.id)


def test_garbled_answers(sim, adapter):
    placed = sim.order()
    for kind in ("truncated_json", "truncated_body", "reset_before", "reset_after"):
        sim.fault(kind, f"/orders/{placed.id}")
        ((_, error),) = adapter.orders([str(placed.id)])
        assert isinstance(error, Transient), kind


def test_silence(sim, build):
    placed = sim.order()
    sim.fault("timeout_before", f"/orders/{placed.id}", seconds=5)
    ((_, error),) = build(read_timeout=0.2).orders([str(placed.id)])
    assert isinstance(error, Transient)


def test_answer_of_another_shape(sim, adapter):
    placed = sim.order()
    sim.fault("partial", f"/orders/{placed.id}", missing=["status", "id"])
    ((_, error),) = adapter.orders([str(placed.id)])
    assert isinstance(error, ContractDrift)


def test_limit_stops_the_walk(sim, adapter):
    ids = [str(sim.order().id) for _ in range(3)]
    walking = adapter.orders(ids)
    assert next(walking).external_id == ids[0]
    sim.fault("rate_limited", "/orders/")
    with pytest.raises(RateLimited) as caught:
        next(walking)
    assert caught.value.retry_after is None


def test_purchase_of_our_own_is_not_a_sale(sim, build):
    placed = sim.order()
    ((_, error),) = build(account_ref="999").orders([str(placed.id)])
    assert (type(error), error.code) == (NotFound, "other_seller")


def test_parcels_are_read_anew(sim, adapter, read, nfe):
    placed = sim.order()
    order = read(placed.id)
    adapter.send_invoice(order.invoice_targets[0], nfe(placed.shipment_id))
    (parcel,) = adapter.parcels(order)
    assert parcel.state == ParcelState.LABEL_READY
    assert parcel.tracking
    assert parcel.direction == "forward"
    sim.fault("not_propagated", f"/orders/{placed.id}/shipments")
    assert adapter.parcels(order) == [parcel]


def test_every_call_is_logged_without_ids_in_the_path(sim, read, records):
    order = sim.order()
    read(order.id)
    assert {record.template for record in records} >= {
        "/orders/{id}",
        "/shipments/{id}",
        "/shipments/{id}/sla",
    }
    assert all(str(order.id) not in record.template for record in records)


class TestBuyer:
    def test_person(self, sim, adapter, read):
        placed = sim.order()
        party = adapter.buyer_fiscal(read(placed.id))
        assert (party.doc_type, party.doc) == ("CPF", placed.buyer.document)
        assert party.name == placed.buyer.full_name
        assert party.taxpayer is False
        assert party.address.zip == placed.billing_address.cep
        assert party.address.state == placed.billing_address.uf
        assert party.address.city == placed.billing_address.city

    def test_lost_zeros_come_back(self, sim, adapter, read):
        placed = sim.order(lose_cpf_zeros=True)
        assert adapter.buyer_fiscal(read(placed.id)).doc == placed.buyer.document

    def test_invalid_cpf_is_handed_on(self, sim, adapter, read):
        placed = sim.order(invalid_cpf=True)
        assert adapter.buyer_fiscal(read(placed.id)).doc == placed.buyer.document

    def test_fiscal_address_is_not_the_delivery_address(self, sim, adapter, read):
        placed = sim.order(billing_elsewhere=True)
        order = read(placed.id)
        party = adapter.buyer_fiscal(order)
        assert party.address.zip == placed.billing_address.cep
        assert party.address.zip != order.recipient.address.zip

    def test_company(self, sim, adapter, read):
        buyer = {"cnpj": "11222333000181", "state_registration": "110042490114"}
        party = adapter.buyer_fiscal(read(sim.order(buyer=buyer).id))
        assert (party.doc_type, party.doc) == ("CNPJ", "11222333000181")
        assert (party.ie, party.taxpayer) == ("110042490114", True)

    def test_not_there_yet(self, sim, adapter, read):
        placed = sim.order()
        sim.fault("partial", f"/orders/{placed.id}")
        with pytest.raises(NotYet):
            adapter.buyer_fiscal(read(placed.id))


class TestLive:
    def test_states_of_many(self, sim, adapter):
        good, dead, fraud = sim.order(), sim.order(), sim.order()
        sim.cancel(dead.id)
        with sim.engine.store.transaction():
            sim.engine.lifecycle.flag_fraud(sim.engine.store.get_order(fraud.id))
        ids = [str(order.id) for order in (good, dead, fraud)]
        checks = adapter.still_shippable(ids)
        assert [checks[key].order_state for key in ids] == [
            OrderState.READY,
            OrderState.CANCELLED,
            OrderState.ON_HOLD,
        ]
        assert checks[ids[0]].payment_state == PaymentState.PAID
        assert checks[ids[2]].flags == {"fraud_risk"}
        assert all(check.error is None for check in checks.values())

    def test_looks_again_every_time(self, sim, adapter):
        placed = sim.order()
        key = str(placed.id)
        assert adapter.still_shippable([key])[key].order_state == OrderState.READY
        sim.cancel(placed.id)
        assert adapter.still_shippable([key])[key].order_state == OrderState.CANCELLED

    def test_parcel_that_left_meanwhile(self, sim, adapter, read, nfe):
        placed = sim.order(logistic_type="drop_off")
        key = str(placed.id)
        target = read(placed.id).invoice_targets[0]
        adapter.send_invoice(target, nfe(placed.shipment_id))
        adapter.labels([target.external_id], "pdf")
        assert adapter.still_shippable([key])[key].order_state == OrderState.READY
        with sim.engine.store.transaction():
            sim.engine.lifecycle.ship(sim.engine.shipment(placed.shipment_id))
        assert adapter.still_shippable([key])[key].order_state == OrderState.SHIPPED

    def test_error_is_said_and_never_raised(self, sim, adapter):
        bad, good = sim.order(), sim.order()
        sim.fault("http_error", f"/orders/{bad.id}")
        checks = adapter.still_shippable([str(bad.id), str(good.id), "1"])
        assert isinstance(checks[str(bad.id)].error, Transient)
        assert checks[str(bad.id)].order_state == OrderState.UNKNOWN
        assert checks[str(good.id)].error is None
        assert isinstance(checks["1"].error, NotFound)

    def test_limit_is_said_of_the_rest(self, sim, adapter):
        ids = [str(sim.order().id) for _ in range(3)]
        sim.fault("rate_limited", f"/orders/{ids[1]}")
        checks = adapter.still_shippable(ids)
        assert checks[ids[0]].error is None
        assert isinstance(checks[ids[2]].error, RateLimited)
        assert not any(entry.path == f"/orders/{ids[2]}" for entry in sim.engine.log)

    def test_incomplete_answer_is_no_answer(self, sim, adapter):
        placed = sim.order()
        sim.fault("partial", f"/orders/{placed.id}")
        checks = adapter.still_shippable([str(placed.id)])
        assert isinstance(checks[str(placed.id)].error, NotYet)

    def test_no_token(self, sim, build):
        placed = sim.order()
        adapter = build()
        sim.engine.oauth.kill_grant()
        checks = adapter.still_shippable([str(placed.id)])
        assert isinstance(checks[str(placed.id)].error, AuthDead)
