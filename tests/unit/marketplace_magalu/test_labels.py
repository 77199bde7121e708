"""Labels: from a safe address, a label and nothing else, none for our own carrier."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    ContractDrift,
    NotYet,
    RateLimited,
    Rejected,
    Transient,
)
from odoo.addons.marketplace_connector.domain.http import Answer
from odoo.addons.marketplace_magalu.domain import labels


@pytest.fixture
def printable(sim, read, adapter, nfe):
    def make(**spec):
        target = read(sim.place(**spec)["order_id"]).invoice_targets[0]
        adapter.send_invoice(target, nfe(target.external_id))
        sim.clock.advance(timedelta(minutes=1))
        return target.external_id

    return make


def failures(batch):
    return dict(batch.failed)


@pytest.mark.parametrize(("fmt", "start"), [("pdf", b"%PDF"), ("zpl2", b"^XA")])
def test_one_file_for_many(adapter, printable, fmt, start):
    ids = [printable(), printable()]
    batch = adapter.labels(ids, fmt)
    (file,) = batch.files
    assert (file.fmt, set(file.parcel_ids)) == (fmt, set(ids))
    assert file.content.startswith(start)
    assert batch.failed == ()


def test_address_gets_no_token(adapter, sim, printable):
    """The simulator refuses a signed address with an Authorization."""
    assert adapter.labels([printable()], "pdf").files


def test_before_the_nfe(adapter, sim, read):
    ref = read(sim.place()["order_id"]).parcels[0].external_id
    assert isinstance(failures(adapter.labels([ref], "pdf"))[ref], NotYet)
    assert sim.requests("POST", "shipping-labels") == 0


def test_own_carrier_and_cancelled_have_none(adapter, sim, printable, read):
    own = printable(own_freight=True)
    code = sim.place()["order_id"]
    dead = read(code).parcels[0].external_id
    sim.advance(code, "cancel")
    found = failures(adapter.labels([own, dead], "pdf"))
    assert found[own].code == "own_freight"
    assert isinstance(found[dead], Rejected)


def test_one_that_is_refused_costs_the_others_nothing(
    adapter, sim, printable, monkeypatch
):
    """Between our look and the call one was shipped by somebody else."""
    ids = [printable() for _ in range(3)]
    monkeypatch.setattr(labels, "_ensure_printable", lambda delivery: None)
    bad = sim.engine.lifecycle.delivery(ids[1])
    sim.advance(bad.order_code, "cancel")
    batch = adapter.labels(ids, "pdf")
    assert {p for file in batch.files for p in file.parcel_ids} == {ids[0], ids[2]}
    assert list(failures(batch)) == [ids[1]]


def test_rate_limit_in_the_middle_keeps_what_is_there(adapter, sim, printable):
    ids = [printable(), printable()]
    sim.fault("rate_limited", "/seller/v1/logistics")
    batch = adapter.labels(ids, "pdf")
    assert not batch.files
    assert {type(error) for error in failures(batch).values()} == {RateLimited}
    assert adapter.labels(ids, "pdf").files


def test_lost_answer_is_no_mystery(adapter, sim, printable):
    ref = printable()
    sim.fault("reset_after", "/seller/v1/logistics")
    error = failures(adapter.labels([ref], "pdf"))[ref]
    assert type(error) is Transient


class FakeClient:
    base_url = "http://127.0.0.1:1"

    def __init__(self, content=b""):
        self.content = content
        self.asked = []

    def download(self, host, path, query):
        self.asked.append((host, path, query))
        return self.content


def answer(address):
    body = f'{{"label": {{"signed_url": "{address}"}}}}'.encode()
    return Answer(200, {}, body)


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/x", "file:///etc/passwd", "ftp://h/x"]
)
def test_unsafe_address_is_not_asked(address):
    client = FakeClient()
    with pytest.raises(ContractDrift):
        labels._content(client, answer(address))
    assert client.asked == []


def test_address_keeps_its_signature():
    client = FakeClient(b"%PDF")
    labels._content(client, answer("https://files.example/a/b.pdf?sig=a%2Bb&empty="))
    host, path, query = client.asked[0]
    assert (host, path) == ("https://files.example", "/a/b.pdf")
    assert query == {"sig": "a+b", "empty": ""}


@pytest.mark.parametrize("fmt", ["pdf", "zpl2"])
def test_page_of_an_expired_address_is_no_label(fmt):
    with pytest.raises(ContractDrift):
        labels._file(b"<!DOCTYPE html><html>", ("d-1",), fmt)
