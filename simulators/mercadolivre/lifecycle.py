"""Every change of state of an order and its parcel, and the buyers' plans."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from simulators.common.channel.errors import TransitionRefused
from simulators.common.clock import Clock

from .const import (
    PLAN_AFTER_INVOICE,
    PLAN_AFTER_LABEL,
    PLAN_BEFORE_INVOICE,
    PRINTABLE,
)
from .push import Announcer
from .records import Cancellation, Invoice, Order, Shipment
from .store import Store

_TIMER_CANCEL = "cancel"
_TIMER_PRINTABLE = "printable"
_TIMER_BUFFER = "buffer"

CANCEL_REASONS = {
    "buyer": ("buyer_cancel_express", "O comprador cancelou a compra", "buyer"),
    "fraud": ("fraud", "Compra cancelada por risco de fraude", "meli"),
    "seller": ("seller_out_of_stock", "O vendedor ficou sem estoque", "seller"),
    "shipment": ("shipment_not_delivered", "O envio foi cancelado", "meli"),
    "internal": ("internal", "Cancelada pelo Mercado Livre", "meli"),
}


class Lifecycle:
    """Moves records and announces what moved; call inside a transaction."""

    def __init__(self, store: Store, clock: Clock, events: Announcer) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self.ready_delay = timedelta(0)
        """Time between an accepted NF-e and ``ready_to_print``."""

    def tick(self) -> None:
        """Do what has become due on the clock."""
        for kind, text in self._store.pop_timers(self._clock.now()):
            ref = int(text)
            if kind == _TIMER_CANCEL:
                self._run_plan(self._store.get_order(ref))
            elif kind == _TIMER_PRINTABLE:
                self._make_printable(self._store.get_shipment(ref))
            elif kind == _TIMER_BUFFER:
                self._release_buffer(self._store.get_shipment(ref))

    def order_read(self, order: Order) -> None:
        """The seller read the order by id; early cancellers act on it."""
        if order.first_read_at is not None:
            return
        now = self._clock.now()
        order.first_read_at = now
        self._store.put_order(order)
        if order.plan != PLAN_BEFORE_INVOICE or order.is_cancelled:
            return
        if order.plan_delay_seconds:
            due = now + timedelta(seconds=order.plan_delay_seconds)
            self._store.add_timer(due, _TIMER_CANCEL, order.id)
        else:
            self._run_plan(order)

    def invoice_offered(self, orders: list[Order]) -> None:
        """An NF-e arrives: who planned to cancel before it does so now."""
        for order in orders:
            if order.plan == PLAN_BEFORE_INVOICE:
                self._store.drop_timer(_TIMER_CANCEL, order.id)
                self._run_plan(order)

    def invoice_accepted(self, invoice: Invoice, xml: bytes) -> None:
        """Store the NF-e; the parcel becomes printable after a delay."""
        self._store.add_invoice(invoice, xml)
        if self.ready_delay:
            due = self._clock.now() + self.ready_delay
            self._store.add_timer(due, _TIMER_PRINTABLE, invoice.shipment_id)
        else:
            self._make_printable(self._store.get_shipment(invoice.shipment_id))
        for order in self._store.orders_of_shipment(invoice.shipment_id):
            if order.plan == PLAN_AFTER_INVOICE:
                self._run_plan(order)

    def label_fetched(self, shipment: Shipment) -> None:
        """Reading the label prints it (ready_to_print → printed)."""
        if shipment.label_fetched_at is None:
            shipment.label_fetched_at = self._clock.now()
            shipment.substatus = "printed"
            self._save(shipment)
        for order in self._store.orders_of_shipment(shipment.id):
            if order.plan == PLAN_AFTER_LABEL:
                self._run_plan(order)

    def ship(self, shipment: Shipment) -> None:
        """The carrier scans the parcel at pick-up."""
        if shipment.status == "cancelled":
            self._store.add_incident(
                self._clock.now(), "shipped_cancelled", shipment.id
            )
            raise TransitionRefused("shipped_cancelled")
        if shipment.substatus != "printed":
            raise TransitionRefused(f"not_printed: {shipment.substatus}")
        shipment.status, shipment.substatus = "shipped", None
        shipment.shipped_at = self._clock.now()
        self._save(shipment)

    def deliver(self, shipment: Shipment) -> None:
        """The carrier hands the parcel over."""
        if shipment.status != "shipped":
            raise TransitionRefused(f"not_shipped: {shipment.status}")
        shipment.status = "delivered"
        shipment.delivered_at = self._clock.now()
        self._save(shipment)
        for order in self._store.orders_of_shipment(shipment.id):
            order.tags = [tag for tag in order.tags if tag != "not_delivered"]
            order.tags.append("delivered")
            self.touch(order)

    def cancel(self, order: Order, group: str, *, silent: bool = False) -> None:
        """Cancel and refund; the parcel dies with its last living order."""
        shipment = self._store.get_shipment(order.shipment_id)
        if order.is_cancelled:
            raise TransitionRefused("already_cancelled")
        if shipment is None or shipment.status in ("shipped", "delivered"):
            raise TransitionRefused("already_shipped")
        now = self._clock.now()
        code, description, requested_by = CANCEL_REASONS[group]
        order.cancellation = Cancellation(
            group, code, description, requested_by, now, silent
        )
        order.status = "cancelled"
        order.tags = [tag for tag in order.tags if tag != "paid"]
        refunded = order.payment.date_approved is not None
        order.payment.status = "refunded" if refunded else "cancelled"
        if refunded:
            order.payment.refunded = order.payment.transaction_amount
        order.payment.status_detail = "by_collector" if refunded else "by_payer"
        order.payment.date_last_modified = now
        self.touch(order, silent=silent)
        siblings = self._store.orders_of_shipment(shipment.id)
        if all(sibling.is_cancelled for sibling in siblings):
            shipment.status, shipment.substatus = "cancelled", "closed_by_user"
            self._save(shipment, silent=silent)

    def cancel_units(self, order: Order, units: int) -> None:
        """Take units out of the first line and pay them back (partial cancel)."""
        line = order.lines[0]
        if order.is_cancelled or not 0 < units < line.quantity:
            raise TransitionRefused("not so many units")
        line.requested = line.requested or line.quantity
        line.quantity -= units
        order.status = "partially_refunded"
        self.refund(order, line.unit_price * units)

    def refund(self, order: Order, amount: Decimal) -> None:
        """Pay money back to the buyer; all of it is a refund of the payment."""
        payment = order.payment
        payment.refunded = min(payment.refunded + amount, payment.transaction_amount)
        whole = payment.refunded == payment.transaction_amount
        payment.status = "refunded" if whole else "approved"
        payment.status_detail = "refunded" if whole else "partially_refunded"
        payment.date_last_modified = self._clock.now()
        self.touch(order)

    def approve_payment(self, order: Order) -> None:
        """The buyer pays: address unmasked, NF-e awaited (or buffered)."""
        if order.status != "payment_required":
            raise TransitionRefused(f"status is {order.status}")
        now = self._clock.now()
        order.status, order.date_closed = "paid", now
        order.tags.append("paid")
        order.payment.status = "approved"
        order.payment.status_detail = "accredited"
        order.payment.date_approved = order.payment.date_last_modified = now
        self.touch(order)
        shipment = self._store.get_shipment(order.shipment_id)
        if shipment is not None and shipment.substatus == "waiting_for_payment":
            self._release(shipment)

    def buffer(self, shipment: Shipment) -> None:
        """Hold a parcel back until ``buffered_until``."""
        if shipment.buffered_until is not None:
            shipment.status, shipment.substatus = "pending", "buffered"
            self._store.add_timer(shipment.buffered_until, _TIMER_BUFFER, shipment.id)
            self._store.put_shipment(shipment)

    def flag_fraud(self, order: Order) -> None:
        """ML finds the buyer suspicious: do not ship, cancel."""
        if "fraud_risk_detected" not in order.tags:
            order.tags.append("fraud_risk_detected")
        self.touch(order)

    def _release_buffer(self, shipment: Shipment | None) -> None:
        if shipment is not None and shipment.substatus == "buffered":
            self._release(shipment)

    def _release(self, shipment: Shipment) -> None:
        shipment.status, shipment.substatus = "ready_to_ship", "invoice_pending"
        self._save(shipment)

    def _make_printable(self, shipment: Shipment | None) -> None:
        if shipment is None or shipment.substatus != "invoice_pending":
            return
        shipment.substatus = "ready_to_print"
        shipment.tracking_number = f"SM{shipment.id % 10**9:09d}BR"
        self._save(shipment)

    def _run_plan(self, order: Order | None) -> None:
        if order is None or order.is_cancelled:
            return
        self.cancel(order, "buyer", silent=order.plan_silent)

    def touch(self, order: Order, *, silent: bool = False) -> None:
        """Keep a change of an order and announce it."""
        order.last_updated = self._clock.now()
        self._store.put_order(order)
        self._events.order(order, silent=silent)

    def _save(self, shipment: Shipment, *, silent: bool = False) -> None:
        shipment.last_updated = self._clock.now()
        self._store.put_shipment(shipment)
        self._events.shipment(shipment.id, silent=silent)


def is_printable(shipment: Shipment) -> bool:
    """Whether the label can be read."""
    return shipment.status == "ready_to_ship" and shipment.substatus in PRINTABLE


def expected_invoice_amount(orders: list[Order]) -> Decimal:
    """What the buyer paid for the living orders of a parcel."""
    living = [order for order in orders if not order.is_cancelled]
    return sum((order.amount_due for order in living), Decimal(0))
