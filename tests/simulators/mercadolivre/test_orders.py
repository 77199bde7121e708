"""Reading orders, buyers, parcels and carts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from simulators.common.people import cpf_check_digits


def test_order_of_somebody_else(client):
    answer = client.get("/orders/2000000000000001")
    assert (answer.status_code, answer.json()["error"]) == (404, "order_not_found")


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 51},
        {"limit": 0},
        {"sort": "price"},
        {"offset": "x"},
        {"order.date_last_updated.from": "yesterday"},
        {"order.date_last_updated.from": "2026-11-20T10:00:00"},
        {"q": "x"},
    ],
)
def test_search_is_strict(client, params):
    answer = client.search(**params)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_search_needs_the_own_seller(client):
    assert client.get("/orders/search").status_code == 400
    assert client.search(seller=1).status_code == 403


def test_search_pages(sim, client):
    ids = sim.generate(23, 5, cancel_plan={})
    seen = []
    for offset in range(0, 30, 10):
        page = client.search(sort="date_asc", offset=offset, limit=10).json()
        seen += [order["id"] for order in page["results"]]
    assert page["paging"] == {"total": 23, "offset": 20, "limit": 10}
    assert sorted(seen) == sorted(ids)
    newest = client.search(sort="date_desc", limit=1).json()["results"][0]["id"]
    assert newest == seen[-1]


def test_search_hides_cancelled_orders(sim, client):
    ids = sim.generate(4, 5, cancel_plan={})
    sim.cancel(ids[2])
    found = [order["id"] for order in client.search().json()["results"]]
    assert sorted(found) == sorted(set(ids) - {ids[2]})
    assert client.search(**{"order.status": "cancelled"}).json()["results"] == []
    assert client.order(ids[2])["status"] == "cancelled"


def test_search_dates_ignore_minutes(sim, client, clock):
    clock.set(datetime.fromisoformat("2026-11-20T11:30:00+00:00"))
    early = sim.order(age_seconds=1801).id  # 10:59:59
    late = sim.order(age_seconds=60).id  # 11:29
    cases = (
        ("2026-11-20T10:59:59.000-00:00", None, {early, late}),
        ("2026-11-20T07:10:00.000-04:00", None, {late}),
        ("2026-11-20T09:00:00Z", "2026-11-20T10:05:00Z", {early}),
        ("2026-11-20T11:59:00Z", "2026-11-20T11:01:00Z", {late}),
    )
    for first, last, wanted in cases:
        params = {"order.date_last_updated.from": first}
        if last:
            params["order.date_last_updated.to"] = last
        found = {o["id"] for o in client.search(**params).json()["results"]}
        assert found == wanted, first


def test_dates_carry_amazon_time(sim, client):
    order = client.order(sim.order().id)
    assert order["date_created"].endswith("-04:00")
    assert order["last_updated"].endswith("-04:00")


def test_money_is_consistent(sim, client):
    ids = sim.generate(60, 11, cancel_plan={})
    orders = [client.order(order_id) for order_id in ids]
    for order in orders:
        items = sum(
            round(e["unit_price"] * e["quantity"], 2) for e in order["order_items"]
        )
        payment = order["payments"][0]
        assert order["total_amount"] == pytest.approx(items)
        assert payment["transaction_amount"] == order["total_amount"]
        total = payment["transaction_amount"] + payment["shipping_cost"]
        assert payment["total_paid_amount"] == pytest.approx(total)
        assert order["paid_amount"] == pytest.approx(total)
        for entry in order["order_items"]:
            full = sum(d["amounts"]["full"] for d in entry["discounts"])
            gross = (entry["unit_price"] + full) * entry["quantity"]
            assert entry["gross_price"] == pytest.approx(gross)
    kinds = {order["payments"][0]["payment_method_id"] for order in orders}
    assert {"pix", "account_money"} <= kinds
    cards = [
        o["payments"][0]
        for o in orders
        if o["payments"][0]["payment_type"] == "credit_card"
    ]
    assert all(card["authorization_code"] for card in cards)
    assert any(order["payments"][0]["shipping_cost"] for order in orders)
    assert any(entry["discounts"] for o in orders for entry in o["order_items"])
    assert any(len(o["order_items"]) > 1 for o in orders)


def test_interest_formula_of_the_documentation(sim, client):
    placed = sim.order(interest="5.90", payment="credit_card", freight="10")
    payment = client.order(placed.id)["payments"][0]
    interest = (
        payment["total_paid_amount"]
        + payment["coupon_amount"]
        - payment["transaction_amount"]
        - payment["taxes_amount"]
        - payment["shipping_cost"]
    )
    assert interest == pytest.approx(5.90)


def test_ids_exceed_32_bits(sim, client):
    order = client.order(sim.order().id)
    numbers = (
        order["id"],
        order["shipping"]["id"],
        order["payments"][0]["id"],
        order["buyer"]["id"],
        order["seller"]["id"],
    )
    assert all(2**31 < number < 2**53 for number in numbers)


def test_billing_info(sim, client):
    placed = sim.order()
    order = client.order(placed.id)
    path = f"/orders/billing-info/MLB/{order['buyer']['billing_info']['id']}"
    identification = client.get(path).json()["buyer"]["billing_info"]["identification"]
    cpf = identification["number"]
    assert cpf[9:] == cpf_check_digits(cpf[:9])
    assert client.get("/orders/billing-info/MLA/1").status_code == 400
    assert client.get("/orders/billing-info/MLB/1").status_code == 404


def test_cpf_may_lose_its_zeros(sim, client):
    always = sim.order(lose_cpf_zeros=True)
    path = f"/orders/billing-info/MLB/{always.billing_id}"

    def number(path):
        info = client.get(path).json()["buyer"]["billing_info"]
        return info["identification"]["number"]

    assert number(path) == always.buyer.document.lstrip("0")
    once = sim.order(buyer={"cpf": "00100200" + "3" + cpf_check_digits("001002003")})
    path = f"/orders/billing-info/MLB/{once.billing_id}"
    sim.fault("cpf_lost_zeros", "/orders/billing-info")
    assert number(path) == once.buyer.document.lstrip("0")
    assert number(path) == once.buyer.document


def test_headers_are_obligatory(sim, client):
    placed = sim.order()
    for path in (f"/orders/{placed.id}/shipments", f"/shipments/{placed.shipment_id}"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_shipment_rows_carry_ids_as_text(sim, client):
    placed = sim.order(foreign_rows=True)
    rows = client.get(f"/shipments/{placed.shipment_id}/orders").json()
    assert rows[0]["order_id"] == str(placed.id)
    assert rows[-1]["seller_id"] != sim.seller.user_id


def test_address_is_masked_until_paid(sim, client):
    placed = sim.order(paid=False)
    assert client.order(placed.id)["status"] == "payment_required"
    assert client.order(placed.id)["paid_amount"] == 0
    masked = client.shipment(placed.shipment_id)["destination"]
    assert masked["receiver_name"] is None
    assert masked["shipping_address"]["street_name"] == "XXXXXXX"
    assert client.ctl("advance", event="pay", order_id=placed.id).status_code == 200
    assert client.order(placed.id)["status"] == "paid"
    destination = client.shipment(placed.shipment_id)["destination"]
    assert destination["receiver_name"] == placed.buyer.full_name
    assert client.ctl("advance", event="pay", order_id=placed.id).status_code == 409


def test_buffered_parcel_is_released_by_the_clock(sim, client, clock):
    placed = sim.order(buffered_seconds=3600)
    assert client.state(placed.shipment_id) == ("pending", "buffered")
    clock.advance(timedelta(seconds=3601))
    assert client.state(placed.shipment_id) == ("ready_to_ship", "invoice_pending")


def test_sla_turns_late(sim, client, clock):
    placed = sim.order()
    path = f"/shipments/{placed.shipment_id}/sla"
    assert client.get(path).json()["status"] == "on_time"
    clock.advance(timedelta(days=3))
    client = type(client)(sim)
    assert client.get(path).json()["status"] == "delayed"


def test_pack_holds_two_orders_and_one_parcel(sim, client):
    ids = sim.generate(12, 4, packs=2, cancel_plan={})
    carts = {}
    for order_id in ids:
        order = client.order(order_id)
        if order["pack_id"]:
            assert "pack_order" in order["tags"]
            carts.setdefault(order["pack_id"], []).append(order)
    assert [len(orders) for orders in carts.values()] == [2, 2]
    for pack_id, orders in carts.items():
        assert len({order["shipping"]["id"] for order in orders}) == 1
        assert len({order["buyer"]["id"] for order in orders}) == 1
        shipment_id = orders[0]["shipping"]["id"]
        pack = client.get(f"/packs/{pack_id}").json()
        assert [row["id"] for row in pack["orders"]] == [o["id"] for o in orders]
        freight = sum(order["payments"][0]["shipping_cost"] for order in orders)
        costs = client.get(f"/shipments/{shipment_id}/costs").json()
        assert costs["receiver"]["cost"] == pytest.approx(freight)
    assert client.get("/packs/1").status_code == 404


def test_payment_resource_of_a_notification(sim, client):
    placed = sim.order()
    answer = client.get(f"/collections/{placed.payment.id}").json()
    assert answer == client.order(placed.id)["payments"][0]
    assert client.get("/collections/1").status_code == 404


def test_missed_feeds_wants_the_own_application(client):
    assert client.get("/missed_feeds").status_code == 400
    assert client.get("/missed_feeds?app_id=1").status_code == 403


def test_unknown_path_and_method(client):
    answer = client.get("/orders/1/nothing")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert client.post("/users/me").status_code == 405
