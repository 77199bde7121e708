"""What is offered on a channel: listings, their stock and their price.

Quantities are whole sellable units, money is ``Decimal`` in BRL per unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .errors import ChannelError


@dataclass(frozen=True, slots=True)
class OfferKey:
    """Which offer is meant: item and variation, and the location that has the stock.

    ``variation_id`` and ``location`` are empty where the channel knows none.
    """

    item_id: str
    variation_id: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One sellable offer, variation by variation.

    ``state``: active, paused, closed or unknown. ``pool`` is the same for offers that
    share one stock: it is pushed once ("" = a stock of its own). ``gtin``: digits only.
    """

    key: OfferKey
    sku: str
    title: str
    state: str
    state_raw: str = ""
    gtin: str = ""
    price: Decimal | None = None
    quantity: int | None = None
    pool: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class StockLine:
    """``quantity`` to offer. ``version``: of the last reading, where writing is a
    compare-and-set; None asks the adapter to read it first."""

    key: OfferKey
    quantity: int
    version: str | None = None


@dataclass(frozen=True, slots=True)
class PriceLine:
    """The price per unit that the buyer sees, discounts of the channel aside."""

    key: OfferKey
    price: Decimal


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one line; ``error`` None = the channel took it.

    ``version``: to be sent with the next writing, where the channel has versions.
    """

    key: OfferKey
    error: ChannelError | None = None
    version: str | None = None
