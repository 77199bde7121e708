"""Questions, messages, claims, returns, cancelled units and split parcels."""

from __future__ import annotations

from decimal import Decimal

import pytest

from simulators.mercadolivre.api_talk import AGENT_ID

POST = "/post-purchase/v1"


@pytest.fixture
def placed(sim):
    return sim.order(lines=[{"quantity": 3, "price": "100.00"}], freight="0")


@pytest.fixture
def advance(client):
    def advance(order_id, event, **args):
        return client.ctl("advance", order_id=order_id, event=event, **args)

    return advance


def pack(sim, placed):
    return f"/messages/packs/{placed.id}/sellers/{sim.seller.user_id}"


def message(sim, text="Foi enviado."):
    return {"from": {"user_id": sim.seller.user_id}, "to": {"user_id": AGENT_ID}} | {
        "text": text
    }


def claim_of(client, order_id):
    params = {"order_id": order_id}
    return client.get(f"{POST}/claims/search", params=params).json()["data"][0]


def test_question_is_answered_once(sim, client, like_sample):
    number = client.ctl("ask").json()["question_id"]
    path = f"/questions/{number}"
    assert client.get(path).status_code == 400
    question = client.get(path, params={"api_version": 4}).json()
    like_sample(question, "question.get")
    body = {"question_id": number, "text": "Sim."}
    assert client.post("/answers", json=body).json()["status"] == "ANSWERED"
    assert client.post("/answers", json=body).status_code == 400


def test_message_is_short_and_goes_to_the_agent(sim, client, placed, advance):
    path, tag = pack(sim, placed), {"tag": "post_sale"}
    advance(placed.id, "say")
    assert client.post(path, json=message(sim)).status_code == 400
    long = client.post(path, json=message(sim, "x" * 351), params=tag)
    assert long.json()["error"] == "text_too_long"
    wrong = message(sim) | {"to": {"user_id": placed.buyer_id}}
    assert client.post(path, json=wrong, params=tag).status_code == 400
    assert client.post(path, json=message(sim), params=tag).status_code == 201


def test_blocked_conversation(sim, client, placed, advance, like_sample):
    path, tag = pack(sim, placed), {"tag": "post_sale"}
    advance(placed.id, "say")
    like_sample(client.get(path, params=tag).json(), "messages.pack.get")
    advance(placed.id, "block", reason="blocked_by_buyer")
    status = client.get(path, params=tag).json()["conversation_status"]
    assert (status["status"], status["substatus"]) == ("blocked", "blocked_by_buyer")
    answer = client.post(path, json=message(sim), params=tag)
    assert (answer.status_code, answer.json()["error"]) == (403, "blocked_by_buyer")


def test_reading_marks_as_read(sim, client, placed, advance):
    advance(placed.id, "say")
    unread = {"role": "seller", "tag": "post_sale"}
    quiet = {"tag": "post_sale", "mark_as_read": "false"}
    client.get(pack(sim, placed), params=quiet)
    assert len(client.get("/messages/unread", params=unread).json()["results"]) == 1
    client.get(pack(sim, placed), params={"tag": "post_sale"})
    assert client.get("/messages/unread", params=unread).json()["results"] == []


def test_claim_search_wants_a_real_filter(client, placed, advance, like_sample):
    advance(placed.id, "claim")
    refused = client.get(f"{POST}/claims/search", params={"limit": 10})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_query")
    params = {"status": "opened", "range": "last_updated:after:2026-03-19T12:00:00Z"}
    assert client.get(f"{POST}/claims/search", params=params).status_code == 400
    like_sample(claim_of(client, placed.id), "claim.get.opened_with_actions")


def test_claim_offers_its_actions_only_once(sim, client, placed, advance):
    advance(placed.id, "claim", actions=["refund"], due_seconds=3600)
    claim = claim_of(client, placed.id)
    seller = claim["players"][1]["available_actions"]
    assert [row["action"] for row in seller] == ["refund"]
    assert seller[0]["due_date"].endswith("-04:00")
    path = f"{POST}/claims/{claim['id']}/expected-resolutions"
    assert client.post(f"{path}/allow-return").status_code == 400
    assert client.post(f"{path}/refund").status_code == 200
    assert client.post(f"{path}/refund").status_code == 400
    assert client.order(placed.id)["payments"][0]["status"] == "refunded"
    assert client.order(placed.id)["mediations"] == [{"id": claim["id"]}]


