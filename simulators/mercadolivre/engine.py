"""The simulated marketplace: state, clock, rules and the orders in it."""

from __future__ import annotations

import random
import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from simulators.common.clock import Clock

from .catalog import DEFAULT_CATALOG
from .const import PLAN_BEFORE_INVOICE
from .errors import not_found
from .events import EventQueue, NotificationConfig
from .faults import FaultBook
from .generator import (
    MAX_ORDERS_PER_SEED,
    OrderFactory,
    OrderTraits,
    plan_cancellations,
    silent_orders,
)
from .lifecycle import Lifecycle
from .notifier import Notifier
from .oauth import Credentials, OAuth
from .records import CatalogItem, Invoice, Order, Seller, Shipment
from .store import Store

_LOG_SIZE = 50_000
_SPAN = timedelta(hours=6)
_YOUNGEST = timedelta(minutes=5)


@dataclass(frozen=True)
class LogEntry:
    """One request; ``status`` 0 means the line was cut."""

    at: str
    method: str
    path: str
    query: str
    status: int
    fault: str | None


class Engine:
    """Holds the parts together; the WSGI application calls into it."""

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
        self.store = Store(state)
        self._own_clock = clock is None
        self.clock = clock or _stored_clock(self.store)
        self.seller = seller
        self.catalog = tuple(catalog or DEFAULT_CATALOG)
        self.accept_homologation = accept_homologation
        self.events = EventQueue(self.store, self.clock)
        self.lifecycle = Lifecycle(self.store, self.clock, self.events)
        app = credentials or _stored_credentials(self.store)
        self.oauth = OAuth(self.store, self.clock, seller, app)
        self.faults = FaultBook()
        self.log: deque[LogEntry] = deque(maxlen=_LOG_SIZE)
        self.notifier = Notifier(
            self.store,
            self.clock,
            self.events,
            self.lifecycle,
            seller.user_id,
            int(app.client_id),
        )

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
                self.events.order(order)
                self.events.shipment(shipment.id)

    def create(self, index: int, traits: OrderTraits) -> tuple[Order, Shipment]:
        """Build one order outside any seed; the caller adds it."""
        created = self.clock.now() - _YOUNGEST
        return OrderFactory("single", self.catalog).build(index, created, traits)

    def save_clock(self) -> None:
        """Remember a moved clock for the next start with the same state."""
        if self._own_clock:
            offset = self.clock.now() - datetime.now(timezone.utc)
            self.store.set_setting("clock_offset", offset.total_seconds())

    def reset(self) -> None:
        """Forget orders, tokens, faults and the log; keep credentials and URL."""
        url = self.events.config.url
        with self.store.transaction():
            self.store.clear()
            self.events.configure({**NotificationConfig().__dict__, "url": url})
        self.faults.clear()
        self.log.clear()

    def overview(self) -> list[dict[str, Any]]:
        """One row per order: what happened to it and what the buyer plans."""
        shipments = {entry.id: entry for entry in self.store.all_shipments()}
        keys = {entry.shipment_id: entry for entry in self.store.all_invoices()}
        return [
            _row(order, shipments[order.shipment_id], keys.get(order.shipment_id))
            for order in self.store.all_orders()
        ]

    def close(self) -> None:
        """Stop delivering and close the state."""
        self.notifier.stop()
        self.save_clock()
        self.store.close()


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


def _stored_clock(store: Store) -> Clock:
    offset = timedelta(seconds=store.get_setting("clock_offset", 0))
    return Clock(datetime.now(timezone.utc) + offset)


def _stored_credentials(store: Store) -> Credentials:
    with store.transaction():
        known = store.get_setting("credentials")
        if known is None:
            client_id = str(7_000_000_000_000_000 + secrets.randbelow(10**15))
            known = [client_id, secrets.token_urlsafe(24)]
            store.set_setting("credentials", known)
    return Credentials(*known)
