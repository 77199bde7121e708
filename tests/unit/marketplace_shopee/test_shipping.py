"""Arrangement once, labels in the background, the seller's own carriers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    LabelFile,
    NotYet,
    ParcelState,
    Rejected,
    Transient,
)

SHIP = "/api/v2/logistics/ship_order"
RESULT = "/api/v2/logistics/get_shipping_document_result"


def parcel(order):
    return order.parcels[0].external_id


def arrange(adapter, order):
    ((_number, error),) = adapter.arrange([parcel(order)])
    return error


def test_without_its_nfe_it_is_too_early(adapter, sim, read):
    assert isinstance(arrange(adapter, read(sim.place()["order_id"])), NotYet)


def test_arranged_once_although_the_status_does_not_tell(adapter, sim, invoiced):
    """``LOGISTICS_READY`` stands until the carrier gives a number."""
    sim.engine.configure("tracking_delay_seconds", 600)
    order = invoiced()
    assert arrange(adapter, order) is None
    assert arrange(adapter, order) is None
    assert sim.requests("POST", SHIP) == 1
    assert sim.engine.store.incidents() == []


def test_own_channel_keeps_the_order_ready(adapter, sim, invoiced, read):
    order = invoiced(channel_id=90026)
    assert arrange(adapter, order) is None
    assert read(order.external_id).state_raw == "READY_TO_SHIP"
    assert arrange(adapter, order) is None
    assert sim.engine.store.incidents() == []


@pytest.mark.parametrize("kind", ["reset_after", "truncated_json"])
def test_lost_answer_is_read_back(adapter, sim, invoiced, kind):
    order = invoiced()
    sim.fault(kind, SHIP)
    assert arrange(adapter, order) is None
    assert sim.requests("POST", SHIP) == 1


def test_request_that_got_lost_is_an_error(adapter, sim, invoiced):
    order = invoiced()
    sim.fault("reset_before", SHIP)
    assert isinstance(arrange(adapter, order), Transient)
    assert arrange(adapter, order) is None


@pytest.mark.parametrize(
    ("pickup", "offered"),
    [
        (False, ["dropoff", "pickup"]),
        (True, ["dropoff", "pickup"]),
        (True, ["dropoff"]),
        (False, ["pickup"]),
    ],
)
def test_way_that_is_wanted_or_offered(build, sim, invoiced, pickup, offered):
    order = invoiced()
    sim.engine.configure("handover", offered)
    assert arrange(build(pickup=pickup), order) is None


def test_parcel_that_is_gone(adapter, sim, arranged, clock):
    order = arranged()
    printed(adapter, clock, [parcel(order)])
    sim.advance(order.external_id, "ship")
    assert isinstance(arrange(adapter, order), Rejected)


def printed(adapter, clock, numbers, fmt="pdf"):
    """The labels, once they were made."""
    adapter.labels(numbers, fmt)
    clock.advance(timedelta(minutes=1))
    return adapter.labels(numbers, fmt)


def test_label_is_made_in_the_background(adapter, arranged, clock):
    number = parcel(arranged())
    assert adapter.labels([number], "pdf").pending == (number,)
    clock.advance(timedelta(minutes=1))
    (file,) = adapter.labels([number], "pdf").files
    assert isinstance(file, LabelFile)
    assert (file.fmt, file.parcel_ids) == ("pdf", (number,))
    assert file.content.startswith(b"%PDF")


def test_thermal_label_comes_out_of_the_zip(adapter, arranged, clock):
    (file,) = printed(adapter, clock, [parcel(arranged())], "zpl2").files
    assert file.fmt == "zpl2"
    assert file.content.startswith(b"^XA")
    assert b"%PDF" not in file.content, "the declaration of contents stays out"


def test_label_before_the_arrangement(adapter, invoiced):
    number = parcel(invoiced())
    ((ref, error),) = adapter.labels([number], "pdf").failed
    assert (ref, error.code) == (number, "not_arranged")
    assert isinstance(error, NotYet)


def test_label_before_the_tracking_number(adapter, sim, invoiced):
    sim.engine.configure("tracking_delay_seconds", 600)
    order = invoiced()
    arrange(adapter, order)
    batch = adapter.labels([parcel(order)], "pdf")
    assert (batch.failed, batch.pending) == ((), (parcel(order),))


def test_label_is_gone_after_the_pick_up(adapter, sim, arranged, clock):
    order = arranged()
    printed(adapter, clock, [parcel(order)])
    sim.advance(order.external_id, "ship")
    ((_ref, error),) = adapter.labels([parcel(order)], "pdf").failed
    assert isinstance(error, Rejected)


def test_task_that_failed_is_started_again(adapter, sim, arranged, clock):
    number = parcel(arranged())
    sim.engine.configure("failing_documents", 1)
    assert adapter.labels([number], "pdf").pending == (number,)
    assert printed(adapter, clock, [number]).files


def test_one_cancelled_parcel_costs_the_others_nothing(adapter, sim, arranged, clock):
    orders = [arranged() for _ in range(3)]
    numbers = [parcel(order) for order in orders]
    printed(adapter, clock, numbers)
    # IN_CANCEL can not be cancelled by the buyer alone once it is arranged.
    sim.advance(orders[1].external_id, "ask_cancel")
    adapter.answer_cancel(orders[1].external_id, True)
    batch = adapter.labels(numbers, "pdf")
    done = {ref for file in batch.files for ref in file.parcel_ids}
    assert done == {numbers[0], numbers[2]}
    assert [ref for ref, _error in batch.failed] == [numbers[1]]


def test_parcels_are_read_anew(adapter, sim, arranged, clock):
    order = arranged()
    (now,) = adapter.parcels(order)
    assert now.state == ParcelState.LABEL_READY


def test_progress_of_the_sellers_own_carrier(adapter, sim, invoiced, clock):
    order = invoiced(channel_id=90021)
    number, now = parcel(order), clock.now()
    for _ in range(2):
        adapter.own_tracking(number, "Transportadora", "SM1", "", now)
    for _ in range(2):
        adapter.own_delivered(number, now)
    (row,) = sim.orders()
    assert row["status"] == "TO_CONFIRM_RECEIVE"


def test_failure_without_an_error_is_seen(adapter, sim, invoiced, clock):
    """``update_result: failed`` inside a success."""
    order = invoiced(channel_id=90021)
    with pytest.raises(Rejected) as caught:
        adapter.own_delivered(parcel(order), clock.now())
    assert caught.value.code == "update_failed"


def test_parcel_of_shopees_carrier_has_no_tracking_of_ours(adapter, invoiced, clock):
    with pytest.raises(Rejected):
        adapter.own_tracking(parcel(invoiced()), "X", "1", "", clock.now())
