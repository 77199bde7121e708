"""The simulated marketplace: state, clock, rules and the orders in it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from werkzeug.wrappers import Request

from simulators.common.channel.engine import ChannelEngine, Credentials
from simulators.common.channel.faults import Fault
from simulators.common.channel.routing import Answer, Route
from simulators.common.channel.store import Store as ChannelStore
from simulators.common.clock import Clock

from . import (
    api_claims,
    api_offers,
    api_orders,
    api_seller,
    api_shipments,
    api_talk,
    consent,
    control,
)
from .aftersales import AfterSales
from .catalog import DEFAULT_CATALOG
from .const import PLAN_BEFORE_INVOICE
from .errors import MlError, bad_request, not_found
from .faults import KINDS, spoil_answer
from .generator import (
    MAX_ORDERS_PER_SEED,
    OrderFactory,
    OrderTraits,
    plan_cancellations,
    silent_orders,
)
from .lifecycle import Lifecycle
from .oauth import OAuth
from .offers import Offers
from .ordering import create_order
from .push import Announcer, MlPush
from .records import CatalogItem, Invoice, Order, Seller, Shipment
from .scene import Scene
from .splitting import Splitting
from .store import Store

_SPAN = timedelta(hours=6)
_YOUNGEST = timedelta(minutes=5)


class Engine(ChannelEngine):
    """The market of one seller: orders, parcels, the rules, the buyers' plans."""

    routes: ClassVar[Sequence[Route]] = (
        *api_orders.ROUTES,
        *api_shipments.ROUTES,
        *api_seller.ROUTES,
        *api_offers.ROUTES,
        *api_talk.ROUTES,
        *api_claims.ROUTES,
        *consent.ROUTES,
    )
    controls: ClassVar[Sequence[Route]] = control.ROUTES
    own_faults: ClassVar[frozenset[str]] = KINDS
    store_class: ClassVar[type[ChannelStore]] = Store
    store: Store

    def __init__(
        self,
        state: str,
        clock: Clock | None,
        seller: Seller,
        *,
        accept_homologation: bool,
        credentials: Credentials | None,
        catalog: Sequence[CatalogItem] | None,
    ) -> None:
        super().__init__(state, clock)
        self.seller = seller
        self.catalog = tuple(catalog or DEFAULT_CATALOG)
        self.accept_homologation = accept_homologation
        app = credentials or self.stored_credentials()
        self.oauth = OAuth(self.store, self.clock, seller, app)
        self.push = MlPush(self.clock, seller.user_id, int(app.client_id))
        self.connect(self.push)
        self.announcer = Announcer(self.events)
        self.lifecycle = Lifecycle(self.store, self.clock, self.announcer)
        self.offers = Offers(self.store, self.clock, self.catalog, self.announcer)
        self.splitting = Splitting(self.store, self.clock, self.announcer)
        self.aftersales = AfterSales(
            self.store, self.clock, seller, self.announcer, self.lifecycle
        )
        self.advances = Scene(self).events

    # -- what the base asks for

    def tick(self) -> None:
        """Timers of parcels and of the buyers' plans."""
        self.lifecycle.tick()

    def authenticate(self, request: Request) -> None:
        """A living bearer token."""
        self.oauth.check(request.headers.get("Authorization"))

    def bad_request(self, message: str) -> MlError:
        """400."""
        return bad_request(message)

    def unknown_route(self, request: Request, status: int) -> MlError:
        """404 or 405."""
        if status == 405:
            return MlError(405, "method_not_allowed", "Method not allowed")
        return MlError(404, "not_found", f"resource {request.path} not found")

    def rate_limited(self) -> MlError:
        """429 without a ``Retry-After``."""
        return MlError(429, "local_rate_limited", "local_rate_limited")

    def planned_error(self, fault: Fault) -> MlError:
        """``error`` and, in the import of NF-e, ``error_code``."""
        extra = {"error_code": fault.error_code} if fault.error_code else {}
        return MlError(fault.status, fault.error, "Planned by a fault", **extra)

    def spoil(self, fault: Fault, answer: Answer) -> Answer:
        """206, 204, CPF without zeros, and what all channels have."""
        return spoil_answer(fault, answer)

    def authorize(self, body: dict[str, Any]) -> dict[str, Any]:
        """The seller agrees: ``{redirect_uri?, code_challenge?}`` → code."""
        code = self.oauth.authorize(
            body.get("redirect_uri"), body.get("code_challenge")
        )
        return {"code": code, "seller_id": self.seller.user_id}

    def create_order(self, spec: dict[str, Any]) -> dict[str, Any]:
        """See ``ordering``."""
        created = create_order(self, spec)
        return {
            "order_id": created.id,
            "shipment_id": created.shipment_id,
            "billing_info_id": str(created.billing_id),
            "payment_id": created.payment.id,
        }

    def health(self) -> dict[str, Any]:
        """Whose market it is."""
        return {
            "seller_id": self.seller.user_id,
            "client_id": self.oauth.credentials.client_id,
            "accept_homologation": self.accept_homologation,
        }

    def settings(self) -> dict[str, Any]:
        """What ``POST settings`` can change."""
        return {
            **super().settings(),
            "ready_delay_seconds": self.lifecycle.ready_delay.total_seconds(),
            "accept_homologation": self.accept_homologation,
            "reuse_kills_grant": self.oauth.reuse_kills_grant,
            "multi_origin": self.offers.multi_origin,
        }

    def configure(self, name: str, value: Any) -> None:
        """Change one of the settings."""
        if name == "ready_delay_seconds":
            self.lifecycle.ready_delay = timedelta(seconds=value)
        elif name == "accept_homologation":
            self.accept_homologation = bool(value)
        elif name == "reuse_kills_grant":
            self.oauth.reuse_kills_grant = bool(value)
        elif name == "multi_origin":
            self.offers.multi_origin = bool(value)
        else:
            super().configure(name, value)

    def counters(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Parcels by state and cancellations by plan."""
        parcels = ((row["shipment_status"], row["shipment_substatus"]) for row in rows)
        plans = (row["plan"] for row in rows if row["plan"] and row["cancelled_at"])
        return {
            "shipments": Counter("/".join(filter(None, state)) for state in parcels),
            "cancelled_by_plan": Counter(plans),
            "shipped_cancelled": len(self.store.incidents()),
        }

    def shipment(self, shipment_id: int) -> Shipment:
        """Return a parcel or raise 404."""
        shipment = self.store.get_shipment(shipment_id)
        if shipment is None:
            raise not_found("shipment", shipment_id)
        return shipment

    def generate(
        self,
        n: int,
        seed: int | str,
        *,
        catalog: Sequence[CatalogItem] | None = None,
        start: datetime | None = None,
        cancel_plan: dict[str, int] | None = None,
        cancel_delay_seconds: int = 0,
        packs: int = 0,
        notify: bool = True,
    ) -> list[int]:
        """Create ``n`` orders and return their ids; those that exist are kept.

        They are spread over six hours from ``start`` (default: six hours ago),
        none younger than five minutes. ``packs`` carts of two orders are formed
        from orders nobody plans to cancel.
        """
        if not 0 <= n <= MAX_ORDERS_PER_SEED:
            raise ValueError(f"n must be 0 to {MAX_ORDERS_PER_SEED}")
        factory = OrderFactory(str(seed), tuple(catalog or self.catalog))
        plans = plan_cancellations(range(n), str(seed), cancel_plan)
        silent = silent_orders(plans)
        pairs = _pairs(n, plans, packs, str(seed))
        first = start or self.clock.now() - _SPAN
        latest = self.clock.now() - _YOUNGEST
        with self.store.transaction():
            for index in range(n):
                if self.store.get_order(factory.order_id(index)):
                    continue
                created = _milliseconds(min(first + _SPAN * index / n, latest))
                order, shipment = factory.build(index, created)
                order.plan = plans.get(index)
                order.plan_silent = index in silent
                if order.plan == PLAN_BEFORE_INVOICE:
                    order.plan_delay_seconds = cancel_delay_seconds
                if index in pairs:
                    shipment = self._join_cart(factory, pairs[index], order, shipment)
                self.add(order, shipment, notify=notify)
        return [factory.order_id(index) for index in range(n)]

    def _join_cart(
        self, factory: OrderFactory, head: int, order: Order, shipment: Shipment
    ) -> Shipment:
        """Put the order into the cart headed by ``head``; return its parcel."""
        order.pack_id = factory.pack_id(head)
        order.shipment_id = factory.shipment_id(head)
        order.tags.insert(0, "pack_order")
        first = self.store.get_order(factory.order_id(head))
        if first is None:
            return shipment
        order.buyer, order.buyer_id = first.buyer, first.buyer_id
        order.billing_address = first.billing_address
        parcel = self.shipment(order.shipment_id)
        freight = shipment.buyer_cost
        return replace(
            parcel,
            buyer_cost=parcel.buyer_cost + freight,
            gross_cost=parcel.gross_cost + freight,
        )

    def add(self, order: Order, shipment: Shipment, *, notify: bool = True) -> None:
        """Put an order and its parcel on the market."""
        with self.store.transaction():
            self.store.put_order(order)
            self.store.put_shipment(shipment)
            if notify:
                self.announcer.order(order)
                self.announcer.shipment(shipment.id)

    def create(self, index: int, traits: OrderTraits) -> tuple[Order, Shipment]:
        """Build one order outside any seed; the caller adds it."""
        created = self.clock.now() - _YOUNGEST
        return OrderFactory("single", self.catalog).build(index, created, traits)

    def overview(self) -> list[dict[str, Any]]:
        """One row per order: what happened to it and what the buyer plans."""
        shipments = {entry.id: entry for entry in self.store.all_shipments()}
        keys = {entry.shipment_id: entry for entry in self.store.all_invoices()}
        return [
            _row(order, shipments[order.shipment_id], keys.get(order.shipment_id))
            for order in self.store.all_orders()
        ]


def _row(order: Order, shipment: Shipment, invoice: Invoice | None) -> dict[str, Any]:
    cancelled = order.cancellation
    return {
        "order_id": order.id,
        "pack_id": order.pack_id,
        "shipment_id": shipment.id,
        "payment_id": order.payment.id,
        "status": order.status,
        "shipment_status": shipment.status,
        "shipment_substatus": shipment.substatus,
        "plan": order.plan,
        "silent": order.plan_silent,
        "cancelled_at": _iso(cancelled and cancelled.date),
        "cancel_group": cancelled and cancelled.group,
        "first_read_at": _iso(order.first_read_at),
        "invoice_accepted": invoice is not None,
        "invoice_at": _iso(invoice and invoice.created_at),
        "fiscal_key": invoice and invoice.fiscal_key,
        "label_fetched": shipment.label_fetched_at is not None,
        "label_at": _iso(shipment.label_fetched_at),
        "shipped": shipment.shipped_at is not None,
        "shipped_at": _iso(shipment.shipped_at),
        "delivered_at": _iso(shipment.delivered_at),
        "total_paid": str(order.payment.total_paid),
        "lines": [
            {"seller_sku": line.item.seller_sku, "quantity": line.quantity}
            for line in order.lines
        ],
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _pairs(n: int, plans: dict[int, str], packs: int, seed: str) -> dict[int, int]:
    """Map both orders of each cart to the index of the first."""
    free = [i for i in range(n - 1) if i not in plans and i + 1 not in plans]
    random.Random(f"{seed}:packs").shuffle(free)
    result: dict[int, int] = {}
    for index in free:
        if len(result) == 2 * packs:
            break
        if index not in result and index + 1 not in result:
            result[index] = result[index + 1] = index
    if len(result) < 2 * packs:
        raise ValueError(f"no room for {packs} carts in {n} orders")
    return result
