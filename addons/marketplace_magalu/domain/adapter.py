"""Magalu behind the channel contract: puts the parts of this package together.

What one part decides is told in its own file; here is only who is asked, in which
order, and which failure of one order must not stop the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    Ack,
    ActionArgs,
    Attachment,
    Capabilities,
    ChannelError,
    ChannelEvent,
    Claim,
    Cursor,
    DocUnit,
    EventAuth,
    Feature,
    InvoiceFile,
    InvoiceResult,
    InvoiceTarget,
    LabelBatch,
    LineResult,
    Listing,
    LiveCheck,
    Message,
    MessageKind,
    NotFound,
    OfferKey,
    Order,
    OrderState,
    Page,
    Parcel,
    Party,
    PaymentState,
    PriceLine,
    RawRequest,
    Rejected,
    Return,
    StockLine,
    TokenSet,
)
from odoo.addons.marketplace_connector.domain.each import each
from odoo.addons.marketplace_connector.domain.http import HttpOptions

from ..const import ACK_DEADLINE, CHANNEL, NFE_MAX_BYTES, POLL_OVERLAP
from . import events, freight, invoices, labels, polling
from .client import Client
from .errors import BUG
from .mapping import map_live, map_order
from .oauth import Application, OAuth
from .offers import Offers
from .tickets import Tickets
from .traces import Watcher
from .values import Json, drift_guarded


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class MagaluAdapter:
    """One shop (tenant) of Magalu, for one job."""

    code = CHANNEL
    caps = Capabilities(
        invoice_unit=DocUnit.DELIVERY,
        invoice_max_bytes=NFE_MAX_BYTES,
        invoice_async=True,
        label_formats=labels.FORMATS,
        overlap=POLL_OVERLAP,
        ack_deadline=ACK_DEADLINE,
        ack_empty=True,
        signed_events=False,
        refresh_rotates=True,
        features=frozenset(
            {
                Feature.LISTINGS,
                Feature.STOCK,
                Feature.PRICE,
                Feature.OWN_TRACKING,
                Feature.CLAIMS,
                Feature.RETURNS,
            }
        ),
    )

    def __init__(
        self,
        *,
        options: HttpOptions,
        account_ref: str = "",
        client_id: str = "",
        client_secret: str = "",
        base_url: str = "",
        now: Callable[[], datetime] = _utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """
        :param account_ref: the shop's tenant id, "" before the first authorisation
        :param base_url: a simulator or gateway; "" = Magalu
        :param sleep: waits between two looks at an asynchronous write
        """
        self._tenant = account_ref
        self._client = Client(base_url, options, account_ref)
        application = Application(client_id, client_secret, base_url)
        self._oauth = OAuth(application, self._client, account_ref, now)
        self._watcher = Watcher(self._client, sleep=sleep)
        self._offers = Offers(self._client, self._watcher)
        self._tickets = Tickets(self._client, self._watcher, account_ref, now)

    # --- authorisation

    def authorize_url(
        self, state: str, redirect_uri: str, verifier: str | None = None
    ) -> str:
        """Address of the login page, where the owner chooses his shop."""
        return self._oauth.authorize_url(state, redirect_uri)

    def exchange_code(
        self, params: dict[str, str], redirect_uri: str, verifier: str | None = None
    ) -> TokenSet:
        """Tokens for the code of the call-back, and the shop that they are for."""
        return self._oauth.exchange_code(params, redirect_uri)

    def refresh(self, token: TokenSet) -> TokenSet:
        """The next pair; AuthDead only for ``invalid_grant``."""
        return self._oauth.refresh(token)

    # --- events

    def check_event(self, req: RawRequest) -> EventAuth:
        """UNSIGNED when it names our shop, else INVALID."""
        return events.check(req.body, self._tenant)

    def ack(self, verdict: EventAuth) -> Ack:
        """Always 200: one application may have one address for several shops."""
        return Ack(200)

    def parse_events(self, req: RawRequest) -> Sequence[ChannelEvent]:
        """The event of a notification (always one)."""
        return (events.parse(req.body),)

    def missed_events(self, cursor: Cursor) -> Page:
        """The history of notifications since the cursor, newest first."""
        return polling.history(self._client, cursor)

    def commit(self, commit_token: str) -> None:
        """The history needs no confirmation: nothing is taken out of it."""

    # --- orders

    def changed_orders(self, cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Pages of changed orders, cancelled ones among them."""
        return polling.window(self._client.search, polling.order_ref, cursor, until)

    def orders(self, ids: Sequence[str]) -> Iterator[Order | tuple[str, ChannelError]]:
        """One reading per order: it holds deliveries, items and notes."""
        return each(ids, lambda ref: map_order(self._order(ref), self._tenant))

    def buyer_fiscal(self, order: Order) -> Party:
        """The order itself names the buyer, CPF unmasked."""
        return order.buyer

    def parcels(self, order: Order) -> Sequence[Parcel]:
        """The deliveries, read anew unless nothing changed since (304)."""
        raw = self._client.order(order.external_id, order.updated_at)
        return order.parcels if raw is None else map_order(raw, self._tenant).parcels

    def still_shippable(self, ids: Sequence[str]) -> dict[str, LiveCheck]:
        """Each order by its id; after a fatal error nobody else is asked."""
        checks: dict[str, LiveCheck] = {}
        fatal: ChannelError | None = None
        for order_id in ids:
            if fatal is None:
                try:
                    checks[order_id] = map_live(self._order(order_id))
                    continue
                except FATAL as error:
                    fatal = error
                except ChannelError as error:
                    checks[order_id] = _unknown(error)
                    continue
            checks[order_id] = _unknown(fatal)
        return checks

    # --- fiscal

    @drift_guarded
    def send_invoice(
        self, target: InvoiceTarget, invoice: InvoiceFile
    ) -> InvoiceResult:
        """Hand the NF-e of one delivery over; PROCESSING until Magalu approved it."""
        return invoices.send(self._client, self._watcher, target, invoice)

    @drift_guarded
    def invoice_status(self, target: InvoiceTarget) -> InvoiceResult:
        """What the delivery holds, or what its open write says."""
        return invoices.status(self._client, target)

    # --- shipping

    def labels(self, parcels: Sequence[str], fmt: str) -> LabelBatch:
        """PDF or ZPL of up to 50 deliveries per file."""
        return labels.fetch(self._client, parcels, fmt)

    def own_tracking(
        self, parcel_id: str, carrier: str, code: str, url: str, shipped_at: datetime
    ) -> None:
        """Tell that a carrier of ours has the delivery; told already is no error."""
        freight.shipped(self._client, self._watcher, parcel_id, carrier, code)

    def own_delivered(self, parcel_id: str, at: datetime) -> None:
        """Tell that our carrier delivered; told already is no error."""
        freight.delivered(self._client, self._watcher, parcel_id, at)

    # --- offers

    def listings(self, cursor: Cursor) -> Iterator[Page]:
        """All SKUs of the shop."""
        return self._offers.listings(cursor)

    def read_listings(
        self, item_ids: Sequence[str]
    ) -> Iterator[Listing | tuple[str, ChannelError]]:
        """SKUs with price and stock."""
        return self._offers.read(item_ids)

    def read_stock(self, keys: Sequence[OfferKey]) -> Sequence[StockLine]:
        """Quantities as Magalu has them."""
        return self._offers.read_stock(keys)

    def push_stock(self, lines: Sequence[StockLine]) -> Sequence[LineResult]:
        """Set quantities; read back by ``read_stock``."""
        return self._offers.push_stock(lines)

    def push_price(self, lines: Sequence[PriceLine]) -> Sequence[LineResult]:
        """Set prices; read back by ``read_listings``."""
        return self._offers.push_price(lines)

    # --- service

    def messages(self, kind: MessageKind, cursor: Cursor) -> Iterator[Page]:
        """Messages of tickets; Magalu's other texts are not read yet."""
        if kind == MessageKind.CLAIM:
            return self._tickets.messages(cursor)
        return iter(())

    def read_messages(
        self, kind: MessageKind, ids: Sequence[str]
    ) -> Iterator[Message | tuple[str, ChannelError]]:
        """Messages of tickets by ``ticket:message``."""
        if kind == MessageKind.CLAIM:
            return self._tickets.read_messages(ids)
        return iter([(ref, NotFound("no such messages")) for ref in ids])

    def reply(
        self,
        kind: MessageKind,
        thread: str,
        text: str,
        attachments: Sequence[Attachment] = (),
    ) -> str:
        """Write to the buyer of a ticket."""
        if kind != MessageKind.CLAIM:
            raise Rejected("unsupported", f"no replies to {kind}", who=BUG)
        return self._tickets.reply(thread, text, attachments)

    def claims(self, cursor: Cursor) -> Iterator[Page]:
        """Tickets that changed."""
        return self._tickets.claims(cursor)

    def read_claims(
        self, ids: Sequence[str]
    ) -> Iterator[Claim | tuple[str, ChannelError]]:
        """Tickets by id."""
        return self._tickets.read_claims(ids)

    def claim_action(self, claim_id: str, action: str, args: ActionArgs) -> None:
        """Tell an event of a ticket; read back by ``read_claims``."""
        self._tickets.act(claim_id, action, args)

    def returns(self, cursor: Cursor) -> Iterator[Page]:
        """Returns of tickets that changed."""
        return self._tickets.returns(cursor)

    def read_returns(
        self, ids: Sequence[str]
    ) -> Iterator[Return | tuple[str, ChannelError]]:
        """Returns by ``ticket:return``."""
        return self._tickets.read_returns(ids)

    def return_action(self, return_id: str, action: str, args: ActionArgs) -> None:
        """Tell an event of the return's ticket; read back by ``read_returns``."""
        self._tickets.act(return_id.partition(":")[0], action, args)

    # --- inside

    def _order(self, code: str) -> Json:
        raw = self._client.order(code)
        if raw is None:
            raise NotFound("the order was answered as unchanged", code="unchanged")
        return raw


def _unknown(error: ChannelError) -> LiveCheck:
    return LiveCheck(OrderState.UNKNOWN, PaymentState.UNKNOWN, error=error)
