"""What a DANFE Simplificado - Etiqueta says, read from the authorised XML.

Fields of NT 2020.004 v1.10 and MOC 7.0, Anexo II, 3.12: key, protocol, issuer (name,
state, CNPJ, IE), type, series, number and date, recipient (name, state, CPF or CNPJ,
IE); the total is optional.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lxml import etree

from .schema import parse
from .serializer import NAMESPACE

_OPERATIONS = {"0": "0 - ENTRADA", "1": "1 - SAÍDA"}
_PRODUCTION = "1"
_NORMAL = "1"
_CPF = 11
_CNPJ = 14
_ADDRESSES = {
    f"{{{NAMESPACE}}}emit": "enderEmit",
    f"{{{NAMESPACE}}}dest": "enderDest",
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Issuer or recipient; ``vat`` is punctuated."""

    name: str
    vat: str
    state_registration: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Label:
    """Texts as they are printed; moments in the issuer's time, as in the XML."""

    key: str
    protocol: str
    operation: str
    number: str
    series: str
    issued_on: str
    issuer: Person
    recipient: Person
    address: str
    total: str
    by_epec: bool = False
    """The protocol is that of the EPEC."""
    contingency: str = ""
    """Beginning and reason (Ajuste SINIEF 07/05, cl. 11, § 11)."""
    warning: str = ""
    """CANCELADA, SEM VALOR FISCAL, or nothing."""


def read(content: bytes, *, cancelled: bool = False, epec_protocol: str = "") -> Label:
    """The label of a note.

    :param content: nfeProc, or a signed NFe that an EPEC stands in for
    :param epec_protocol: number and date of the EPEC, when there is no other protocol
    """
    root = parse(content)
    own = root.find(f".//{_tag('infNFe')}")
    issuer, recipient = own.find(_tag("emit")), own.find(_tag("dest"))
    own_protocol = _protocol(root)
    protocol = own_protocol or epec_protocol
    production = _text(own, "ide/tpAmb") == _PRODUCTION
    return Label(
        key=own.get("Id", "")[3:],
        protocol=protocol,
        operation=_OPERATIONS.get(_text(own, "ide/tpNF"), ""),
        number=_grouped(_text(own, "ide/nNF")),
        series=_text(own, "ide/serie"),
        issued_on=_moment(_text(own, "ide/dhEmi"))[:10],
        issuer=_person(issuer),
        recipient=_person(recipient),
        address=_address(own),
        total=_money(_text(own, "total/ICMSTot/vNF")),
        by_epec=bool(epec_protocol) and not own_protocol,
        contingency=_contingency(own),
        warning=_warning(cancelled, production and bool(protocol)),
    )


def format_vat(text: str) -> str:
    """CPF or CNPJ (with letters, too) with its punctuation; others as they are."""
    if len(text) == _CPF:
        return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"
    if len(text) == _CNPJ:
        return f"{text[:2]}.{text[2:5]}.{text[5:8]}/{text[8:12]}-{text[12:]}"
    return text


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _text(node: etree._Element | None, path: str) -> str:
    if node is None:
        return ""
    return node.findtext("/".join(map(_tag, path.split("/")))) or ""


def _person(node: etree._Element | None) -> Person:
    vat = _text(node, "CNPJ") or _text(node, "CPF") or _text(node, "idEstrangeiro")
    place = "enderDest" if node is None else _ADDRESSES[node.tag]
    return Person(
        name=_text(node, "xNome"),
        vat=format_vat(vat),
        state_registration=_text(node, "IE"),
        state=_text(node, f"{place}/UF"),
    )


def _protocol(root: etree._Element) -> str:
    result = root.find(f".//{_tag('infProt')}")
    number, at = _text(result, "nProt"), _moment(_text(result, "dhRecbto"))
    return f"{number} - {at}" if number else ""


def _address(own: etree._Element) -> str:
    """Where the parcel goes: ``entrega`` when there is one."""
    delivery = own.find(_tag("entrega"))
    buyer = own.find(_tag("dest"))
    node = own.find(f"{_tag('dest')}/{_tag('enderDest')}")
    receiver = ""
    if delivery is not None:
        node, receiver = delivery, _text(delivery, "xNome")
    code = _text(node, "CEP")
    parts = [
        receiver if receiver != _text(buyer, "xNome") else "",
        ", ".join(filter(None, [_text(node, "xLgr"), _text(node, "nro")])),
        _text(node, "xCpl"),
        _text(node, "xBairro"),
        "/".join(filter(None, [_text(node, "xMun"), _text(node, "UF")])),
        f"CEP {code[:5]}-{code[5:]}" if code else "",
    ]
    return " - ".join(filter(None, parts))


def _contingency(own: etree._Element) -> str:
    if _text(own, "ide/tpEmis") in ("", _NORMAL):
        return ""
    began, reason = _moment(_text(own, "ide/dhCont")), _text(own, "ide/xJust")
    return f"INÍCIO: {began} MOTIVO: {reason}"


def _warning(cancelled: bool, valid: bool) -> str:
    if cancelled:
        return "CANCELADA"
    return "" if valid else "SEM VALOR FISCAL"


def _moment(text: str) -> str:
    if not text:
        return ""
    return datetime.fromisoformat(text).strftime("%d/%m/%Y %H:%M:%S")


def _grouped(number: str) -> str:
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", number.zfill(9))


def _money(text: str) -> str:
    if not text:
        return ""
    shown = f"{Decimal(text):,.2f}".translate(str.maketrans(",.", ".,"))
    return f"R$ {shown}"
