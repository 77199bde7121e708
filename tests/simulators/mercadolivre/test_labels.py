"""Labels: all or nothing, reading prints, then the carrier."""

from __future__ import annotations

import io
import zipfile

import pytest
from pypdf import PdfReader


@pytest.fixture
def printable(sim, client, nfe):
    def make(count):
        orders = [sim.order() for _ in range(count)]
        for order in orders:
            xml = nfe(sim, order.shipment_id)
            assert client.send_nfe(order.shipment_id, xml).status_code == 201
        return orders

    return make


def test_pdf_has_a_page_of_10_by_15_cm_per_parcel(sim, client, printable):
    orders = printable(3)
    answer = client.labels(*(order.shipment_id for order in orders))
    assert answer.headers["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 3
    box = pages[0].mediabox
    assert (round(box.width / 28.3465), round(box.height / 28.3465)) == (10, 15)
    for page, order in zip(pages, orders, strict=True):
        text = page.extract_text()
        cep = order.buyer.address.cep
        assert order.buyer.full_name in text
        assert f"{cep[:5]}-{cep[5:]}" in text
        assert str(order.shipment_id) in text and str(order.id) in text
        key = client.get(
            f"/shipments/{order.shipment_id}/invoice_data/?siteId=MLB"
        ).json()["fiscal_key"]
        assert key in text.replace(" ", "")


def test_zpl_comes_in_a_zip(client, printable):
    orders = printable(2)
    answer = client.labels(*(order.shipment_id for order in orders), kind="zpl2")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    text = archive.read(archive.namelist()[0]).decode()
    assert text.count("^XA") == text.count("^XZ") == 2
    assert all(f"^FD{order.shipment_id}^FS" in text for order in orders)


def test_reading_prints_and_may_be_repeated(client, printable):
    (order,) = printable(1)
    assert client.labels(order.shipment_id).status_code == 200
    assert client.state(order.shipment_id) == ("ready_to_ship", "printed")
    assert client.labels(order.shipment_id).status_code == 200


def test_one_bad_parcel_fails_the_call(sim, client, printable):
    (good,) = printable(1)
    pending, dead = sim.order(), sim.order()
    sim.cancel(dead.id)
    answer = client.labels(good.shipment_id, pending.shipment_id, dead.shipment_id)
    assert answer.status_code == 400
    assert answer.json()["failed_shipments"] == [
        {"shipment_id": pending.shipment_id, "message": "invoice_pending"},
        {"shipment_id": dead.shipment_id, "message": "closed_by_user"},
    ]
    assert client.state(good.shipment_id) == ("ready_to_ship", "ready_to_print")


def test_parameters(client):
    assert client.labels().status_code == 400
    assert client.labels(1, kind="png").status_code == 400
    assert client.get("/shipment_labels?shipment_ids=a").status_code == 400
    assert client.labels(*range(51)).status_code == 400
    assert client.labels(1).status_code == 404


def test_pick_up_and_delivery(client, printable):
    one, other = printable(2)
    client.labels(one.shipment_id)
    answer = client.ctl("ship", shipment_ids=[one.shipment_id, other.shipment_id, 1])
    assert answer.status_code == 409
    assert answer.json()["results"] == {
        str(one.shipment_id): "shipped",
        str(other.shipment_id): "not_printed: ready_to_print",
        "1": "not_found",
    }
    assert client.state(one.shipment_id)[0] == "shipped"
    assert client.ctl("advance", event="cancel", order_id=one.id).status_code == 409
    assert client.ctl("deliver", shipment_ids=[one.shipment_id]).status_code == 200
    assert "delivered" in client.order(one.id)["tags"]
    assert client.ctl("deliver", shipment_ids=[other.shipment_id]).status_code == 409


def test_shipping_a_cancelled_parcel_is_recorded(sim, client, printable):
    (order,) = printable(1)
    client.labels(order.shipment_id)
    sim.cancel(order.id)
    answer = client.ctl("ship", shipment_ids=[order.shipment_id])
    assert answer.status_code == 409
    assert answer.json()["results"] == {str(order.shipment_id): "shipped_cancelled"}
    counters = client.read_ctl("counters")
    assert counters["shipped_cancelled"] == 1
    assert client.read_ctl("requests")["incidents"][0]["kind"] == "shipped_cancelled"
