"""The plan follows from how far goods and note came, from who asks and from when."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.cancellation import (
    Asker,
    Note,
    Situation,
    Stage,
    Step,
    Taken,
    in_order,
    plan,
    plan_part,
    revise,
    waits_for,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
INSIDE = (Stage.OPEN, Stage.CONFIRMED, Stage.PICKING, Stage.PACKED)

# What happens to the goods, and to the parcel, at each stage.
GOODS = {
    Stage.OPEN: ["release_stock"],
    Stage.CONFIRMED: ["release_stock"],
    Stage.PICKING: ["release_stock", "put_back"],
    Stage.PACKED: ["release_stock", "put_back"],
    Stage.DISPATCHED: ["intercept_parcel", "expect_return"],
    Stage.DELIVERED: ["expect_return"],
    Stage.RETURNED: [],
}
# Hours that the SEFAZ gives for the cancellation (requirements, table of the UFs).
WINDOWS = {"MT": 2, "SP": 24, "RS": 168, "RO": 720, "PI": 1440}


def situation(stage=Stage.CONFIRMED, note=Note.NONE, **changes):
    return Situation(stage, note, NOW, **changes)


def steps(*args, **changes):
    return [step.value for step in plan(situation(*args, **changes))]


def in_plan(*names):
    return [step.value for step in in_order([Step(name) for name in names])]


@pytest.mark.parametrize(
    ("stage", "uf", "late", "marketplace"),
    list(product(Stage, WINDOWS, (False, True), (True, False))),
)
def test_matrix_of_an_authorised_note(stage, uf, late, marketplace):
    """Stage × last minute of the UF's window or the one after it × channel."""
    authorized_at = (
        NOW - timedelta(hours=WINDOWS[uf]) - (SECOND if late else 0 * SECOND)
    )
    note = "cancel_nfe" if stage in INSIDE and not late else "entry_nfe"
    assert steps(
        stage,
        Note.AUTHORIZED,
        authorized_at=authorized_at,
        cancel_hours=WINDOWS[uf],
        marketplace=marketplace,
    ) == in_plan(*GOODS[stage], note, "tell_channel", "book_refund")


@pytest.mark.parametrize(
    ("stage", "note", "marketplace", "paid"),
    list(
        product(
            Stage,
            (Note.NONE, Note.POSTED, Note.CANCELLED),
            (True, False),
            (True, False),
        )
    ),
)
def test_matrix_of_the_other_notes(stage, note, marketplace, paid):
    wanted = list(GOODS[stage])
    if note == Note.POSTED:
        wanted.append("cancel_nfe")
    if note != Note.NONE:
        wanted.append("tell_channel")
    # Nothing is booked before the note; then only our own money goes back.
    if note != Note.NONE or (paid and not marketplace):
        wanted.append("book_refund")
    assert steps(stage, note, marketplace=marketplace, paid=paid) == in_plan(*wanted)


def test_label_is_void_only_while_the_parcel_is_here():
    assert "void_label" in steps(Stage.PACKED, labelled=True)
    assert "void_label" not in steps(Stage.DISPATCHED, labelled=True)


def test_note_without_known_time_is_not_risked():
    assert "entry_nfe" in steps(note=Note.AUTHORIZED, authorized_at=None)


def test_refused_cancellation_becomes_an_entry_note():
    found = steps(note=Note.AUTHORIZED, authorized_at=NOW, cancel_refused=True)
    assert "entry_nfe" in found
    assert "cancel_nfe" not in found


def test_lost_parcel_is_not_awaited():
    assert not {"intercept_parcel", "expect_return"} & set(
        steps(Stage.DISPATCHED, lost=True)
    )


