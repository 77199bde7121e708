"""Problems of the trade behind a note: marketplace, payment, invoice, carrier."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from . import totals
from .access_key import STATE_CODES
from .document import (
    ABROAD,
    ADJUSTMENT,
    ENTRY,
    NORMAL,
    OUTGOING,
    RETURN,
    ZERO,
    Billing,
    Note,
    Payment,
    Transport,
)
from .persons import is_valid_cnpj, is_valid_vat
from .problems import Code, Problem
from .tax_groups import ICMS_GROUPS
from .text import clean

AT_SIGHT = "0"
"""indPag of what is paid at once."""

_NO_PAYMENT = "90"
_OTHER_PAYMENT = "99"
_CARDS = frozenset({"03", "04"})
_DISTANT = frozenset({"2", "3", "4", "9"})
_SELLER_ID_LENGTHS = range(2, 61)


def check_trade(note: Note) -> Iterator[Problem]:
    """Problems of the groups pag, cobr, infIntermed, transp and exporta."""
    yield from _intermediary(note)
    yield from _payments(note)
    if note.billing is not None:
        yield from _billing(note, note.billing)
    yield from _transport(note.transport)
    yield from _export(note)


def _intermediary(note: Note) -> Iterator[Problem]:
    """Group YB of NT 2020.006."""
    header = note.header
    mark = header.intermediary_indicator
    is_sale = header.direction == OUTGOING and header.purpose == NORMAL
    distant = header.presence in _DISTANT
    if (distant and is_sale and mark not in ("0", "1")) or (mark and not distant):
        yield Problem(Code.INTERMEDIARY_INDICATOR)
    group = note.intermediary
    if group is None:
        if mark == "1":
            yield Problem(Code.INTERMEDIARY_MISSING)
        return
    if mark != "1":
        yield Problem(Code.INTERMEDIARY_UNDUE)
    if not is_valid_cnpj(group.cnpj):
        yield Problem(Code.INTERMEDIARY_CNPJ)
    if len(group.seller_id.strip()) not in _SELLER_ID_LENGTHS:
        yield Problem(Code.INTERMEDIARY_SELLER_ID)


def _payments(note: Note) -> Iterator[Problem]:
    total = _total(note)
    if total is None:
        return
    if note.header.purpose == NORMAL and total <= ZERO:
        yield Problem(Code.ZERO_VALUE)
    if not note.payments:
        yield Problem(Code.PAYMENT_MISSING)
        return
    if note.header.purpose in (ADJUSTMENT, RETURN):
        if any(payment.method != _NO_PAYMENT for payment in note.payments):
            yield Problem(Code.PAYMENT_ON_RETURN)
        return
    for payment in note.payments:
        yield from _payment(payment)
    paid = sum((payment.amount for payment in note.payments), start=ZERO) - note.change
    if _is_paid(note) and paid != total:
        yield Problem(Code.PAYMENT_SUM, {"paid": paid, "total": total})


def _total(note: Note) -> Decimal | None:
    """vNF, or None when an unknown code already stops the sum."""
    codes = [item.taxes.icms.code for item in note.items if item.taxes.icms]
    if not note.items or not ICMS_GROUPS.keys() >= set(codes):
        return None
    return totals.of(note).note


def _is_paid(note: Note) -> bool:
    return all(payment.method != _NO_PAYMENT for payment in note.payments)


def _payment(payment: Payment) -> Iterator[Problem]:
    params = {"method": payment.method}
    if payment.method == _OTHER_PAYMENT and not payment.description.strip():
        yield Problem(Code.PAYMENT_DESCRIPTION, params)
    if payment.method == _NO_PAYMENT and payment.amount:
        yield Problem(Code.PAYMENT_SUM, {"paid": payment.amount, "total": ZERO})
    card = payment.card
    if card is None:
        if payment.method in _CARDS:
            yield Problem(Code.PAYMENT_CARD, params)
        return
    numbers = (card.acquirer_cnpj, card.payee_cnpj)
    if not all(is_valid_cnpj(number) for number in numbers if number):
        yield Problem(Code.PAYMENT_CARD_CNPJ, params)


def _billing(note: Note, billing: Billing) -> Iterator[Problem]:
    """Rules Y: 851, 853, 898."""
    rows = billing.installments
    summed = sum((row.amount for row in rows), start=ZERO)
    if rows and summed != billing.net:
        yield Problem(Code.BILLING_SUM, {"paid": summed, "total": billing.net})
    if rows and all(payment.timing == AT_SIGHT for payment in note.payments):
        yield Problem(Code.BILLING_AT_SIGHT)
    issued = note.header.issued_at.date()
    days = [row.due for row in rows]
    if any(day < issued for day in days) or days != sorted(days):
        yield Problem(Code.BILLING_DUE)


def _transport(transport: Transport) -> Iterator[Problem]:
    """Rules X: 542, 543, 559."""
    carrier = transport.carrier
    if carrier is None:
        return
    params = {"carrier": carrier.name}
    if len(clean(carrier.name, 60) or "") < 2:
        yield Problem(Code.CARRIER_NAME)
    if carrier.vat and not is_valid_vat(carrier.vat):
        yield Problem(Code.CARRIER_VAT, params)
    if carrier.state_registration and carrier.state not in STATE_CODES:
        yield Problem(Code.CARRIER_STATE, params)


def _export(note: Note) -> Iterator[Problem]:
    """Rules ZA: the place of exit of an export (355), and of nothing else (356)."""
    exported = note.recipient.address.state == ABROAD
    exported = exported and note.header.direction != ENTRY
    export = note.export
    if exported and (
        export is None or export.state not in STATE_CODES or not clean(export.place, 60)
    ):
        yield Problem(Code.EXPORT_PLACE)
    if export is not None and not exported:
        yield Problem(Code.EXPORT_UNDUE)
