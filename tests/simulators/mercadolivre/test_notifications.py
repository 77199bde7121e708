"""Events: duplicated, reordered, delayed, dropped, lost, retried."""

from __future__ import annotations

from datetime import timedelta

import pytest


@pytest.fixture
def missed(sim, client):
    def missed():
        params = {"app_id": sim.client_id}
        return client.get("/missed_feeds", params=params).json()["messages"]

    return missed


def test_a_sale_announces_order_payment_and_parcel(sim, callback, until):
    sim.notifications(url=callback.url)
    placed = sim.order()
    until(lambda: len(callback.received) == 3)
    assert callback.topics() == ["orders_v2", "payments", "shipments"]
    first = callback.received[0]
    assert first["resource"] == f"/orders/{placed.id}"
    assert first["user_id"] == sim.seller.user_id
    assert str(first["application_id"]) == sim.client_id
    assert first["sent"].endswith("Z")


def test_duplicates(sim, client, callback, until):
    assert client.ctl("notifications", duplicates=6).status_code == 400
    assert client.ctl("notifications", colour=1).status_code == 400
    client.ctl("notifications", url=callback.url, duplicates=3, timeout_ms=9000)
    sim.order()
    until(lambda: len(callback.received) == 9)
    until(lambda: client.read_ctl("counters")["notifications"] == {"sent": 3})


def test_reorder(sim, callback, until):
    sim.notifications(url=callback.url, paused=True, reorder=True)
    sim.order()
    sim.notifications(paused=False)
    until(lambda: len(callback.received) == 3)
    assert callback.topics() == ["shipments", "payments", "orders_v2"]


def test_each_third_event_is_lost(sim, client, callback, until):
    sim.notifications(url=callback.url, lose_every=3)
    sim.order()
    sim.order()
    until(lambda: len(callback.received) == 4)
    assert client.read_ctl("counters")["notifications"] == {"sent": 4, "lost": 2}


def test_delay_runs_on_the_clock(sim, client, clock, callback, until):
    sim.notifications(url=callback.url, delay=600)
    sim.order()
    client.get("/users/me")
    assert callback.received == []
    clock.advance(timedelta(seconds=601))
    until(lambda: len(callback.received) == 3)


def test_dropped_events_are_listed_for_two_days(sim, clock, callback, until, missed):
    sim.notifications(url=callback.url, drop=1)
    placed = sim.order()
    until(lambda: len(callback.received) == 2)
    (entry,) = missed()
    assert entry["resource"] == f"/orders/{placed.id}"
    assert entry["attempts"] == 8
    assert "orders_v2" not in callback.topics()


def test_missed_feeds_forget_after_two_days(sim, clock, client_of):
    sim.notifications(drop=3)
    sim.order()
    clock.advance(timedelta(days=2, hours=1))
    params = {"app_id": sim.client_id}
    answer = client_of(sim).get("/missed_feeds", params=params)
    assert answer.json() == {"messages": []}


def test_lost_events_leave_no_trace(sim, callback, until, missed):
    sim.notifications(url=callback.url, lose=2)
    sim.order()
    until(lambda: len(callback.received) == 1)
    assert callback.topics() == ["shipments"]
    assert missed() == []


def test_eight_tries_within_an_hour(sim, clock, callback, until, missed):
    callback.status = 500
    sim.notifications(url=callback.url, lose=2)
    sim.order()
    for tries in range(1, 9):
        until(lambda tries=tries: len(callback.received) == tries)
        clock.advance(timedelta(minutes=19))
    until(missed)
    assert [entry["attempts"] for entry in callback.received] == list(range(1, 9))
    assert missed()[0]["response"]["http_code"] == 500


def test_a_later_try_may_succeed(sim, client, clock, callback, until):
    callback.status = 500
    sim.notifications(url=callback.url, lose=2, timeout_ms=9000)
    sim.order()
    until(lambda: len(callback.received) == 1)
    callback.status = 200
    clock.advance(timedelta(minutes=2))
    until(lambda: client.read_ctl("counters")["notifications"].get("sent") == 1)


def test_a_slow_answer_is_no_answer(sim, clock, callback, until):
    callback.answering.clear()
    sim.notifications(url=callback.url, lose=2, timeout_ms=50)
    sim.order()
    until(lambda: len(callback.received) == 1)
    until(lambda: sim.engine.store.notifications("queued")[0].attempts == 1)
    clock.advance(timedelta(minutes=2))
    until(lambda: len(callback.received) == 2)
    assert [entry["attempts"] for entry in callback.received] == [1, 2]
