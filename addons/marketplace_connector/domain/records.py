"""Normalised records: what an adapter returns, the same for every channel.

Money is ``Decimal`` in BRL, datetimes are aware and in UTC, ids are text. A masked
value is an empty string with ``masked=True`` on its record, so that the reader knows
that it must not overwrite what is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .errors import ChannelError
from .states import (
    DocUnit,
    InvoiceState,
    OrderState,
    ParcelState,
    PaymentState,
)

ZERO = Decimal(0)


# --- authorisation ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TokenSet:
    """Tokens of one account. ``generation`` counts the rotations (row lock)."""

    access: str = field(repr=False)
    expires_at: datetime
    refresh: str | None = field(default=None, repr=False)
    refresh_expires_at: datetime | None = None
    grant_expires_at: datetime | None = None
    account_ref: str | None = None
    generation: int = 0


# --- events -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A webhook as it came in; header names in lower case.

    ``url`` is the address that is registered on the channel, which is what signatures
    are made over; behind a proxy the server sees another one.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Ack:
    """The answer the channel wants to its webhook."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelEvent:
    """A hint that something changed: the resource is read again, nothing is believed.

    ``kind``: order, parcel, payment, return, claim, message, question, item, stock,
    invoice or other. ``dedupe_key`` is the channel's event id, or a hash of the body.
    ``occurred_at`` of a signed event is taken from what is signed: an old one is a
    replay (``rules/hearing.py``).
    """

    account_ref: str
    topic: str
    kind: str
    external_id: str
    dedupe_key: str
    occurred_at: datetime | None = None
    hint: dict[str, Any] = field(default_factory=dict)


