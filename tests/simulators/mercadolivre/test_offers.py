"""Listings, stock and price: what is ignored, left out or deleted without a word."""

from __future__ import annotations

import pytest

from simulators.mercadolivre import DEFAULT_CATALOG

ITEM = DEFAULT_CATALOG[1].item_id
VARIED = DEFAULT_CATALOG[0].item_id


@pytest.fixture
def put(client):
    def put(path, body, **headers):
        return client.session.put(
            client.sim.url + path, json=body, headers=headers, timeout=10
        )

    return put


def stock_path(client, item_id=ITEM):
    pool = client.get(f"/items/{item_id}").json()["user_product_id"]
    return f"/user-products/{pool}/stock"


def test_scan_walks_over_all_listings(sim, client):
    path, found, scroll = f"/users/{sim.seller.user_id}/items/search", [], {}
    while True:
        params = {"search_type": "scan", "limit": 4, **scroll}
        page = client.get(path, params=params).json()
        if not page["results"]:
            break
        found += page["results"]
        scroll = {"scroll_id": page["scroll_id"]}
    assert found == sorted(item.item_id for item in DEFAULT_CATALOG)


def test_multiget_leaves_out_what_is_beyond_twenty(client):
    ids = [f"MLB{number}" for number in range(25)] + [ITEM]
    rows = client.get("/items", params={"ids": ",".join(ids)}).json()
    assert len(rows) == 20
    assert {row["code"] for row in rows} == {404}


def test_skus_of_variations_only_on_request(client):
    plain = client.get(f"/items/{VARIED}").json()["variations"][0]
    whole = client.get(f"/items/{VARIED}", params={"include_attributes": "all"}).json()[
        "variations"
    ][0]
    assert "attributes" not in plain
    assert whole["attributes"][0]["value_name"] == DEFAULT_CATALOG[0].seller_sku


def test_stock_and_price_of_a_listing(client, put):
    assert put(f"/items/{ITEM}", {"available_quantity": 7}).status_code == 200
    assert put(f"/items/{ITEM}", {"price": 10.5}).json()["price"] == 10.5
    assert client.get(f"/items/{ITEM}").json()["available_quantity"] == 7
    assert put(f"/items/{ITEM}", {"available_quantity": -1}).status_code == 400
    assert put(f"/items/{ITEM}", {"colour": "red"}).status_code == 400


def test_varied_listing_wants_its_variations(client, put):
    error = put(f"/items/{VARIED}", {"available_quantity": 7})
    assert error.json()["error"] == "item.variations.required"
    ref = DEFAULT_CATALOG[0].variation_id
    body = {"variations": [{"id": ref, "available_quantity": 3}]}
    answer = put(f"/items/{VARIED}", body).json()
    assert answer["variations"][0]["available_quantity"] == 3


def test_multi_origin_ignores_the_listing_in_silence(client, put):
    client.ctl("settings", multi_origin=True)
    answer = put(f"/items/{ITEM}", {"available_quantity": 7})
    assert (answer.status_code, answer.json()["available_quantity"]) == (200, 100)
    assert "warehouse_management" in client.get("/users/me").json()["tags"]


def test_stock_of_a_user_product_is_compare_and_set(client, put):
    client.ctl("settings", multi_origin=True)
    path = stock_path(client)
    read = client.get(path)
    location = read.json()["locations"][0]
    body = {"locations": [{**location, "quantity": 12}]}
    write = f"{path}/type/seller_warehouse"
    assert put(write, body).status_code == 400
    version = read.headers["x-version"]
    assert put(write, body, **{"x-version": version}).status_code == 200
    assert put(write, body, **{"x-version": version}).status_code == 409
    assert client.get(f"/items/{ITEM}").json()["available_quantity"] == 12


def test_stock_of_a_user_product_needs_the_account_enabled(client, put):
    path = stock_path(client)
    answer = put(f"{path}/type/seller_warehouse", {}, **{"x-version": "1"})
    assert answer.status_code == 403
