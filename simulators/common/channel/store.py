"""State in sqlite: one connection, one lock, one transaction per request."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, ClassVar, TypeVar

from .records import Notification, decode, encode

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS token (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, expires_at TEXT NOT NULL,
    dead INTEGER NOT NULL DEFAULT 0, extra TEXT NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, ref TEXT NOT NULL, parent TEXT NOT NULL,
    updated TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (kind, ref));
CREATE INDEX IF NOT EXISTS record_parent ON record (kind, parent);
CREATE INDEX IF NOT EXISTS record_updated ON record (kind, updated);
CREATE TABLE IF NOT EXISTS timer (
    id INTEGER PRIMARY KEY, due TEXT NOT NULL, kind TEXT NOT NULL,
    ref TEXT NOT NULL, UNIQUE (kind, ref));
CREATE TABLE IF NOT EXISTS notification (
    id INTEGER PRIMARY KEY, state TEXT NOT NULL, due TEXT NOT NULL,
    data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS notification_due ON notification (state, due);
CREATE TABLE IF NOT EXISTS incident (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL,
    ref TEXT NOT NULL);
"""


_TABLES = ("token", "record", "timer", "notification", "incident")


class Store:
    """Everything that must survive a restart of the simulator.

    A channel keeps its things as records (dataclasses) by kind and id; one that
    needs more columns adds tables by ``schema`` and names them in ``tables``.
    """

    schema: ClassVar[str] = ""
    tables: ClassVar[tuple[str, ...]] = ()

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        if path != ":memory:":
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA + self.schema)

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
            for table in (*_TABLES, *self.tables):
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

    def expire_tokens(self, kind: str, at: datetime) -> None:
        """Let the tokens of a kind end at this moment."""
        self._run(
            "UPDATE token SET expires_at = ? WHERE kind = ?", at.isoformat(), kind
        )

    def kill_tokens(self, token: str | None = None, kind: str | None = None) -> None:
        """Mark one token, the tokens of a kind, or all as used up."""
        self._run(
            "UPDATE token SET dead = 1 WHERE token = coalesce(?, token)"
            " AND kind = coalesce(?, kind)",
            token,
            kind,
        )

    # -- records

    def put(
        self,
        kind: str,
        ref: object,
        record: Any,
        *,
        updated: datetime | None = None,
        parent: object = "",
    ) -> None:
        """Insert or replace a record; ``parent`` groups, ``updated`` orders."""
        self._run(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?)",
            kind,
            str(ref),
            str(parent),
            stamp(updated) if updated else "",
            encode(record),
        )

    def get(self, kind: str, ref: object, cls: type[T]) -> T | None:
        """Return a record or ``None``."""
        query = "SELECT data FROM record WHERE kind = ? AND ref = ?"
        row = self._one(query, kind, str(ref))
        return None if row is None else decode(cls, row[0])

    def find(
        self,
        kind: str,
        cls: type[T],
        *,
        parent: object = None,
        first: datetime | None = None,
        last: datetime | None = None,
        limit: int = -1,
        offset: int = 0,
    ) -> list[T]:
        """Records of a kind (and parent) updated in [first, last], oldest first."""
        rows = self._all(
            "SELECT data FROM record WHERE kind = ? AND parent = coalesce(?, parent)"
            " AND updated >= ? AND updated <= ? ORDER BY updated, ref"
            " LIMIT ? OFFSET ?",
            kind,
            None if parent is None else str(parent),
            stamp(first) if first else "",
            stamp(last) if last else "~",
            limit,
            offset,
        )
        return [decode(cls, row[0]) for row in rows]

    # -- timers

    def add_timer(self, due: datetime, kind: str, ref: object) -> None:
        """Plan something; a second plan of the same kind replaces the first."""
        self._run(
            "INSERT OR REPLACE INTO timer (due, kind, ref) VALUES (?, ?, ?)",
            stamp(due),
            kind,
            str(ref),
        )

    def pop_timers(self, now: datetime) -> list[tuple[str, str]]:
        """Take out what is due, oldest first."""
        moment = stamp(now)
        query = "SELECT kind, ref FROM timer WHERE due <= ? ORDER BY due, id"
        rows = self._all(query, moment)
        if rows:
            self._run("DELETE FROM timer WHERE due <= ?", moment)
        return [(row[0], row[1]) for row in rows]

    def drop_timer(self, kind: str, ref: object) -> None:
        """Cancel a plan."""
        self._run("DELETE FROM timer WHERE kind = ? AND ref = ?", kind, str(ref))

    # -- notifications and incidents

    def add_notification(self, note: Notification) -> None:
        """Queue (or only record) an event."""
        self._run(
            "INSERT INTO notification (state, due, data) VALUES (?, ?, ?)",
            note.state,
            stamp(note.due),
            encode(note),
        )

    def update_notification(self, row_id: int, note: Notification) -> None:
        """Write back the result of a try."""
        self._run(
            "UPDATE notification SET state = ?, due = ?, data = ? WHERE id = ?",
            note.state,
            stamp(note.due),
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
            stamp(now),
            limit,
        )
        return [(row[0], decode(Notification, row[1])) for row in rows]

    def lose_notifications(self, topic: str) -> None:
        """Forget the queued events of a topic that was switched off."""
        query = "SELECT id, data FROM notification WHERE state = 'queued'"
        for row_id, data in self._all(query):
            note = decode(Notification, data)
            if note.topic == topic:
                note.state = "lost"
                self.update_notification(row_id, note)

    def notifications(self, state: str | None = None) -> list[Notification]:
        """Return the events, all or of one state."""
        rows = self._all(
            "SELECT data FROM notification WHERE state = coalesce(?, state)"
            " ORDER BY id",
            state,
        )
        return [decode(Notification, row[0]) for row in rows]

    def add_incident(self, at: datetime, kind: str, ref: object) -> None:
        """Record something the seller should never have let happen."""
        self._run(
            "INSERT INTO incident (at, kind, ref) VALUES (?, ?, ?)",
            at.isoformat(),
            kind,
            str(ref),
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


def stamp(moment: datetime) -> str:
    """Text that sorts by time: UTC, always with microseconds."""
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds")
