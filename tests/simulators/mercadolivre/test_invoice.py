"""Importing a NF-e: one case per documented refusal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from simulators.mercadolivre import MercadoLivreSimulator


@pytest.fixture
def placed(sim):
    return sim.order(freight="19.90")


def test_accepted_nfe_unlocks_the_label(sim, client, placed, nfe):
    xml = nfe(sim, placed.shipment_id)
    answer = client.send_nfe(placed.shipment_id, xml)
    assert answer.status_code == 201
    assert answer.json()["fiscal_key"] in xml
    assert client.state(placed.shipment_id) == ("ready_to_ship", "ready_to_print")
    path = f"/shipments/{placed.shipment_id}/invoice_data/?siteId=MLB"
    assert client.get(path).json() == answer.json()
    paid = placed.payment.total_paid
    assert Decimal(str(answer.json()["invoice_amount"])) == paid


def test_no_invoice_yet(client, placed):
    path = f"/shipments/{placed.shipment_id}/invoice_data/?siteId=MLB"
    assert client.get(path).status_code == 404


REFUSED = [
    ({"root": "enviNFe"}, "batch_nfe_not_supported"),
    ({"root": "NFe"}, "error_parse_invoice_data"),
    ({"versao": "3.10"}, "nfe_layout_not_supported"),
    ({"mod": "65"}, "wrong_invoice_type"),
    ({"tpNF": "0"}, "wrong_invoice_type"),
    ({"cStat": "110"}, "invalid_nfe_cstat"),
    ({"tpAmb": "2"}, "invalid_nfe_cstat"),
    ({"prot_amb": "2"}, "invalid_nfe_cstat"),
    ({"dv": "x"}, "error_parse_invoice_data"),
    ({"key": "1" * 44}, "error_parse_invoice_data"),
    ({"chNFe": "2" * 44}, "error_parse_invoice_data"),
    ({"vNF": "x"}, "error_parse_invoice_data"),
    ({"dhEmi": "2026-11-20T18:40:00"}, "error_parse_invoice_data"),
    ({"cnpj": "55666777000181"}, "invalid_sender_cnpj"),
    ({"ie": ""}, "sender_ie_not_found"),
    ({"ie": "999"}, "invalid_sender_ie"),
    ({"uf": "RJ"}, "different_state_nfe_shipment_origin"),
    ({"cep_emit": "01000000"}, "wrong_sender_zipcode"),
    ({"doc": "<CPF>12345678909</CPF>"}, "wrong_receiver_cpf"),
    ({"doc": "<CNPJ>55666777000181</CNPJ>"}, "wrong_receiver_cpf"),
    ({"cep": "00000000"}, "wrong_receiver_zipcode"),
    ({"entrega": "<entrega><CEP>1</CEP></entrega>"}, "wrong_receiver_zipcode"),
    ({"dhEmi": "2026-11-20T14:00:00-03:00"}, "wrong_invoice_date"),
    ({"vNF": "0.01"}, "nfe_order_value_divergence"),
]


@pytest.mark.parametrize(("changes", "code"), REFUSED)
def test_refusals(sim, client, placed, nfe, changes, code):
    answer = client.send_nfe(
        placed.shipment_id, nfe(sim, placed.shipment_id, **changes)
    )
    assert (answer.status_code, answer.json()["error_code"]) == (400, code)
    assert client.state(placed.shipment_id) == ("ready_to_ship", "invoice_pending")


def test_broken_xml(client, placed):
    answer = client.send_nfe(placed.shipment_id, "<nfeProc><NFe>")
    assert answer.json()["error_code"] == "error_parse_invoice_data"


def test_digest_must_be_the_sealed_one(sim, client, placed, nfe):
    xml = nfe(sim, placed.shipment_id)
    xml = xml.replace("<cStat>", "<digVal>AAA=</digVal><cStat>")
    signature = (
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">'
        "<DigestValue>BBB=</DigestValue></Signature></NFe>"
    )
    answer = client.send_nfe(placed.shipment_id, xml.replace("</NFe>", signature))
    assert answer.json()["error_code"] == "error_parse_invoice_data"


def test_more_than_one_note(sim, client, placed, nfe):
    xml = nfe(sim, placed.shipment_id).replace("<protNFe>", "<NFe/><protNFe>")
    answer = client.send_nfe(placed.shipment_id, xml)
    assert answer.json()["error_code"] == "batch_nfe_not_supported"


def test_content_type_site_and_size(sim, client, placed, nfe):
    xml = nfe(sim, placed.shipment_id)
    path = f"/shipments/{placed.shipment_id}/invoice_data/"
    assert client.post(path + "?siteId=MLB", json={}).status_code == 415
    kind = {"Content-Type": "application/xml"}
    answer = client.post(path, data=xml, headers=kind)
    assert answer.json()["error_code"] == "invalid_parameter"
    answer = client.post(path + "?siteId=MLA", data=xml, headers=kind)
    assert answer.json()["error_code"] == "invalid_operation_for_site_id"
    huge = xml.replace("<NFe>", "<!--" + "x" * 1_000_001 + "--><NFe>")
    answer = client.send_nfe(placed.shipment_id, huge)
    assert answer.json()["error_code"] == "invalid_parameter"


def test_second_import(sim, client, placed, nfe):
    xml = nfe(sim, placed.shipment_id)
    client.send_nfe(placed.shipment_id, xml)
    answer = client.send_nfe(placed.shipment_id, xml)
    assert answer.json()["error_code"] == "shipment_invoice_already_saved"


def test_key_used_for_another_parcel(sim, client, nfe):
    buyer = {"cpf": "52998224725", "cep": "82099123"}
    first, second = (
        sim.order(
            buyer=buyer,
            lines=[{"seller_sku": "BAN-MAD-02"}],
            seller_discount=0,
            freight=0,
        )
        for _ in range(2)
    )
    xml = nfe(sim, first.shipment_id)
    assert client.send_nfe(first.shipment_id, xml).status_code == 201
    answer = client.send_nfe(second.shipment_id, xml)
    assert answer.json()["error_code"] == "duplicated_fiscal_key"


def test_parcels_that_take_no_invoice(sim, client, nfe):
    unpaid, flex, dead = (
        sim.order(paid=False),
        sim.order(logistic_type="self_service"),
        sim.order(),
    )
    sim.cancel(dead.id)
    codes = [
        client.send_nfe(o.shipment_id, nfe(sim, o.shipment_id)).json()["error_code"]
        for o in (unpaid, flex, dead)
    ]
    assert codes == [
        "invalid_shipment",
        "seller_not_allowed_to_import_nfe",
        "invalid_shipment",
    ]
    assert client.send_nfe(1, "<x/>").status_code == 404


def test_company_needs_its_state_registration(sim, client, nfe):
    firm = sim.order(buyer={"cnpj": "55666777000181", "state_registration": "42"})
    xml = nfe(sim, firm.shipment_id)
    answer = client.send_nfe(firm.shipment_id, xml)
    assert answer.json()["error_code"] == "wrong_receiver_state_tax"
    xml = nfe(sim, firm.shipment_id, doc="<CNPJ>98765432000198</CNPJ>")
    answer = client.send_nfe(firm.shipment_id, xml)
    assert answer.json()["error_code"] == "wrong_receiver_cnpj"
    xml = nfe(sim, firm.shipment_id, ie_dest="<IE>42</IE>")
    assert client.send_nfe(firm.shipment_id, xml).status_code == 201


def test_delivery_elsewhere(sim, client, nfe):
    placed = sim.order(billing_elsewhere=True)
    delivery = placed.buyer.address.cep
    assert placed.billing_address.cep != delivery
    entrega = f"<entrega><CEP>{delivery}</CEP></entrega>"
    xml = nfe(sim, placed.shipment_id, entrega=entrega)
    assert client.send_nfe(placed.shipment_id, xml).status_code == 201


def test_interest_belongs_to_the_amount_paid(sim, client, nfe):
    placed = sim.order(interest="5.90", payment="credit_card")
    without = placed.payment.total_paid - Decimal("5.90")
    xml = nfe(sim, placed.shipment_id, vNF=str(without))
    answer = client.send_nfe(placed.shipment_id, xml)
    assert answer.json()["error_code"] == "nfe_order_value_divergence"
    xml = nfe(sim, placed.shipment_id)
    assert client.send_nfe(placed.shipment_id, xml).status_code == 201


def test_one_nfe_for_a_cart_without_its_cancelled_order(sim, client, nfe):
    ids = sim.generate(6, 3, packs=1, cancel_plan={})
    cart = [row for row in sim.orders() if row["order_id"] in ids and row["pack_id"]]
    shipment_id = cart[0]["shipment_id"]
    both = nfe(sim, shipment_id)
    sim.cancel(cart[0]["order_id"])
    assert client.state(shipment_id) == ("ready_to_ship", "invoice_pending")
    answer = client.send_nfe(shipment_id, both)
    assert answer.json()["error_code"] == "nfe_order_value_divergence"
    assert client.send_nfe(shipment_id, nfe(sim, shipment_id)).status_code == 201


def test_homologation_only_when_asked_for(clock, seller, nfe, client_of):
    with MercadoLivreSimulator(
        clock=clock, seller=seller, accept_homologation=True
    ) as sim:
        client = client_of(sim)
        for environment in ("1", "2"):
            placed = sim.order()
            xml = nfe(sim, placed.shipment_id, tpAmb=environment)
            assert client.send_nfe(placed.shipment_id, xml).status_code == 201


def test_unset_seller_fields_are_not_checked(clock, nfe, client_of):
    with MercadoLivreSimulator(clock=clock) as sim:
        placed = sim.order()
        xml = nfe(sim, placed.shipment_id, ie="5", uf="RS", cep_emit="90000000")
        assert client_of(sim).send_nfe(placed.shipment_id, xml).status_code == 201


def test_label_may_take_its_time(sim, client, clock, placed, nfe):
    client.ctl("settings", ready_delay_seconds=120)
    client.send_nfe(placed.shipment_id, nfe(sim, placed.shipment_id))
    assert client.state(placed.shipment_id) == ("ready_to_ship", "invoice_pending")
    assert client.labels(placed.shipment_id).status_code == 400
    clock.advance(timedelta(seconds=121))
    assert client.state(placed.shipment_id) == ("ready_to_ship", "ready_to_print")
