"""The plan and the proof of ``bin/bench nfe-faults``."""

from __future__ import annotations

import pytest

from bin.lib.bench.faults.plan import FAULTS, POINTS, Plan
from bin.lib.bench.faults.proof import Ours, Theirs, prove
from simulators.sefaz.faults import Plan as SefazPlan


def ours(number=1, state="autorizada", digest="d", problem="", key=None):
    return Ours(
        number=number,
        key=key or f"key{number}",
        state=state,
        problem=problem,
        digest=digest,
    )


def theirs(number=1, status="authorized", digest="d", key=None):
    return Theirs(
        number=number, key=key or f"key{number}", status=status, digest=digest
    )


def wrong(documents, notes, voided=()):
    proof = prove(documents, notes, voided)
    return {name for name, texts in vars(proof).items() if texts}


def test_good_books():
    documents = [
        ours(1),
        ours(2, state="cancelada"),
        ours(3, state="cancelada", digest=""),
        ours(4, state="rejeitada", digest="", problem="sefaz_778"),
        ours(5, state="denegada", digest=""),
    ]
    assert not wrong(documents, [theirs(1), theirs(2, "cancelled")], [(3, 3)])


@pytest.mark.parametrize(
    ("documents", "notes", "voided", "expected"),
    [
        ([], [theirs()], (), {"lost"}),
        ([ours(state="rejeitada", digest="", problem="x")], [theirs()], (), {"lost"}),
        ([ours(digest="other")], [theirs()], (), {"digest_mismatch"}),
        ([ours(), ours(key="b")], [theirs(), theirs(key="b")], (), {"doubled"}),
        ([ours()], [theirs()], [(1, 1)], {"doubled"}),
        ([ours()], [], (), {"unexplained"}),
        ([ours(state="cancelada")], [theirs()], (), {"unexplained"}),
        ([ours(state="enviada", digest="")], [], (), {"unexplained"}),
        ([ours(state="cancelada", digest="")], [], (), {"unexplained"}),
        ([ours(2)], [theirs(2)], (), {"unexplained"}),
    ],
)
def test_bad_books(documents, notes, voided, expected):
    assert wrong(documents, notes, voided) == expected


def test_plan_repeats_itself():
    one, same, other = Plan(1, 50), Plan(1, 50), Plan(2, 50)
    ids = list(range(100, 150))
    assert one.chunks(ids) == same.chunks(ids) != other.chunks(ids)
    assert [id_ for chunk in one.chunks(ids) for id_ in chunk] == ids
    fates = [one.fate(index) for index in range(200)]
    assert fates == [same.fate(index) for index in range(200)]
    assert set(fates) == {"keep", "cancel", "drop"}


def test_first_passing_of_each_point_kills():
    assert all(Plan(3, 50).is_killed(point, 1) for point in POINTS)
    assert not all(Plan(3, 50).is_killed("sent", n) for n in range(2, 20))


def test_simulator_takes_the_plan():
    assert SefazPlan(**Plan(1, 50).order()).faults == FAULTS
