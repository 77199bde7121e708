"""What happens to orders, shipments and NF-e, and in which order it may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from simulators.common.channel.errors import ControlError, TransitionRefused

from .ordering import shipment_of
from .records import Invoice, Order, Package, Return, Shipment

if TYPE_CHECKING:
    from .engine import Engine

_OPEN = ("UNSHIPPED", "PARTIALLY_SHIPPED")
_INVOICE = "invoice"


class Lifecycle:
    """Changes records, moves their time and announces what Amazon announces."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._store = engine.store
        self.invoice_delay = timedelta(seconds=30)
        """How long Amazon digests an NF-e."""

    # -- records

    def order(self, order_id: str) -> Order:
        """An order, for the control plane."""
        found = self._store.get("order", order_id, Order)
        if found is None:
            raise ControlError(f"order {order_id} not found", 404)
        return found

    def save(
        self, order: Order, *, at: datetime | None = None, notify: bool = True
    ) -> None:
        """Keep an order as changed now (or then), and announce it."""
        order.updated = at or self._engine.clock.now()
        self._store.put("order", order.id, order, updated=order.updated)
        kind = "OrderStatusChange"
        if order.status in _OPEN and any(item.asked_cancel for item in order.items):
            kind = "BuyerRequestedChange"
        data = {"change": kind, "status": order.status}
        self._engine.events.add("ORDER_CHANGE", order.id, data, silent=not notify)

    def save_shipment(self, shipment: Shipment, at: datetime | None = None) -> None:
        """Keep a shipment as changed now (or then)."""
        shipment.updated = at or self._engine.clock.now()
        self._store.put("shipment", shipment.id, shipment, updated=shipment.updated)

    def invoices(self, order_id: str) -> list[Invoice]:
        """The NF-e of an order, oldest first."""
        return self._store.find(_INVOICE, Invoice, parent=order_id)

    def invoice(self, order_id: str) -> Invoice | None:
        """The NF-e that counts: the last one."""
        return (self.invoices(order_id) or [None])[-1]

    # -- the buyer

    def pay(self, order_id: str, args: dict[str, Any]) -> None:
        """The payment is authorised."""
        order = self._expect(order_id, "PENDING")
        order.status = "UNSHIPPED"
        self.save(order)
        self.plan_shipment(order)

    def request_cancel(self, order_id: str, args: dict[str, Any]) -> None:
        """The buyer asks to cancel (BuyerRequestedChange)."""
        order = self._expect(order_id, *_OPEN)
        for item in order.items:
            item.asked_cancel = args.get("reason", "Comprado por engano")
        self.save(order, notify=not args.get("silent"))

    def cancel(self, order_id: str, args: dict[str, Any]) -> None:
        """``{group = buyer, silent}``: the order ends before it was sent."""
        group = str(args.get("group", "buyer")).upper()
        by = {"SELLER": "MERCHANT"}.get(group, group)
        self.cancel_as(self.order(order_id), by, silent=bool(args.get("silent")))

    def cancel_as(self, order: Order, by: str, *, silent: bool = False) -> None:
        """``by``: BUYER, MERCHANT or AMAZON."""
        if order.status not in ("PENDING", *_OPEN):
            raise TransitionRefused(f"order is {order.status}")
        order.status, order.cancelled_at = "CANCELLED", self._engine.clock.now()
        for item in order.items:
            item.cancelled_by = by
        for package in order.packages:
            package.status, package.detail = "CANCELLED", "LABEL_CANCELLED"
        self.save(order, notify=not silent)
        shipment = self._shipment(order)
        if shipment:
            shipment.status = "CANCELLED"
            self.save_shipment(shipment)

    # -- carrier

    def ship(self, order_id: str, args: dict[str, Any]) -> None:
        """The carrier takes the parcel; 409 when it must not travel."""
        order = self._expect(order_id, *_OPEN)
        if order.program != "SelfShip" and not order.label_fetched:
            raise TransitionRefused("there is no label")
        self.shipped(order)

    def shipped(self, order: Order) -> None:
        """All units have left."""
        order.status = "SHIPPED"
        now = self._engine.clock.now()
        for item in order.items:
            item.fulfilled = item.quantity
        for package in order.packages:
            package.status, package.detail = "IN_TRANSIT", "PICKED_UP"
            package.shipped = now
        self.save(order)
        shipment = self._shipment(order)
        if shipment:
            shipment.status = "SHIPPED"
            self.save_shipment(shipment)

    def deliver(self, order_id: str, args: dict[str, Any]) -> None:
        """The buyer has it."""
        order = self._expect(order_id, "SHIPPED")
        order.delivered_at = self._engine.clock.now()
        for package in order.packages:
            package.status = package.detail = "DELIVERED"
        self.save(order)

    def give_back(self, order_id: str, args: dict[str, Any]) -> str:
        """The buyer sends a line back: ``{quantity = 1}``; the return's id."""
        order = self._expect(order_id, "SHIPPED")
        number = self._store.next_number("return")
        now, item = self._engine.clock.now(), order.items[0]
        record = Return(
            id=f"RT{number:08}",
            order_id=order.id,
            sku=item.sku,
            quantity=int(args.get("quantity", 1)),
            status="CREATED",
            created=now,
            updated=now,
        )
        self._store.put("return", record.id, record, updated=now, parent=order.id)
        return record.id

    def touch(self, order_id: str, args: dict[str, Any]) -> None:
        """Something changed that nobody tells."""
        self.save(self.order(order_id))

    # -- Amazon's own

    def plan_shipment(self, order: Order, at: datetime | None = None) -> None:
        """A released order that Amazon carries gets its fulfillment order."""
        if order.program == "SelfShip" or order.fulfilled_by == "AMAZON":
            return
        order.shipment_id = f"D{order.id[4:11]}"
        self._store.put("order", order.id, order, updated=order.updated)
        self.save_shipment(shipment_of(order), at)

    def submitted(self, order: Order, key: str, problem: str) -> None:
        """An NF-e came in: digest it for a while."""
        now = self._engine.clock.now()
        record = Invoice(order.id, key, "Processing", problem, now)
        self._store.put(_INVOICE, key, record, updated=now, parent=order.id)
        self._store.add_timer(now + self.invoice_delay, _INVOICE, key)

    def tick(self) -> None:
        """NF-e whose check has ended."""
        for _kind, key in self._store.pop_timers(self._engine.clock.now()):
            record = self._store.get(_INVOICE, key, Invoice)
            if record is None:
                continue
            record.state = "Rejected" if record.problem else "Accepted"
            at = record.submitted
            self._store.put(_INVOICE, key, record, updated=at, parent=record.order_id)
            self.save(self.order(record.order_id))

    def labelled(self, order: Order, shipment: Shipment) -> None:
        """The label was generated: the order shows a package."""
        order.label_fetched = True
        if not order.packages:
            order.packages = [
                Package(
                    id=f"{shipment.id}-1",
                    status="PENDING",
                    detail="PENDING_PICK_UP",
                    tracking=f"TBA{shipment.id[1:]}",
                    created=self._engine.clock.now(),
                )
            ]
        self.save(order)
        shipment.status = "SHIPLABEL_GENERATED"
        self.save_shipment(shipment)

    def _shipment(self, order: Order) -> Shipment | None:
        if not order.shipment_id:
            return None
        return self._store.get("shipment", order.shipment_id, Shipment)

    def _expect(self, order_id: str, *states: str) -> Order:
        order = self.order(order_id)
        if order.status not in states:
            raise TransitionRefused(f"order is {order.status}")
        return order
