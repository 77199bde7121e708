"""The tables of the simulated market."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from simulators.common.channel.records import decode, encode
from simulators.common.channel.store import Store as ChannelStore
from simulators.common.channel.store import stamp

from .records import Invoice, Order, Shipment

_SCHEMA = """
CREATE TABLE IF NOT EXISTS "order" (
    id INTEGER PRIMARY KEY, pack_id INTEGER, shipment_id INTEGER NOT NULL,
    billing_id INTEGER NOT NULL, payment_id INTEGER NOT NULL,
    status TEXT NOT NULL, date_created TEXT NOT NULL, last_updated TEXT NOT NULL,
    data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS order_pack ON "order" (pack_id);
CREATE INDEX IF NOT EXISTS order_shipment ON "order" (shipment_id);
CREATE INDEX IF NOT EXISTS order_billing ON "order" (billing_id);
CREATE INDEX IF NOT EXISTS order_payment ON "order" (payment_id);
CREATE INDEX IF NOT EXISTS order_updated ON "order" (last_updated);
CREATE TABLE IF NOT EXISTS shipment (id INTEGER PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS invoice (
    id INTEGER PRIMARY KEY, shipment_id INTEGER NOT NULL UNIQUE,
    fiscal_key TEXT NOT NULL UNIQUE, data TEXT NOT NULL, xml BLOB NOT NULL);
"""


class Store(ChannelStore):
    """Orders, parcels and NF-e, beside what every channel keeps."""

    schema: ClassVar[str] = _SCHEMA
    tables: ClassVar[tuple[str, ...]] = ("order", "shipment", "invoice")

    # -- orders

    def put_order(self, order: Order) -> None:
        """Insert or replace an order."""
        self._run(
            'INSERT OR REPLACE INTO "order" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
            order.id,
            order.pack_id,
            order.shipment_id,
            order.billing_id,
            order.payment.id,
            order.status,
            stamp(order.date_created),
            stamp(order.last_updated),
            encode(order),
        )

    def get_order(self, order_id: int) -> Order | None:
        """Return the order or ``None``."""
        return next(iter(self._orders("id = ?", order_id)), None)

    def order_of_billing(self, billing_id: int) -> Order | None:
        """Return the order whose ``buyer.billing_info.id`` this is."""
        return next(iter(self._orders("billing_id = ?", billing_id)), None)

    def order_of_payment(self, payment_id: int) -> Order | None:
        """Return the order that a payment belongs to."""
        return next(iter(self._orders("payment_id = ?", payment_id)), None)

    def orders_of_shipment(self, shipment_id: int) -> list[Order]:
        """Return the orders that travel in one parcel."""
        return self._orders("shipment_id = ?", shipment_id)

    def orders_of_pack(self, pack_id: int) -> list[Order]:
        """Return the orders of one cart."""
        return self._orders("pack_id = ?", pack_id)

    def search_orders(
        self,
        bounds: dict[str, tuple[datetime | None, datetime | None]],
        status: str | None,
        newest_first: bool,
        offset: int,
        limit: int,
    ) -> tuple[int, list[Order]]:
        """Return count and one page of the orders that are not cancelled.

        ``bounds`` maps ``date_created`` or ``last_updated`` to [from, to).
        """
        where = "status <> 'cancelled' AND status = coalesce(?, status)"
        params: list[str | None] = [status]
        for column in ("date_created", "last_updated"):
            first, last = bounds.get(column, (None, None))
            where += f" AND {column} >= coalesce(?, {column})"
            where += f" AND {column} < coalesce(?, {column} || 'x')"
            params += [stamp(end) if end else None for end in (first, last)]
        count = self._one(f'SELECT count(*) FROM "order" WHERE {where}', *params)[0]
        way = "DESC" if newest_first else "ASC"
        query = (
            f'SELECT data FROM "order" WHERE {where}'
            f" ORDER BY last_updated {way}, id {way} LIMIT ? OFFSET ?"
        )
        rows = self._all(query, *params, limit, offset)
        return count, [decode(Order, row[0]) for row in rows]

    def count_orders(self) -> int:
        """Return how many orders there are."""
        return int(self._one('SELECT count(*) FROM "order"')[0])

    def all_orders(self) -> list[Order]:
        """Return every order, oldest id first."""
        return self._orders("1 = 1")

    def _orders(self, where: str, *params: Any) -> list[Order]:
        query = f'SELECT data FROM "order" WHERE {where} ORDER BY id'
        return [decode(Order, row[0]) for row in self._all(query, *params)]

    # -- shipments and invoices

    def put_shipment(self, shipment: Shipment) -> None:
        """Insert or replace a shipment."""
        self._run(
            "INSERT OR REPLACE INTO shipment VALUES (?, ?)",
            shipment.id,
            encode(shipment),
        )

    def get_shipment(self, shipment_id: int) -> Shipment | None:
        """Return the shipment or ``None``."""
        row = self._one("SELECT data FROM shipment WHERE id = ?", shipment_id)
        return None if row is None else decode(Shipment, row[0])

    def all_shipments(self) -> list[Shipment]:
        """Return every shipment."""
        rows = self._all("SELECT data FROM shipment ORDER BY id")
        return [decode(Shipment, row[0]) for row in rows]

    def add_invoice(self, invoice: Invoice, xml: bytes) -> None:
        """Store an accepted NF-e with the bytes that were sent."""
        self._run(
            "INSERT INTO invoice VALUES (?, ?, ?, ?, ?)",
            invoice.id,
            invoice.shipment_id,
            invoice.fiscal_key,
            encode(invoice),
            xml,
        )

    def invoice_of_shipment(self, shipment_id: int) -> Invoice | None:
        """Return the accepted NF-e of a shipment."""
        row = self._one("SELECT data FROM invoice WHERE shipment_id = ?", shipment_id)
        return None if row is None else decode(Invoice, row[0])

    def invoice_of_key(self, fiscal_key: str) -> Invoice | None:
        """Return the accepted NF-e with this key."""
        row = self._one("SELECT data FROM invoice WHERE fiscal_key = ?", fiscal_key)
        return None if row is None else decode(Invoice, row[0])

    def all_invoices(self) -> list[Invoice]:
        """Return every accepted NF-e."""
        rows = self._all("SELECT data FROM invoice ORDER BY id")
        return [decode(Invoice, row[0]) for row in rows]
