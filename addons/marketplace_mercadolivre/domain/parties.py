"""Persons and addresses: the receiver of a shipment, the buyer of the NF-e.

Sources: API pages "gerenciamento de envios" (destination) and "faturamento".
"""

from __future__ import annotations

import re
from typing import Any

from stdnum.br import cnpj, cpf

from odoo.addons.marketplace_connector.domain.contract import Address, Party
from odoo.addons.marketplace_connector.domain.uf import uf_code, unaccented

from .values import digits, ident, is_masked, sub, text

_COMMENT = re.compile(
    r"^\s*(?:complemento:\s*(?P<complement>.*?))?\s*"
    r"(?:refer[eê]ncia:\s*(?P<reference>.*?))?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_LENGTHS = {"CPF": 11, "CNPJ": 14}


def receiver(shipment: dict[str, Any]) -> Party:
    """Who gets the parcel; masked until the payment is confirmed."""
    destination = shipment.get("destination") or {}
    address = _delivery_address(destination.get("shipping_address") or {})
    name = destination.get("receiver_name")
    return Party(
        external_id=ident(destination.get("receiver_id")),
        name=text(name),
        phone=text(destination.get("receiver_phone")),
        address=address,
        masked=address.masked or is_masked(name),
    )


def billing_party(payload: dict[str, Any]) -> Party:
    """Who the NF-e is for, from ``/orders/billing-info``.

    A CPF that lost its leading zeros gets them back when that makes it valid; an
    invalid one is handed on as it is, for the intake to report.
    """
    info = sub(payload, "buyer", "billing_info") or {}
    doc_type = text(sub(info, "identification", "type")).upper()
    number = sub(info, "identification", "number")
    names = (text(info.get("name")), text(info.get("last_name")))
    address = _fiscal_address(info.get("address") or {})
    return Party(
        external_id=ident(sub(payload, "buyer", "cust_id")),
        name=" ".join(filter(None, names)),
        doc_type=doc_type,
        doc=_document(doc_type, number),
        ie=text(sub(info, "taxes", "inscriptions", "state_registration")),
        taxpayer=_taxpayer(info),
        address=address,
        masked=address.masked or any(map(is_masked, (number, info.get("name")))),
    )


def _delivery_address(raw: dict[str, Any]) -> Address:
    complement, reference = _comment(raw.get("comment"))
    hidden = ("address_line", "street_name", "street_number", "zip_code")
    return Address(
        street=text(raw.get("street_name")),
        number=text(raw.get("street_number")),
        complement=complement,
        district=text(sub(raw, "neighborhood", "name")),
        city=text(sub(raw, "city", "name")),
        state=uf_code(sub(raw, "state", "id")) or uf_code(sub(raw, "state", "name")),
        zip=digits(text(raw.get("zip_code"))),
        country=text(sub(raw, "country", "id")) or "BR",
        reference=reference,
        raw_line=text(raw.get("address_line")),
        masked=any(is_masked(raw.get(name)) for name in hidden),
    )


def _fiscal_address(raw: dict[str, Any]) -> Address:
    complement, reference = _comment(raw.get("comment"))
    return Address(
        street=text(raw.get("street_name")),
        number=text(raw.get("street_number")),
        complement=complement,
        district=text(raw.get("neighborhood")),
        city=text(raw.get("city_name")),
        state=uf_code(sub(raw, "state", "name")),
        zip=digits(text(raw.get("zip_code"))),
        country=text(raw.get("country_id")) or "BR",
        reference=reference,
        masked=any(is_masked(raw.get(n)) for n in ("street_name", "zip_code")),
    )


def _comment(value: Any) -> tuple[str, str]:
    """Complement and reference come mixed in one text, labelled or not."""
    line = text(value)
    match = _COMMENT.match(line)
    if not match:
        return line, ""
    return match["complement"] or "", match["reference"] or ""


def _document(doc_type: str, number: Any) -> str:
    # A CNPJ may have letters since July 2026.
    plain = "".join(char for char in text(ident(number)) if char.isalnum()).upper()
    padded = plain.zfill(_LENGTHS.get(doc_type, 0))
    check = cnpj if doc_type == "CNPJ" else cpf
    return padded if plain and check.is_valid(padded) else plain


def _taxpayer(info: dict[str, Any]) -> bool | None:
    told = unaccented(text(sub(info, "taxes", "taxpayer_type", "description")))
    if told:
        return told == "contribuinte"
    return False if sub(info, "attributes", "cust_type") == "CO" else None
