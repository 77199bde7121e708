"""The simulated shop: state, clock, rules and the orders in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from werkzeug.wrappers import Request

from simulators.common.channel.engine import ChannelEngine, Credentials
from simulators.common.channel.errors import ControlError
from simulators.common.channel.faults import Fault
from simulators.common.channel.routing import Route
from simulators.common.channel.store import Store as ChannelStore
from simulators.common.clock import Clock

from . import api_auth, api_logistics, api_orders, api_products, api_returns
from .catalog import DEFAULT_CATALOG
from .errors import ShopeeError, bad_param, no_order, refused
from .lifecycle import Lifecycle
from .oauth import OAuth
from .ordering import create_order
from .push import Announcer, ShopeePush
from .records import CatalogItem, Offer, Order, Shop
from .store import Store

_HANDOVER = {"dropoff": [], "pickup": ["address_id", "pickup_time_id"]}
_SECONDS = {
    "tracking_delay_seconds": "tracking_delay",
    "document_delay_seconds": "document_delay",
    "invoice_delay_seconds": "invoice_delay",
}


class Engine(ChannelEngine):
    """One shop with a CNPJ: orders, parcels, offers, returns and their rules."""

    routes: ClassVar[Sequence[Route]] = (
        *api_auth.ROUTES,
        *api_orders.ROUTES,
        *api_logistics.ROUTES,
        *api_products.ROUTES,
        *api_returns.ROUTES,
    )
    common_params: ClassVar[frozenset[str]] = frozenset(
        {"partner_id", "timestamp", "sign", "access_token", "shop_id"}
    )
    store_class: ClassVar[type[ChannelStore]] = Store
    store: Store

    def __init__(
        self,
        state: str,
        clock: Clock | None,
        shop: Shop,
        *,
        credentials: Credentials | None,
        catalog: Sequence[CatalogItem] | None,
    ) -> None:
        super().__init__(state, clock)
        self.shop = shop
        self.catalog = tuple(catalog or DEFAULT_CATALOG)
        app = credentials or self._partner()
        self.oauth = OAuth(self.store, self.clock, shop, app)
        self.push = ShopeePush(self.oauth, shop)
        self.connect(self.push)
        self.lifecycle = Lifecycle(self.store, self.clock, Announcer(self.events))
        self.masked = False
        """No address is on the application's list: buyers' data are stars."""
        self.handover: dict[str, list[str]] = dict(_HANDOVER)
        self.document_delay = timedelta(seconds=2)
        self.invoice_delay = timedelta(0)
        self.failing_documents = 0
        self._stock()
        self.advances = {
            "pay": self._pay,
            "cancel": self._cancel,
            "ask_cancel": self._ask_cancel,
            "fraud": self._fraud,
            "release": self._release,
            "ship": self._ship,
            "deliver": self._deliver,
            "complete": self._complete,
            "give_back": self._give_back,
        }

    # -- what the base asks for

    def tick(self) -> None:
        """Tracking numbers that the carrier gives late."""
        self.lifecycle.tick()

    def authenticate(self, request: Request) -> None:
        """A signature with a living token of the shop."""
        self.oauth.check_shop(request)

    def bad_request(self, message: str) -> ShopeeError:
        """``error_param``."""
        return bad_param(message)

    def unknown_route(self, request: Request, status: int) -> ShopeeError:
        """404 or 405, in the shape of an error."""
        message = "Permission denied. The request path is incorrect."
        return ShopeeError("error_param", message, status)

    def rate_limited(self) -> ShopeeError:
        """HTTP 200: the burst limit."""
        message = "Too many requests. You have reached the rate limit."
        return ShopeeError("error_rate_limit", message)

    def planned_error(self, fault: Fault) -> ShopeeError:
        """Any ``error`` of the platform; ``error_code`` is its message."""
        message = fault.error_code or "Planned by a fault"
        return ShopeeError(fault.error, message, fault.status)

    def authorize(self, body: dict[str, Any]) -> dict[str, Any]:
        """The seller agrees: code and shop."""
        return {"code": self.oauth.authorize(), "shop_id": str(self.shop.shop_id)}

    def create_order(self, spec: dict[str, Any]) -> dict[str, Any]:
        """See ``ordering``."""
        order = create_order(self, spec)
        return {"order_id": order.order_sn, "package_number": order.package.number}

    def health(self) -> dict[str, Any]:
        """Whose shop it is."""
        return {
            "shop_id": self.shop.shop_id,
            "partner_id": self.oauth.credentials.client_id,
        }

    def settings(self) -> dict[str, Any]:
        """What ``POST settings`` can change."""
        return {
            **super().settings(),
            "masked": self.masked,
            "ip_refused": self.oauth.ip_refused,
            "echo_refresh": self.oauth.echo_refresh,
            "failing_documents": self.failing_documents,
            "handover": sorted(self.handover),
            "tracking_delay_seconds": self.lifecycle.tracking_delay.total_seconds(),
            "document_delay_seconds": self.document_delay.total_seconds(),
            "invoice_delay_seconds": self.invoice_delay.total_seconds(),
        }

    def configure(self, name: str, value: Any) -> None:
        """Change one of the settings."""
        if name == "masked":
            self.masked = bool(value)
        elif name in ("ip_refused", "echo_refresh"):
            setattr(self.oauth, name, bool(value))
        elif name == "failing_documents":
            self.failing_documents = int(value)
        elif name == "handover":
            self.handover = {way: _HANDOVER[way] for way in value}
        elif name == "tracking_delay_seconds":
            self.lifecycle.tracking_delay = timedelta(seconds=value)
        elif name in _SECONDS:
            setattr(self, _SECONDS[name], timedelta(seconds=value))
        else:
            super().configure(name, value)

    def reset(self) -> None:
        """Back to an empty shop with its offers."""
        super().reset()
        self._stock()

    def overview(self) -> list[dict[str, Any]]:
        """One row per order: what happened to it."""
        return [_row(order) for order in self.store.orders()]

    # -- what handlers need

    def order(self, order_sn: str) -> Order:
        """The order, or the platform's error."""
        order = self.store.get_order(order_sn)
        if order is None:
            raise no_order()
        return order

    def order_of_package(self, number: str) -> Order:
        """The order of a package, or the platform's error."""
        order = self.store.order_of_package(number)
        if order is None:
            raise refused(
                "logistics.package_number_not_found",
                f"The package_number {number} is not exist.",
            )
        return order

    def add(self, order: Order, *, notify: bool = True) -> None:
        """Put an order into the shop."""
        self.store.put_order(order)
        Announcer(self.events).order(order, silent=not notify)

    @property
    def confirmed(self) -> int:
        """The watermark of the lost push messages."""
        return int(self.store.get_setting("confirmed_push", 0))

    @confirmed.setter
    def confirmed(self, last: int) -> None:
        self.store.set_setting("confirmed_push", last)

    def _partner(self) -> Credentials:
        """Shopee's application ids fit into 32 bits."""
        made = self.stored_credentials()
        return Credentials(
            str(2_000_000 + int(made.client_id) % 10**6), made.client_secret
        )

    def _stock(self) -> None:
        with self.store.transaction():
            if not self.store.offers():
                for item in self.catalog:
                    self.store.put_offer(Offer(item, item.price, item.stock))

    # -- what happens to an order

    def _known(self, order_sn: str) -> Order:
        order = self.store.get_order(order_sn)
        if order is None:
            raise ControlError(f"order {order_sn} not found", 404)
        return order

    def _pay(self, order_sn: str, args: dict[str, Any]) -> None:
        self.lifecycle.pay(self._known(order_sn))

    def _cancel(self, order_sn: str, args: dict[str, Any]) -> None:
        """``{by = buyer, reason, silent}``."""
        by, reason = args.get("by", "buyer"), args.get("reason", "Change of mind")
        silent = bool(args.get("silent", False))
        self.lifecycle.cancel(self._known(order_sn), by, reason, silent=silent)

    def _ask_cancel(self, order_sn: str, args: dict[str, Any]) -> None:
        reason = args.get("reason", "Need to change delivery address")
        self.lifecycle.ask_cancel(self._known(order_sn), reason)

    def _fraud(self, order_sn: str, args: dict[str, Any]) -> None:
        self.lifecycle.hold(self._known(order_sn))

    def _release(self, order_sn: str, args: dict[str, Any]) -> None:
        self.lifecycle.release(self._known(order_sn))

    def _ship(self, order_sn: str, args: dict[str, Any]) -> None:
        self.lifecycle.ship(self._known(order_sn))

    def _deliver(self, order_sn: str, args: dict[str, Any]) -> None:
        self.lifecycle.deliver(self._known(order_sn))

    def _complete(self, order_sn: str, args: dict[str, Any]) -> None:
        self.lifecycle.complete(self._known(order_sn))

    def _give_back(self, order_sn: str, args: dict[str, Any]) -> None:
        """``{goods = true, reason}``."""
        self.lifecycle.give_back(
            self._known(order_sn),
            goods=bool(args.get("goods", True)),
            reason=args.get("reason", "CHANGE_OF_MIND"),
        )


def _row(order: Order) -> dict[str, Any]:
    package, cancelled = order.package, order.cancellation
    return {
        "order_id": order.order_sn,
        "package_number": package.number,
        "status": order.status,
        "package_status": package.status,
        "cancelled_at": cancelled.at.isoformat() if cancelled else None,
        "invoice_accepted": order.invoice is not None,
        "fiscal_key": order.invoice.key if order.invoice else None,
        "arranged": package.arranged,
        "label_fetched": package.label_at is not None,
        "shipped": package.shipped_at is not None,
        "delivered_at": package.delivered_at.isoformat()
        if package.delivered_at
        else None,
        "total_paid": str(order.nfe_total),
        "lines": [
            {"seller_sku": line.sku, "quantity": line.quantity} for line in order.lines
        ],
    }