def test_return_through_triage(client, placed, advance, like_sample):
    advance(placed.id, "return", triage=True, quantity=1, subtype="return_partial")
    ref = claim_of(client, placed.id)["id"]
    back = client.get(f"/post-purchase/v2/claims/{ref}/returns").json()
    assert [row["type"] for row in back["shipments"]] == [
        "return",
        "return_from_triage",
    ]
    assert back["orders"][0]["return_quantity"] == "1.0"
    advance(placed.id, "move_return", status="delivered", condition="unsaleable")
    reviews = client.get(f"{POST}/returns/{back['id']}/reviews").json()
    like_sample(reviews, "return.reviews")
    assert reviews["reviews"][0]["method"] == "triage"


def test_low_cost_return_brings_no_goods(client, placed, advance):
    advance(placed.id, "return", subtype="low_cost")
    ref = claim_of(client, placed.id)["id"]
    back = client.get(f"/post-purchase/v2/claims/{ref}/returns").json()
    assert (back["shipments"], back["refund_at"]) == ([], "n/a")
    assert back["status_money"] == "refunded"


def test_no_return_is_a_404(client, placed, advance):
    advance(placed.id, "claim")
    ref = claim_of(client, placed.id)["id"]
    assert client.get(f"/post-purchase/v2/claims/{ref}/returns").status_code == 404


def test_cancelled_unit_is_paid_back_and_the_nfe_smaller(
    sim, client, placed, advance, nfe
):
    assert advance(placed.id, "cancel_units", units=3).status_code == 409
    assert advance(placed.id, "cancel_units").status_code == 200
    order = client.order(placed.id)
    (line,) = order["order_items"]
    assert (line["requested_quantity"]["value"], line["quantity"]) == (3, 2)
    assert order["payments"][0]["transaction_amount_refunded"] == 100
    assert order["status"] == "partially_refunded"
    old = nfe(sim, placed.shipment_id)
    assert client.send_nfe(placed.shipment_id, old).status_code == 400
    due = placed.payment.total_paid - Decimal(100)
    new = nfe(sim, placed.shipment_id, vNF=f"{due:.2f}")
    assert client.send_nfe(placed.shipment_id, new).status_code == 201


def test_seller_cancels_by_feedback(client, placed):
    body = {"fulfilled": False, "rating": "neutral", "message": "Sem estoque"}
    path = f"/orders/{placed.id}/feedback"
    assert client.post(path, json=body).status_code == 400
    body["reason"] = "OUT_OF_STOCK"
    assert client.post(path, json=body).status_code == 201
    detail = client.order(placed.id)["cancel_detail"]
    assert (detail["group"], detail["requested_by"]) == ("seller", "seller")
    assert client.post(path, json=body).status_code == 400


def test_split_supersedes_the_parcel(sim, client, placed):
    path = f"/shipments/{placed.shipment_id}/split"
    packs = [{"orders": [{"id": placed.id, "quantity": n}]} for n in (1, 2)]
    short = {"reason": "FRAGILE", "packs": packs[:1]}
    assert client.post(path, json=short).status_code == 400
    answer = client.post(path, json={"reason": "FRAGILE", "packs": packs})
    new = [row["id"] for row in answer.json()["shipments"]]
    assert client.state(placed.shipment_id) == ("cancelled", "pack_splitted")
    assert client.order(placed.id)["cancel_detail"]["code"] == "pack_splitted"
    sibling = client.shipment(new[0])["sibling"]
    assert sibling["sibling_id"] == placed.shipment_id
    rows = [row for row in sim.orders() if row["shipment_id"] in new]
    assert sorted(row["lines"][0]["quantity"] for row in rows) == [1, 2]
    assert sum(Decimal(row["total_paid"]) for row in rows) == Decimal(300)


def test_topic_is_switched_off_when_nobody_answers(sim, clock, callback, until):
    callback.status = 500
    sim.notifications(url=callback.url, close_after=1)
    sim.order()
    until(lambda: len(sim.engine.events.config.closed) == 3)
    sim.order()
    assert {note.state for note in sim.engine.store.notifications()} == {"lost"}
