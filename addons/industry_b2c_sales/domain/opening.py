"""Which carton or pallet to open when the unit pick face runs out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from .gtin import Size

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Closed:
    """Closed stock at one place. ``free``: pieces that nobody has reserved; ``per``:
    pieces in one carton or pallet; ``age``: the smaller, the longer it is here."""

    key: int
    size: Size
    free: Decimal
    per: Decimal
    age: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """Open ``count`` cartons or pallets of a place: ``quantity`` pieces in all."""

    key: int
    count: int
    quantity: Decimal


def plan(
    shortage: Decimal,
    places: Iterable[Closed],
    allowed: frozenset[Size],
    b2b_minimum: Decimal = ZERO,
) -> list[Opening]:
    """What to open so that ``shortage`` pieces become single units.

    Cartons before pallets, older before newer, never more than needed. What stays
    closed must still hold ``b2b_minimum``: a distributor buys closed cartons.
    """
    places = list(places)
    budget = sum((place.free for place in places), ZERO) - b2b_minimum
    openings = []
    for place in _in_turn(places, allowed):
        if shortage <= 0:
            break
        count = _count(place, shortage, budget)
        if count:
            quantity = min(count * place.per, place.free)
            openings.append(Opening(place.key, count, quantity))
            shortage -= quantity
            budget -= quantity
    return openings


def openable(
    places: Sequence[Closed], allowed: frozenset[Size], b2b_minimum: Decimal = ZERO
) -> Decimal:
    """How many pieces could be made single units, if that many were needed."""
    there = sum((place.free for place in places), ZERO)
    openings = plan(there, places, allowed, b2b_minimum)
    return sum((one.quantity for one in openings), ZERO)


def _in_turn(places: Sequence[Closed], allowed: frozenset[Size]) -> list[Closed]:
    usable = [place for place in places if place.size in allowed and place.free > 0]
    return sorted(usable, key=lambda one: (one.size is Size.PALLET, one.age, one.key))


def _count(place: Closed, shortage: Decimal, budget: Decimal) -> int:
    """Whole cartons for the shortage, as far as they are there and may be opened; one
    that was begun already counts as one."""
    wanted = (shortage / place.per).to_integral_value(ROUND_CEILING)
    there = (place.free / place.per).to_integral_value(ROUND_CEILING)
    count = min(wanted, there)
    if min(count * place.per, place.free) > budget:
        count = max((budget / place.per).to_integral_value(ROUND_FLOOR), ZERO)
    return int(count)
