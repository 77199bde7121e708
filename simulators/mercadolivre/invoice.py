"""Checks of an imported NF-e (API page "importar nota fiscal").

Each refusal carries one of the documented ``error_code`` values. Which code ML
gives when the note was authorised in homologation is not documented; a protocol
that is not a production authorisation is refused as ``invalid_nfe_cstat``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from lxml import etree

from .const import NFE_NAMESPACE
from .errors import MlError, invoice_error
from .lifecycle import expected_invoice_amount
from .records import Order, Seller, Shipment

_NS = {"n": NFE_NAMESPACE}
_DIGEST = "{http://www.w3.org/2000/09/xmldsig#}DigestValue"


@dataclass(frozen=True)
class ParsedNfe:
    """What the import reads from a ``nfeProc``."""

    root: etree._Element
    key: str
    series: str
    number: str
    amount: Decimal
    issued_at: datetime

    def text(self, path: str) -> str | None:
        """Text under ``infNFe``; ``None`` when the element is absent."""
        return _text(self.root, f"n:NFe/n:infNFe/{path}")

    def protocol(self, name: str) -> str | None:
        """Text under ``protNFe/infProt``."""
        return _text(self.root, f"n:protNFe/n:infProt/n:{name}")


def parse(xml: bytes) -> ParsedNfe:
    """Read the document or refuse it as a whole."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise invoice_error("error_parse_invoice_data", str(error)) from error
    name = etree.QName(root)
    if name.localname == "enviNFe":
        raise invoice_error("batch_nfe_not_supported", "Send nfeProc, not a lot")
    if name.localname != "nfeProc" or name.namespace != NFE_NAMESPACE:
        raise invoice_error("error_parse_invoice_data", "Root must be nfeProc")
    if root.get("versao") != "4.00":
        raise invoice_error("nfe_layout_not_supported", "Layout must be 4.00")
    if len(root.findall("n:NFe", _NS)) != 1:
        raise invoice_error("batch_nfe_not_supported", "Exactly one NFe expected")
    return _read(root)


def _read(root: etree._Element) -> ParsedNfe:
    def need(path: str) -> str:
        value = _text(root, f"n:NFe/n:infNFe/{path}")
        if value is None:
            raise _unreadable(f"{path.replace('n:', '')} is missing")
        return value

    info = root.find("n:NFe/n:infNFe", _NS)
    if info is None:
        raise _unreadable("infNFe is missing")
    key = (info.get("Id") or "").removeprefix("NFe")
    try:
        amount = Decimal(need("n:total/n:ICMSTot/n:vNF"))
        issued_at = datetime.fromisoformat(need("n:ide/n:dhEmi"))
    except (InvalidOperation, ValueError) as error:
        raise _unreadable("vNF or dhEmi cannot be read") from error
    if issued_at.tzinfo is None:
        raise _unreadable("dhEmi has no time zone")
    series, number = need("n:ide/n:serie"), need("n:ide/n:nNF")
    return ParsedNfe(root, key, series, number, amount, issued_at)


def check_document(nfe: ParsedNfe, *, accept_homologation: bool) -> None:
    """Checks that need nothing but the document."""
    if nfe.text("n:ide/n:mod") != "55":
        raise invoice_error("wrong_invoice_type", "Only model 55 is accepted")
    if nfe.text("n:ide/n:tpNF") != "1":
        raise invoice_error("wrong_invoice_type", "Only outgoing notes are accepted")
    _check_key(nfe)
    if nfe.protocol("cStat") != "100":
        raise invoice_error("invalid_nfe_cstat", "The NF-e is not authorized")
    _check_environment(nfe, accept_homologation)


def _check_key(nfe: ParsedNfe) -> None:
    key = nfe.key
    if len(key) != 44 or key[-1] != key_check_digit(key[:-1]):
        raise _unreadable("The access key is not valid")
    if nfe.protocol("chNFe") != key:
        raise _unreadable("chNFe differs from infNFe Id")
    numbers = nfe.series.zfill(3) + nfe.number.zfill(9)
    if key[20:34] != "55" + numbers or key[6:20] != nfe.text("n:emit/n:CNPJ"):
        raise _unreadable("The access key does not describe this NF-e")
    digest = nfe.root.find(f".//{_DIGEST}")
    sealed = nfe.protocol("digVal")
    if digest is not None and sealed is not None and digest.text != sealed:
        raise _unreadable("digVal differs from the signature's DigestValue")


