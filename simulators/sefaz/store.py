"""The state of the simulated SEFAZ, in one SQLite database.

One connection serves every thread; callers hold ``lock`` for a whole request,
which makes a request atomic, as it is for the real service.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import datetime, timezone
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS note (
    key TEXT PRIMARY KEY, cnpj TEXT NOT NULL, model TEXT NOT NULL,
    series INTEGER NOT NULL, number INTEGER NOT NULL, status TEXT NOT NULL,
    cstat INTEGER NOT NULL, protocol TEXT NOT NULL, digest TEXT NOT NULL,
    issued TEXT NOT NULL, received TEXT NOT NULL, receipt TEXT NOT NULL,
    office TEXT NOT NULL, xml BLOB NOT NULL,
    UNIQUE (cnpj, model, series, number));
CREATE TABLE IF NOT EXISTS lot (
    receipt TEXT PRIMARY KEY, sender TEXT NOT NULL, received TEXT NOT NULL,
    ready TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0, forced INTEGER,
    forced_reason TEXT);
CREATE TABLE IF NOT EXISTS lot_note (
    receipt TEXT NOT NULL, position INTEGER NOT NULL, key TEXT NOT NULL,
    cnpj TEXT NOT NULL, model TEXT NOT NULL, series INTEGER NOT NULL,
    number INTEGER NOT NULL, xml BLOB NOT NULL, answer BLOB,
    PRIMARY KEY (receipt, position));
CREATE TABLE IF NOT EXISTS event (
    key TEXT NOT NULL, type TEXT NOT NULL, sequence INTEGER NOT NULL,
    cstat INTEGER NOT NULL, protocol TEXT NOT NULL, registered TEXT NOT NULL,
    request BLOB NOT NULL, answer BLOB NOT NULL,
    PRIMARY KEY (key, type, sequence));
CREATE TABLE IF NOT EXISTS voided (
    cnpj TEXT NOT NULL, model TEXT NOT NULL, series INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, protocol TEXT NOT NULL,
    registered TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS usage (
    cnpj TEXT NOT NULL, subject TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS usage_subject ON usage (cnpj, subject, at);
CREATE TABLE IF NOT EXISTS block (cnpj TEXT PRIMARY KEY, until TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS dfe (
    cnpj TEXT NOT NULL, nsu INTEGER NOT NULL, schema TEXT NOT NULL, key TEXT NOT NULL,
    content BLOB NOT NULL, PRIMARY KEY (cnpj, nsu));
CREATE TABLE IF NOT EXISTS shared (source TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS taxpayer (
    ie TEXT NOT NULL, vat TEXT NOT NULL, uf TEXT NOT NULL, enabled INTEGER NOT NULL,
    name TEXT NOT NULL, PRIMARY KEY (ie, uf));
CREATE TABLE IF NOT EXISTS log (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, service TEXT NOT NULL,
    root TEXT NOT NULL, keys TEXT NOT NULL, cstat INTEGER, results TEXT NOT NULL,
    cnpj TEXT NOT NULL, fault TEXT NOT NULL, office TEXT NOT NULL);
"""

_TABLES = (
    *("sequence", "note", "lot", "lot_note", "event"),
    *("voided", "usage", "block", "log"),
    *("dfe", "shared", "taxpayer"),
)

Row = dict[str, Any]


def stamp(moment: datetime) -> str:
    """Sortable text of a moment, always UTC and of one width."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """Read back what ``stamp`` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)


class Store:
    """Plain reads and writes; the rules live in the modules of the services."""

    def __init__(self, path: str) -> None:
        self.lock = threading.RLock()
        self._closed = False
        self._db = sqlite3.connect(path, check_same_thread=False, timeout=30)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_SCHEMA)
        self._add_offices()
        self._db.execute("PRAGMA synchronous = OFF")

    def _add_offices(self) -> None:
        """Books of before there was more than one office."""
        for table in ("note", "log"):
            columns = self.rows(f"PRAGMA table_info({table})")
            if not any(column["name"] == "office" for column in columns):
                definition = "office TEXT NOT NULL DEFAULT 'home'"
                self._db.execute(f"ALTER TABLE {table} ADD COLUMN {definition}")

    def close(self) -> None:
        """Commit and close; harmless when closed already."""
        with self.lock:
            if not self._closed:
                self._closed = True
                self._db.commit()
                self._db.close()

    def commit(self) -> None:
        """End the transaction of a request."""
        self._db.commit()

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            for table in _TABLES:
                self._db.execute(f"DELETE FROM {table}")
            self._db.commit()

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Run a query and return plain dictionaries."""
        return [dict(row) for row in self._db.execute(query, values)]

    def row(self, query: str, *values: Any) -> Row | None:
        """Run a query and return its first row, if any."""
        found = self._db.execute(query, values).fetchone()
        return None if found is None else dict(found)

    def insert(self, table: str, **values: Any) -> None:
        """Insert one row."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        self._db.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values())
        )

    def execute(self, statement: str, *values: Any) -> None:
        """Run a statement."""
        self._db.execute(statement, values)

    def next_value(self, name: str) -> int:
        """Return the next value of a sequence, starting at 1."""
        self._db.execute(
            "INSERT INTO sequence VALUES (?, 1) "
            "ON CONFLICT (name) DO UPDATE SET value = value + 1",
            (name,),
        )
        return int(self.row("SELECT value FROM sequence WHERE name = ?", name)["value"])

    def note(self, key: str) -> Row | None:
        """The authorised or cancelled note with this key."""
        return self.row("SELECT * FROM note WHERE key = ?", key)

    def note_by_number(
        self, cnpj: str, model: str, series: int, number: int
    ) -> Row | None:
        """The note that uses this number, whatever its key."""
        return self.row(
            "SELECT * FROM note "
            "WHERE cnpj = ? AND model = ? AND series = ? AND number = ?",
            *(cnpj, model, series, number),
        )

    def notes(self) -> list[Row]:
        """All notes in the order of authorisation."""
        return self.rows("SELECT * FROM note ORDER BY protocol")

    def events(self, key: str) -> list[Row]:
        """Events of a note, oldest first."""
        return self.rows("SELECT * FROM event WHERE key = ? ORDER BY protocol", key)

    def voided(
        self, cnpj: str, model: str, series: int, first: int, last: int
    ) -> list[Row]:
        """Voided ranges that touch this one."""
        return self.rows(
            "SELECT * FROM voided WHERE cnpj = ? AND model = ? AND series = ? "
            "AND first <= ? AND last >= ?",
            *(cnpj, model, series, last, first),
        )

    def add_log(self, entry: Row) -> None:
        """Append a request to the log."""
        self.insert(
            "log",
            **{
                **entry,
                "keys": json.dumps(entry["keys"]),
                "results": json.dumps(entry["results"]),
            },
        )

    def log(self) -> list[Row]:
        """The log in order of arrival."""
        entries = self.rows("SELECT * FROM log ORDER BY id")
        for entry in entries:
            entry["keys"] = json.loads(entry["keys"])
            entry["results"] = json.loads(entry["results"])
        return entries
