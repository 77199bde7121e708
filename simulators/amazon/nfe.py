"""What Amazon's check of an NF-e finds. The model documents no codes: words only."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from lxml import etree

from simulators.sefaz.keys import check_digit

from .records import Order, Seller

_NS = {"n": "http://www.portalfiscal.inf.br/nfe"}


class Unreadable(Exception):
    """Not an authorised NF-e at all: refused at once."""


def key_of(xml: bytes) -> tuple[str, etree._Element]:
    """Access key and document.

    :raise Unreadable: no ``nfeProc`` with a valid key
    """
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("invoiceContent is no XML") from error
    if etree.QName(root).localname != "nfeProc":
        raise Unreadable("invoiceContent is no nfeProc")
    key = _text(root, ".//n:protNFe/n:infProt/n:chNFe")
    if len(key) != 44 or key[-1] != check_digit(key[:-1]):
        raise Unreadable("invoiceContent has no valid access key")
    return key, root


def problem(root: etree._Element, order: Order, seller: Seller) -> str:
    """Why the NF-e does not fit the order; "" when it does."""
    info = ".//n:NFe/n:infNFe/"
    buyer = order.buyer
    checks = (
        (_text(root, ".//n:infProt/n:cStat") == "100", "NF-e is not authorized"),
        (_text(root, info + "n:emit/n:CNPJ") == seller.cnpj, "Wrong sender CNPJ"),
        (
            _text(root, info + f"n:dest/n:{buyer.document_type}") == buyer.document,
            f"Wrong receiver {buyer.document_type}",
        ),
        (
            _amount(_text(root, info + "n:total/n:ICMSTot/n:vNF")) == order.total,
            "Wrong total amount",
        ),
    )
    return next((words for good, words in checks if not good), "")


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _text(root: etree._Element, path: str) -> str:
    return (root.findtext(path, namespaces=_NS) or "").strip()