def _check_environment(nfe: ParsedNfe, accept_homologation: bool) -> None:
    environment = nfe.text("n:ide/n:tpAmb")
    if environment != nfe.protocol("tpAmb"):
        raise invoice_error("invalid_nfe_cstat", "tpAmb of note and protocol differ")
    if environment != "1" and not (accept_homologation and environment == "2"):
        message = "The NF-e was not authorized in the production environment"
        raise invoice_error("invalid_nfe_cstat", message)


def check_sender(nfe: ParsedNfe, seller: Seller) -> None:
    """The issuer must be the account's company, at its address."""
    if nfe.text("n:emit/n:CNPJ") != seller.cnpj:
        raise invoice_error("invalid_sender_cnpj", "Sender CNPJ is wrong")
    state_tax_id = nfe.text("n:emit/n:IE")
    if not state_tax_id:
        raise invoice_error("sender_ie_not_found", "Sender IE is missing")
    if seller.state_tax_id and state_tax_id != seller.state_tax_id:
        raise invoice_error("invalid_sender_ie", "Sender IE is wrong")
    if seller.uf and nfe.text("n:emit/n:enderEmit/n:UF") != seller.uf:
        message = "The NF-e comes from another state than the shipment"
        raise invoice_error("different_state_nfe_shipment_origin", message)
    zip_code = nfe.text("n:emit/n:enderEmit/n:CEP")
    if seller.zip_code and zip_code != seller.zip_code:
        raise invoice_error("wrong_sender_zipcode", "Sender CEP is wrong")


def check_receiver(nfe: ParsedNfe, order: Order, shipment: Shipment) -> None:
    """The receiver must be the buyer, at the billing or delivery address."""
    kind = order.buyer.document_type
    if nfe.text(f"n:dest/n:{kind}") != order.buyer.document:
        message = f"Receiver {kind} is wrong"
        raise invoice_error(f"wrong_receiver_{kind.lower()}", message)
    wanted = order.state_registration
    if wanted and nfe.text("n:dest/n:IE") != wanted:
        message = "Receiver IE is wrong"
        raise invoice_error("wrong_receiver_state_tax", message)
    delivery = shipment.receiver.address.cep
    zip_code = nfe.text("n:dest/n:enderDest/n:CEP")
    elsewhere = nfe.text("n:entrega/n:CEP")
    if zip_code not in (order.billing_address.cep, delivery) or (
        elsewhere not in (None, delivery)
    ):
        raise invoice_error("wrong_receiver_zipcode", "Receiver CEP is wrong")


def check_sale(nfe: ParsedNfe, orders: list[Order]) -> None:
    """The note must be younger than the sale and show what the buyer paid."""
    sold_at = max(order.date_closed or order.date_created for order in orders)
    if nfe.issued_at < sold_at.replace(microsecond=0):
        message = "The NF-e is older than the sale"
        raise invoice_error("wrong_invoice_date", message)
    paid = expected_invoice_amount(orders)
    if nfe.amount != paid:
        message = f"NF-e value {nfe.amount} differs from the order value {paid}"
        raise invoice_error("nfe_order_value_divergence", message)


def key_check_digit(body: str) -> str | None:
    """Check digit of an access key (modulus 11, weights 2–9); CNPJ may be alpha."""
    total, weight = 0, 2
    for char in reversed(body):
        value = ord(char.upper()) - 48
        if not (0 <= value <= 9 or 17 <= value <= 42):
            return None
        total += value * weight
        weight = 2 if weight == 9 else weight + 1
    rest = total % 11
    return str(0 if rest < 2 else 11 - rest)


def _text(root: etree._Element, path: str) -> str | None:
    text = root.findtext(path, namespaces=_NS)
    return text.strip() if text and text.strip() else None


def _unreadable(message: str) -> MlError:
    return invoice_error("error_parse_invoice_data", message)
