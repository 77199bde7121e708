"""How much of the shared stock a channel may reserve.

B2B and consumers sell from one stock. A policy says what a channel may hold of it
(a share), what must stay free for B2B (a minimum), and what may be opened to fill the
unit pick face. Stock in cartons and pallets is closed: a single unit is only reserved
from what is open. All quantities are in the unit of measure of the product.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from .gtin import Size

ZERO = Decimal(0)
# (product, location that the orders' moves take from)
Pool = tuple[int, int]


class Wait(StrEnum):
    """Why a consumer's move is not reserved though somebody may have stock."""

    B2B = "b2b"
    OPEN = "open"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the orders of ``channel`` may hold of a product.

    ``channel``: beginning of the order's source (``mercadolivre``,
    ``mercadolivre/1234``), empty for all consumer orders together. ``share``: percent
    of the stock on hand. ``b2b_minimum``: pieces that stay free. ``product`` and
    ``category`` narrow it down; a more narrow policy replaces a wider one of the same
    channel. ``category`` is the category's path (``1/4/``).
    """

    key: int
    channel: str = ""
    product: int = 0
    category: str = ""
    share: Decimal = Decimal(100)
    b2b_minimum: Decimal = ZERO
    opens: frozenset[Size] = frozenset({Size.CARTON})

    def covers(self, source: str, product: int, category: str) -> bool:
        channel = not self.channel or (
            source == self.channel or source.startswith(f"{self.channel}/")
        )
        return (
            channel
            and self.product in (0, product)
            and category.startswith(self.category)
        )

    @property
    def narrowness(self) -> tuple[bool, int]:
        return bool(self.product), len(self.category)


# Without a policy cartons may be opened, pallets not.
DEFAULT = Policy(key=0)


@dataclass(frozen=True, slots=True)
class Stock:
    """What a pool holds: on hand, not reserved by anybody, and that in open units."""

    on_hand: Decimal = ZERO
    free: Decimal = ZERO
    open_free: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Need:
    """What one move still lacks; ``key`` names the move."""

    key: int
    pool: Pool
    source: str
    quantity: Decimal
    policies: tuple[Policy, ...] = (DEFAULT,)

    @property
    def opens(self) -> frozenset[Size]:
        """What may be opened for it: what all of its policies allow."""
        return frozenset.intersection(*(policy.opens for policy in self.policies))


@dataclass(frozen=True, slots=True)
class Outcome:
    """``granted``: moves that may be reserved now. ``waits``: the others, and why.
    ``shortages``: open pieces that a pool lacks, with what may be opened for them."""

    granted: frozenset[int] = frozenset()
    waits: Mapping[int, Wait] = field(default_factory=dict)
    shortages: Mapping[tuple[Pool, frozenset[Size]], Decimal] = field(
        default_factory=dict
    )


def policies_for(
    policies: Iterable[Policy], source: str, product: int, category: str
) -> tuple[Policy, ...]:
    """The policies that bind an order: of each channel that covers it the narrowest,
    the first one among equals. Never empty."""
    best: dict[str, Policy] = {}
    for policy in policies:
        if policy.covers(source, product, category):
            known = best.get(policy.channel)
            if known is None or policy.narrowness > known.narrowness:
                best[policy.channel] = policy
    return tuple(best.values()) or (DEFAULT,)


def allocate(
    needs: Sequence[Need],
    stocks: Mapping[Pool, Stock],
    held: Mapping[Pool, Mapping[str, Decimal]],
) -> Outcome:
    """Decide on each need in turn, all or nothing.

    :param held: by pool and source, what consumer orders have reserved already
    """
    desk = _Desk(stocks, held)
    granted, waits = set(), {}
    lacking: dict[tuple[Pool, frozenset[Size]], Decimal] = defaultdict(Decimal)
    for need in needs:
        wait = desk.judge(need)
        if wait is None:
            granted.add(need.key)
            desk.take(need, opened=True)
            continue
        waits[need.key] = wait
        if wait is Wait.OPEN:
            # Its pieces are as good as taken: the next one must find others.
            desk.take(need, opened=False)
            lacking[need.pool, need.opens] += need.quantity
    return Outcome(frozenset(granted), waits, desk.shortages(lacking))


def reservable(
    need: Need,
    stock: Stock,
    held: Mapping[str, Decimal],
    *,
    waiting: Mapping[str, Decimal],
    openable: Decimal,
) -> Decimal:
    """How many pieces one more order could have: what may be offered to consumers.

    :param need: names pool, source and policies; its quantity does not matter
    :param held: by source, what consumer orders have reserved already
    :param waiting: by source, what was sold and is not reserved yet
    :param openable: closed pieces that may be opened for it (``opening.plan``)
    """
    desk = _Desk({need.pool: stock}, {need.pool: held})
    for source, quantity in waiting.items():
        desk.take(replace(need, source=source, quantity=quantity), opened=True)
    within = min(desk.room(need), desk.free[need.pool])
    return max(ZERO, min(within, desk.open[need.pool] + openable))


class _Desk:
    """Counts what is left while the needs are judged one after the other."""

    def __init__(self, stocks, held):
        self.on_hand = {pool: stock.on_hand for pool, stock in stocks.items()}
        self.free = defaultdict(Decimal, {p: s.free for p, s in stocks.items()})
        self.open = defaultdict(Decimal, {p: s.open_free for p, s in stocks.items()})
        self.held: dict[Pool, dict[str, Decimal]] = defaultdict(dict)
        for pool, sources in held.items():
            self.held[pool] = dict(sources)

    def judge(self, need: Need) -> Wait | None:
        """None when the need may be reserved now."""
        if self.free[need.pool] < need.quantity:
            return Wait.SHORT
        if self.room(need) < need.quantity:
            return Wait.B2B
        if self.open[need.pool] >= need.quantity:
            return None
        return Wait.OPEN if need.opens else Wait.B2B

    def room(self, need: Need) -> Decimal:
        """How many pieces the policies of a need would let it have."""
        return min(self._room(policy, need.pool) for policy in need.policies)

    def _room(self, policy: Policy, pool: Pool) -> Decimal:
        whole = self.on_hand.get(pool, ZERO) * policy.share / 100
        most = whole.to_integral_value(ROUND_FLOOR)
        return min(
            self.free[pool] - policy.b2b_minimum, most - self._held_by(policy, pool)
        )

    def _held_by(self, policy: Policy, pool: Pool) -> Decimal:
        scope = Policy(policy.key, policy.channel)
        amounts = (
            amount
            for source, amount in self.held[pool].items()
            if scope.covers(source, 0, "")
        )
        return sum(amounts, ZERO)

    def take(self, need: Need, *, opened: bool) -> None:
        self.free[need.pool] -= need.quantity
        if opened:
            self.open[need.pool] -= need.quantity
        sources = self.held[need.pool]
        sources[need.source] = sources.get(need.source, ZERO) + need.quantity

    def shortages(self, lacking):
        """What must be opened, after the open pieces that nobody could use alone."""
        missing = {}
        for (pool, sizes), quantity in lacking.items():
            used = min(self.open[pool], quantity)
            self.open[pool] -= used
            if quantity > used:
                missing[pool, sizes] = quantity - used
        return missing
