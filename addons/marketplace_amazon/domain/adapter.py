"""Amazon behind the channel contract: puts the parts of this package together.

What one part decides is told in its own file; here is only who is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone

from odoo.addons.marketplace_connector.domain.contract import (
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
    Rejected,
    Return,
    StockLine,
    TokenSet,
)
from odoo.addons.marketplace_connector.domain.http import HttpOptions

from ..const import (
    API_URL,
    CHANNEL,
    LOGIN_URL,
    NFE_MAX_BYTES,
    POLL_OVERLAP,
    READ_BATCH,
)
from . import events, polling, shipping
from . import parcels as ship
from .client import Client
from .errors import OPERATOR
from .invoices import Invoices
from .mapping import map_live, map_order
from .oauth import Application, OAuth
from .offers import Offers
from .reading import Reader
from .returns import Returns
from .values import drift_guarded


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class AmazonAdapter:
    """One seller account of Amazon.com.br, for one job."""

    code = CHANNEL
    caps = Capabilities(
        invoice_unit=DocUnit.ORDER,
        invoice_max_bytes=NFE_MAX_BYTES,
        invoice_async=True,
        label_formats=shipping.FORMATS,
        overlap=POLL_OVERLAP,
        signed_events=False,
        refresh_rotates=False,
        has_sandbox=True,
        read_batch=READ_BATCH,
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
        application_id: str = "",
        draft: bool = False,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """
        :param account_ref: the seller id, "" before the first authorisation
        :param base_url: a simulator or gateway, for API and login; "" = Amazon
        :param application_id, draft: see ``oauth.Application``
        """
        application = Application(
            client_id, client_secret, application_id, draft, base_url
        )
        self._client = Client(base_url or API_URL, base_url or LOGIN_URL, options)
        self._oauth = OAuth(application, self._client, now)
        self._now = now
        self._seller = account_ref
        self._reader = Reader(self._client)
        self._invoices = Invoices(self._client)
        self._offers = Offers(self._client, account_ref)
        self._returns = Returns(self._client)

    # --- authorisation

    def authorize_url(
        self, state: str, redirect_uri: str, verifier: str | None = None
    ) -> str:
        """Address of the consent page; Amazon has no PKCE."""
        return self._oauth.authorize_url(state, redirect_uri)

    def exchange_code(
        self, params: dict[str, str], redirect_uri: str, verifier: str | None = None
    ) -> TokenSet:
        """Tokens for the code of the call-back; the seller's id comes with it."""
        return self._oauth.exchange_code(params, redirect_uri)

    def refresh(self, token: TokenSet) -> TokenSet:
        """A new access token; AuthDead only for ``invalid_grant``."""
        return self._oauth.refresh(token)

    # --- events

    def check_event(self, req: RawRequest) -> EventAuth:
        """UNSIGNED when the relayed body speaks of our account, else INVALID."""
        return events.check(req.body, self._seller)

    def ack(self, verdict: EventAuth) -> Ack:
        """200 also for what is not ours: a relay would only send it again."""
        return Ack(200)

    def parse_events(self, req: RawRequest) -> Sequence[ChannelEvent]:
        """The events of a relayed body."""
        return events.parse(req.body)

    def missed_events(self, cursor: Cursor) -> Page:
        """None: a queue keeps what was not taken, and the poll finds the rest."""
        return Page(())

    def commit(self, commit_token: str) -> None:
        """Nothing to confirm."""

    # --- orders

    def changed_orders(self, cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Pages of changed orders of any state, up to three minutes ago."""
        return polling.walk(self._client, cursor, until, self._now())

    def orders(self, ids: Sequence[str]) -> Iterator[Order | tuple[str, ChannelError]]:
        """Whole orders; many at once by a search, see ``reading``."""
        for order_id, raw in self._reader.read(ids, self._now()):
            if isinstance(raw, ChannelError):
                yield order_id, raw
                continue
            try:
                yield map_order(raw, self._seller, self._now())
            except ChannelError as error:
                yield order_id, error

    def buyer_fiscal(self, order: Order) -> Party:
        """The BUYER registration of the order, read with it.

        :raise NotYet: Amazon names no document; without its role for tax data
            ("Tax Invoicing") an application never sees one
        """
        if not order.buyer.doc:
            raise NotYet(
                "the order names no CPF or CNPJ: role Tax Invoicing granted?",
                code="tax_registration_missing",
            )
        return order.buyer

    def parcels(self, order: Order) -> Sequence[Parcel]:
        """The order's shipments, read anew."""
        return self._parcels(order.external_id)

    def still_shippable(self, ids: Sequence[str]) -> dict[str, LiveCheck]:
        """State of each order, many by a page of open orders; never raises."""
        checks: dict[str, LiveCheck] = {}
        failure: ChannelError | None = None
        try:
            for order_id, raw in self._reader.read_open(ids, self._now()):
                checks[order_id] = self._live(raw)
        except ChannelError as error:
            failure = error
        return {ref: checks.get(ref) or _unknown(failure) for ref in ids}

    # --- fiscal

    def send_invoice(
        self, target: InvoiceTarget, invoice: InvoiceFile
    ) -> InvoiceResult:
        """Submit the NF-e; its result is asynchronous."""
        return self._invoices.send(target, invoice)

    def invoice_status(self, target: InvoiceTarget) -> InvoiceResult:
        """What the order holds."""
        return self._invoices.status(target)

    # --- shipping

    def labels(self, parcels: Sequence[str], fmt: str) -> LabelBatch:
        """Labels of Amazon's logistics, confirming and packing on the way."""
        return shipping.labels(self._client, parcels, fmt, self._now())

    def arrange(
        self, parcels: Sequence[str]
    ) -> Sequence[tuple[str, ChannelError | None]]:
        """Confirm the shipments and create their packages."""
        return shipping.arrange(self._client, parcels, self._now())

    @drift_guarded
    def own_tracking(
        self, parcel_id: str, carrier: str, code: str, url: str, shipped_at: datetime
    ) -> None:
        """Confirm the shipment of an order that we send ourselves; its parcel has the
        order's id. Done already is no error."""
        order = self._client.order(parcel_id)
        package = shipping.own_package(order, carrier, code, shipped_at)
        if package is not None:
            self._client.confirm_shipment(parcel_id, package)

    def own_delivered(self, parcel_id: str, at: datetime) -> None:
        """Nothing to tell: Amazon follows the tracking code itself."""

    # --- cancellation

    def cancel(
        self, order_id: str, reason: str, lines: Mapping[str, int] | None = None
    ) -> None:
        """Reject the shipments of an order that Amazon carries.

        :raise Rejected: too late, in part, or not carried by Amazon
        """
        if lines is not None:
            raise Rejected("no_partial_cancel", "Amazon cancels whole orders only")
        raw = self._client.order(order_id)
        if map_live(raw, self._now()).order_state == OrderState.CANCELLED:
            return
        shipments = _shipments(raw)
        if not shipments:
            raise Rejected("cancel_by_hand", "only in Seller Central", who=OPERATOR)
        shipping.reject(self._client, shipments, reason)

    def answer_cancel(self, order_id: str, accept: bool) -> None:
        """Accepting is cancelling; refusing is shipping, and needs no answer."""
        if accept:
            self.cancel(order_id, "buyer_asked")

    def invoice_cancelled(self, target: InvoiceTarget, key: str) -> None:
        """Amazon offers no call for it (feature not named)."""

    # --- offers

    def listings(self, cursor: Cursor) -> Iterator[Page]:
        """Pages of ``Listing``; Amazon shows at most 1,000."""
        return self._offers.pages(cursor)

    def read_listings(
        self, item_ids: Sequence[str]
    ) -> Iterator[Listing | tuple[str, ChannelError]]:
        """Listings by SKU."""
        return self._offers.read(item_ids)

    def read_stock(self, keys: Sequence[OfferKey]) -> Sequence[StockLine]:
        """Quantities as Amazon has them; it knows no versions."""
        return self._offers.read_stock(keys)

    def push_stock(self, lines: Sequence[StockLine]) -> Sequence[LineResult]:
        """Set quantities, one call for each listing."""
        return self._offers.push_stock(lines)

    def push_price(self, lines: Sequence[PriceLine]) -> Sequence[LineResult]:
        """Set prices, one call for each listing."""
        return self._offers.push_price(lines)

    # --- returns

    def returns(self, cursor: Cursor) -> Iterator[Page]:
        """Pages of returns that changed since the cursor."""
        return self._returns.pages(cursor, self._now())

    def read_returns(
        self, ids: Sequence[str]
    ) -> Iterator[Return | tuple[str, ChannelError]]:
        """Returns by id."""
        return self._returns.read(ids)

    def return_action(self, return_id: str, action: str, args: ActionArgs) -> None:
        """Amazon decides by itself and offers no action.

        :raise Rejected: always
        """
        raise Rejected("not_offered", "Amazon offers no action on a return", who="bug")

    # --- inside

    def _parcels(self, order_id: str) -> tuple[Parcel, ...]:
        return drift_guarded(ship.parcels)(self._client.order(order_id))

    def _live(self, raw: dict | ChannelError) -> LiveCheck:
        if isinstance(raw, ChannelError):
            return _unknown(raw)
        try:
            return map_live(raw, self._now())
        except ChannelError as error:
            return _unknown(error)


@drift_guarded
def _shipments(raw: dict) -> list[str]:
    return ship.shipment_ids(raw)


def _unknown(error: ChannelError | None) -> LiveCheck:
    return LiveCheck(OrderState.UNKNOWN, PaymentState.UNKNOWN, error=error)
