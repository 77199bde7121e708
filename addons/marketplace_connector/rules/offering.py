"""What is offered on a channel: how many, for how much, what is to be sent. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from ..domain.contract import (
    AuthDead,
    ChannelError,
    Conflict,
    OutcomeUnknown,
)

ZERO = Decimal(0)
# A quantity or a price.
Value = int | Decimal


@dataclass(frozen=True, slots=True)
class Portion:
    """What of a product's stock an account offers.

    ``safety``: pieces that stay back; ``share``: percent of the rest.
    """

    safety: Decimal = ZERO
    share: Decimal = Decimal(100)

    def of(self, available: Decimal) -> int:
        """Whole pieces, never less than none."""
        part = (available - self.safety) * self.share / 100
        return max(0, int(part.to_integral_value(ROUND_FLOOR)))


def kits_of(parts: Sequence[tuple[int, Decimal]]) -> int:
    """How many whole kits the parts make.

    :param parts: (pieces offered, pieces in one kit) of each part
    """
    return min((int(pieces // units) for pieces, units in parts), default=0)


class Sent(StrEnum):
    """What is known of a value (quantity or price) at the channel.

    ``sending``: a call was begun, its outcome is not known: the channel is asked before
    anything is sent again. ``failed`` goes on by itself, ``refused`` with another value
    or by a person. ``held``: a person must agree to the price first.
    """

    UNKNOWN = "unknown"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"
    HELD = "held"


def is_due(
    state: Sent, *, known: Value, sent: Value, target: Value, full: bool = False
) -> bool:
    """Must the target be sent?

    :param known: what the channel has, as far as we know
    :param sent: what was sent last
    :param full: also what was refused before is tried again
    """
    if state in (Sent.REFUSED, Sent.HELD):
        return full or target != sent
    return state is not Sent.SENT or target != known


def haste(known: int, target: int) -> tuple[bool, int]:
    """Sort key: what falls goes first, what falls to nothing before all else. Too few
    cost a sale at worst; too many sell what is not there."""
    return target >= known, target


def outcome(error: ChannelError | None) -> Sent:
    """What became of a line."""
    if error is None:
        return Sent.SENT
    if isinstance(error, OutcomeUnknown):
        return Sent.SENDING
    # A lost token or a lost race says nothing against the value.
    again = error.retryable or isinstance(error, (AuthDead, Conflict))
    return Sent.FAILED if again else Sent.REFUSED


def price_needs_person(
    known: Decimal, target: Decimal, limit: Decimal, accepted: Decimal
) -> bool:
    """Is this price so far from the one on the channel that it may be an error?

    :param known: the channel's price; zero = not known
    :param limit: percent that a price may change by itself
    :param accepted: the price that a person agreed to
    """
    if target <= 0:
        return True
    if target == accepted:
        return False
    return known <= 0 or abs(target - known) * 100 > limit * known
