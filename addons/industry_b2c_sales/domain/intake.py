"""An order as a channel hands it over, already normalised, and what is wrong with it.

Amounts are Decimal in BRL, times aware UTC. `check` finds every problem of an order at
once, so that the person who corrects it sees them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from stdnum.br import cnpj, cpf

from .axes import Fact
from .postal import uf_of_city, uf_of_zip
from .privacy import is_cpf, masked_cpf
from .text import unpunctuated

CENT = Decimal("0.01")
# "J*** S***", "XXXX": four X at least, since XXX is also a Roman numeral in streets.
_MASK = re.compile(r"\*|#{3}|(?<![A-Za-z])[Xx]{4,}(?![A-Za-z])|^\W*[Xx]{2,}\W*$")


@dataclass(frozen=True, slots=True)
class IntakeAddress:
    """A Brazilian address; ``zip`` is the CEP, ``city_ibge`` the seven-digit code."""

    street: str = ""
    number: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    city_ibge: str = ""
    uf: str = ""
    zip: str = ""
    country: str = "BR"
    recipient: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class IntakeConsumer:
    """Who buys and gets the NF-e: ``vat`` is a CPF or a CNPJ, punctuated or not."""

    name: str = ""
    vat: str = ""
    email: str = ""
    phone: str = ""
    address: IntakeAddress = IntakeAddress()


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """``unit_price``: what one unit cost the consumer, all taxes included.
    ``discount``: off the whole line, borne by the seller. ``item_id`` and
    ``variation_id`` name the channel's listing, for products found by listing.
    ``channel_discount``: the channel's share of a reduction, out of ``unit_price``
    already: no discount on the note (vDesc), told for the books only. ``kit_of``: key
    of the line that the channel sold as a kit, of which this line is a part;
    ``per_kit``: how many units of the part one kit holds.
    """

    key: str
    sku: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    title: str = ""
    item_id: str = ""
    variation_id: str = ""
    channel_discount: Decimal = Decimal(0)
    kit_of: str = ""
    per_kit: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class IntakePayment:
    """One means of payment; ``method`` is the channel's word in lower case
    (``pix``, ``credit_card``, ``boleto``, ``debit_card``, ``account_money``, …)."""

    method: str
    amount: Decimal
    brand: str = ""
    acquirer_cnpj: str = ""
    auth_code: str = ""
    installments: int = 1


@dataclass(frozen=True, slots=True)
class IntakeOrder:
    """``source`` names the account (``mercadolivre/1234``), ``external_id`` the order
    in it. ``paid_total`` is what the NF-e must amount to: lines minus the seller's
    discounts plus freight, whoever pays it. ``discount`` is the seller's on the whole
    order, ``channel_discount`` a coupon of the channel, which pays that part of
    ``paid_total`` for the consumer. ``shipping`` is empty when the parcel goes to the
    consumer's address. ``facts`` is what the channel says about the axes at this
    moment.
    """

    source: str
    external_id: str
    ordered_at: datetime
    consumer: IntakeConsumer
    lines: tuple[IntakeLine, ...]
    paid_total: Decimal
    shipping: IntakeAddress | None = None
    payments: tuple[IntakePayment, ...] = ()
    freight: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    pack_id: str = ""
    intermediary_vat: str = ""
    intermediary_ref: str = ""
    facts: tuple[Fact, ...] = ()
    channel_discount: Decimal = Decimal(0)

    @property
    def seller_discounts(self) -> Decimal:
        """What the seller bears: the difference of list price and note."""
        return sum((line.discount for line in self.lines), self.discount)

    @property
    def channel_discounts(self) -> Decimal:
        """What the channel bears, in prices and coupons."""
        return sum(
            (line.channel_discount for line in self.lines), self.channel_discount
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps an order from going on: a code and the words to fill in."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """``outcome``: created, held (created, but something must be corrected before it
    goes on), duplicate (was here already) or rejected (no order, an issue keeps it)."""

    external_id: str
    outcome: str
    order_id: int | None = None
    issue_id: int | None = None
    problems: tuple[Problem, ...] = ()


def digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def is_masked(text: str) -> bool:
    """Channels hide personal data until the sale is paid (``J*** S***``, ``XXXX``)."""
    return bool(_MASK.search(text))


def lines_total(order: IntakeOrder) -> Decimal:
    """Goods minus discounts plus freight: what the consumer should have paid."""
    goods = sum(
        (line.quantity * line.unit_price - line.discount for line in order.lines),
        Decimal(0),
    )
    return (goods - order.discount + order.freight).quantize(CENT)


def check(order: IntakeOrder) -> list[Problem]:
    """Every problem of an order that can be seen without a database."""
    problems = list(_check_consumer(order.consumer))
    problems += _check_address(order.consumer.address, "consumer")
    if order.shipping and order.shipping != order.consumer.address:
        problems += _check_address(order.shipping, "shipping")
    problems += _check_lines(order)
    if order.lines and lines_total(order) != order.paid_total.quantize(CENT):
        problems.append(
            Problem(
                "total_mismatch",
                {"expected": str(lines_total(order)), "paid": str(order.paid_total)},
            )
        )
    return problems


def _check_consumer(consumer: IntakeConsumer) -> Iterator[Problem]:
    if is_masked(consumer.name) or is_masked(unpunctuated(consumer.vat, "*#")):
        yield Problem("consumer_masked")
        return
    if not consumer.name.strip():
        yield Problem("name_missing")
    vat = unpunctuated(consumer.vat)
    if not vat:
        yield Problem("vat_missing")
    elif len(vat) == 14:
        if not cnpj.is_valid(vat):
            yield Problem("cnpj_invalid", {"vat": vat})
    elif not cpf.is_valid(vat) or len(set(vat)) == 1:
        # 111.111.111-11 has right check digits, but is never issued.
        yield Problem("cpf_invalid", {"vat": masked_cpf(vat) if is_cpf(vat) else "***"})


def _check_address(address: IntakeAddress, which: str) -> Iterator[Problem]:
    params = {"address": which}
    if _is_masked_address(address):
        yield Problem("address_masked", params)
        return
    if address.country != "BR":
        yield Problem("country_foreign", params | {"country": address.country})
        return
    for name, code in (("street", "street_missing"), ("number", "number_missing")):
        if not getattr(address, name).strip():
            yield Problem(code, params)
    yield from _check_place(address, params)


def _is_masked_address(address: IntakeAddress) -> bool:
    texts = (address.street, address.number, address.complement, address.district)
    masked = any(map(is_masked, (*texts, address.city)))
    return masked or bool(set(address.zip.upper()) & set("X*#"))


def _check_place(address: IntakeAddress, params: dict[str, Any]) -> Iterator[Problem]:
    """CEP, UF and municipality, and whether they belong together.

    A missing UF is told by the CEP; a missing municipality may be, the database knows.
    """
    cep, uf, ibge = digits(address.zip), address.uf.strip().upper(), address.city_ibge
    zip_uf = uf_of_zip(cep) if len(cep) == 8 else None
    if not cep:
        yield Problem("zip_missing", params)
    elif len(cep) != 8:
        yield Problem("zip_invalid", params | {"zip": address.zip})
    elif not zip_uf:
        yield Problem("zip_unknown", params | {"zip": cep})
    if not uf and not zip_uf:
        yield Problem("uf_missing", params)
    elif uf and zip_uf and uf != zip_uf:
        yield Problem(
            "zip_uf_mismatch", params | {"zip": cep, "uf": uf, "zip_uf": zip_uf}
        )
    if ibge.strip() and uf_of_city(ibge.strip()) != (uf or zip_uf):
        yield Problem("city_uf_mismatch", params | {"city": ibge, "uf": uf or zip_uf})


def _check_lines(order: IntakeOrder) -> Iterator[Problem]:
    if not order.lines:
        yield Problem("lines_missing")
    for line in order.lines:
        params = {"line": line.title or line.sku or line.key}
        if line.quantity <= 0:
            yield Problem("quantity_invalid", params)
        if line.unit_price <= 0:
            yield Problem("price_invalid", params)
        if line.discount < 0 or line.discount > line.quantity * line.unit_price:
            yield Problem("discount_invalid", params)
        if line.channel_discount < 0:
            yield Problem("discount_invalid", params)
    if order.discount < 0 or not 0 <= order.channel_discount <= order.paid_total:
        yield Problem("discount_invalid", {"line": order.external_id})
    if order.freight < 0:
        yield Problem("freight_invalid", {"freight": str(order.freight)})
