"""What our own code tells itself through the context.

Whoever calls a public method may send any context as JSON, but no object of this
module: a key that carries one was set here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .domain.guard import LiveStatus


@dataclass(frozen=True, eq=False, slots=True)
class Looks:
    """What the channels answered before anything was locked, by order id; None for an
    order that nobody can be asked about."""

    answers: Mapping[int, LiveStatus | None]


@dataclass(frozen=True, slots=True)
class Guarded:
    """The orders for which the guard was asked about what happens to them now."""

    order_ids: frozenset[int]


def guarded(orders) -> dict:
    """The context in which these orders are not asked about again."""
    return {"b2c_guarded": Guarded(frozenset(orders.ids))}


def guarded_ids(env) -> frozenset[int]:
    """The ids of the orders that the guard was asked about."""
    told = env.context.get("b2c_guarded")
    return told.order_ids if isinstance(told, Guarded) else frozenset()


def looks(env) -> Mapping[int, LiveStatus | None]:
    """The answers that this transaction has got already."""
    told = env.context.get("b2c_looks")
    return told.answers if isinstance(told, Looks) else {}


_MACHINERY = object()


def machinery() -> dict:
    """The context of the intake, which makes orders with the rights of any user."""
    return {"b2c_machinery": _MACHINERY}


def is_machinery(env) -> bool:
    """Is it the intake that makes these orders?"""
    return env.context.get("b2c_machinery") is _MACHINERY
