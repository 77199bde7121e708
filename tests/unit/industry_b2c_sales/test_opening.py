"""Little is opened, cartons first, and B2B keeps its closed stock."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.gtin import Size
from odoo.addons.industry_b2c_sales.domain.opening import Closed, Opening, plan

BOTH = frozenset({Size.CARTON, Size.PALLET})
CARTON = frozenset({Size.CARTON})


def closed(key, size, free, per, age=0):
    return Closed(key, size, Decimal(free), Decimal(per), age)


def opened(shortage, places, allowed=BOTH, minimum=0):
    plans = plan(Decimal(shortage), places, allowed, Decimal(minimum))
    return [(one.key, one.count, int(one.quantity)) for one in plans]


PALLET = closed(1, Size.PALLET, 600, 600)
CARTONS = closed(2, Size.CARTON, 30, 12)


@pytest.mark.parametrize(
    ("shortage", "places", "allowed", "minimum", "expected"),
    [
        (1, [PALLET, CARTONS], BOTH, 0, [(2, 1, 12)]),
        (13, [PALLET, CARTONS], BOTH, 0, [(2, 2, 24)]),
        # The third carton was begun: six pieces are left in it.
        (25, [PALLET, CARTONS], BOTH, 0, [(2, 3, 30)]),
        (31, [PALLET, CARTONS], BOTH, 0, [(2, 3, 30), (1, 1, 600)]),
        (31, [PALLET, CARTONS], CARTON, 0, [(2, 3, 30)]),
        (1, [PALLET], CARTON, 0, []),
        (1, [PALLET], BOTH, 1, []),
        (1, [PALLET, CARTONS], BOTH, 600, [(2, 1, 12)]),
        (25, [PALLET, CARTONS], BOTH, 600, [(2, 3, 30)]),
        (25, [PALLET, CARTONS], BOTH, 610, [(2, 1, 12)]),
        (1, [], BOTH, 0, []),
        (0, [CARTONS], BOTH, 0, []),
    ],
)
def test_plan(shortage, places, allowed, minimum, expected):
    assert opened(shortage, places, allowed, minimum) == expected


def test_oldest_first():
    old, new = closed(1, Size.CARTON, 12, 12, 1), closed(2, Size.CARTON, 12, 12, 2)
    assert opened(1, [new, old]) == [(1, 1, 12)]


PLACES = st.lists(
    st.tuples(
        st.sampled_from([Size.CARTON, Size.PALLET]),
        st.integers(0, 100),
        st.integers(1, 30),
    ),
    max_size=6,
)


@given(st.integers(1, 150), PLACES, st.sampled_from([BOTH, CARTON]), st.integers(0, 80))
def test_promises(shortage, rows, allowed, minimum):
    places = {key: closed(key, *row) for key, row in enumerate(rows)}
    plans = plan(Decimal(shortage), places.values(), allowed, Decimal(minimum))
    total = sum(one.quantity for one in plans)
    for one in plans:
        place = places[one.key]
        assert place.size in allowed
        assert 0 < one.quantity <= place.free
        assert one == Opening(
            one.key, one.count, min(one.count * place.per, place.free)
        )
    if plans:
        left = sum(place.free for place in places.values()) - total
        assert left >= minimum
        # Without the last one it would not have been enough.
        last = plans[-1]
        assert (
            total - last.quantity + (last.count - 1) * places[last.key].per < shortage
        )