# Delivered at 23:30 of November 10 in the consumer's own time: the last second of day 7
# is 23:59:59 of November 17 there.
BOUNDARIES = [
    ("SP", datetime(2026, 11, 11, 2, 30, tzinfo=UTC), datetime(2026, 11, 18, 3, 0)),
    ("AC", datetime(2026, 11, 11, 4, 30, tzinfo=UTC), datetime(2026, 11, 18, 5, 0)),
    ("AM", datetime(2026, 11, 11, 3, 30, tzinfo=UTC), datetime(2026, 11, 18, 4, 0)),
    ("MT", datetime(2026, 11, 11, 3, 30, tzinfo=UTC), datetime(2026, 11, 18, 4, 0)),
    ("PE", datetime(2026, 11, 11, 2, 30, tzinfo=UTC), datetime(2026, 11, 18, 3, 0)),
]


@pytest.mark.parametrize(("uf", "delivered_at", "over"), BOUNDARIES)
def test_last_second_of_day_seven(uf, delivered_at, over):
    over = over.replace(tzinfo=UTC)

    def asked(at):
        return steps(
            Stage.DELIVERED,
            Note.AUTHORIZED,
            asker=Asker.CONSUMER,
            uf=uf,
            delivered_at=delivered_at,
            asked_at=at,
        )

    assert asked(over - SECOND) == in_plan(
        "entry_nfe", "expect_return", "tell_channel", "book_refund"
    )
    assert asked(over) == ["open_claim"]


def test_wish_counts_from_when_it_was_made():
    """Asked on day 6, worked off on day 20."""
    assert "open_claim" not in steps(
        Stage.DELIVERED,
        asker=Asker.CONSUMER,
        uf="SP",
        delivered_at=NOW - timedelta(days=20),
        asked_at=NOW - timedelta(days=14),
    )


def test_without_proof_of_delivery_the_window_stays_open():
    found = steps(
        Stage.DELIVERED,
        asker=Asker.CONSUMER,
        uf="SP",
        delivered_at=None,
        asked_at=NOW + timedelta(days=365),
    )
    assert "open_claim" not in found


@pytest.mark.parametrize("asker", [Asker.CHANNEL, Asker.SELLER])
def test_channel_and_seller_may_always_give_in(asker):
    found = steps(
        Stage.DELIVERED, asker=asker, uf="SP", delivered_at=NOW - timedelta(days=90)
    )
    assert "expect_return" in found


@pytest.mark.parametrize("asker", [Asker.CONSUMER, Asker.SELLER])
def test_channel_that_did_not_ask_is_told_at_once(asker):
    assert "tell_channel" in steps(asker=asker)
    assert waits_for(Step.TELL_CHANNEL, asker) == frozenset()
    assert Step.CANCEL_NFE in waits_for(Step.TELL_CHANNEL, Asker.CHANNEL)


# ---------------------------------------------------------------- some units only


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("note", Note)
def test_units_of_an_order_that_goes_on(stage, note):
    found = set(plan_part(situation(stage, note, authorized_at=NOW)))
    noted = note in (Note.POSTED, Note.AUTHORIZED)
    assert (Step.ENTRY_NFE in found) == noted
    assert (Step.RELEASE_STOCK in found) == (stage in INSIDE)
    assert (Step.PUT_BACK in found) == (stage in (Stage.PICKING, Stage.PACKED))
    assert (Step.EXPECT_RETURN in found) == (
        stage in (Stage.DISPATCHED, Stage.DELIVERED)
    )
    # The rest is still wanted.
    assert not found & {Step.CANCEL_NFE, Step.VOID_LABEL, Step.INTERCEPT_PARCEL}


def test_units_regretted_too_late_are_a_claim():
    late = situation(
        Stage.DELIVERED,
        Note.AUTHORIZED,
        asker=Asker.CONSUMER,
        uf="SP",
        delivered_at=NOW - timedelta(days=9),
        asked_at=NOW,
    )
    assert plan_part(late) == (Step.OPEN_CLAIM,)


# ---------------------------------------------------------------- looked at again

