"""Every change of state of an order, its parcel and its returns."""

from __future__ import annotations

from datetime import datetime, timedelta

from simulators.common.channel.errors import TransitionRefused
from simulators.common.clock import Clock

from .const import (
    CANCELLED,
    COMPLETED,
    DELIVERY_DONE,
    IN_CANCEL,
    INVALID,
    OWN_CHANNELS,
    PENDING,
    PICKUP_DONE,
    PROCESSED,
    READY,
    READY_TO_SHIP,
    REQUEST_CANCELED,
    REQUEST_CREATED,
    SHIPPED,
    TO_CONFIRM_RECEIVE,
    TO_RETURN,
    UNPAID,
)
from .push import Announcer
from .records import Cancellation, Order, Return
from .store import Store

TIMER_TRACKING = "tracking"
_BEFORE_SHIPPING = frozenset({UNPAID, PENDING, READY_TO_SHIP, PROCESSED, IN_CANCEL})
_RETURN_TIME = timedelta(days=2)


class Lifecycle:
    """Moves records and announces what moved; call inside a transaction."""

    def __init__(self, store: Store, clock: Clock, announcer: Announcer) -> None:
        self._store = store
        self._clock = clock
        self._announcer = announcer
        self.tracking_delay = timedelta(0)
        """Time between the arrangement and the tracking number."""

    def tick(self) -> None:
        """Do what has become due on the clock."""
        for _kind, ref in self._store.pop_timers(self._clock.now()):
            order = self._store.get_order(ref)
            if order and order.package.arranged and not order.package.tracking:
                self._number(order)

    def keep(self, order: Order, *, silent: bool = False) -> None:
        """Store a changed order and tell of its status."""
        order.updated_at = self._now()
        self._store.put_order(order)
        self._announcer.order(order, silent=silent)

    def pay(self, order: Order) -> None:
        """The payment arrived."""
        if order.status != UNPAID:
            raise TransitionRefused(f"the order is {order.status}")
        order.status, order.paid_at = READY_TO_SHIP, self._now()
        order.package.status = READY
        self.keep(order)

    def hold(self, order: Order) -> None:
        """Shopee examines the order (``SYSTEM_PENDING``)."""
        if order.status not in (READY_TO_SHIP, PENDING):
            raise TransitionRefused(f"the order is {order.status}")
        order.status = PENDING
        self.keep(order)

    def release(self, order: Order) -> None:
        """The examination is over."""
        if order.status != PENDING:
            raise TransitionRefused(f"the order is {order.status}")
        order.status = READY_TO_SHIP
        self.keep(order)

    def ask_cancel(self, order: Order, reason: str) -> None:
        """The buyer asks; the seller has to answer."""
        if order.status not in (READY_TO_SHIP, PROCESSED):
            raise TransitionRefused(f"the order is {order.status}")
        order.before_cancel, order.status = order.status, IN_CANCEL
        order.cancel_request = reason
        self.keep(order)

    def answer_cancel(self, order: Order, accept: bool) -> None:
        """The seller's answer."""
        if accept:
            self.cancel(order, "buyer", order.cancel_request)
            return
        order.status, order.before_cancel = order.before_cancel, ""
        self.keep(order)

    def cancel(
        self, order: Order, by: str, reason: str, *, silent: bool = False
    ) -> None:
        """Cancel an order that was not shipped yet."""
        if order.status not in _BEFORE_SHIPPING:
            raise TransitionRefused(f"the order is {order.status}")
        order.status = CANCELLED
        order.cancellation = Cancellation(by, reason, self._now())
        arranged = order.package.status == REQUEST_CREATED
        order.package.status = REQUEST_CANCELED if arranged else INVALID
        self.keep(order, silent=silent)

    def arrange(self, order: Order) -> None:
        """``ship_order``: the tracking number may take its time."""
        order.package.arranged = True
        if self.tracking_delay:
            due = self._clock.now() + self.tracking_delay
            self._store.add_timer(due, TIMER_TRACKING, order.order_sn)
            self.keep(order)
        else:
            self._number(order)

    def ship(self, order: Order) -> None:
        """The carrier takes the parcel; a cancelled one must never be taken."""
        if order.status == CANCELLED:
            now = self._clock.now()
            self._store.add_incident(now, "shipped_cancelled", order.order_sn)
            raise TransitionRefused("the order is cancelled")
        if order.package.status not in (REQUEST_CREATED, READY):
            raise TransitionRefused(f"the package is {order.package.status}")
        if order.package.label_at is None and not self._is_own(order):
            raise TransitionRefused("the label was never fetched")
        order.status, order.package.status = SHIPPED, PICKUP_DONE
        order.package.shipped_at = self._now()
        self.keep(order)
        self._announcer.package(order)

    def deliver(self, order: Order) -> None:
        """The buyer has the parcel."""
        if order.status != SHIPPED:
            raise TransitionRefused(f"the order is {order.status}")
        order.status, order.package.status = TO_CONFIRM_RECEIVE, DELIVERY_DONE
        order.package.delivered_at = self._now()
        self.keep(order)
        self._announcer.package(order)

    def complete(self, order: Order) -> None:
        """The buyer is content, or the time is over."""
        if order.status != TO_CONFIRM_RECEIVE:
            raise TransitionRefused(f"the order is {order.status}")
        order.status = COMPLETED
        self.keep(order)

    def give_back(self, order: Order, *, goods: bool, reason: str) -> Return:
        """The buyer asks for the money."""
        if order.status not in (SHIPPED, TO_CONFIRM_RECEIVE, COMPLETED):
            raise TransitionRefused(f"the order is {order.status}")
        now, number = self._now(), self._store.next_number("return")
        entry = Return(
            return_sn=f"{now:%y%m%d}{number:09d}",
            order_sn=order.order_sn,
            status="REQUESTED",
            reason=reason,
            created_at=now,
            updated_at=now,
            due_at=now + _RETURN_TIME,
            amount=order.total_amount,
            lines=order.lines,
            needs_logistics=goods,
        )
        self._store.put_return(entry)
        self._announcer.returned(entry, "")
        order.status = TO_RETURN
        self.keep(order)
        return entry

    def move_return(self, entry: Return, status: str) -> None:
        """The next status of a return; an accepted one is paid back."""
        old, entry.status, entry.updated_at = entry.status, status, self._now()
        self._store.put_return(entry)
        self._announcer.returned(entry, old)
        order = self._store.get_order(entry.order_sn)
        if order and status == "ACCEPTED":
            order.refund = min(order.total_amount, order.refund + entry.amount)
            self.keep(order)

    def cancel_units(self, order: Order, units: dict[tuple[int, int], int]) -> None:
        """The seller cancels units of some lines."""
        for line in order.lines:
            line.cancelled += units.get((line.item_id, line.model_id), 0)
        if all(line.cancelled >= line.quantity for line in order.lines):
            self.cancel(order, "seller", "OUT_OF_STOCK")
        else:
            self.keep(order)

    def _number(self, order: Order) -> None:
        number = self._store.next_number("tracking")
        order.package.tracking = f"BR26{number:010d}X"
        order.package.status = REQUEST_CREATED
        # On the seller's own channels the order's status does not move.
        if order.status == READY_TO_SHIP and not self._is_own(order):
            order.status = PROCESSED
        self.keep(order)
        self._announcer.tracking(order)
        self._announcer.package(order)

    def _is_own(self, order: Order) -> bool:
        return order.package.channel_id in OWN_CHANNELS

    def _now(self) -> datetime:
        return self._clock.now().replace(microsecond=0)
