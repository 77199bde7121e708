"""The simulated store: state, rules and what the base of all channels asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from werkzeug.wrappers import Request

from simulators.common.channel.engine import ChannelEngine, Credentials
from simulators.common.channel.errors import ControlError
from simulators.common.channel.faults import Fault
from simulators.common.channel.routing import Route
from simulators.common.clock import Clock

from . import (
    api_invoices,
    api_listings,
    api_orders,
    api_returns,
    api_shipments,
    login,
)
from .catalog import DEFAULT_CATALOG
from .errors import SpError, bad_input
from .lifecycle import Lifecycle
from .limits import Buckets, quota_exceeded
from .ordering import create_order
from .push import Relay
from .records import CatalogItem, Listing, Order, Seller

APPLICATION_ID = "amzn1.sp.solution.simulada"


class Engine(ChannelEngine):
    """One seller's account."""

    routes: ClassVar[Sequence[Route]] = (
        *login.ROUTES,
        *api_orders.ROUTES,
        *api_invoices.ROUTES,
        *api_shipments.ROUTES,
        *api_listings.ROUTES,
        *api_returns.ROUTES,
    )

    def __init__(
        self,
        state: str,
        clock: Clock | None,
        seller: Seller,
        *,
        credentials: Credentials | None,
        catalog: Sequence[CatalogItem] | None,
    ) -> None:
        super().__init__(state, clock)
        self.seller = seller
        self.catalog = tuple(catalog or DEFAULT_CATALOG)
        self.credentials = credentials or self.stored_credentials()
        self.application_id = APPLICATION_ID
        self.checksum = "xml"
        self.label_format = "PDF"
        self.buckets = Buckets(self.clock)
        self.push = Relay(seller.seller_id)
        self.connect(self.push)
        self.lifecycle = Lifecycle(self)
        self.advances = {
            "pay": self.lifecycle.pay,
            "cancel": self.lifecycle.cancel,
            "request_cancel": self.lifecycle.request_cancel,
            "ship": self.lifecycle.ship,
            "deliver": self.lifecycle.deliver,
            "give_back": self.lifecycle.give_back,
            # Amazon tells nobody of a suspicion: only the time of change moves.
            "fraud": self.lifecycle.touch,
        }
        self._offer()

    def tick(self) -> None:
        """NF-e whose check has ended."""
        self.lifecycle.tick()

    def authenticate(self, request: Request) -> None:
        """A living access token in Amazon's own header."""
        login.check_access(self, request)

    def bad_request(self, message: str) -> SpError:
        """400 InvalidInput."""
        return bad_input(message)

    def unknown_route(self, request: Request, status: int) -> SpError:
        """404 or 405."""
        code = "NotFound" if status == 404 else "MethodNotAllowed"
        return SpError(status, code, f"{request.path} is no operation")

    def rate_limited(self) -> SpError:
        """429 QuotaExceeded."""
        return quota_exceeded()

    def planned_error(self, fault: Fault) -> SpError:
        """``error`` as the code."""
        return SpError(fault.status, fault.error, "Planned by a fault", fault.value)

    def authorize(self, body: dict[str, Any]) -> dict[str, Any]:
        """The seller agrees: what the call-back carries."""
        return login.issue_code(self, body.get("redirect_uri"))

    def create_order(self, spec: dict[str, Any]) -> dict[str, Any]:
        """See ``ordering``."""
        order = create_order(self, spec)
        return {"order_id": order.id, "shipment_id": order.shipment_id}

    def overview(self) -> list[dict[str, Any]]:
        """One row per order."""
        return [self._row(order) for order in self.store.find("order", Order)]

    def health(self) -> dict[str, Any]:
        """Whose store it is."""
        return {
            "seller_id": self.seller.seller_id,
            "client_id": self.credentials.client_id,
            "application_id": self.application_id,
        }

    def settings(self) -> dict[str, Any]:
        """What ``POST settings`` can change."""
        return {
            **super().settings(),
            "invoice_delay_seconds": self.lifecycle.invoice_delay.total_seconds(),
            "checksum": self.checksum,
            "label_format": self.label_format,
            "limits": self.buckets.enforced,
        }

    def configure(self, name: str, value: Any) -> None:
        """Change one of the settings."""
        if name == "invoice_delay_seconds":
            self.lifecycle.invoice_delay = timedelta(seconds=value)
        elif name == "checksum" and value in ("xml", "base64"):
            self.checksum = value
        elif name == "label_format" and value in ("PDF", "ZPL"):
            self.label_format = value
        elif name == "limits":
            self.buckets.enforced = bool(value)
        elif name in self.settings() and name != "latency_ms":
            raise ControlError(f"{name} cannot be {value}")
        else:
            super().configure(name, value)

    def reset(self) -> None:
        """Back to an empty store with its listings."""
        super().reset()
        self.buckets = Buckets(self.clock)
        self._offer()

    def _offer(self) -> None:
        with self.store.transaction():
            for one in self.catalog:
                if self.store.get("listing", one.seller_sku, Listing) is None:
                    record = Listing(
                        sku=one.seller_sku,
                        asin=one.asin,
                        title=one.title,
                        price=one.price,
                        quantity=one.quantity,
                        status=list(one.status),
                    )
                    self.store.put("listing", record.sku, record)

    def _row(self, order: Order) -> dict[str, Any]:
        invoice = self.lifecycle.invoice(order.id)
        return {
            "order_id": order.id,
            "shipment_id": order.shipment_id,
            "status": order.status,
            "cancelled_at": order.cancelled_at and order.cancelled_at.isoformat(),
            "invoice_accepted": bool(invoice and invoice.state == "Accepted"),
            "fiscal_key": invoice.key if invoice else None,
            "label_fetched": order.label_fetched,
            "shipped": order.status == "SHIPPED",
            "delivered_at": order.delivered_at and order.delivered_at.isoformat(),
            "total_paid": str(order.total),
            "lines": [
                {"seller_sku": item.sku, "quantity": item.quantity}
                for item in order.items
            ],
        }
