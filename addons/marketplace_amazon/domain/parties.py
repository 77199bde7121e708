"""Persons and addresses: the receiver of a parcel, the buyer of the NF-e.

Amazon does not mask, it leaves out: until the payment, without the roles for personal
data, and some weeks after the delivery. What is left out counts as masked here.
"""

from __future__ import annotations

from typing import Any

from stdnum.br import cnpj, cpf

from odoo.addons.marketplace_connector.domain.contract import Address, Party
from odoo.addons.marketplace_connector.domain.uf import uf_code

from .values import Json, digits, rows, sub, text


def receiver(raw: Json) -> Party:
    """Who gets the parcel."""
    place = sub(raw, "recipient", "deliveryAddress") or {}
    return _party(place, text(place.get("name")))


def buyer(raw: Json) -> Party:
    """Who the NF-e is for: the BUYER among the tax registrations.

    Their type is not to be relied on (a CPF may come as VAT), the check digits are. An
    invalid number is handed on as it is, for the intake to report.
    """
    found = [
        row
        for row in rows(raw, "tax", "taxRegistrations")
        if row.get("entityType") == "BUYER"
    ]
    registration = _best(found)
    doc_type, doc = document(registration.get("taxRegistrationNumber"))
    told = raw.get("buyer") or {}
    name = (
        text(registration.get("legalName"))
        or text(told.get("buyerCompanyName") if doc_type == "CNPJ" else "")
        or text(told.get("buyerName"))
    )
    place = registration.get("taxRegistrationAddress")
    place = place or sub(raw, "recipient", "deliveryAddress") or {}
    return _party(
        place,
        name,
        doc_type=doc_type,
        doc=doc,
        email=text(told.get("buyerEmail")),
        taxpayer=False if doc_type == "CPF" else None,
    )


def document(number: Any) -> tuple[str, str]:
    """``(CPF or CNPJ, plain number)``; the type is empty when the digits are wrong.

    A CNPJ may have letters since July 2026.
    """
    plain = "".join(char for char in text(number) if char.isalnum()).upper()
    if len(plain) == 11 and cpf.is_valid(plain):
        return "CPF", plain
    if len(plain) == 14 and cnpj.is_valid(plain):
        return "CNPJ", plain
    return "", plain


def marketplace_cnpj(raw: Json, known: str) -> str:
    """CNPJ of the MARKETPLACE registration; often only its root is told, then the one
    that we know."""
    for row in rows(raw, "tax", "taxRegistrations"):
        if row.get("entityType") == "MARKETPLACE":
            doc_type, doc = document(row.get("taxRegistrationNumber"))
            if doc_type == "CNPJ":
                return doc
    return known


def _best(found: list[Json]) -> Json:
    """The registration with a valid document, else any."""
    valid = [row for row in found if document(row.get("taxRegistrationNumber"))[0]]
    return (valid or found or [{}])[0]


def _party(place: Json, name: str, **fields: Any) -> Party:
    address = _address(place)
    return Party(
        name=name,
        phone=text(place.get("phone")),
        address=address,
        masked=address.masked or not name,
        **fields,
    )


def _address(place: Json) -> Address:
    """The Brazilian fields; where they are missing the lines, one after the other."""
    extended = place.get("extendedFields") or {}
    lines = [text(place.get(f"addressLine{n}")) for n in (1, 2, 3)]
    street = text(extended.get("streetName"))
    return Address(
        street=street or lines[0],
        number=text(extended.get("streetNumber")),
        complement=text(extended.get("complement")) if street else lines[1],
        district=text(extended.get("neighborhood"))
        or text(place.get("districtOrCounty")),
        city=text(place.get("city")) or text(place.get("municipality")),
        state=uf_code(place.get("stateOrRegion")),
        zip=digits(place.get("postalCode")),
        country=text(place.get("countryCode")) or "BR",
        raw_line=", ".join(filter(None, lines)),
        masked=not (street or lines[0]),
    )
