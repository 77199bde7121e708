"""Everything the SEFAZ would refuse in a note, told at once, before a number is used.

Problems carry a code and parameters; the sentence is made where the language of the
reader is known. Rules of the MOC 7.0 anexo I; the rejection that a problem prevents
stands behind its code in ``problems``. Number and random code may still be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from stdnum.br import cnpj, cpf

from . import schema, totals
from .access_key import STATE_CODES, AccessKey, is_guessable
from .builder import build
from .document import NORMAL, OUTGOING, RETURN, ZERO, Address, Note, Party, Payment
from .preflight_items import check_item
from .problems import Code, Problem
from .serializer import serialize
from .tax_groups import ICMS_GROUPS
from .text import clean

__all__ = ["Code", "Problem", "check", "is_valid_cnpj", "is_valid_cpf"]

_CPF_LENGTH = 11
_NO_PAYMENT = "90"
_OTHER_PAYMENT = "99"
_CARDS = frozenset({"03", "04"})
_DISTANT = frozenset({"2", "3", "4", "9"})
_PRESENT = frozenset({"1", "5"})
_SELLER_ID_LENGTHS = range(2, 61)
_CONTINGENCY_REASON_LENGTHS = range(15, 257)
_ANY_RANDOM_CODE = "12345670"


def check(note: Note) -> tuple[Problem, ...]:
    """Every problem of a note: parties, operation, items, payments.

    A note without any also fits the official schema, so that ``prepare`` accepts it.
    """
    found = (
        *_issuer(note.issuer),
        *_recipient(note),
        *_delivery(note),
        *_operation(note),
        *_intermediary(note),
        *_references(note),
        *_items(note),
        *_payments(note),
    )
    return found or tuple(_form(note))


def _form(note: Note) -> Iterator[Problem]:
    """What only the schema sees, of the note as it would be built."""
    header = note.header
    probe = replace(
        header,
        number=header.number or 1,
        random_code=header.random_code or _ANY_RANDOM_CODE,
    )
    try:
        content = serialize(build(replace(note, header=probe)), "NFe")
    except (KeyError, ValueError) as error:
        yield Problem(Code.FORM, {"field": "", "detail": str(error)})
        return
    told = set()
    for error in schema.errors("NFe", content):
        # The root lacks its signature; a facet is told twice.
        if error.element and error.element not in told:
            told.add(error.element)
            yield Problem(Code.FORM, {"field": error.element, "detail": error.message})


def is_valid_cpf(number: str) -> bool:
    """Eleven digits, not all alike, with right check digits."""
    is_plain = number.isdigit() and len(number) == _CPF_LENGTH
    return is_plain and len(set(number)) > 1 and cpf.is_valid(number)


def is_valid_cnpj(number: str) -> bool:
    """Fourteen positions, numeric or alphanumeric, with right check digits."""
    return bool(re.fullmatch(r"[0-9A-Z]{12}\d{2}", number)) and cnpj.is_valid(number)


def _issuer(issuer: Party) -> Iterator[Problem]:
    if not is_valid_cnpj(issuer.vat):
        yield Problem(Code.ISSUER_VAT)
    if not re.fullmatch(r"\d{2,14}", issuer.state_registration):
        yield Problem(Code.ISSUER_STATE_REGISTRATION)
    if issuer.tax_regime not in ("1", "2", "3", "4"):
        yield Problem(Code.ISSUER_TAX_REGIME)
    yield from _address("issuer", issuer.address)


def _recipient(note: Note) -> Iterator[Problem]:
    recipient = note.recipient
    if not _is_told(recipient.name):
        yield Problem(Code.RECIPIENT_NAME)
    if not recipient.vat:
        yield Problem(Code.RECIPIENT_VAT_MISSING)
    elif re.fullmatch(r"[0-9A-Z]{14}", recipient.vat):
        if not is_valid_cnpj(recipient.vat):
            yield Problem(Code.RECIPIENT_CNPJ)
    elif not is_valid_cpf(recipient.vat):
        yield Problem(Code.RECIPIENT_CPF)
    registered = bool(recipient.state_registration)
    if recipient.ie_indicator not in ("1", "2", "9") or (
        recipient.ie_indicator == "1" and not registered
    ):
        yield Problem(Code.RECIPIENT_IE_INDICATOR)
    if recipient.ie_indicator == "9" and note.header.final_consumer != "1":
        yield Problem(Code.RECIPIENT_NOT_FINAL)
    yield from _address("recipient", recipient.address)


def _delivery(note: Note) -> Iterator[Problem]:
    delivery = note.delivery
    if delivery is None:
        return
    if delivery.vat and not (is_valid_cpf(delivery.vat) or is_valid_cnpj(delivery.vat)):
        yield Problem(Code.DELIVERY_VAT)
    yield from _address("delivery", delivery.address)


def _address(where: str, address: Address) -> Iterator[Problem]:
    state_code = STATE_CODES.get(address.state)
    has_city = bool(
        re.fullmatch(r"\d{7}", address.city_code) and _is_told(address.city)
    )
    wrong = {
        Code.ADDRESS_STREET: not _is_told(address.street),
        Code.ADDRESS_NUMBER: not clean(address.number, 60),
        Code.ADDRESS_DISTRICT: not _is_told(address.district),
        Code.ADDRESS_CITY: not has_city,
        Code.ADDRESS_STATE: state_code is None,
        Code.ADDRESS_CITY_STATE: bool(
            has_city and state_code and not address.city_code.startswith(state_code)
        ),
        Code.ADDRESS_ZIP: not re.fullmatch(r"\d{8}", address.zip_code),
    }
    for code, is_wrong in wrong.items():
        if is_wrong:
            yield Problem(code, {"where": where})


def _is_told(text: str) -> bool:
    """At least two characters are left after cleaning (XSD)."""
    return len(clean(text, 60) or "") > 1


def _operation(note: Note) -> Iterator[Problem]:
    header = note.header
    if header.random_code and is_guessable(header.random_code, header.number):
        yield Problem(Code.RANDOM_CODE)
    contingency = header.emission_type != "1"
    if contingency != (
        len(header.contingency_reason) in _CONTINGENCY_REASON_LENGTHS
        and header.contingency_at is not None
    ):
        yield Problem(Code.CONTINGENCY_REASON)
    if not _destination_fits(note):
        yield Problem(Code.DESTINATION)
    for vat in note.authorized:
        if not (is_valid_cnpj(vat) or is_valid_cpf(vat)):
            yield Problem(Code.AUTHORIZED_VAT, {"vat": vat})


def _destination_fits(note: Note) -> bool:
    """idDest against the states; goods handed over at the counter stay at home."""
    home = note.issuer.address.state
    states = {note.recipient.address.state}
    if note.delivery is not None:
        states.add(note.delivery.address.state)
    if note.header.destination == "2":
        return states != {home}
    if note.header.destination == "1":
        return home in states or note.header.presence in _PRESENT
    return True


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


def _references(note: Note) -> Iterator[Problem]:
    if note.header.purpose == RETURN and not note.references:
        yield Problem(Code.RETURN_REFERENCE)
    for reference in note.references:
        try:
            AccessKey(reference)
        except ValueError:
            yield Problem(Code.REFERENCE_KEY, {"key": reference})


def _items(note: Note) -> Iterator[Problem]:
    if not note.items:
        yield Problem(Code.NO_ITEMS)
    for place, item in enumerate(note.items, start=1):
        yield from check_item(note, place, item)


def _payments(note: Note) -> Iterator[Problem]:
    total = _total(note)
    if total is None:
        return
    if note.header.purpose == NORMAL and total <= ZERO:
        yield Problem(Code.ZERO_VALUE)
    if not note.payments:
        yield Problem(Code.PAYMENT_MISSING)
        return
    if note.header.purpose == RETURN:
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
    if not note.items or any(i.taxes.icms.code not in ICMS_GROUPS for i in note.items):
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
    if card.acquirer_cnpj and not is_valid_cnpj(card.acquirer_cnpj):
        yield Problem(Code.PAYMENT_CARD_CNPJ, params)
