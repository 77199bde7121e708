"""Everything the SEFAZ would refuse in a note, told at once, before a number is used.

Problems carry a code and parameters; the sentence is made where the language of the
reader is known. Rules of the MOC 7.0 anexo I; the rejection that a problem prevents
stands behind its code in ``problems``. Number and random code may still be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from . import schema
from .access_key import STATE_CODES, AccessKey, is_guessable
from .builder import build
from .document import (
    ABROAD,
    COMPLEMENTARY,
    CREDIT,
    DEBIT,
    RETURN,
    Address,
    Note,
    Party,
)
from .persons import is_valid_cnpj, is_valid_cpf, is_valid_vat
from .preflight_items import check_item
from .preflight_trade import check_trade
from .problems import Code, Problem
from .serializer import serialize
from .text import clean

__all__ = ["Code", "Problem", "check", "is_valid_cnpj", "is_valid_cpf"]

_PRESENT = frozenset({"1", "5"})
_BRAZIL = "1058"
_CITY_ABROAD = "9999999"
_REFERENCED_MODELS = frozenset({"55", "57", "65"})
_MAX_AUTHORIZED = 10
_CONTINGENCY_REASON_LENGTHS = range(15, 257)
_ANY_RANDOM_CODE = "12345670"


def check(note: Note) -> tuple[Problem, ...]:
    """Every problem of a note: parties, operation, items, trade.

    A note without any also fits the official schema, so that ``prepare`` accepts it.
    """
    found = (
        *_issuer(note.issuer),
        *_recipient(note),
        *_delivery(note),
        *_operation(note),
        *_references(note),
        *_items(note),
        *check_trade(note),
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
    if recipient.address.state == ABROAD:
        yield from _foreigner(note)
        return
    if not recipient.vat:
        yield Problem(Code.RECIPIENT_VAT_MISSING)
    elif re.fullmatch(r"[0-9A-Z]{14}", recipient.vat):
        if not is_valid_cnpj(recipient.vat):
            yield Problem(Code.RECIPIENT_CNPJ)
    elif not is_valid_cpf(recipient.vat):
        yield Problem(Code.RECIPIENT_CPF)
    yield from _contributor(note)
    yield from _address("recipient", recipient.address)


def _contributor(note: Note) -> Iterator[Problem]:
    """indIEDest: 1 has an IE, 2 is exempt from having one, 9 does not pay ICMS."""
    recipient = note.recipient
    registered = bool(recipient.state_registration)
    if recipient.ie_indicator not in ("1", "2", "9") or (
        recipient.ie_indicator == "1" and not registered
    ):
        yield Problem(Code.RECIPIENT_IE_INDICATOR)
    if recipient.ie_indicator == "2" and registered:
        yield Problem(Code.RECIPIENT_IE_EXEMPT)
    if recipient.ie_indicator == "9" and note.header.final_consumer != "1":
        yield Problem(Code.RECIPIENT_NOT_FINAL)


def _foreigner(note: Note) -> Iterator[Problem]:
    """Rules E of the operation with the exterior."""
    recipient = note.recipient
    if recipient.vat:
        yield Problem(Code.RECIPIENT_VAT_ABROAD)
    if recipient.foreign_id and not re.fullmatch(r"[!-~]{5,20}", recipient.foreign_id):
        yield Problem(Code.RECIPIENT_FOREIGN_ID)
    if recipient.ie_indicator != "9" or recipient.state_registration:
        yield Problem(Code.RECIPIENT_IE_ABROAD)
    yield from _address_abroad("recipient", recipient.address)


def _delivery(note: Note) -> Iterator[Problem]:
    delivery = note.delivery
    if delivery is None:
        return
    if delivery.vat and not is_valid_vat(delivery.vat):
        yield Problem(Code.DELIVERY_VAT)
    yield from _address("delivery", delivery.address)


def _address_abroad(where: str, address: Address) -> Iterator[Problem]:
    wrong = {
        Code.ADDRESS_STREET: not _is_told(address.street),
        Code.ADDRESS_NUMBER: not clean(address.number, 60),
        Code.ADDRESS_DISTRICT: not _is_told(address.district),
        Code.ADDRESS_CITY: address.city_code != _CITY_ABROAD,
        Code.ADDRESS_COUNTRY: address.country_code in ("", _BRAZIL),
    }
    for code, is_wrong in wrong.items():
        if is_wrong:
            yield Problem(code, {"where": where})


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
    if header.exit_at is not None and header.exit_at < header.issued_at:
        yield Problem(Code.EXIT_DATE)
    types = (bool(header.credit_type), bool(header.debit_type))
    if types != (header.purpose == CREDIT, header.purpose == DEBIT):
        yield Problem(Code.NOTE_TYPE)
    yield from _authorized(note)


def _authorized(note: Note) -> Iterator[Problem]:
    """autXML: at most ten, and not the recipient, who may fetch it anyway."""
    if len(note.authorized) > _MAX_AUTHORIZED:
        yield Problem(Code.AUTHORIZED_COUNT, {"limit": _MAX_AUTHORIZED})
    for vat in note.authorized:
        if not is_valid_vat(vat):
            yield Problem(Code.AUTHORIZED_VAT, {"vat": vat})
        elif vat == note.recipient.vat:
            yield Problem(Code.AUTHORIZED_RECIPIENT)


def _destination_fits(note: Note) -> bool:
    """idDest against the states; goods handed over at the counter stay at home."""
    home = note.issuer.address.state
    abroad = note.recipient.address.state == ABROAD
    if abroad or note.header.destination == "3":
        return abroad and note.header.destination == "3"
    states = {note.recipient.address.state}
    if note.delivery is not None:
        states.add(note.delivery.address.state)
    if note.header.destination == "2":
        return states != {home}
    if note.header.destination == "1":
        return home in states or note.header.presence in _PRESENT
    return True


def _references(note: Note) -> Iterator[Problem]:
    purpose = note.header.purpose
    told = len(note.references) + len(note.paper_references)
    if purpose == RETURN and not told:
        yield Problem(Code.RETURN_REFERENCE)
    if purpose == COMPLEMENTARY and told != 1:
        yield Problem(Code.COMPLEMENT_REFERENCE)
    if len(set(note.references)) < len(note.references):
        yield Problem(Code.REFERENCE_TWICE)
    for reference in note.references:
        if not _is_key(reference):
            yield Problem(Code.REFERENCE_KEY, {"key": reference})
    for paper in note.paper_references:
        if not is_valid_vat(paper.vat) or paper.state not in STATE_CODES:
            yield Problem(Code.REFERENCE_KEY, {"key": paper.number})


def _is_key(reference: str) -> bool:
    """The key of an NF-e, an NFC-e or a CT-e, with its check digit."""
    try:
        return AccessKey(reference).model in _REFERENCED_MODELS
    except ValueError:
        return False


def _items(note: Note) -> Iterator[Problem]:
    if not note.items:
        yield Problem(Code.NO_ITEMS)
    for place, item in enumerate(note.items, start=1):
        yield from check_item(note, place, item)
