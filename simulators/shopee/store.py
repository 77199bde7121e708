"""The state of the simulated shop: the base's tables, and typed access to them."""

from __future__ import annotations

from datetime import datetime

from simulators.common.channel.records import Notification, decode
from simulators.common.channel.store import Store as ChannelStore

from .records import Offer, Order, Return


class Store(ChannelStore):
    """Orders by number, packages by theirs, offers by item and model, returns."""

    def drop_token(self, token: str) -> None:
        """Forget a token, to issue it anew with another end."""
        self._run("DELETE FROM token WHERE token = ?", token)

    def put_order(self, order: Order) -> None:
        """Insert or replace an order; its package is the parent."""
        self.put(
            "order",
            order.order_sn,
            order,
            updated=order.updated_at,
            parent=order.package.number,
        )

    def get_order(self, order_sn: str) -> Order | None:
        """The order or ``None``."""
        return self.get("order", order_sn, Order)

    def order_of_package(self, number: str) -> Order | None:
        """The order of a package, or ``None``."""
        return next(iter(self.find("order", Order, parent=number)), None)

    def changed_orders(self, first: datetime, last: datetime) -> list[Order]:
        """Orders by the time of their last change, both ends included."""
        return self.find("order", Order, first=first, last=last)

    def orders(self) -> list[Order]:
        """Every order."""
        return self.find("order", Order)

    def order_of_key(self, key: str) -> Order | None:
        """The order that holds this NF-e."""
        return next(
            (o for o in self.orders() if o.invoice and o.invoice.key == key), None
        )

    def put_offer(self, offer: Offer) -> None:
        """Insert or replace an offer; its item is the parent."""
        item = offer.item
        ref = f"{item.item_id}:{item.model_id}"
        self.put("offer", ref, offer, parent=item.item_id)

    def offers(self, item_id: object = None) -> list[Offer]:
        """The offers of an item, or all."""
        return self.find("offer", Offer, parent=item_id)

    def put_return(self, entry: Return) -> None:
        """Insert or replace a return; its order is the parent."""
        self.put(
            "return",
            entry.return_sn,
            entry,
            updated=entry.updated_at,
            parent=entry.order_sn,
        )

    def get_return(self, return_sn: str) -> Return | None:
        """The return or ``None``."""
        return self.get("return", return_sn, Return)

    def returns_of(self, order_sn: str) -> list[Return]:
        """The returns of an order."""
        return self.find("return", Return, parent=order_sn)

    def missed(self) -> list[tuple[int, Notification]]:
        """Events that could not be delivered, with their number, oldest first."""
        rows = self._all(
            "SELECT id, data FROM notification WHERE state = 'missed' ORDER BY id"
        )
        return [(row[0], decode(Notification, row[1])) for row in rows]
