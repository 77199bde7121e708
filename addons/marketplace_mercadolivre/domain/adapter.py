"""Mercado Livre behind the channel contract: puts the parts of this package together.

What one part decides is told in its own file; here is only who is asked, in which
order, and which failure of one order must not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    Ack,
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
    LiveCheck,
    NotFound,
    NotYet,
    Order,
    OrderState,
    Page,
    Parcel,
    Party,
    PaymentState,
    RawRequest,
    TokenSet,
)
from odoo.addons.marketplace_connector.domain.each import each
from odoo.addons.marketplace_connector.domain.http import HttpClient, HttpOptions

from ..const import (
    ACK_DEADLINE,
    API_URL,
    CHANNEL,
    MESSAGE_LIMIT,
    NFE_MAX_BYTES,
    POLL_OVERLAP,
)
from . import events, invoices, labels, polling
from .cancel import CancelMixin
from .client import Client
from .client_issuer import IssuerClient
from .client_offers import OfferClient
from .client_service import ServiceClient
from .errors import classify
from .issued import IssuerMixin
from .mapping import is_dead, map_live, map_order, shipment_id
from .oauth import Application, OAuth
from .offers import OfferMixin
from .parties import billing_party
from .returns import ReturnMixin
from .shipments import orders_of, parcel
from .talk import TalkMixin
from .values import Json, drift_guarded, ident, sub

_SLA_STATUSES = frozenset({"pending", "handling", "ready_to_ship"})


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class MercadoLivreAdapter(OfferMixin, CancelMixin, TalkMixin, ReturnMixin, IssuerMixin):
    """One seller account of Mercado Livre Brasil, for one job."""

    code = CHANNEL
    caps = Capabilities(
        invoice_unit=DocUnit.PARCEL,
        invoice_max_bytes=NFE_MAX_BYTES,
        label_formats=labels.FORMATS,
        poll_sees_cancelled=False,
        overlap=POLL_OVERLAP,
        ack_deadline=ACK_DEADLINE,
        ack_empty=True,
        signed_events=False,
        refresh_rotates=True,
        has_sandbox=False,
        text_limit=MESSAGE_LIMIT,
        features=frozenset(
            {
                Feature.LISTINGS,
                Feature.STOCK,
                Feature.PRICE,
                Feature.CANCEL,
                Feature.QUESTIONS,
                Feature.MESSAGES,
                Feature.CLAIMS,
                Feature.RETURNS,
                Feature.CHANNEL_INVOICE,
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
    ) -> None:
        """
        :param account_ref: the seller's user id, "" before the first authorisation
        :param base_url: a simulator or gateway; "" = Mercado Livre
        """
        self._app = Application(client_id, client_secret, base_url)
        self._seller = account_ref
        self._now = now
        http = HttpClient(base_url or API_URL, options, classify)
        self._client = Client(http)
        self._offers = OfferClient(http)
        self._service = ServiceClient(http)
        self._issuer = IssuerClient(http)
        self._oauth = OAuth(self._app, self._client, now)
        self._shipments: dict[str, Json] = {}
        self._members: dict[str, tuple[str, ...]] = {}

    # --- authorisation

    def authorize_url(
        self, state: str, redirect_uri: str, verifier: str | None = None
    ) -> str:
        """Address of the consent page."""
        return self._oauth.authorize_url(state, redirect_uri, verifier)

    def exchange_code(
        self, params: dict[str, str], redirect_uri: str, verifier: str | None = None
    ) -> TokenSet:
        """Tokens for the code of the call-back."""
        return self._oauth.exchange_code(params, redirect_uri, verifier)

    def refresh(self, token: TokenSet) -> TokenSet:
        """The next pair; AuthDead only for ``invalid_grant``."""
        return self._oauth.refresh(token)

    # --- events

    def check_event(self, req: RawRequest) -> EventAuth:
        """UNSIGNED when application and account are ours, else INVALID."""
        return events.check(req.body, self._app.client_id, self._seller)

    def ack(self, verdict: EventAuth) -> Ack:
        """Always 200: answers other than 200 switch the whole topic off, and one
        application has one call-back for all its sellers."""
        return Ack(200)

    def parse_events(self, req: RawRequest) -> Sequence[ChannelEvent]:
        """The event of a notification (always one)."""
        return (events.parse(req.body),)

    @drift_guarded
    def missed_events(self, cursor: Cursor) -> Page:
        """Events of the last two days that could not be delivered to us.

        There is no cursor on their side; the feed comes whole every time.
        """
        rows = self._client.missed_feeds(self._app.client_id)
        ours = [row for row in rows if ident(row.get("user_id")) == self._seller]
        return Page(tuple(events.event(row) for row in ours))

    def commit(self, commit_token: str) -> None:
        """The feed needs no confirmation: it forgets by itself after two days."""

    # --- orders

    def changed_orders(self, cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Pages of changed orders, cancelled ones excepted (the search hides them)."""
        end = cursor.high if cursor.value and cursor.high else until
        low = polling.window_start(cursor.low or end)

        def fetch(offset: int) -> list[Json]:
            return self._client.search(self._seller, low, end, offset)

        return polling.walk(fetch, cursor, end)

    def orders(self, ids: Sequence[str]) -> Iterator[Order | tuple[str, ChannelError]]:
        """Order, shipment, deadline and the other orders of the same parcel."""
        self._shipments.clear()
        self._members.clear()
        yield from each(ids, self._order)

    @drift_guarded
    def buyer_fiscal(self, order: Order) -> Party:
        """Name, CPF or CNPJ and fiscal address for the NF-e.

        :raise NotYet: the order does not name its billing data (yet)
        """
        if not order.billing_ref:
            raise NotYet("the order has no billing data", code="billing_info_missing")
        return billing_party(self._client.billing(order.billing_ref))

    def parcels(self, order: Order) -> Sequence[Parcel]:
        """All shipments of the order, returns included, read anew."""
        known = [(entry.external_id, entry.direction) for entry in order.parcels]
        # Still propagating: what the order itself names is there already.
        with suppress(NotYet):
            rows = self._client.order_shipments(order.external_id)
            known = [(ident(row.get("id")), ident(row.get("type"))) for row in rows]
        return [self._parcel(ref, direction) for ref, direction in known if ref]

    def still_shippable(self, ids: Sequence[str]) -> dict[str, LiveCheck]:
        """Order and shipment of each id; after a fatal error nobody else is asked."""
        checks: dict[str, LiveCheck] = {}
        fatal: ChannelError | None = None
        self._shipments.clear()
        for order_id in ids:
            if fatal is None:
                try:
                    checks[order_id] = self._live(order_id)
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
        """Import the NF-e into the shipment; verified by its access key."""
        return invoices.send(self._client, target, invoice)

    @drift_guarded
    def invoice_status(self, target: InvoiceTarget) -> InvoiceResult:
        """What the shipment holds."""
        return invoices.status(self._client, target)

    # --- shipping

    def labels(self, parcels: Sequence[str], fmt: str) -> LabelBatch:
        """PDF or ZPL of up to 50 parcels per file; fetching marks them printed."""
        return labels.fetch(self._client, parcels, fmt)

    # --- inside

    def _order(self, order_id: str) -> Order:
        raw, partial = self._own_order(order_id)
        shipment = self._shipment_or_none(raw, order_id)
        return map_order(
            raw,
            shipment,
            order_ids=self._order_ids(raw, shipment),
            sla=self._sla(shipment) if shipment else None,
            partial=partial or _lacks_shipment(raw, shipment),
        )

    def _live(self, order_id: str) -> LiveCheck:
        raw, partial = self._own_order(order_id)
        if partial:
            raise NotYet("the answer is incomplete", code="partial")
        if is_dead(raw):
            return map_live(raw, None)
        ref = shipment_id(raw)
        return map_live(raw, self._shipment(ref) if ref else None)

    def _own_order(self, order_id: str) -> tuple[Json, bool]:
        """The order, unless it is another seller's: a seller who buys at Mercado Livre
        can read that purchase with the same token."""
        raw, partial = self._client.order(order_id)
        seller = _seller(raw)
        if seller and seller != self._seller:
            raise NotFound("the order belongs to another seller", code="other_seller")
        return raw, partial

    def _shipment_or_none(self, raw: Json, order_id: str) -> Json | None:
        """The forward shipment; None while it propagates or when there is none."""
        try:
            ref = shipment_id(raw) or self._forward_id(order_id)
            return self._shipment(ref) if ref else None
        except (NotYet, NotFound):
            return None

    def _forward_id(self, order_id: str) -> str:
        rows = self._client.order_shipments(order_id)
        forward = [row for row in rows if row.get("type") == "forward"]
        return ident(forward[-1].get("id")) if forward else ""

    def _shipment(self, ref: str) -> Json:
        """One reading per shipment and call: the orders of a pack share it."""
        if ref not in self._shipments:
            self._shipments[ref] = self._client.shipment(ref)
        return self._shipments[ref]

    def _order_ids(self, raw: Json, shipment: Json | None) -> tuple[str, ...]:
        """All our orders in the shipment; only a pack can have more than one."""
        if shipment is None or not raw.get("pack_id"):
            return ()
        ref = ident(shipment.get("id"))
        if ref not in self._members:
            rows = self._client.shipment_orders(ref)
            self._members[ref] = _members(rows, self._seller)
        return self._members[ref]

    def _sla(self, shipment: Json) -> Json | None:
        """The deadline moves until the day before, so it is read every time."""
        if shipment.get("status") not in _SLA_STATUSES:
            return None
        try:
            return self._client.sla(ident(shipment.get("id")))
        except (NotFound, NotYet):
            return None

    def _parcel(self, ref: str, direction: str) -> Parcel:
        shipment = self._client.shipment(ref)
        return _map_parcel(shipment, self._sla(shipment), direction)


def _lacks_shipment(raw: Json, shipment: Json | None) -> bool:
    """A shipment is named, not to be seen yet, and still matters."""
    return shipment is None and bool(shipment_id(raw)) and not is_dead(raw)


@drift_guarded
def _map_parcel(shipment: Json, sla: Json | None, direction: str) -> Parcel:
    return parcel(shipment, sla, direction)


@drift_guarded
def _members(rows: list[Json], seller: str) -> tuple[str, ...]:
    return orders_of(rows, seller)


@drift_guarded
def _seller(raw: dict[str, Any]) -> str:
    return ident(sub(raw, "seller", "id"))


def _unknown(error: ChannelError) -> LiveCheck:
    return LiveCheck(OrderState.UNKNOWN, PaymentState.UNKNOWN, error=error)
