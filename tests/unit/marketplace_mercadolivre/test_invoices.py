"""The NF-e of a parcel: sent once, read back, every refusal to the right person."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    AlreadyDone,
    ChannelError,
    InvoiceState,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
)
from odoo.addons.marketplace_connector.domain.http import Answer
from odoo.addons.marketplace_mercadolivre.domain.errors import INVOICE_ERRORS, classify


@pytest.fixture
def placed(sim):
    return sim.order(logistic_type="drop_off")


@pytest.fixture
def target(read, placed):
    return read(placed.id).invoice_targets[0]


@pytest.fixture
def path(placed):
    return f"/shipments/{placed.shipment_id}/invoice_data/"


def posts(sim):
    return [entry for entry in sim.engine.log if entry.method == "POST"]


def test_accepted(adapter, target, placed, nfe):
    assert adapter.invoice_status(target).state == InvoiceState.NEEDED
    invoice = nfe(placed.shipment_id)
    result = adapter.send_invoice(target, invoice)
    assert (result.state, result.key) == (InvoiceState.ACCEPTED, invoice.key)
    assert result.external_id
    assert adapter.invoice_status(target) == result


def test_same_one_again_is_a_success(adapter, target, placed, nfe):
    invoice = nfe(placed.shipment_id)
    first = adapter.send_invoice(target, invoice)
    assert adapter.send_invoice(target, invoice) == first


def test_another_one_is_not(adapter, target, placed, nfe):
    held = nfe(placed.shipment_id)
    adapter.send_invoice(target, held)
    with pytest.raises(AlreadyDone) as caught:
        adapter.send_invoice(target, nfe(placed.shipment_id, number=7))
    assert caught.value.held_key == held.key


@pytest.mark.parametrize("kind", ["reset_after", "truncated_json", "truncated_body"])
def test_lost_answer_is_read_back(sim, adapter, target, placed, nfe, path, kind):
    invoice = nfe(placed.shipment_id)
    sim.fault(kind, path, method="POST")
    result = adapter.send_invoice(target, invoice)
    assert (result.state, result.key) == (InvoiceState.ACCEPTED, invoice.key)
    assert len(posts(sim)) == 1


def test_silence_is_read_back(sim, build, target, placed, nfe, path):
    sim.fault("timeout_after", path, method="POST", seconds=3)
    result = build(read_timeout=0.3).send_invoice(target, nfe(placed.shipment_id))
    assert result.state == InvoiceState.ACCEPTED


@pytest.mark.parametrize("kind", ["reset_before", "http_error"])
def test_request_that_got_lost(sim, adapter, target, placed, nfe, path, kind):
    sim.fault(kind, path, method="POST")
    with pytest.raises(Transient) as caught:
        adapter.send_invoice(target, nfe(placed.shipment_id))
    assert not isinstance(caught.value, OutcomeUnknown), "read back: nothing is there"
    assert adapter.send_invoice(target, nfe(placed.shipment_id)).key


def test_not_even_the_reading_back_works(sim, adapter, target, placed, nfe, path):
    sim.fault("reset_after", path, method="POST")
    sim.fault("http_error", path, method="GET")
    with pytest.raises(OutcomeUnknown):
        adapter.send_invoice(target, nfe(placed.shipment_id))
    assert adapter.invoice_status(target).state == InvoiceState.ACCEPTED


@pytest.mark.parametrize(
    ("changes", "code", "who"),
    [
        ({"cStat": "110"}, "invalid_nfe_cstat", "operator"),
        ({"vNF": "0.01"}, "nfe_order_value_divergence", "operator"),
        ({"cpf": "52998224725"}, "wrong_receiver_cpf", "operator"),
        ({"cep": "00000000"}, "wrong_receiver_zipcode", "operator"),
        ({"dhEmi": "2026-11-20T12:00:00-03:00"}, "wrong_invoice_date", "operator"),
        ({"cep_emit": "01000000"}, "wrong_sender_zipcode", "config"),
        ({"ie": "999"}, "invalid_sender_ie", "config"),
        ({"ie": ""}, "sender_ie_not_found", "config"),
        ({"uf": "RJ"}, "different_state_nfe_shipment_origin", "config"),
        ({"mod": "65"}, "wrong_invoice_type", "bug"),
        ({"root": "enviNFe"}, "batch_nfe_not_supported", "bug"),
        ({"versao": "3.10"}, "nfe_layout_not_supported", "bug"),
    ],
)
def test_refusals_of_the_market(adapter, target, placed, nfe, changes, code, who):
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(target, nfe(placed.shipment_id, **changes))
    assert (caught.value.code, caught.value.who) == (code, who)


@pytest.mark.parametrize("code", sorted(INVOICE_ERRORS))
def test_every_documented_code(sim, adapter, target, placed, nfe, path, code):
    fault = {"status": 400, "error": "bad_request", "error_code": code}
    sim.fault("api_error", path, method="POST", **fault)
    kind = INVOICE_ERRORS[code]
    with pytest.raises(ChannelError) as caught:
        adapter.send_invoice(target, nfe(placed.shipment_id))
    error = caught.value
    if kind in ("retry", "already"):
        # "Already saved" with nothing to be seen: their own copy is behind.
        assert isinstance(error, Transient)
    else:
        assert (type(error), error.who) == (Rejected, kind)
    assert error.code == code


def test_all_codes_of_the_documentation_are_classified():
    assert len(INVOICE_ERRORS) == 30
    shared = Path(__file__).resolve().parents[4] / "shared" / "samples"
    sample = shared / "mercadolivre" / "shipment_invoice_data.error_codes.json"
    if not sample.exists():
        pytest.skip("the samples of the channels are not here")
    for row in json.loads(sample.read_text()):
        word = row["class"].split()[0].lower().removesuffix("_done")
        assert INVOICE_ERRORS[row["error_code"]] == word, row


def test_cancelled_order_takes_no_invoice(sim, adapter, target, placed, nfe):
    invoice = nfe(placed.shipment_id)
    sim.cancel(placed.id)
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(target, invoice)
    assert (caught.value.code, caught.value.who) == ("invalid_shipment", "operator")


def test_key_of_another_parcel(sim, adapter, read, nfe):
    first, second = sim.order(), sim.order()
    invoice = nfe(first.shipment_id)
    adapter.send_invoice(read(first.id).invoice_targets[0], invoice)
    other = nfe(second.shipment_id, number=int(invoice.number), key=invoice.key)
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(read(second.id).invoice_targets[0], other)
    assert caught.value.code == "duplicated_fiscal_key"


def test_too_large_is_not_even_sent(sim, adapter, target, placed, nfe):
    invoice = replace(nfe(placed.shipment_id), xml=b"x" * 1_000_001)
    with pytest.raises(Rejected) as caught:
        adapter.send_invoice(target, invoice)
    assert caught.value.who == "bug"
    assert posts(sim) == []


def test_limit_and_unknown_parcel(sim, adapter, target, placed, nfe, path):
    sim.fault("rate_limited", path)
    with pytest.raises(RateLimited):
        adapter.send_invoice(target, nfe(placed.shipment_id))
    with pytest.raises(NotFound):
        adapter.send_invoice(replace(target, external_id="5"), nfe(placed.shipment_id))


def test_cart_with_a_cancelled_order(sim, adapter, nfe):
    ids = sim.generate(8, "carts", cancel_plan={}, packs=1)
    orders = [o for o in adapter.orders(list(map(str, ids))) if o.pack_id]
    sim.cancel(int(orders[0].external_id))
    target = orders[1].invoice_targets[0]
    result = adapter.send_invoice(target, nfe(int(target.external_id)))
    assert result.state == InvoiceState.ACCEPTED


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, {"error": "invalid_token"}, "TokenExpired"),
        (403, {"message": "The access token has expired"}, "TokenExpired"),
        (403, {"error": "forbidden", "message": "not allowed"}, "Rejected"),
        (401, {"message": "anything"}, "TokenExpired"),
        (429, {}, "RateLimited"),
        (400, {"error": "local_rate_limited"}, "RateLimited"),
        (404, {"error": "order_not_found"}, "NotFound"),
        (400, {"error": "validation_error"}, "Rejected"),
        (500, {"error": "internal_error"}, "NoneType"),
        (400, {}, "NoneType"),
    ],
)
def test_other_answers(status, body, error):
    answer = Answer(status, {}, json.dumps(body).encode())
    assert type(classify(answer)).__name__ == error


def test_text_of_a_refusal_shows_no_cpf():
    body = {"error_code": "wrong_receiver_cpf", "message": "CPF 52998224725 is wrong"}
    error = classify(Answer(400, {}, json.dumps(body).encode()))
    assert "52998224725" not in str(error)
