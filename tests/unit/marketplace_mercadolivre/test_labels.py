"""Labels: one bad parcel must not keep the others from being printed."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    ContractDrift,
    NotFound,
    NotYet,
    RateLimited,
    Rejected,
    Transient,
)
from odoo.addons.marketplace_connector.rules.label_split import split


@pytest.fixture
def printable(sim, adapter, nfe):
    """Parcels whose NF-e was accepted."""

    def make(count):
        ids = sim.generate(count, "labels", cancel_plan={})
        parcels = []
        for order in adapter.orders(list(map(str, ids))):
            target = order.invoice_targets[0]
            adapter.send_invoice(target, nfe(int(target.external_id)))
            parcels.append(target.external_id)
        return parcels

    return make


def calls(sim):
    return [entry for entry in sim.engine.log if entry.path == "/shipment_labels"]


def printed(sim, parcel):
    return sim.engine.shipment(int(parcel)).substatus == "printed"


def test_pdf(sim, adapter, printable):
    parcels = printable(3)
    batch = adapter.labels(parcels, "pdf")
    (file,) = batch.files
    assert file.content.startswith(b"%PDF")
    assert (file.mime, file.fmt) == ("application/pdf", "pdf")
    assert file.parcel_ids == tuple(parcels)
    assert batch.failed == ()
    assert all(printed(sim, parcel) for parcel in parcels)


def test_zpl_comes_out_of_its_zip(adapter, printable):
    parcels = printable(2)
    (file,) = adapter.labels(parcels, "zpl2").files
    assert file.content.count(b"^XA") == 2
    assert file.fmt == "zpl2"
    assert all(parcel.encode() in file.content for parcel in parcels)


def test_one_bad_of_fifty(sim, adapter, printable):
    parcels = printable(49)
    bad = str(sim.order(logistic_type="drop_off").shipment_id)
    batch = adapter.labels([*parcels[:20], bad, *parcels[20:]], "pdf")
    (file,) = batch.files
    assert file.parcel_ids == tuple(parcels)
    ((failed, error),) = batch.failed
    assert (failed, error.code) == (bad, "invoice_pending")
    assert isinstance(error, NotYet)
    assert len(calls(sim)) == 2


def test_more_than_a_batch(sim, adapter, printable):
    parcels = printable(53)
    batch = adapter.labels([*parcels, parcels[0]], "pdf")
    assert [len(file.parcel_ids) for file in batch.files] == [50, 3]
    assert batch.failed == ()


def test_cancelled_parcel_never_gets_one(sim, adapter, printable):
    parcels = printable(2)
    placed = next(
        order for order in sim.orders() if str(order["shipment_id"]) == parcels[0]
    )
    sim.cancel(placed["order_id"])
    batch = adapter.labels(parcels, "pdf")
    ((failed, error),) = batch.failed
    assert failed == parcels[0]
    assert isinstance(error, Rejected)
    assert batch.files[0].parcel_ids == (parcels[1],)


def test_unknown_parcel_is_found_by_halving(adapter, printable):
    parcels = printable(4)
    batch = adapter.labels([*parcels, "5"], "pdf")
    done = [parcel for file in batch.files for parcel in file.parcel_ids]
    assert sorted(done) == sorted(parcels)
    ((failed, error),) = batch.failed
    assert failed == "5"
    assert isinstance(error, NotFound)


def test_everything_bad(sim, adapter):
    parcels = [str(sim.order(logistic_type="drop_off").shipment_id) for _ in range(3)]
    batch = adapter.labels(parcels, "pdf")
    assert batch.files == ()
    assert [parcel for parcel, _ in batch.failed] == parcels
    assert len(calls(sim)) == 1


def test_nothing_to_do(sim, adapter):
    assert adapter.labels([], "pdf").files == ()
    assert calls(sim) == []


def test_format_that_does_not_exist(adapter):
    with pytest.raises(Rejected) as caught:
        adapter.labels(["1"], "png")
    assert caught.value.who == "bug"


def test_failing_call_keeps_the_files_before(sim, adapter, printable):
    parcels = printable(52)
    sim.fault("extra_fields", "/shipment_labels")
    sim.fault("http_error", "/shipment_labels")
    batch = adapter.labels(parcels, "pdf")
    assert batch.files[0].parcel_ids == tuple(parcels[:50])
    assert [parcel for parcel, _ in batch.failed] == parcels[50:]
    assert all(isinstance(error, Transient) for _, error in batch.failed)


def test_limit_stops_but_loses_nothing(sim, adapter, printable):
    parcels = printable(101)
    sim.fault("extra_fields", "/shipment_labels")
    sim.fault("rate_limited", "/shipment_labels")
    batch = adapter.labels(parcels, "pdf")
    assert [len(file.parcel_ids) for file in batch.files] == [50]
    assert len(batch.failed) == 51
    assert all(isinstance(error, RateLimited) for _, error in batch.failed)
    assert len(calls(sim)) == 2


def test_lost_answer_is_asked_again_without_harm(sim, adapter, printable):
    parcels = printable(1)
    sim.fault("reset_after", "/shipment_labels")
    batch = adapter.labels(parcels, "pdf")
    assert isinstance(batch.failed[0][1], Transient)
    assert adapter.labels(parcels, "pdf").files[0].parcel_ids == tuple(parcels)


def test_garbled_file(sim, adapter, printable):
    parcels = printable(1)
    sim.fault("truncated_json", "/shipment_labels")
    batch = adapter.labels(parcels, "zpl2")
    assert isinstance(batch.failed[0][1], ContractDrift)
    sim.fault("not_propagated", "/shipment_labels")
    batch = adapter.labels(parcels, "pdf")
    assert isinstance(batch.failed[0][1], ContractDrift)


def test_dead_grant(sim, adapter, printable):
    parcels = printable(1)
    sim.engine.oauth.kill_grant()
    batch = adapter.labels(parcels, "pdf")
    assert isinstance(batch.failed[0][1], AuthDead)


@pytest.mark.parametrize("fmt", ["pdf", "zpl2"])
def test_common_file_is_one_label_per_parcel(adapter, printable, fmt):
    """A packer prints one label, not those of forty-nine others."""
    parcels = printable(12)
    (file,) = adapter.labels(parcels, fmt).files
    pieces = split(file, {})
    assert sorted(piece.parcel_ids[0] for piece in pieces) == sorted(parcels)
    for piece in pieces:
        assert [ref for ref in parcels if ref in label_text(piece)] == list(
            piece.parcel_ids
        )


def label_text(piece):
    if piece.fmt == "zpl2":
        return piece.content.decode()
    (page,) = PdfReader(BytesIO(piece.content)).pages
    return page.extract_text()
