"""A kit of the channel as the parts that leave the warehouse, to the cent. Pure.

The channel sells one thing at one price; the note has a line, and the stock a
reservation, for each of its parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_UP, Decimal
from fractions import Fraction

from odoo.addons.industry_b2c_sales.domain.intake import CENT, IntakeLine, IntakeOrder


@dataclass(frozen=True, slots=True)
class Part:
    """``units`` of a product (its id and internal reference) in one kit; ``weight``:
    what these units cost by the list price, in BRL."""

    product: int
    sku: str
    units: Decimal
    weight: Decimal


def part_key(line_key: str, product: int) -> str:
    """The key of a part's line; unique in the order, the same at every reading."""
    return f"{line_key}+{product}"


def share_cents(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount in whole cents by weights, by the largest remainder.

    The shares add up to the amount, and none is a cent or more away from its exact
    share. Without any weight all parts weigh the same.
    """
    cents = int((amount / CENT).to_integral_value())
    exact = [Fraction(max(weight, Decimal(0))) for weight in weights]
    if not sum(exact):
        exact = [Fraction(1)] * len(weights)
    exact = [cents * weight / sum(exact) for weight in exact]
    whole = [int(share // 1) for share in exact]
    by_remainder = sorted(
        range(len(exact)), key=lambda index: (whole[index] - exact[index], index)
    )
    for index in by_remainder[: cents - sum(whole)]:
        whole[index] += 1
    return [share * CENT for share in whole]


def expand(
    order: IntakeOrder, kits: Mapping[tuple[str, str], Sequence[Part]]
) -> IntakeOrder:
    """The order with a line per part in place of each line that sold a kit.

    :param kits: parts by ``(item_id, variation_id)`` of the offer
    """
    lines: list[IntakeLine] = []
    for line in order.lines:
        parts = kits.get((line.item_id, line.variation_id))
        # A part names the offer of its kit too: it is not taken apart again.
        lines += [line] if line.kit_of or not parts else _parts(line, parts)
    return replace(order, lines=tuple(lines))


def _parts(line: IntakeLine, parts: Sequence[Part]) -> list[IntakeLine]:
    weights = [part.weight for part in parts]
    paid = share_cents(line.quantity * line.unit_price - line.discount, weights)
    ours = share_cents(line.discount, weights)
    theirs = share_cents(line.channel_discount, weights)
    return [
        _part_line(line, part, *shares)
        for part, *shares in zip(parts, paid, ours, theirs, strict=True)
    ]


def _part_line(
    line: IntakeLine, part: Part, paid: Decimal, ours: Decimal, theirs: Decimal
) -> IntakeLine:
    """Prices are in whole cents: what 3 units for 10.00 cost too much by 3.34 each is
    told as a discount, like the seller's own."""
    quantity = part.units * line.quantity
    price = max(((paid + ours) / quantity).quantize(CENT, ROUND_UP), CENT)
    return replace(
        line,
        key=part_key(line.key, part.product),
        sku=part.sku,
        quantity=quantity,
        unit_price=price,
        discount=quantity * price - paid,
        channel_discount=theirs,
        title="",
        kit_of=line.key,
        per_kit=part.units,
    )
