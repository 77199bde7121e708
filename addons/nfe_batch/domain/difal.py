"""What the state of a consumer is owed of an interstate sale (DIFAL), and how much of
an amount goes back with goods that are returned.

EC 87/2015 and LC 190/2022: to somebody who does not contribute to the ICMS the sender
owes the difference between the internal rate of the destination and the interstate
rate. Convênio ICMS 236/2021, cláusula segunda, § 1º: the base is one only, the value
of the operation (*base única*). A state may see it otherwise (*base dupla*, the
internal tax inside its own base): which one counts, and since when, is data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

SINGLE = "single"
DOUBLE = "double"
ZERO = Decimal("0.00")

_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Difal:
    """The share of the destination."""

    base: Decimal  # vBCUFDest, and vBCFCPUFDest
    value: Decimal  # vICMSUFDest


def base_on(rules: Iterable[tuple[date, str]], day: date) -> str:
    """Which base counts on ``day``: the youngest rule that has begun.

    :param rules: (first day, SINGLE or DOUBLE) of one state, in any order
    :return: SINGLE where no rule has begun: that is what the convention says
    """
    begun = [rule for rule in rules if rule[0] <= day]
    return max(begun)[1] if begun else SINGLE


def compute(
    *,
    kind: str,
    base: Decimal,
    origin_value: Decimal,
    rate: Decimal,
    fcp_rate: Decimal,
) -> Difal:
    """Base and value of the destination's share.

    Single: the base of the ICMS. Double: that base without the interstate ICMS, with
    the destination's own rate and its FCP inside:
    ``(base − origin) / (1 − (rate + FCP))``. Either way the value is
    ``base × rate − origin`` and never negative (rule NA15-10 of the MOC, cStat 815).

    :param base: vBC of the interstate operation
    :param origin_value: vICMS, owed to the state of the sender
    :param rate: internal rate of the destination without FCP, in percent
    :param fcp_rate: FCP of the destination, in percent
    """
    if kind == DOUBLE:
        left = 1 - (rate + fcp_rate) / _HUNDRED
        base = _cents((base - origin_value) / left)
    full = _cents(base * rate / _HUNDRED)
    return Difal(base=base, value=max(full - origin_value, ZERO))


def share(amount: Decimal, part: Decimal) -> Decimal:
    """The part of an amount that goes back with a part of the goods, in cents.

    :param part: returned by sold, from 0 to 1
    """
    return _cents(amount * part)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
