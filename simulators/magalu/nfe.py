"""Checks of an NF-e after it was taken: what the trace reports.

Magalu documents the states of a note (``validating``, ``approved``, ``invalid``), not
the codes of its checks; the codes here are the simulator's own names for them.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from lxml import etree

from simulators.common.people import Person

from .const import NFE_MAX_BYTES, NFE_NAMESPACE
from .records import Delivery, Seller

_NS = {"n": NFE_NAMESPACE}


class Refused(Exception):
    """The note is not acceptable: code and words for the trace."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check(
    body: dict[str, Any],
    delivery: Delivery,
    buyer: Person,
    seller: Seller,
    *,
    accept_homologation: bool,
) -> None:
    """Refuse a note that does not fit body, delivery, buyer and seller."""
    root = _parse(body["xml"])
    key = (root.find(".//n:infNFe", _NS).get("Id") or "").removeprefix("NFe")
    if key != body["key"] or _text(root, "chNFe") != key:
        raise Refused("invoice_key_mismatch", "the key is not that of the XML")
    wanted = {"1", "2"} if accept_homologation else {"1"}
    if _text(root, "cStat") != "100" or _text(root, "tpAmb") not in wanted:
        raise Refused("invoice_not_authorized", "the note is not authorised")
    if seller.cnpj and _text(root, "emit/n:CNPJ") != seller.cnpj:
        raise Refused("invoice_issuer_mismatch", "the issuer is not the seller")
    if _text(root, f"dest/n:{buyer.document_type}") != buyer.document:
        raise Refused("invoice_recipient_mismatch", "the recipient is not the buyer")
    amount = _cents(_text(root, "ICMSTot/n:vNF"))
    if not amount == body["amount"] == delivery.total:
        message = f"the note shows {amount}, the delivery amounts to {delivery.total}"
        raise Refused("invoice_amount_mismatch", message)


def _parse(text: str) -> etree._Element:
    try:
        xml = base64.b64decode(text, validate=True)
        if len(xml) > NFE_MAX_BYTES:
            raise Refused("invoice_xml_invalid", "the XML is too large")
        root = etree.fromstring(
            xml, etree.XMLParser(resolve_entities=False, no_network=True)
        )
    except (binascii.Error, ValueError, etree.XMLSyntaxError) as error:
        raise Refused("invoice_xml_invalid", "the XML cannot be read") from error
    if (
        root.tag != f"{{{NFE_NAMESPACE}}}nfeProc"
        or root.find(".//n:infNFe", _NS) is None
    ):
        raise Refused("invoice_xml_invalid", "the XML is no nfeProc")
    return root


def _text(root: etree._Element, path: str) -> str:
    return (root.findtext(f".//n:{path}", "", _NS) or "").strip()


def _cents(text: str) -> int:
    whole, _dot, rest = text.partition(".")
    digits = whole + rest.ljust(2, "0")
    return int(digits) if digits.isdigit() else -1
