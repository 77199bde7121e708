"""Buyer and recipient: one address, written in one line, often masked.

Shopee shows name, CPF and address only to sellers with a CNPJ, only from paid to
shipped, and only to addresses on the application's IP list; telephones never.
"""

from __future__ import annotations

from typing import Any

from odoo.addons.industry_b2c_sales.domain.postal import uf_of_zip
from odoo.addons.industry_b2c_sales.domain.text import plain, unpunctuated
from odoo.addons.marketplace_connector.domain.contract import Address, Party

from .values import Json, digits, ident, is_masked, text

_HIDDEN = ("full_address", "zipcode", "city", "state")
_NO_NUMBER = frozenset({"s n", "sn", "sem numero"})


def recipient(raw: Json) -> Party:
    """Who gets the parcel."""
    place = raw.get("recipient_address") or {}
    found = _address(place)
    name = place.get("name")
    return Party(
        external_id=ident(raw.get("buyer_user_id")),
        name=text(name),
        address=found,
        masked=found.masked or is_masked(name),
    )


def buyer(raw: Json) -> Party:
    """Who the NF-e is for: the recipient, with the CPF (or CNPJ) of the purchase."""
    shown = raw.get("buyer_cpf_id")
    number = unpunctuated(text(shown))
    party = recipient(raw)
    doc_type = {11: "CPF", 14: "CNPJ"}.get(len(number), "")
    return Party(
        external_id=party.external_id,
        name=party.name,
        doc_type=doc_type,
        doc=number,
        taxpayer=False if doc_type == "CPF" else None,
        address=party.address,
        masked=party.masked or is_masked(shown),
    )


def _address(place: Json) -> Address:
    line = text(place.get("full_address"))
    code = digits(place.get("zipcode"))
    known = [
        place.get(name)
        for name in ("district", "town", "city", "state", "zipcode", "region")
    ]
    street, number, complement = _street(line, known)
    return Address(
        street=street,
        number=number,
        complement=complement,
        district=text(place.get("district")) or text(place.get("town")),
        city=text(place.get("city")),
        state=_state(place.get("state"), code),
        zip=code if len(code) == 8 else "",
        country=text(place.get("region")) or "BR",
        raw_line=line,
        masked=any(is_masked(place.get(name)) for name in _HIDDEN),
    )


def _state(name: Any, code: str) -> str:
    """The UF: Shopee writes the state's name, the CEP tells its code."""
    shown = text(name)
    if len(shown) == 2:
        return shown.upper()
    return (uf_of_zip(code) or "") if len(code) == 8 else ""


def _street(line: str, known: list[Any]) -> tuple[str, str, str]:
    """Street, number and complement out of ``Rua A, 120, ap 12, Centro, …``.

    What comes after them is told in fields of its own and is cut off, from the end.
    """
    parts = [part.strip() for part in line.split(",") if part.strip()]
    told = {plain(text(value)) for value in known} - {""} | {"brasil", "brazil"}
    while len(parts) > 1 and _is_told(parts[-1], told):
        parts.pop()
    if not parts:
        return "", "", ""
    street, rest = parts[0], parts[1:]
    if rest and _is_number(rest[0]):
        return street, rest[0], ", ".join(rest[1:])
    head, _blank, tail = street.rpartition(" ")
    if head and tail.isdigit():
        return head, tail, ", ".join(rest)
    return street, "", ", ".join(rest)


def _is_told(part: str, told: set[str]) -> bool:
    words = plain(part)
    return words in told or words.removeprefix("cep ").replace(" ", "") in told


def _is_number(part: str) -> bool:
    return part[:1].isdigit() or plain(part) in _NO_NUMBER