WANTED = (Step.RELEASE_STOCK, Step.ENTRY_NFE, Step.TELL_CHANNEL)


def test_same_situation_adds_and_drops_nothing():
    taken = [Taken(step, "done", 1) for step in WANTED]
    assert revise(WANTED, taken) == ((), ())


@pytest.mark.parametrize("state", [("todo", 1), ("manual", 1), ("done", 1)])
def test_asked_cancellation_is_not_doubled_by_an_entry_note(state):
    """The hours passed while the event was on its way."""
    taken = [Taken(Step.CANCEL_NFE, *state)]
    add, drop = revise(WANTED, taken)
    assert Step.ENTRY_NFE not in add
    assert drop == ()


@pytest.mark.parametrize("state", [("todo", 0), ("failed", 3)])
def test_cancellation_nobody_was_asked_for_gives_way(state):
    add, drop = revise(WANTED, [Taken(Step.CANCEL_NFE, *state)])
    assert Step.ENTRY_NFE in add
    assert drop == (Step.CANCEL_NFE,)


def test_refused_cancellation_gives_way_although_it_was_asked():
    add, drop = revise(WANTED, [Taken(Step.CANCEL_NFE, "todo", 4)], refused=True)
    assert Step.ENTRY_NFE in add
    assert drop == (Step.CANCEL_NFE,)


def test_entry_note_is_not_doubled_by_a_cancellation():
    add, _drop = revise((Step.CANCEL_NFE,), [Taken(Step.ENTRY_NFE, "manual", 1)])
    assert add == ()


def test_printed_label_stays_a_task_when_the_order_moves_on():
    taken = [
        Taken(Step.VOID_LABEL, "manual", 1),
        Taken(Step.EXPECT_RETURN, "manual", 1),
    ]
    _add, drop = revise((), taken)
    assert drop == (Step.EXPECT_RETURN,)


@pytest.mark.parametrize(
    ("state", "attempts", "dropped"),
    [("failed", 1, False), ("todo", 2, False), ("todo", 0, True)],
)
def test_goods_that_were_carried_away_are_put_back(state, attempts, dropped):
    """Once the stock is released nothing tells any more that they were picked."""
    released = plan(situation(Stage.OPEN))
    _add, drop = revise(released, [Taken(Step.PUT_BACK, state, attempts)])
    assert (Step.PUT_BACK in drop) is dropped


def test_dropped_step_that_is_needed_again_is_added():
    assert revise(WANTED, [Taken(Step.ENTRY_NFE, "dropped", 1)])[0] == WANTED


situations = st.builds(
    Situation,
    st.sampled_from(Stage),
    st.sampled_from(Note),
    st.just(NOW),
    authorized_at=st.one_of(
        st.none(),
        st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 23)).map(
            lambda at: at.replace(tzinfo=UTC)
        ),
    ),
    cancel_refused=st.booleans(),
    labelled=st.booleans(),
    asker=st.sampled_from(Asker),
    marketplace=st.booleans(),
    paid=st.booleans(),
    lost=st.booleans(),
)


@given(situations, situations)
def test_note_is_undone_one_way_and_plans_settle(first, later):
    """Whatever happens between two looks, nobody is asked twice to undo a note."""
    for wanted in (plan(first), plan_part(first)):
        assert not {Step.CANCEL_NFE, Step.ENTRY_NFE} <= set(wanted)
        assert wanted == in_order(list(wanted))
    taken = [Taken(step, "manual", 1) for step in plan(first)]
    add, drop = revise(plan(later), taken, refused=later.cancel_refused)
    after = [item for item in taken if item.step not in drop]
    after += [Taken(step, "manual", 1) for step in add]
    ways = [t.step for t in after if t.step in (Step.CANCEL_NFE, Step.ENTRY_NFE)]
    if not later.cancel_refused:
        assert len(ways) <= 1
    again = revise(plan(later), after, refused=later.cancel_refused)
    assert again == ((), ())
