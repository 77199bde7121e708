"""A parcel becomes several: the old sale is superseded, siblings take over.

API page "gerenciamento de envios", "dividir envios": order, pack and shipment end as
``cancelled/pack_splitted`` and new ones arrive that name the old shipment as sibling.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from simulators.common.clock import Clock

from .push import Announcer
from .records import Cancellation, Order, Shipment
from .store import Store

_CENT = Decimal("0.01")
_SIBLINGS = 900_000_000
"""Ids of siblings lie far from those of the generator."""


class Splitting:
    """Replaces orders and parcels; call inside a transaction."""

    def __init__(self, store: Store, clock: Clock, announcer: Announcer) -> None:
        self._store = store
        self._clock = clock
        self._announcer = announcer

    def split(
        self, shipment: Shipment, packs: list[dict[int, int]], reason: str
    ) -> list[Shipment]:
        """One new parcel per pack (order id → units); the old ones are superseded."""
        old = self._store.orders_of_shipment(shipment.id)
        new = [self._sibling(shipment, old, units) for units in packs]
        for order in old:
            self._supersede(order)
        shipment.status, shipment.substatus = "cancelled", "pack_splitted"
        shipment.sibling_id, shipment.sibling_reason = new[0].id, reason
        self._keep(shipment)
        return new

    def _sibling(
        self, shipment: Shipment, old: list[Order], units: dict[int, int]
    ) -> Shipment:
        serial = _SIBLINGS + self._store.next_number("sibling")
        parcel = replace(
            shipment,
            id=shipment.id // 10**9 * 10**9 + serial,
            substatus="invoice_pending",
            tracking_number=None,
            label_fetched_at=None,
            sibling_id=shipment.id,
            sibling_reason="pack_splitted",
        )
        self._keep(parcel)
        for order in old:
            if units.get(order.id):
                self._order(order, units[order.id], parcel)
        return parcel

    def _order(self, old: Order, units: int, parcel: Shipment) -> None:
        """The part of an order that travels in the new parcel."""
        serial = _SIBLINGS + self._store.next_number("sibling")
        order = deepcopy(old)
        order.id = old.id // 10**9 * 10**9 + serial
        order.shipment_id, order.pack_id = parcel.id, None
        order.billing_id = old.billing_id + serial
        order.payment.id = old.payment.id + serial
        order.tags = [tag for tag in order.tags if tag != "pack_order"]
        left = units
        for line in order.lines:
            line.quantity = min(line.quantity, left)
            left -= line.quantity
        order.lines = [line for line in order.lines if line.quantity]
        share = order.total_amount / old.total_amount
        order.payment.transaction_amount = order.total_amount
        for name in ("shipping_cost", "interest"):
            part = (getattr(old.payment, name) * share).quantize(_CENT, ROUND_HALF_UP)
            setattr(order.payment, name, part)
        order.last_updated = self._clock.now()
        self._store.put_order(order)
        self._announcer.order(order)

    def _supersede(self, order: Order) -> None:
        now = self._clock.now()
        order.status = "cancelled"
        order.cancellation = Cancellation(
            "internal", "pack_splitted", "O pacote foi dividido", "meli", now, False
        )
        order.tags = [tag for tag in order.tags if tag != "paid"]
        order.payment.status = "refunded"
        order.payment.status_detail = "by_collector"
        order.payment.refunded = order.payment.transaction_amount
        order.last_updated = now
        self._store.put_order(order)
        self._announcer.order(order)

    def _keep(self, shipment: Shipment) -> None:
        shipment.last_updated = self._clock.now()
        self._store.put_shipment(shipment)
        self._announcer.shipment(shipment.id)
