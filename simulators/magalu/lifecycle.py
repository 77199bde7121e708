"""What happens to orders and deliveries, and when; every change is announced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from simulators.common.channel.errors import TransitionRefused
from simulators.common.channel.events import EventQueue
from simulators.common.channel.store import Store
from simulators.common.clock import Clock

from . import nfe
from .records import Delivery, Note, Order, Seller, Trace

_GONE = frozenset({"shipped", "delivered", "finished"})


class Lifecycle:
    """Moves deliveries; an order is as far as its slowest living delivery."""

    def __init__(
        self, store: Store, clock: Clock, events: EventQueue, seller: Seller
    ) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._seller = seller
        self.accept_homologation = False
        self.trace_delay = timedelta(seconds=1)
        """Between a 202 and the end of its trace."""
        self.validation_delay = timedelta(seconds=2)
        """Between the listing of a note and its approval."""
        self.invalidate = 0
        """The next N notes are found invalid after the checks."""
        self.actions: dict[str, Callable[[Trace], None]] = {
            "invoice": self._take_note,
            "shipping": self._take_shipping,
            "finishing": self._take_finishing,
        }
        """What a trace does at its end, by ``Trace.action``; may raise Refused."""

    # -- reading

    def order(self, code: str) -> Order | None:
        """An order by its code."""
        return self._store.get("order", code, Order)

    def deliveries(self, order: Order) -> list[Delivery]:
        """Its deliveries, in their order."""
        found = {
            d.id: d for d in self._store.find("delivery", Delivery, parent=order.code)
        }
        return [found[ref] for ref in order.delivery_ids]

    def delivery(self, ref: str) -> Delivery | None:
        """A delivery by its id."""
        return self._store.get("delivery", ref, Delivery)

    # -- the clock

    def tick(self) -> None:
        """End traces and validations that are due, also those that the first begin."""
        now = self._clock.now()
        while due := self._store.pop_timers(now):
            for kind, ref in due:
                if kind == "trace":
                    self._end_trace(ref)
                elif kind == "validation":
                    self._validate(ref)

    # -- writing

    def add(self, order: Order, deliveries: list[Delivery], *, notify: bool) -> None:
        """A new order."""
        for delivery in deliveries:
            self._put(delivery)
        self._put_order(order)
        self.announce(order, deliveries, silent=not notify)

    def start(self, trace: Trace) -> None:
        """Remember an asynchronous write; it ends later."""
        self._put_trace(trace)
        self._store.add_timer(trace.due, "trace", trace.id)

    def approve(self, order: Order) -> None:
        """The payment is there."""
        if order.status != "new":
            raise TransitionRefused(f"order {order.code} is {order.status}")
        order.approved_at = self._clock.now()
        self._move(order, "approved", lambda d: d.status == "new")

    def cancel(self, order: Order, *, silent: bool = False) -> None:
        """Buyer or channel cancel what was not shipped yet."""
        deliveries = self.deliveries(order)
        open_ones = [d for d in deliveries if d.status not in (*_GONE, "cancelled")]
        if not open_ones:
            raise TransitionRefused(f"order {order.code} is {order.status}")
        for delivery in open_ones:
            self.cancel_delivery(delivery)
        self._follow(order, silent=silent)

    def cancel_delivery(self, delivery: Delivery) -> None:
        """One delivery is not wanted any more; its order is not told yet."""
        delivery.status, delivery.cancelled_at = "cancelled", self._clock.now()
        self._put(delivery)

    def cancel_part(self, order: Order, delivery: Delivery) -> None:
        """One of several deliveries is cancelled."""
        self.cancel_delivery(delivery)
        self._follow(order)

    def ship(self, order: Order) -> None:
        """The carrier takes all that is left."""
        moved = [d for d in self.deliveries(order) if d.status not in _GONE]
        for delivery in moved:
            self.ship_delivery(delivery)
        self._follow(order)

    def ship_delivery(self, delivery: Delivery) -> None:
        """The carrier takes one; a cancelled one should never be handed over."""
        if delivery.status == "cancelled":
            now = self._clock.now()
            self._store.add_incident(now, "shipped_cancelled", delivery.order_code)
        if delivery.status != "invoiced":
            raise TransitionRefused(f"delivery {delivery.id} is {delivery.status}")
        delivery.status, delivery.shipped_at = "shipped", self._clock.now()
        self._put(delivery)

    def deliver(self, order: Order) -> None:
        """The buyer has it."""
        for delivery in self.deliveries(order):
            if delivery.status == "cancelled":
                continue
            if delivery.status != "shipped":
                raise TransitionRefused(f"delivery {delivery.id} is {delivery.status}")
            delivery.status, delivery.delivered_at = "delivered", self._clock.now()
            self._put(delivery)
        self._follow(order)

    def finish(self, order: Order) -> None:
        """The time for complaints is over."""
        self._move(order, "finished", lambda d: d.status == "delivered")

    def touch(self, order: Order) -> None:
        """Something that matters to nobody changes."""
        order.installments += 1
        self._follow(order)

    def printed(self, delivery: Delivery) -> None:
        """Its label was fetched; that changes nothing else."""
        if delivery.label_fetched_at is None:
            delivery.label_fetched_at = self._clock.now()
            self._store.put(
                "delivery", delivery.id, delivery, parent=delivery.order_code
            )

    def announce(
        self, order: Order, deliveries: list[Delivery], *, silent: bool = False
    ) -> None:
        """Tell of an order and of its deliveries."""
        self._events.add(
            "orders_order",
            f"/seller/v1/orders/{order.code}",
            {"id": order.code, "status": order.status},
            silent=silent,
        )
        for delivery in deliveries:
            self._events.add(
                "orders_delivery",
                f"/seller/v1/deliveries/{delivery.id}",
                {"id": delivery.id, "status": delivery.status},
                silent=silent,
            )

    # -- inside

    def _end_trace(self, ref: str) -> None:
        trace = self._store.get("trace", ref, Trace)
        if trace is None:
            return
        try:
            self.actions[trace.action](trace)
            trace.status = "completed"
        except nfe.Refused as refused:
            trace.status, trace.code = "failed", refused.code
            trace.message = str(refused)
        self._put_trace(trace)

    def _take_note(self, trace: Trace) -> None:
        delivery, order = self._both(trace.ref)
        if delivery.status != "approved":
            raise nfe.Refused("delivery_not_invoiceable", f"it is {delivery.status}")
        nfe.check(
            trace.body,
            delivery,
            order.buyer,
            self._seller,
            accept_homologation=self.accept_homologation,
        )
        due = trace.due + self.validation_delay
        delivery.notes = [n for n in delivery.notes if n.key != trace.body["key"]]
        delivery.notes.append(
            Note(
                key=trace.body["key"],
                amount=trace.body["amount"],
                issued_at=datetime.fromisoformat(trace.body["issued_at"]),
                status="validating",
                due=due,
            )
        )
        self._put(delivery)
        self._store.add_timer(due, "validation", delivery.id)

    def _validate(self, ref: str) -> None:
        delivery, order = self._both(ref)
        note = next(n for n in delivery.notes if n.status == "validating")
        if self.invalidate:
            self.invalidate -= 1
            note.status = "invalid"
        else:
            note.status = "approved"
            if delivery.status == "approved":
                delivery.status = "invoiced"
        self._put(delivery)
        self._follow(order)

    def _take_shipping(self, trace: Trace) -> None:
        delivery, order = self._both(trace.ref)
        if delivery.status != "invoiced" or not delivery.own_freight:
            raise nfe.Refused("delivery_not_shippable", f"it is {delivery.status}")
        delivery.carrier = trace.body["carrier"]["name"]
        delivery.protocol = trace.body["protocol"]
        self.ship_delivery(delivery)
        self._follow(order)

    def _take_finishing(self, trace: Trace) -> None:
        delivery, order = self._both(trace.ref)
        if delivery.status != "shipped":
            raise nfe.Refused("delivery_not_shipped", f"it is {delivery.status}")
        delivery.status = "delivered"
        delivery.delivered_at = datetime.fromisoformat(trace.body["delivered_at"])
        self._put(delivery)
        self._follow(order)

    def _both(self, delivery_id: str) -> tuple[Delivery, Order]:
        delivery = self.delivery(delivery_id)
        order = delivery and self.order(delivery.order_code)
        if delivery is None or order is None:
            raise nfe.Refused("resource_not_found", "no such delivery")
        return delivery, order

    def _move(
        self, order: Order, status: str, wanted: Callable[[Delivery], bool]
    ) -> None:
        for delivery in filter(wanted, self.deliveries(order)):
            delivery.status = status
            self._put(delivery)
        self._follow(order)

    def _follow(self, order: Order, *, silent: bool = False) -> None:
        """The order's status is that of its slowest living delivery."""
        ladder = ("new", "approved", "invoiced", "shipped", "delivered", "finished")
        deliveries = self.deliveries(order)
        living = [d.status for d in deliveries if d.status != "cancelled"]
        order.status = min(living, key=ladder.index) if living else "cancelled"
        order.updated_at = self._clock.now()
        self._put_order(order)
        self.announce(order, deliveries, silent=silent)

    def _put(self, delivery: Delivery) -> None:
        delivery.updated_at = self._clock.now()
        self._store.put("delivery", delivery.id, delivery, parent=delivery.order_code)

    def _put_order(self, order: Order) -> None:
        self._store.put("order", order.code, order, updated=order.updated_at)

    def _put_trace(self, trace: Trace) -> None:
        self._store.put(
            "trace", trace.id, trace, parent=trace.resource, updated=trace.created_at
        )