# --- polling ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderRef:
    """An order that changed; ``updated_at`` decides whether to read it."""

    external_id: str
    updated_at: datetime | None
    status_raw: str | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a poll goes on. ``value`` is opaque; ``low`` is the oldest moment wanted.

    Store the ``next`` of the last page when the walk is done, and the one of any page
    to resume in the middle.
    """

    value: str | None = None
    low: datetime | None = None
    high: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """``items``: OrderRef or ChannelEvent; ``next``: the cursor to go on with."""

    items: tuple[Any, ...]
    next: Cursor | None = None
    commit_token: str | None = None


# --- order --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Address:
    """``ibge`` is empty when the channel gives only a name; ``zip`` is 8 digits."""

    street: str = ""
    number: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    ibge: str = ""
    state: str = ""
    zip: str = ""
    country: str = "BR"
    reference: str = ""
    raw_line: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """A person or firm. ``doc_type`` CPF or CNPJ, ``doc`` digits only.

    ``taxpayer``: ICMS contributor; None when the channel does not tell.
    """

    external_id: str = ""
    name: str = ""
    doc_type: str = ""
    doc: str = field(default="", repr=False)
    ie: str = ""
    taxpayer: bool | None = None
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    address: Address = field(default_factory=Address, repr=False)
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """``key`` is unique in the order and stays the same at every reading.

    ``unit_price`` is what the buyer pays per unit; ``unit_list_price`` the price before
    discounts. The discounts are those of the whole line, already in ``unit_price``.
    """

    key: str
    sku: str
    title: str
    qty: Decimal
    unit_price: Decimal
    unit_list_price: Decimal
    seller_discount: Decimal = ZERO
    channel_discount: Decimal = ZERO
    qty_cancelled: Decimal = ZERO
    item_id: str = ""
    variation_id: str = ""
    kit_of: str | None = None
    location: str = ""
    gift: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """``amount`` is this payment's part of the order's ``total`` (with interest).

    ``paid_total`` is what left the buyer's pocket (a coupon taken off).

    ``method``: credit_card, debit_card, pix, boleto, account_money, credit_line,
    voucher, bank_transfer or other. ``card_brand``: visa, mastercard, elo, …
    ``interest`` is the buyer's instalment interest, inside ``amount``.
    """

    external_id: str
    state: PaymentState
    method: str
    amount: Decimal
    paid_total: Decimal
    installments: int = 1
    interest: Decimal = ZERO
    card_brand: str = ""
    acquirer_cnpj: str = ""
    auth_code: str = ""
    approved_at: datetime | None = None
    refunded: Decimal = ZERO
    state_raw: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """``kind``: commission, fixed, freight, ads, financing, tax or other."""

    kind: str
    amount: Decimal
    estimated: bool = True
    code: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipment. ``ship_by`` is the seller's deadline, ``not_before`` the first day.

    ``lines``: (line key, quantity); empty = all lines of the order.
    ``superseded_by``: id of the parcel that replaces a split one.
    """

    external_id: str
    state: ParcelState
    state_raw: str
    direction: str = "forward"
    logistic: str = ""
    channel_logistics: bool = True
    ship_by: datetime | None = None
    not_before: datetime | None = None
    deliver_by: datetime | None = None
    tracking: str = ""
    carrier: str = ""
    lines: tuple[tuple[str, Decimal], ...] = ()
    buyer_cost: Decimal | None = None
    superseded_by: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InvoiceTarget:
    """What one NF-e is sent to. ``order_ids``: all orders that this NF-e must cover."""

    unit: DocUnit
    external_id: str
    order_ids: tuple[str, ...]
    required: bool
    state: InvoiceState
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """``by``: buyer, seller, channel or unknown."""

    by: str
    code: str
    reason: str
    at: datetime | None
    partial: bool = False
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a channel at one moment.

    ``total`` = ``goods_total`` + ``freight_buyer`` + ``interest`` is what the buyer
    pays for it, discounts taken off: the amount that the NF-e must show.
    ``intermediary_*`` identify the marketplace in the NF-e (infIntermed).
    ``flags``: fraud_risk, test, b2b, fulfillment_by_channel, mediation, no_shipping.
    ``unknown``: raw values without a known meaning, as ``field=value``.
    ``updated_at``: the newest change of the order or its parcels. ``partial``:
    something is missing, or masked although the order is ready; no NF-e may be issued
    from it and it must be read again. ``raw_digest`` changes when anything visible
    changed. ``origin_channel`` (an account's ``channel``) and ``origin_id``: where and
    under which id the order was placed, when the channel is a hub that passes it on.
    """

    channel: str
    account_ref: str
    external_id: str
    pack_id: str | None
    number: str
    state: OrderState
    state_raw: str
    payment_state: PaymentState
    created_at: datetime
    updated_at: datetime | None
    paid_at: datetime | None
    hold_until: datetime | None
    buyer: Party
    recipient: Party
    lines: tuple[Line, ...]
    payments: tuple[Payment, ...]
    parcels: tuple[Parcel, ...]
    invoice_targets: tuple[InvoiceTarget, ...]
    fees: tuple[Fee, ...]
    goods_total: Decimal
    freight_buyer: Decimal
    discount_seller: Decimal
    discount_channel: Decimal
    total: Decimal
    interest: Decimal = ZERO
    intermediary_cnpj: str = ""
    intermediary_id: str = ""
    billing_ref: str = ""
    cancellation: Cancellation | None = None
    flags: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    raw_digest: str = ""
    partial: bool = False
    origin_channel: str = ""
    origin_id: str = ""


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """Answer of ``still_shippable`` for one order.

    With ``error`` nothing is known: the caller must hold, never ship.
    """

    order_state: OrderState
    payment_state: PaymentState
    state_raw: str = ""
    flags: frozenset[str] = frozenset()
    error: ChannelError | None = None


# --- fiscal and labels --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """An authorised NF-e: ``xml`` is the ``nfeProc``, byte for byte."""

    key: str
    xml: bytes = field(repr=False)
    authorized_at: datetime
    total: Decimal
    series: str
    number: str


@dataclass(frozen=True, slots=True)
class InvoiceResult:
    """What the channel holds for an invoice target (``key``: the NF-e it holds)."""

    state: InvoiceState
    key: str | None = None
    code: str = ""
    message: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class LabelFile:
    """One file with the labels of ``parcel_ids``; ``fmt`` pdf, zpl2 or zip."""

    content: bytes = field(repr=False)
    mime: str
    parcel_ids: tuple[str, ...]
    fmt: str


@dataclass(frozen=True, slots=True)
class LabelBatch:
    """``files`` to store, ``failed`` with the reason, ``pending`` to ask for later."""

    files: tuple[LabelFile, ...]
    failed: tuple[tuple[str, ChannelError], ...] = ()
    pending: tuple[str, ...] = ()
