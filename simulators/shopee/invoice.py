"""Checks of an uploaded NF-e (guide "Emissão de NF-e", 17 errors).

The code of these errors is ``error_param``; the documentation tells them apart by
their message only, and so do we.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from lxml import etree

from simulators.common.channel.routing import parse_date
from simulators.sefaz.keys import check_digit

from .const import (
    CFOPS,
    CORREIOS,
    IN_CANCEL,
    INVOICE_MAX_BYTES,
    INVOICE_MIN_AGE,
    NFE_NAMESPACE,
    PROCESSED,
    READY_TO_SHIP,
)
from .errors import ShopeeError
from .records import Invoice, Order, Shop

_NS = {"n": NFE_NAMESPACE}
_OPEN = frozenset({READY_TO_SHIP, PROCESSED, IN_CANCEL})


def _refusal(message: str) -> ShopeeError:
    return ShopeeError("error_param", message)


def takes_invoice(order: Order) -> bool:
    """Whether the order's carrier works with an NF-e."""
    return order.package.channel_id != CORREIOS


def check_status(order: Order) -> None:
    """Refuse an order that takes no NF-e, or not now."""
    if order.status not in _OPEN or not takes_invoice(order):
        raise _wrong_status()


def check_holder(order: Order, key: str, holder: Order | None) -> None:
    """Refuse a key that is held, here or elsewhere, and a second note."""
    if holder is not None:
        message = "Access Key duplicated, please do not use duplicated Access Key."
        raise _refusal(message)
    if order.invoice is not None:
        raise _wrong_status()


def parse(xml: bytes, shop: Shop, now: datetime, delay: timedelta) -> Invoice:
    """Read the file or refuse it with one of the documented messages."""
    if len(xml) > INVOICE_MAX_BYTES:
        raise _refusal("File size limit to 1MB.")
    if not xml.startswith(b"<?xml"):
        raise _refusal("File Error")
    root = _root(xml)
    key = _key(root)
    if _need(root, "n:NFe/n:infNFe/n:ide/n:mod") != "55" or key[20:22] != "55":
        raise _refusal("Invalid NF-e model. Only model 55 is accepted.")
    _check_issuer(root, key, shop)
    issued = _moment(root, "n:NFe/n:infNFe/n:ide/n:dhEmi")
    if issued > now + timedelta(minutes=1):
        raise _refusal(
            "Invalid issue date. The NF-e issue date cannot be greater than the "
            "current date."
        )
    cfop = _check_cfops(root)
    _check_protocol(root, now)
    return Invoice(
        key=key,
        number=_need(root, "n:NFe/n:infNFe/n:ide/n:nNF"),
        series=_need(root, "n:NFe/n:infNFe/n:ide/n:serie"),
        issued_at=issued,
        total=_amount(root, "vNF"),
        products=_amount(root, "vProd"),
        cfop=cfop,
        xml=xml.decode("utf-8", "replace"),
        valid_at=now + delay,
    )


def _root(xml: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal("Please upload a valid Invoice XML file") from error
    if root.tag != f"{{{NFE_NAMESPACE}}}nfeProc":
        raise _refusal("Please upload a valid Invoice XML file")
    return root


def _key(root: etree._Element) -> str:
    note = root.find("n:NFe/n:infNFe", _NS)
    key = "" if note is None else str(note.get("Id", "")).removeprefix("NFe")
    if not key:
        raise _refusal("access_key is a required field.")
    if len(key) != 44:
        raise _refusal("access_key must be 44 characters in length.")
    if check_digit(key[:43]) != key[43]:
        raise _refusal("Invalid access key.")
    return key


def _check_issuer(root: etree._Element, key: str, shop: Shop) -> None:
    """What the key and the note tell of the seller, where the shop has it."""
    registered = "must be the same as the registration."
    if key[6:20] != shop.cnpj:
        raise _refusal(f"Invalid CNPJ. The access key CNPJ {registered}")
    issuer = "n:NFe/n:infNFe/n:emit/"
    if shop.uf and _text(root, f"{issuer}n:enderEmit/n:UF") not in (None, shop.uf):
        raise _refusal(f"Invalid UF. The access key UF {registered}")
    if shop.state_tax_id and _text(root, f"{issuer}n:IE") != shop.state_tax_id:
        raise _refusal(f"Invalid State Registration Number. It {registered}")


def _check_cfops(root: etree._Element) -> str:
    cfops = [node.text or "" for node in root.iterfind(".//n:CFOP", _NS)]
    if not cfops or not set(cfops) <= CFOPS:
        raise _refusal("CFOP invalid, please confirm it")
    return cfops[0]


def _check_protocol(root: etree._Element, now: datetime) -> None:
    """Authorised, and long enough ago for the registry that is asked."""
    status = _text(root, "n:protNFe/n:infProt/n:cStat")
    if status in ("101", "151", "155"):
        raise _refusal("Canceled NF-e.")
    if status not in ("100", "150"):
        raise _refusal("Invalid NF-e.")
    authorized = _moment(root, "n:protNFe/n:infProt/n:dhRecbto")
    if now < authorized + INVOICE_MIN_AGE:
        raise _refusal("Invalid NF-e.")


def _moment(root: etree._Element, path: str) -> datetime:
    moment = parse_date(_text(root, path) or "")
    if moment is None:
        raise _refusal("Please upload a valid Invoice XML file")
    return moment


def _amount(root: etree._Element, name: str) -> Decimal:
    try:
        path = f"n:NFe/n:infNFe/n:total/n:ICMSTot/n:{name}"
        return Decimal(_text(root, path) or "0")
    except InvalidOperation as error:
        raise _refusal("Please upload a valid Invoice XML file") from error


def _need(root: etree._Element, path: str) -> str:
    text = _text(root, path)
    if text is None:
        raise _refusal("Please upload a valid Invoice XML file")
    return text


def _text(root: etree._Element, path: str) -> str | None:
    node = root.find(path, _NS)
    return None if node is None else node.text


def _wrong_status() -> ShopeeError:
    return _refusal("The invoice status is invalid to upload invoice data.")
