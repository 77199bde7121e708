"""ML's own issuer ("Faturador"): NF-e of the seller's company for parcels of Full.

The goods lie in ML's warehouse, so ML issues the note in a series of its own as soon
as the order is paid, tells it under the topic ``invoices``, and the seller only reads
it (API page "obtendo nota fiscal").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route
from simulators.common.clock import Clock

from .const import NFE_NAMESPACE
from .errors import forbidden, not_found
from .invoice import key_check_digit
from .payloads_common import ml_date, money
from .push import Announcer
from .records import Order, Seller
from .store import Store

if TYPE_CHECKING:
    from .engine import Engine

_BASE, _SERIES = 429_000_100_000_000, 90
_XML = """<?xml version="1.0" encoding="UTF-8"?>\
<nfeProc xmlns="{namespace}" versao="4.00"><NFe><infNFe versao="4.00" Id="NFe{key}">\
<ide><mod>55</mod><serie>{series}</serie><nNF>{number}</nNF><dhEmi>{issued}</dhEmi>\
<tpNF>1</tpNF><tpAmb>1</tpAmb></ide><emit><CNPJ>{cnpj}</CNPJ></emit>\
<dest><{kind}>{document}</{kind}></dest>\
<total><ICMSTot><vNF>{amount:.2f}</vNF></ICMSTot></total></infNFe></NFe><protNFe>\
<infProt><tpAmb>1</tpAmb><chNFe>{key}</chNFe><cStat>100</cStat></infProt></protNFe>\
</nfeProc>"""


@dataclass
class Issued:
    """A note that ML issued in the seller's name."""

    id: int
    order_id: int
    key: str
    number: int
    amount: Decimal
    at: datetime
    xml: str


class Issuer:
    """Issues and keeps notes; call inside a transaction."""

    def __init__(
        self, store: Store, clock: Clock, seller: Seller, announcer: Announcer
    ) -> None:
        self._store = store
        self._clock = clock
        self._seller = seller
        self._announcer = announcer

    def issue(self, order: Order) -> None:
        """The note of a paid order of Full; once."""
        if self.of_order(order.id):
            return
        number, now = self._store.next_number("issued"), self._clock.now()
        cnpj = self._seller.cnpj
        body = f"35{now:%y%m}{cnpj}55{_SERIES:03d}{number:09d}112345678"
        key = f"{body}{key_check_digit(body)}"
        xml = _XML.format(
            namespace=NFE_NAMESPACE,
            key=key,
            series=_SERIES,
            number=number,
            issued=now.isoformat("T", "seconds"),
            cnpj=cnpj,
            kind=order.buyer.document_type,
            document=order.buyer.document,
            amount=order.amount_due,
        )
        issued = Issued(
            _BASE + number, order.id, key, number, order.amount_due, now, xml
        )
        self._store.put("issued", issued.id, issued, updated=now, parent=order.id)
        self._announcer.invoice(self._seller.user_id, issued.id)

    def of_order(self, order_id: int) -> Issued | None:
        """The note of an order, if there is one."""
        return next(iter(self._store.find("issued", Issued, parent=order_id)), None)

    def get(self, number: int) -> Issued:
        """A note, or 404."""
        found = self._store.get("issued", number, Issued)
        if found is None:
            raise not_found("invoice", number)
        return found


def get_of_order(
    engine: Engine, request: Request, user_id: int, order_id: int
) -> Answer:
    """``GET /users/{id}/invoices/orders/{order}``: 404 when ML issued none."""
    _own(engine, user_id)
    issued = engine.issuer.of_order(order_id)
    if issued is None:
        raise not_found("invoice of order", order_id)
    return Answer(_payload(issued, user_id))


def get_issued(
    engine: Engine, request: Request, user_id: int, invoice_id: int
) -> Answer:
    """``GET /users/{id}/invoices/{invoice}``."""
    _own(engine, user_id)
    return Answer(_payload(engine.issuer.get(invoice_id), user_id))


def get_xml(engine: Engine, request: Request, user_id: int, invoice_id: int) -> Answer:
    """``GET /users/{id}/invoices/documents/xml/{invoice}/authorized``."""
    _own(engine, user_id)
    xml = engine.issuer.get(invoice_id).xml.encode()
    return Answer(raw=xml, content_type="application/xml")


def _own(engine: Engine, user_id: int) -> None:
    if user_id != engine.seller.user_id:
        raise forbidden("The caller is not the owner of these invoices")


def _payload(issued: Issued, user_id: int) -> dict[str, Any]:
    xml = f"/users/{user_id}/invoices/documents/xml/{issued.id}/authorized"
    return {
        "id": issued.id,
        "status": "authorized",
        "transaction_status": "authorized",
        "issuer": {"user_id": user_id},
        "fiscal_key": issued.key,
        "invoice_series": _SERIES,
        "invoice_number": issued.number,
        "amount": money(issued.amount),
        "issued_date": ml_date(issued.at),
        "items": [{"order_id": issued.order_id}],
        "attributes": {"xml_location": xml},
    }


_INVOICES = "/users/<int:user_id>/invoices"

ROUTES = (
    Route("GET", f"{_INVOICES}/orders/<int:order_id>", get_of_order),
    Route("GET", f"{_INVOICES}/<int:invoice_id>", get_issued),
    Route("GET", f"{_INVOICES}/documents/xml/<int:invoice_id>/authorized", get_xml),
)
