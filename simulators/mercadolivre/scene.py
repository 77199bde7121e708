"""Events of ``POST /__ctl/advance``: what buyers, carriers and ML do to an order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulators.common.channel.errors import ControlError

from .lifecycle import CANCEL_REASONS
from .records import Order

if TYPE_CHECKING:
    from .engine import Engine


class Scene:
    """One method per event; ``events`` are their names."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.events: dict[str, Callable[[str, dict[str, Any]], None]] = {
            "pay": self.pay,
            "cancel": self.cancel,
            "cancel_units": self.cancel_units,
            "fraud": self.fraud,
            "ship": self.ship,
            "deliver": self.deliver,
            "claim": self.claim,
            "return": self.give_back,
            "move_return": self.move_return,
            "say": self.say,
            "block": self.block,
        }

    def order(self, order_id: str) -> Order:
        """Return an order, for the control plane."""
        order = self._engine.store.get_order(int(order_id))
        if order is None:
            raise ControlError(f"order {order_id} not found", 404)
        return order

    def pay(self, order_id: str, args: dict[str, Any]) -> None:
        """The buyer of an unpaid order pays."""
        self._engine.lifecycle.approve_payment(self.order(order_id))

    def cancel(self, order_id: str, args: dict[str, Any]) -> None:
        """``{group = buyer, silent = false}``."""
        group = args.get("group", "buyer")
        if group not in CANCEL_REASONS:
            raise ControlError(f"group must be one of {sorted(CANCEL_REASONS)}")
        silent = bool(args.get("silent", False))
        self._engine.lifecycle.cancel(self.order(order_id), group, silent=silent)

    def cancel_units(self, order_id: str, args: dict[str, Any]) -> None:
        """``{units = 1}`` of the first line are taken out and paid back."""
        units = int(args.get("units", 1))
        self._engine.lifecycle.cancel_units(self.order(order_id), units)

    def fraud(self, order_id: str, args: dict[str, Any]) -> None:
        """ML finds the buyer suspicious."""
        self._engine.lifecycle.flag_fraud(self.order(order_id))

    def ship(self, order_id: str, args: dict[str, Any]) -> None:
        """The carrier scans the parcel."""
        parcel = self._engine.shipment(self.order(order_id).shipment_id)
        self._engine.lifecycle.ship(parcel)

    def deliver(self, order_id: str, args: dict[str, Any]) -> None:
        """The carrier hands the parcel over."""
        parcel = self._engine.shipment(self.order(order_id).shipment_id)
        self._engine.lifecycle.deliver(parcel)

    def claim(self, order_id: str, args: dict[str, Any]) -> None:
        """The buyer complains: see ``AfterSales.open_claim``."""
        self._engine.aftersales.open_claim(self.order(order_id), args)

    def give_back(self, order_id: str, args: dict[str, Any]) -> None:
        """The goods of the order's (new) claim come back: ``AfterSales.give_back``."""
        order = self.order(order_id)
        if not order.mediations:
            self._engine.aftersales.open_claim(order, {"type": "return"})
            order = self.order(order_id)
        claim = self._engine.aftersales.claim(order.mediations[-1])
        self._engine.aftersales.give_back(claim, args)

    def move_return(self, order_id: str, args: dict[str, Any]) -> None:
        """Carrier or triage: see ``AfterSales.move_back``."""
        claim_id = self.order(order_id).mediations[-1]
        back = self._engine.aftersales.back_of(claim_id)
        self._engine.aftersales.move_back(back, args)

    def say(self, order_id: str, args: dict[str, Any]) -> None:
        """The buyer writes: ``{text}``."""
        order = self.order(order_id)
        thread = f"pack:{order.pack_id or order.id}"
        text = args.get("text", "Quando chega?")
        self._engine.aftersales.say(thread, order.buyer_id, text)

    def block(self, order_id: str, args: dict[str, Any]) -> None:
        """``{reason = blocked_by_time}``: no more messages; "" opens it again."""
        order = self.order(order_id)
        reason = args.get("reason", "blocked_by_time")
        self._engine.aftersales.block(order.pack_id or order.id, reason)
