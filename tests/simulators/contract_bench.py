"""What a channel brings to the contract suite: its simulator, its adapter, its ways.

``ContractBench`` is derived once per channel; see ``mercadolivre/test_contract.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, ClassVar

from odoo.addons.marketplace_connector.domain.contract import (
    ChannelAdapter,
    ChannelError,
    Cursor,
    InvoiceFile,
    LabelBatch,
    MessageKind,
    Order,
    RawRequest,
    TokenSet,
)
from odoo.addons.marketplace_connector.domain.http import HttpOptions

from simulators.common.channel.simulator import ChannelSimulator
from simulators.common.people import cnpj_check_digits
from simulators.sefaz.keys import check_digit

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=timezone.utc)
REDIRECT = "https://erp.example/marketplace/callback"
SELLER_CNPJ = "330001110001" + cnpj_check_digits("330001110001")
SELLER_IE = "111222333444"
SELLER_CEP = "09810000"

_NFE = """<?xml version="1.0" encoding="UTF-8"?>\
<nfeProc xmlns="http://www.portalfiscal.inf.br/nfe" versao="4.00">\
<NFe><infNFe versao="4.00" Id="NFe{key}"><ide><mod>55</mod><serie>1</serie>\
<nNF>{number}</nNF><dhEmi>{issued}</dhEmi><tpNF>1</tpNF><tpAmb>1</tpAmb></ide>\
<emit><CNPJ>{cnpj}</CNPJ><enderEmit><UF>{uf}</UF><CEP>{cep_emit}</CEP></enderEmit>\
<IE>{ie}</IE></emit><dest><{kind}>{doc}</{kind}><enderDest><CEP>{cep}</CEP></enderDest>\
</dest><det nItem="1"><prod><CFOP>{cfop}</CFOP></prod></det>\
<total><ICMSTot><vNF>{total:.2f}</vNF></ICMSTot></total></infNFe></NFe>\
<protNFe><infProt><tpAmb>1</tpAmb><chNFe>{key}</chNFe><cStat>100</cStat>\
<dhRecbto>{authorized}</dhRecbto></infProt></protNFe></nfeProc>"""


def note(
    *,
    document: str,
    cep: str,
    total: Decimal,
    at: datetime,
    number: int,
    **changes: Any,
) -> InvoiceFile:
    """An authorised NF-e of the suite's seller: as much as channels look at.

    :param at: moment of issue and authorisation
    :param changes: ``cnpj``, ``ie``, ``uf``, ``cep_emit``, ``cfop`` of the note
    """
    values = {
        "cnpj": SELLER_CNPJ,
        "ie": SELLER_IE,
        "uf": "SP",
        "cep_emit": SELLER_CEP,
        "cfop": "6107",
        **changes,
    }
    body = f"35{at:%y%m}{values['cnpj']}55001{number:09d}112345678"
    key = body + check_digit(body)
    issued = at.astimezone(timezone(timedelta(hours=-3))).isoformat("T", "seconds")
    xml = _NFE.format(
        key=key,
        number=number,
        issued=issued,
        authorized=issued,
        kind="CPF" if len(document) == 11 else "CNPJ",
        doc=document,
        cep=cep,
        total=total,
        **values,
    )
    return InvoiceFile(key, xml.encode(), at, total, "1", str(number))


class Tokens:
    """The token row of an account, as the connector keeps it."""

    def __init__(self, token: TokenSet) -> None:
        self.token = token
        self.adapter: ChannelAdapter | None = None
        self.refreshes = 0

    def get_token(self) -> str:
        return self.token.access

    def refresh(self, refused: str) -> str:
        assert self.adapter is not None
        new = self.adapter.refresh(self.token)
        self.token = replace(new, refresh=new.refresh or self.token.refresh)
        self.refreshes += 1
        return self.token.access


class ContractBench(ABC):
    """One running simulator with an authorised seller.

    ``read_path``, ``write_path``: prefixes of the paths that read an order and that
    take its NF-e (for faults). ``page_size``: orders on a page of the poll.
    ``status_fields``: names of the fields that hold an order's status.
    """

    adapter_class: ClassVar[Callable[..., ChannelAdapter]]
    read_path: str = "/orders"
    write_path: str = "/"
    write_method: str = "POST"
    page_size: int = 50
    status_fields: tuple[str, ...] = ("status",)
    label_format: str = "pdf"
    unknown_id: str = "2000099999999999"
    """An order id of the right form that the channel does not know."""
    unknown_parcel: str = "49999999999"

    def __init__(self, simulator: ChannelSimulator[Any]) -> None:
        self.simulator = simulator
        self.clock = simulator.clock
        self._numbers = 0
        self.tokens = Tokens(TokenSet("", self.clock.now()))
        self.tokens = Tokens(self.authorize())

    # -- the account

    @abstractmethod
    def account(self) -> dict[str, Any]:
        """Keywords of the adapter: account_ref, client_id, client_secret, base_url."""

    @abstractmethod
    def callback(self) -> dict[str, str]:
        """The seller agrees: the query that comes back to REDIRECT."""

    def adapter(self, **changes: Any) -> Any:
        """A new adapter on the bench's tokens; ``read_timeout`` in seconds."""
        options = HttpOptions(
            tokens=self.tokens, timeout=(1, changes.pop("read_timeout", 5))
        )
        account = {**self.account(), **changes}
        made = self.adapter_class(options=options, now=self.clock.now, **account)
        self.tokens.adapter = made
        return made

    def authorize(self) -> TokenSet:
        """Tokens by the way of the consent page."""
        return self.adapter().exchange_code(self.callback(), REDIRECT)

    def expire_access(self) -> None:
        """Let the access token die, the refresh token not."""
        self.clock.set(self.tokens.token.expires_at + timedelta(minutes=1))

    # -- orders

    def place(self, **spec: Any) -> str:
        """A new order, by default paid and waiting for its NF-e; its id."""
        return str(self.simulator.place(**spec)["order_id"])

    def cancel(self, order_id: str) -> None:
        """The buyer cancels."""
        self.simulator.advance(order_id, "cancel")

    def touch(self, order_id: str) -> None:
        """Let something change, so that the poll tells of the order again."""
        self.simulator.advance(order_id, "fraud")

    def truth(self, order_id: str) -> dict[str, Any]:
        """The channel's own row of an order."""
        rows = self.simulator.orders()
        return next(row for row in rows if str(row["order_id"]) == order_id)

    def read(self, order_id: str, adapter: Any = None) -> Order:
        """One order, normalised; its error is raised."""
        (result,) = (adapter or self.adapter()).orders([order_id])
        if isinstance(result, tuple):
            raise result[1]
        return result

    # -- events

    def webhook(self, order_id: str) -> RawRequest:
        """A genuine notification that this order changed."""
        raise NotImplementedError

    def forged(self, request: RawRequest) -> RawRequest:
        """The same with a wrong signature, or for another account."""
        raise NotImplementedError

    def miss_event(self) -> str:
        """Place an order whose event waits to be pulled (``missed_events``)."""
        raise NotImplementedError

    # -- NF-e and labels

    def invoice(self, order: Order, **changes: Any) -> InvoiceFile:
        """An authorised NF-e that fits the order; ``total`` and others may differ."""
        self._numbers += 1
        party = self.adapter().buyer_fiscal(order)
        age = self.adapter().caps.invoice_min_age
        values = {
            "document": party.doc,
            "cep": party.address.zip,
            "total": order.total,
            "at": self.clock.now().replace(microsecond=0) + timedelta(seconds=1),
            "number": self._numbers,
            **changes,
        }
        file = note(**values)
        if age and not changes.get("young"):
            self.clock.advance(age + timedelta(seconds=2))
        return file

    def uploads(self) -> int:
        """How many NF-e were sent to the channel, answered or not."""
        return self.simulator.requests(self.write_method, self.write_path)

    def upload_path(self, order: Order) -> str:
        """Prefix of the path that takes the order's NF-e."""
        return self.write_path

    def printable(self) -> Order:
        """An order whose label can be fetched: NF-e accepted (and arranged)."""
        order = self.read(self.place())
        adapter = self.adapter()
        adapter.send_invoice(order.invoice_targets[0], self.invoice(order))
        return self.read(order.external_id)

    def parcel_ids(self, order: Order) -> list[str]:
        """What ``labels`` takes."""
        return [parcel.external_id for parcel in order.parcels]

    def labels(self, ids: list[str]) -> LabelBatch:
        """Fetch until nothing is pending (channels that print by job)."""
        batch = self.adapter().labels(ids, self.label_format)
        for _ in range(5):
            if not batch.pending:
                break
            self.clock.advance(timedelta(minutes=1))
            later = self.adapter().labels(list(batch.pending), self.label_format)
            files, failed = batch.files + later.files, batch.failed + later.failed
            batch = LabelBatch(files, failed, later.pending)
        return batch

    # -- optional features: only those that the adapter names

    def conflict(self, key: Any) -> None:
        """Let the stock of an offer change behind the adapter's back (STOCK)."""
        raise NotImplementedError

    def ask_cancel(self) -> str:
        """An order whose buyer asks to cancel it (ANSWER_CANCEL); its id."""
        raise NotImplementedError

    def to_arrange(self) -> str:
        """A parcel that waits for ``arrange`` (ARRANGE)."""
        raise NotImplementedError

    def own_parcel(self) -> str:
        """A parcel that a carrier of the seller takes (OWN_TRACKING)."""
        raise NotImplementedError

    def ask(self, kind: MessageKind) -> str:
        """A buyer writes (QUESTIONS, MESSAGES); the message's id."""
        raise NotImplementedError

    def claim(self) -> str:
        """A buyer complains (CLAIMS); the claim's id."""
        raise NotImplementedError

    def give_back(self) -> str:
        """Goods come back (RETURNS); the return's id."""
        raise NotImplementedError

    def place_full(self) -> tuple[str, str]:
        """An order from the channel's own stock and its NF-e's id (CHANNEL_INVOICE)."""
        raise NotImplementedError


def beginning(bench: ContractBench) -> Cursor:
    """A cursor that sees everything of the test."""
    return Cursor(low=bench.clock.now() - timedelta(hours=12))


def error_of(results: Any) -> ChannelError | None:
    """The first error of ``orders()``, raised or handed out."""
    try:
        for result in results:
            if isinstance(result, tuple):
                return result[1]
    except ChannelError as error:
        return error
    return None
