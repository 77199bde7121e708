"""The simulated marketplace: state, clock, rules and the orders in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from werkzeug.wrappers import Request

from simulators.common.channel.engine import ChannelEngine, Credentials
from simulators.common.channel.errors import ApiError, ControlError
from simulators.common.channel.faults import Fault
from simulators.common.channel.routing import Answer, Route
from simulators.common.clock import Clock

from . import api_labels, api_orders, api_portfolio, api_sac, consent, payloads
from .catalog import DEFAULT_CATALOG
from .const import RETRY_AFTER_SECONDS
from .errors import api_error, bad_request
from .lifecycle import Lifecycle
from .oauth import OAuth
from .ordering import create_order
from .push import MagaluPush
from .records import (
    CatalogItem,
    Delivery,
    Order,
    Seller,
    Sku,
    Ticket,
    TicketMessage,
    Trace,
)

Change = Callable[[Order, dict[str, Any]], None]


class Engine(ChannelEngine):
    """One organisation's shop on Magalu."""

    routes: ClassVar[Sequence[Route]] = (
        *consent.ROUTES,
        *api_orders.ROUTES,
        *api_labels.ROUTES,
        *api_portfolio.ROUTES,
        *api_sac.ROUTES,
    )

    def __init__(
        self,
        state: str,
        clock: Clock | None,
        seller: Seller,
        *,
        accept_homologation: bool = False,
        credentials: Credentials | None = None,
        catalog: Sequence[CatalogItem] | None = None,
    ) -> None:
        super().__init__(state, clock)
        self.seller = seller
        self.tenants = [seller.tenant]
        """Shops of the login; a second one makes the choice necessary."""
        self.catalog = tuple(catalog or DEFAULT_CATALOG)
        app = credentials or self.stored_credentials()
        self.oauth = OAuth(self.store, self.clock, app)
        self.push = MagaluPush(seller.tenant)
        self.connect(self.push)
        self.lifecycle = Lifecycle(self.store, self.clock, self.events, seller)
        self.lifecycle.accept_homologation = accept_homologation
        self.lifecycle.actions |= {
            "price": partial(api_portfolio.end_price, self),
            "stock": partial(api_portfolio.end_stock, self),
            "ticket_event": partial(api_sac.end_event, self),
            "ticket_message": partial(api_sac.end_message, self),
            "ticket_return": partial(api_sac.end_return, self),
        }
        life = self.lifecycle
        changes: dict[str, Change] = {
            "pay": lambda order, args: life.approve(order),
            "cancel": self._cancel,
            # The risk analysis of the channel says no: it cancels.
            "fraud": lambda order, args: life.cancel(order),
            "ship": lambda order, args: life.ship(order),
            "deliver": lambda order, args: life.deliver(order),
            "finish": lambda order, args: life.finish(order),
            "touch": lambda order, args: life.touch(order),
        }
        self.advances = {
            name: partial(self._change, change) for name, change in changes.items()
        }
        self._offer()

    # -- what the base asks for

    def tick(self) -> None:
        """Traces and validations that are due."""
        self.lifecycle.tick()

    def authenticate(self, request: Request) -> None:
        """A living bearer token, and the header that names the shop."""
        self.oauth.check(request.headers.get("Authorization"))
        tenant = request.headers.get("X-Tenant-Id")
        if not tenant:
            raise bad_request("header X-Tenant-Id is required")
        if tenant not in self.tenants:
            raise api_error(403, "forbidden", "the token does not serve this tenant")

    def bad_request(self, message: str) -> ApiError:
        """400."""
        return bad_request(message)

    def unknown_route(self, request: Request, status: int) -> ApiError:
        """404 or 405."""
        if status == 405:
            return api_error(405, "method_not_allowed", "method not allowed")
        return api_error(404, "resource_not_found", f"{request.path} not found")

    def rate_limited(self) -> ApiError:
        """429 with ``Retry-After`` in seconds."""
        payload = {"error": "too_many_requests", "message": "slow down"}
        return ApiError(429, payload, {"Retry-After": str(RETRY_AFTER_SECONDS)})

    def planned_error(self, fault: Fault) -> ApiError:
        """``error`` and a message."""
        return api_error(fault.status, fault.error, "Planned by a fault")

    def authorize(self, body: dict[str, Any]) -> dict[str, Any]:
        """The seller agrees: ``{redirect_uri?}`` → code."""
        code = self.oauth.authorize(body.get("redirect_uri"))
        return {"code": code, "tenant": self.seller.tenant}

    def create_order(self, spec: dict[str, Any]) -> dict[str, Any]:
        """See ``ordering``."""
        order, deliveries = create_order(self, spec)
        return {
            "order_id": order.code,
            "delivery_ids": [delivery.id for delivery in deliveries],
        }

    def health(self) -> dict[str, Any]:
        """Whose shop it is."""
        return {
            "tenant": self.seller.tenant,
            "client_id": self.oauth.credentials.client_id,
            "accept_homologation": self.lifecycle.accept_homologation,
        }

    def settings(self) -> dict[str, Any]:
        """What ``POST settings`` can change."""
        life = self.lifecycle
        return {
            **super().settings(),
            "trace_seconds": life.trace_delay.total_seconds(),
            "validation_seconds": life.validation_delay.total_seconds(),
            "invalidate": life.invalidate,
            "accept_homologation": life.accept_homologation,
            "tenants": self.tenants,
        }

    def configure(self, name: str, value: Any) -> None:
        """Change one of the settings."""
        life = self.lifecycle
        if name == "trace_seconds":
            life.trace_delay = timedelta(seconds=value)
        elif name == "validation_seconds":
            life.validation_delay = timedelta(seconds=value)
        elif name == "invalidate":
            life.invalidate = int(value)
        elif name == "accept_homologation":
            life.accept_homologation = bool(value)
        elif name == "tenants":
            self.tenants = list(value)
        else:
            super().configure(name, value)

    def overview(self) -> list[dict[str, Any]]:
        """One row per order."""
        return [
            self._row(order, self.lifecycle.deliveries(order))
            for order in self.store.find("order", Order)
        ]

    def reset(self) -> None:
        """Empty but for the catalogue."""
        super().reset()
        self._offer()

    # -- what handlers use

    def order_payload(self, order: Order) -> dict[str, Any]:
        """An order with its deliveries as the API shows it."""
        deliveries = self.lifecycle.deliveries(order)
        return payloads.order_payload(order, deliveries, self.seller)

    def start_trace(
        self, action: str, ref: str, resource: str, body: dict[str, Any]
    ) -> Answer:
        """Take an asynchronous write: 202 and the id of its trace."""
        now = self.clock.now()
        trace = Trace(
            id=str(uuid.uuid4()),
            resource=resource,
            created_at=now,
            due=now + self.lifecycle.trace_delay,
            action=action,
            ref=ref,
            body=body,
        )
        self.lifecycle.start(trace)
        return Answer({"trace_id": trace.id}, status=202)

    def open_ticket(self, order_code: str, kind: str, message: str = "") -> Ticket:
        """A buyer complains about the first delivery of an order."""
        order = self._order(order_code)
        number = self.store.next_number("ticket")
        now = self.clock.now()
        ticket = Ticket(
            id=str(uuid.uuid4()),
            code=f"P{number:08d}",
            type=kind,
            status="open",
            reason="Produto diferente do anúncio",
            order_code=order.code,
            delivery_id=order.delivery_ids[0],
            created_at=now,
            updated_at=now,
            due_date=now + timedelta(days=2),
        )
        if message:
            ref = str(uuid.uuid4())
            ticket.messages.append(TicketMessage(ref, "seller", "buyer", message, now))
        with self.store.transaction():
            api_sac.put(self, ticket)
        return ticket

    # -- inside

    def _change(self, change: Change, order_id: str, args: dict[str, Any]) -> None:
        change(self._order(order_id), args)

    def _cancel(self, order: Order, args: dict[str, Any]) -> None:
        """``{delivery_id?, silent = false}``: one delivery, or all that is left."""
        if "delivery_id" in args:
            delivery = self.lifecycle.delivery(args["delivery_id"])
            if delivery is None or delivery.order_code != order.code:
                raise ControlError("the order has no such delivery", 404)
            self.lifecycle.cancel_part(order, delivery)
        else:
            self.lifecycle.cancel(order, silent=bool(args.get("silent", False)))

    def _order(self, code: str) -> Order:
        order = self.lifecycle.order(code)
        if order is None:
            raise ControlError(f"order {code} not found", 404)
        return order

    def _offer(self) -> None:
        for item in self.catalog:
            if self.store.get("sku", item.sku, Sku):
                continue
            price = int(item.price * 100)
            entry = Sku(
                item.sku, item.title, item.status, item.ean, price, price, item.quantity
            )
            self.store.put("sku", entry.sku, entry)

    def _row(self, order: Order, deliveries: list[Delivery]) -> dict[str, Any]:
        total = sum(entry.total for entry in deliveries) + order.interest
        # A note that was taken counts, approved or not yet.
        notes = [n for d in deliveries for n in d.notes if n.status != "invalid"]
        sent = self._sent_keys(deliveries)
        gone = [d.cancelled_at for d in deliveries if d.cancelled_at]
        return {
            "order_id": order.code,
            "delivery_ids": order.delivery_ids,
            "status": order.status,
            "cancelled_at": max(gone).isoformat() if gone else None,
            "invoice_accepted": all(d.approved_key for d in deliveries),
            "fiscal_key": notes[0].key if notes else next(iter(sent), None),
            "fiscal_keys": {d.id: d.approved_key for d in deliveries},
            "label_fetched": all(d.label_fetched_at for d in deliveries),
            "shipped": any(d.shipped_at for d in deliveries),
            "delivered_at": _last([d.delivered_at for d in deliveries]),
            "total_paid": f"{total // 100}.{total % 100:02d}",
            "lines": [
                {"seller_sku": item.sku, "quantity": item.quantity}
                for delivery in deliveries
                for item in delivery.items
            ],
        }

    def _sent_keys(self, deliveries: list[Delivery]) -> list[str]:
        """Keys of notes whose trace is still open."""
        return [
            trace.body["key"]
            for delivery in deliveries
            for trace in self.store.find(
                "trace", Trace, parent=f"/seller/v1/deliveries/{delivery.id}/invoices"
            )
            if trace.status == "pending"
        ]


def _last(moments: list[Any]) -> str | None:
    known = [moment for moment in moments if moment]
    return max(known).isoformat() if known and len(known) == len(moments) else None
