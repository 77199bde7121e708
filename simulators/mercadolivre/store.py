"""State in sqlite: one connection, one lock, one transaction per request."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from .records import Invoice, Notification, Order, Shipment, decode, encode

_SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS token (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, expires_at TEXT NOT NULL,
    dead INTEGER NOT NULL DEFAULT 0, extra TEXT NOT NULL DEFAULT '{}');
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
CREATE TABLE IF NOT EXISTS timer (
    id INTEGER PRIMARY KEY, due TEXT NOT NULL, kind TEXT NOT NULL,
    ref INTEGER NOT NULL, UNIQUE (kind, ref));
CREATE TABLE IF NOT EXISTS notification (
    id INTEGER PRIMARY KEY, state TEXT NOT NULL, due TEXT NOT NULL,
    data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS notification_due ON notification (state, due);
CREATE TABLE IF NOT EXISTS incident (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL,
    ref INTEGER NOT NULL);
"""

_TABLES = ("token", "order", "shipment", "invoice", "timer", "notification", "incident")


class Store:
    """Everything that must survive a restart of the simulator."""

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        if path != ":memory:":
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the state alone; an exception undoes what the block wrote."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._db.close()

    def clear(self) -> None:
        """Forget everything but the settings (credentials, clock)."""
        with self.transaction():
            for table in _TABLES:
                self._db.execute(f'DELETE FROM "{table}"')

    # -- settings and counters

    def get_setting(self, name: str, default: Any = None) -> Any:
        """Return a stored JSON value."""
        row = self._one("SELECT value FROM setting WHERE name = ?", name)
        return default if row is None else json.loads(row[0])

    def set_setting(self, name: str, value: Any) -> None:
        """Store a JSON value."""
        self._run(
            "INSERT OR REPLACE INTO setting VALUES (?, ?)", name, json.dumps(value)
        )

    def next_number(self, name: str) -> int:
        """Return 1, 2, 3, … for each ``name``, across restarts."""
        number = int(self.get_setting(f"sequence.{name}", 0)) + 1
        self.set_setting(f"sequence.{name}", number)
        return number

    # -- tokens

    def add_token(
        self, token: str, kind: str, expires_at: datetime, **extra: Any
    ) -> None:
        """Remember a token or an authorization code."""
        self._run(
            "INSERT INTO token (token, kind, expires_at, extra) VALUES (?, ?, ?, ?)",
            token,
            kind,
            expires_at.isoformat(),
            json.dumps(extra),
        )

    def find_token(self, token: str, kind: str) -> dict[str, Any] | None:
        """Return ``{expires_at, dead, …extra}`` or ``None``."""
        row = self._one(
            "SELECT expires_at, dead, extra FROM token WHERE token = ? AND kind = ?",
            token,
            kind,
        )
        if row is None:
            return None
        expires_at = datetime.fromisoformat(row[0])
        return {**json.loads(row[2]), "expires_at": expires_at, "dead": bool(row[1])}

    def kill_tokens(self, token: str | None = None, kind: str | None = None) -> None:
        """Mark one token, the tokens of a kind, or all as used up."""
        self._run(
            "UPDATE token SET dead = 1 WHERE token = coalesce(?, token)"
            " AND kind = coalesce(?, kind)",
            token,
            kind,
        )

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
            _stamp(order.date_created),
            _stamp(order.last_updated),
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
            params += [_stamp(end) if end else None for end in (first, last)]
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

    # -- timers

    def add_timer(self, due: datetime, kind: str, ref: int) -> None:
        """Plan something; a second plan of the same kind replaces the first."""
        self._run(
            "INSERT OR REPLACE INTO timer (due, kind, ref) VALUES (?, ?, ?)",
            _stamp(due),
            kind,
            ref,
        )

    def pop_timers(self, now: datetime) -> list[tuple[str, int]]:
        """Take out what is due, oldest first."""
        moment = _stamp(now)
        query = "SELECT kind, ref FROM timer WHERE due <= ? ORDER BY due, id"
        rows = self._all(query, moment)
        if rows:
            self._run("DELETE FROM timer WHERE due <= ?", moment)
        return [(row[0], row[1]) for row in rows]

    def drop_timer(self, kind: str, ref: int) -> None:
        """Cancel a plan."""
        self._run("DELETE FROM timer WHERE kind = ? AND ref = ?", kind, ref)

    # -- notifications and incidents

    def add_notification(self, note: Notification) -> None:
        """Queue (or only record) an event."""
        self._run(
            "INSERT INTO notification (state, due, data) VALUES (?, ?, ?)",
            note.state,
            _stamp(note.due),
            encode(note),
        )

    def update_notification(self, row_id: int, note: Notification) -> None:
        """Write back the result of a try."""
        self._run(
            "UPDATE notification SET state = ?, due = ?, data = ? WHERE id = ?",
            note.state,
            _stamp(note.due),
            encode(note),
            row_id,
        )

    def due_notifications(
        self, now: datetime, limit: int
    ) -> list[tuple[int, Notification]]:
        """Return queued events whose time has come."""
        rows = self._all(
            "SELECT id, data FROM notification WHERE state = 'queued' AND due <= ?"
            " ORDER BY id LIMIT ?",
            _stamp(now),
            limit,
        )
        return [(row[0], decode(Notification, row[1])) for row in rows]

    def notifications(self, state: str | None = None) -> list[Notification]:
        """Return the events, all or of one state."""
        rows = self._all(
            "SELECT data FROM notification WHERE state = coalesce(?, state)"
            " ORDER BY id",
            state,
        )
        return [decode(Notification, row[0]) for row in rows]

    def add_incident(self, at: datetime, kind: str, ref: int) -> None:
        """Record something the seller should never have let happen."""
        self._run(
            "INSERT INTO incident (at, kind, ref) VALUES (?, ?, ?)",
            at.isoformat(),
            kind,
            ref,
        )

    def incidents(self) -> list[dict[str, Any]]:
        """Return what :meth:`add_incident` recorded."""
        rows = self._all("SELECT at, kind, ref FROM incident ORDER BY id")
        return [{"at": row[0], "kind": row[1], "ref": row[2]} for row in rows]

    def _run(self, query: str, *params: Any) -> None:
        with self._lock:
            self._db.execute(query, params)

    def _one(self, query: str, *params: Any) -> Any:
        with self._lock:
            return self._db.execute(query, params).fetchone()

    def _all(self, query: str, *params: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(query, params).fetchall()


def _stamp(moment: datetime) -> str:
    """Text that sorts by time: UTC, always with microseconds."""
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds")
