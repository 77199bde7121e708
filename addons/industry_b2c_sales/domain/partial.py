"""Some units leave an order: what they were worth, and what the rest costs.

The rest keeps its unit price, its share of the discount and the whole freight; the
consumer gets back what the units cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .pricing import CENT, NetLine, PaidLine, cents, net_lines


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of the order as it stands, and how many units leave it.

    ``paid``: what was paid for the goods of the line (BRL, with IPI, without freight);
    ``discount``: the line's discount before IPI.
    """

    quantity: Decimal
    taken: Decimal
    paid: Decimal
    discount: Decimal
    ipi_percent: Decimal

    @property
    def left(self) -> Decimal:
        return self.quantity - self.taken

    @property
    def refund(self) -> Decimal:
        """What was paid for the units that leave; the last unit takes the rest."""
        if not self.taken:
            return Decimal(0)
        return cents(self.paid) - cents(self.paid * self.left / self.quantity)


def refund_of(lines: Sequence[SoldLine]) -> Decimal:
    """What the consumer gets back for all units that leave, in BRL."""
    return sum((line.refund for line in lines), Decimal(0))


def explains(refunds: Sequence[Decimal], refunded: Decimal) -> bool:
    """Do the units that left an order account for what its channel paid back?

    ``refunds``: what was paid for the units, one amount (BRL) per cancellation; each
    may differ from the channel's by a cent, which rounds on its own. ``refunded`` is
    zero while the channel has not told the amount: then it is that of the units.
    """
    return bool(refunds) and refunded <= sum(refunds) + CENT * len(refunds)


def excess(
    there: Mapping[str, float], left: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """How many units must leave each line, where any must.

    ``there``: units that stand on the order's lines, ``left``: how many of them are
    still sold, both by the channel's key of the line.
    """
    over = {
        key: Decimal(str(there[key])) - units
        for key, units in left.items()
        if key in there
    }
    return {key: units for key, units in over.items() if units > 0}


def net_rest(
    lines: Sequence[SoldLine], freight: Decimal, paid_total: Decimal
) -> tuple[list[NetLine | None], Decimal]:
    """Prices of the rest, so that its note amounts to ``paid_total``.

    Returns one entry per line, None where nothing is left, and the cents that cannot be
    reached (see `pricing.net_lines`).

    :raises ValueError: nothing is left of the order
    """
    left = [line for line in lines if line.left > 0]
    if not left:
        raise ValueError("nothing is left of the order")
    nets, gap = net_lines([_paid_rest(line) for line in left], freight, paid_total)
    found = iter(nets)
    return [next(found) if line.left > 0 else None for line in lines], gap


def _paid_rest(line: SoldLine) -> PaidLine:
    factor = 1 + line.ipi_percent / 100
    share = line.left / line.quantity
    discount = line.discount * factor * share
    paid = cents(line.paid) - line.refund
    return PaidLine(
        quantity=line.left,
        unit_price=(paid + discount) / line.left,
        discount=discount,
        ipi_percent=line.ipi_percent,
    )


def less_paid(amounts: Sequence[Decimal], refund: Decimal) -> list[Decimal]:
    """What is left of each payment when ``refund`` goes back, the last payment first.

    The payments on the note (detPag) must add up to what the note amounts to.
    """
    left: list[Decimal] = []
    for amount in reversed(amounts):
        back = min(amount, refund)
        refund -= back
        left.insert(0, amount - back)
    return left
