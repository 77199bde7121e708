"""From the price that a consumer paid to the price before IPI.

A marketplace price includes everything, but IPI is added on top of the price of an
industrial product: sold unchanged, the note would amount to more than was paid. The
price is calculated back so that the note amounts to what was paid, with the rounding
of the tax engine (l10n_br_fiscal: the base of a line in cents, IPI half up on it).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
# The shares of the freight settle in two or three turns.
_TURNS = 20


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line as paid: ``unit_price`` and ``discount`` (whole line) include IPI."""

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    ipi_percent: Decimal

    @property
    def paid(self) -> Decimal:
        return self.quantity * self.unit_price - self.discount


@dataclass(frozen=True, slots=True)
class NetLine:
    """A line as invoiced: IPI comes on top of ``quantity * unit_price - discount``."""

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    ipi_percent: Decimal

    @property
    def gross(self) -> Decimal:
        return cents(self.quantity * self.unit_price)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def ipi_included(paid: Decimal, percent: Decimal) -> Decimal:
    """The price in cents that with its IPI comes to ``paid``.

    Some amounts cannot be reached (at 3.25 % about one in 32: one cent more of price
    adds two cents): then the highest price whose total stays below, and the cent that
    is missing goes to the note's other expenses (vOutro).
    """
    net = cents(paid / (1 + percent / 100)) + CENT
    while net + cents(net * percent / 100) > paid:
        net -= CENT
    return net


def on_top_percent(
    *, total: Decimal, on_top: Decimal, ipi: Decimal, ipi_percent: Decimal
) -> Decimal:
    """The taxes on top of a line in percent of what they come on top of.

    All of them are proportional to it, ICMS-ST too: ``((base + IPI) * (1 + MVA)) * ST -
    base * ICMS``. IPI alone keeps its rate, as its rounding is known.

    :param total: of the line, with its share of the freight and ``on_top``
    """
    if on_top == ipi:
        return ipi_percent if ipi else Decimal(0)
    base = total - on_top
    return on_top * 100 / base if base > 0 else Decimal(0)


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount by weights to the cent; the last one takes the rest."""
    if not weights:
        return []
    total = sum(weights, Decimal(0))
    if total <= 0:
        return [amount] + [Decimal(0)] * (len(weights) - 1)
    shares = [cents(amount * weight / total) for weight in weights[:-1]]
    return [*shares, amount - sum(shares, Decimal(0))]


def note_total(lines: Sequence[NetLine], freight: Decimal) -> Decimal:
    """What the note amounts to: the tax engine's arithmetic, line by line."""
    total = Decimal(0)
    shares = spread(freight, [line.gross for line in lines])
    for line, share in zip(lines, shares, strict=True):
        base = line.gross - line.discount + share
        total += base + cents(base * line.ipi_percent / 100)
    return total


def net_freight(lines: Sequence[PaidLine], freight: Decimal) -> Decimal:
    """The freight (vFrete) that the note can show: nearly always what was paid.

    Freight bears IPI too, which the price of the goods takes in. When the goods are
    worth less than that IPI (something cheap sent far away) the IPI is taken out of the
    freight as well.
    """
    shares = spread(freight, [line.quantity * line.unit_price for line in lines])
    if all(
        _target(one, one.paid + share, share) >= 0
        for one, share in zip(lines, shares, strict=True)
    ):
        return freight
    highest = max(line.ipi_percent for line in lines)
    return (freight / (1 + highest / 100)).quantize(CENT, ROUND_FLOOR)


def net_lines(
    lines: Sequence[PaidLine], freight: Decimal, paid_total: Decimal
) -> tuple[list[NetLine], Decimal]:
    """Prices and discounts with which the note amounts to ``paid_total``.

    Returns the lines and the cents that could not be reached (0 nearly always; with a
    single line it may be 0.01, see ``ipi_included``). Freight (see ``net_freight``)
    keeps its amount and bears IPI too, so the goods carry the difference.
    """
    net = _converged(lines, freight, paid_total)
    best, best_gap = net, paid_total - note_total(net, freight)
    for candidate in _nearby(net, best_gap):
        if best_gap == 0:
            break
        gap = paid_total - note_total(candidate, freight)
        # The note never asks for more than was paid when it can be helped.
        if (abs(gap), gap < 0) < (abs(best_gap), best_gap < 0):
            best, best_gap = candidate, gap
    return best, best_gap


def _converged(
    lines: Sequence[PaidLine], freight: Decimal, paid_total: Decimal
) -> list[NetLine]:
    """The lines, each with its share of the freight as the tax engine spreads it: by
    the price before IPI, which depends on that share again."""
    weights = [line.quantity * line.unit_price for line in lines]
    # What was paid as freight, but does not stand on the note as such.
    rest = paid_total - sum((line.paid for line in lines), freight)
    for _turn in range(_TURNS):
        shares = spread(freight, weights)
        extras = spread(rest, weights)
        net = [
            _net_line(line, line.paid + share + extra, share)
            for line, share, extra in zip(lines, shares, extras, strict=True)
        ]
        weights = [line.gross for line in net]
        if spread(freight, weights) == shares:
            break
    return net


def _target(line: PaidLine, paid: Decimal, freight: Decimal) -> Decimal:
    """What the goods of a line come to before IPI when ``paid`` holds its freight."""
    return ipi_included(paid, line.ipi_percent) - freight


def _net_line(line: PaidLine, paid: Decimal, freight: Decimal) -> NetLine:
    target = _target(line, paid, freight)
    discount = line.discount / (1 + line.ipi_percent / 100)
    price = ((target + discount) / line.quantity).quantize(CENT, ROUND_CEILING)
    return _with_target(
        NetLine(line.quantity, price, Decimal(0), line.ipi_percent), target
    )


def _with_target(line: NetLine, target: Decimal) -> NetLine:
    """The same line worth ``target`` before IPI: the discount takes the difference."""
    while line.gross < target:
        line = replace(line, unit_price=line.unit_price + CENT)
    return replace(line, discount=line.gross - target)


def _nearby(lines: list[NetLine], gap: Decimal) -> Iterator[list[NetLine]]:
    """The same lines with one or two of them some cents up or down."""
    steps = [gap + CENT * offset for offset in (0, -1, 1, -2, 2)]
    for index, line in enumerate(lines):
        for step in steps:
            moved = list(lines)
            moved[index] = _with_target(line, line.gross - line.discount + step)
            yield moved
            for other in range(index + 1, len(lines)):
                for nudge in (-CENT, CENT):
                    pair = list(moved)
                    second = lines[other]
                    pair[other] = _with_target(
                        second, second.gross - second.discount + nudge
                    )
                    yield pair
