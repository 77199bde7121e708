"""Shopee behind the channel contract: puts the parts of this package together.

What one part decides is told in its own file; here is only who is asked, in which
order, and which failure of one order must not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    Ack,
    ActionArgs,
    Capabilities,
    ChannelError,
    ChannelEvent,
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
    NotYet,
    OfferKey,
    Order,
    OrderState,
    Page,
    Parcel,
    Party,
    PaymentState,
    PriceLine,
    RawRequest,
    Return,
    StockLine,
    TokenSet,
)
from odoo.addons.marketplace_connector.domain.each import chunks
from odoo.addons.marketplace_connector.domain.http import HttpClient, HttpOptions

from ..const import (
    ACK_DEADLINE,
    API_URL,
    BUYER_CANCEL_WINDOW,
    CHANNEL,
    DETAIL_BATCH,
    ESCROW_BATCH,
    LIVE_FIELDS,
    NFE_MAX_BYTES,
    NFE_MIN_AGE,
    ORDER_FIELDS,
    POLL_OVERLAP,
    POLL_WINDOW,
)
from . import cancellation, events, invoices, labels, offers, parcels, polling, returns
from .batches import read_all
from .client import Client
from .errors import reader
from .mapping import invoice_target, is_paid, map_live, map_order
from .oauth import OAuth
from .signing import Partner
from .values import Json, ident, rows


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class ShopeeAdapter:
    """One shop of Shopee Brasil, for one job."""

    code = CHANNEL
    caps = Capabilities(
        invoice_unit=DocUnit.ORDER,
        invoice_min_age=NFE_MIN_AGE,
        invoice_max_bytes=NFE_MAX_BYTES,
        invoice_async=True,
        label_formats=labels.FORMATS,
        poll_window=POLL_WINDOW,
        overlap=POLL_OVERLAP,
        ack_deadline=ACK_DEADLINE,
        ack_empty=True,
        buyer_cancel_window=BUYER_CANCEL_WINDOW,
        features=frozenset(
            {
                Feature.LISTINGS,
                Feature.STOCK,
                Feature.PRICE,
                Feature.CANCEL,
                Feature.ANSWER_CANCEL,
                Feature.ARRANGE,
                Feature.OWN_TRACKING,
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
        push_url: str = "",
        pickup: bool = False,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """
        :param account_ref: the shop's id, "" before the first authorisation
        :param client_id: the partner id; ``client_secret``: the partner key
        :param base_url: a simulator, sandbox or gateway; "" = Shopee Brasil
        :param push_url: the address that is registered for push messages
        :param pickup: the carrier fetches the parcels, where Shopee lets choose
        """
        self._partner = Partner(client_id, client_secret, account_ref, now, base_url)
        http = HttpClient(
            base_url or API_URL,
            options,
            reader(now),
            check=reader(now),
            authorize=self._partner.shop_call,
        )
        self._client = Client(http, self._partner)
        self._oauth = OAuth(self._partner, self._client)
        self._push_url = push_url
        self._pickup = pickup
        self._now = now

    # --- authorisation

    def authorize_url(
        self, state: str, redirect_uri: str, verifier: str | None = None
    ) -> str:
        """Address of the consent page; Shopee knows no PKCE."""
        return self._oauth.authorize_url(state, redirect_uri)

    def exchange_code(
        self, params: dict[str, str], redirect_uri: str, verifier: str | None = None
    ) -> TokenSet:
        """Tokens for the code and shop of the call-back."""
        return self._oauth.exchange_code(params)

    def refresh(self, token: TokenSet) -> TokenSet:
        """The next pair."""
        return self._oauth.refresh(token)

    # --- events

    def check_event(self, req: RawRequest) -> EventAuth:
        """VALID when signed with our key over the registered address, and fresh."""
        return events.check(req, self._partner.key, self._push_url)

    def ack(self, verdict: EventAuth) -> Ack:
        """Empty, or Shopee counts it as failed."""
        return Ack(401 if verdict == EventAuth.INVALID else 200)

    def parse_events(self, req: RawRequest) -> Sequence[ChannelEvent]:
        """The event of a push message (always one)."""
        return (events.parse(req.body),)

    def missed_events(self, cursor: Cursor) -> Page:
        """The oldest messages of three days that could not be delivered.

        The queue is the application's: rows of its other shops come along, and are
        confirmed along; their poll finds what they wanted to say.
        """
        answer = self._client.lost_pushes()
        found = tuple(map(events.lost, rows(answer.get("push_message_list"))))
        last = ident(answer.get("last_message_id")) if found else ""
        more = Cursor(value=last) if last and answer.get("has_next_page") else None
        return Page(found, more, last or None)

    def commit(self, commit_token: str) -> None:
        """Confirm everything up to the page's last message."""
        self._client.confirm_pushes(commit_token)

    # --- orders

    def changed_orders(self, cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Pages of changed orders with the time of their change."""
        end = cursor.high or until
        return polling.walk(self._client.order_list, self._changed, cursor, end)

    def orders(self, ids: Sequence[str]) -> Iterator[Order | tuple[str, ChannelError]]:
        """Orders with their amounts, fifty at a time."""
        for chunk in chunks(ids, DETAIL_BATCH):
            found, errors = self._details(chunk, ORDER_FIELDS)
            escrows = self._escrows([key for key in found if is_paid(found[key])])
            for order_id in chunk:
                yield self._mapped(order_id, found, escrows, errors)

    def buyer_fiscal(self, order: Order) -> Party:
        """Name, CPF and address came with the order.

        :raise NotYet: masked, or the shop is not shown the CPF
        """
        if order.buyer.masked:
            raise NotYet("the buyer's data are masked", code="buyer_masked")
        if not order.buyer.doc:
            raise NotYet("the order shows no CPF", code="buyer_document_missing")
        return order.buyer

    def parcels(self, order: Order) -> Sequence[Parcel]:
        """The order's packages, read anew."""
        found, errors = self._details([order.external_id], ORDER_FIELDS)
        if order.external_id in errors:
            raise errors[order.external_id]
        raw = found[order.external_id]
        return parcels.of_order(raw, invoice_target(raw).state)

    def still_shippable(self, ids: Sequence[str]) -> dict[str, LiveCheck]:
        """Live status, fifty in a call; after a fatal error nobody else is asked."""
        checks: dict[str, LiveCheck] = {}
        for chunk in chunks(ids, DETAIL_BATCH):
            try:
                found, errors = self._details(chunk, LIVE_FIELDS)
            except FATAL as error:
                left = [key for key in ids if key not in checks]
                return checks | {key: _unknown(error) for key in left}
            for key in chunk:
                checks[key] = _live(found.get(key), errors.get(key))
        return checks

    # --- fiscal

    def send_invoice(
        self, target: InvoiceTarget, invoice: InvoiceFile
    ) -> InvoiceResult:
        """Upload the NF-e of the order; verified by its access key."""
        return invoices.send(self._client, target, invoice, self._now())

    def invoice_status(self, target: InvoiceTarget) -> InvoiceResult:
        """What the order holds."""
        return invoices.status(self._client, target)

    # --- shipping

    def labels(self, parcels: Sequence[str], fmt: str) -> LabelBatch:
        """PDF or ZPL of arranged packages; Shopee makes them in the background."""
        return labels.fetch(self._client, parcels, fmt)

    def arrange(
        self, parcels: Sequence[str]
    ) -> Sequence[tuple[str, ChannelError | None]]:
        """Ship the orders of these packages; once."""
        return _arrange(self._client, parcels, self._pickup)

    def own_tracking(
        self, parcel_id: str, carrier: str, code: str, url: str, shipped_at: datetime
    ) -> None:
        """Tell the tracking; Shopee shows its own name for the seller's carrier."""
        parcels.shipped(self._client, parcel_id, code, url)

    def own_delivered(self, parcel_id: str, at: datetime) -> None:
        """Tell that our carrier delivered; Shopee takes the time of the call."""
        parcels.delivered(self._client, parcel_id)

    # --- cancellation

    def cancel(
        self, order_id: str, reason: str, lines: Mapping[str, int] | None = None
    ) -> None:
        """Cancel the order, or units of its lines where the buyer allows that."""
        cancellation.cancel(self._client, order_id, reason, lines)

    def answer_cancel(self, order_id: str, accept: bool) -> None:
        """Answer the buyer's request."""
        cancellation.answer(self._client, order_id, accept)

    # --- offers

    def listings(self, cursor: Cursor) -> Iterator[Page]:
        """All items with their variations."""
        return offers.pages(self._client, cursor)

    def read_listings(
        self, item_ids: Sequence[str]
    ) -> Iterator[Listing | tuple[str, ChannelError]]:
        """The variations of these items."""
        return offers.read(self._client, item_ids)

    def read_stock(self, keys: Sequence[OfferKey]) -> Sequence[StockLine]:
        """Quantities on offer."""
        return offers.stock(self._client, keys)

    def push_stock(self, lines: Sequence[StockLine]) -> Sequence[LineResult]:
        """Set quantities, one call per item."""
        return offers.push_stock(self._client, lines)

    def push_price(self, lines: Sequence[PriceLine]) -> Sequence[LineResult]:
        """Set prices, one call per item."""
        return offers.push_price(self._client, lines)

    # --- returns

    def returns(self, cursor: Cursor) -> Iterator[Page]:
        """Returns that changed since the cursor."""
        return returns.pages(self._client, cursor, cursor.high or self._now())

    def read_returns(
        self, ids: Sequence[str]
    ) -> Iterator[Return | tuple[str, ChannelError]]:
        """Returns by their number."""
        return returns.read(self._client, ids)

    def return_action(self, return_id: str, action: str, args: ActionArgs) -> None:
        """``confirm``, ``offer``, ``accept_offer`` or ``dispute``."""
        returns.act(self._client, return_id, action, args)

    # --- inside

    def _details(
        self, ids: Sequence[str], fields: str
    ) -> tuple[dict[str, Json], dict[str, ChannelError]]:
        def fetch(chunk: Sequence[str]) -> dict[str, Json]:
            answer = self._client.orders(chunk, fields)
            return {ident(raw.get("order_sn")): raw for raw in answer}

        return read_all(ids, DETAIL_BATCH, fetch)

    def _escrows(self, ids: Sequence[str]) -> dict[str, Json]:
        """Amounts; an order without them is partial and comes again."""

        def fetch(chunk: Sequence[str]) -> dict[str, Json]:
            answer = self._client.escrow(chunk)
            return {ident(raw.get("order_sn")): raw for raw in answer}

        return read_all(ids, ESCROW_BATCH, fetch)[0]

    def _changed(self, ids: Sequence[str]) -> dict[str, int]:
        found, _errors = self._details(ids, "")
        return {key: raw.get("update_time") or 0 for key, raw in found.items()}

    def _mapped(
        self,
        order_id: str,
        found: dict[str, Json],
        escrows: dict[str, Json],
        errors: dict[str, ChannelError],
    ) -> Order | tuple[str, ChannelError]:
        if order_id in errors:
            return order_id, errors[order_id]
        try:
            shop = self._partner.shop_id
            return map_order(found[order_id], escrows.get(order_id), shop_id=shop)
        except ChannelError as error:
            return order_id, error


# Named like the argument of the contract's methods.
_arrange = parcels.arrange


def _live(raw: Json | None, error: ChannelError | None) -> LiveCheck:
    if raw is None or error is not None:
        return _unknown(error)
    try:
        return map_live(raw)
    except ChannelError as caught:
        return _unknown(caught)


def _unknown(error: ChannelError | None) -> LiveCheck:
    return LiveCheck(OrderState.UNKNOWN, PaymentState.UNKNOWN, error=error)
