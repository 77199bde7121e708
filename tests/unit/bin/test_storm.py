"""The proof of the channels' storm sees what it is there for."""

from __future__ import annotations

from bin.lib.bench.storm.proof import Ours, Theirs, percentile, prove
from bin.lib.bench.storm.weather import shares


def theirs(order_id, *, cancelled=False, left=False):
    return Theirs("shopee", order_id, cancelled, left)


def ours(order_id, *, left=False, notes=1):
    return Ours("shopee", order_id, left, notes)


def test_all_is_well():
    proof = prove(
        [theirs("1", left=True), theirs("2", cancelled=True)],
        [ours("1", left=True), ours("2", notes=0)],
    )
    assert not any(vars(proof).values())


def test_lost_is_what_lives_there_and_is_not_here():
    proof = prove([theirs("1"), theirs("2", cancelled=True)], [])
    assert proof.lost == ("shopee/1",)
    assert Theirs("amazon", "1", False, False) != theirs("1")


def test_doubled_sale_and_doubled_note():
    proof = prove(
        [theirs("1"), theirs("2")], [ours("1"), ours("1"), ours("2", notes=2)]
    )
    assert proof.doubled == ("shopee/1", "shopee/2")


def test_cancelled_and_left_by_either_book():
    proof = prove(
        [theirs("1", cancelled=True), theirs("2", cancelled=True, left=True)],
        [ours("1", left=True), ours("2")],
    )
    assert proof.shipped_cancelled == ("shopee/1", "shopee/2")


def test_shares_lose_nobody():
    assert shares(1000, [4, 3, 2, 1]) == [400, 300, 200, 100]
    assert shares(7, [4, 3, 2, 1]) == [2, 2, 2, 1]
    assert all(sum(shares(count, [4, 3, 1])) == count for count in range(30))


def test_percentile():
    assert percentile([], 0.99) == 0
    assert percentile(range(1, 101), 0.99) == 100
    assert percentile([5, 1, 3], 0.5) == 3
