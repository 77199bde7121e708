"""Many finished sales out of a few: rows copied in the database, with all that hangs on
them, because to sell a hundred thousand times would take hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from odoo.tools import SQL

# Not part of a sale: the log of jobs, and what every record has.
LEFT_OUT = ("ir_", "mail_", "queue_", "res_users", "res_company")

FOREIGN_KEYS = """
SELECT child.relname, field.attname, parent.relname
  FROM pg_constraint fk
  JOIN pg_class child ON child.oid = fk.conrelid
  JOIN pg_class parent ON parent.oid = fk.confrelid
  JOIN pg_attribute field
    ON field.attrelid = fk.conrelid AND field.attnum = fk.conkey[1]
 WHERE fk.contype = 'f' AND cardinality(fk.conkey) = 1
"""
COLUMNS = """
SELECT field.attname,
       format_type(field.atttypid, NULL) IN ('character varying', 'text')
       AND EXISTS (SELECT FROM pg_index i
                    WHERE i.indrelid = field.attrelid AND i.indisunique
                      AND field.attnum = ANY(i.indkey))
  FROM pg_attribute field
 WHERE field.attrelid = %s::regclass AND field.attnum > 0
   AND NOT field.attisdropped AND field.attgenerated = ''
"""


@dataclass(frozen=True, slots=True)
class Copied:
    """The rows of a table to copy; the k-th copy has the id old + shift + k * width."""

    ids: list[int]
    shift: int
    width: int


def multiply(cr: Any, roots: dict[str, Iterable[int]], times: int) -> None:
    """Add ``times`` copies of these rows and of all rows that point at them.

    Texts of a unique index get the copy's number behind them. Commits, and analyses
    the tables, as autovacuum would have done over the months.

    :param roots: ids by table
    """
    cr.execute(FOREIGN_KEYS)
    keys = [key for key in cr.fetchall() if not key[0].startswith(LEFT_OUT)]
    with_id = _tables_with_id(cr)
    found = _closure(cr, roots, [key for key in keys if key[0] in with_id])
    copied = {table: _measure(cr, table, ids) for table, ids in found.items()}
    parents = defaultdict(dict)
    for child, column, parent in keys:
        if parent in copied:
            parents[child][column] = copied[parent]
    # Rows point at each other in circles: no order of inserts satisfies each check.
    cr.execute("SET session_replication_role = replica")
    for table in copied.keys() | (parents.keys() - with_id):
        _copy(cr, table, copied.get(table), parents[table], times)
    cr.execute("SET session_replication_role = DEFAULT")
    cr.commit()
    cr.execute("ANALYZE")
    cr.commit()


def _tables_with_id(cr: Any) -> set[str]:
    cr.execute(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'id'"
    )
    return {name for (name,) in cr.fetchall()}


def _closure(
    cr: Any, roots: dict[str, Iterable[int]], keys: list[tuple[str, str, str]]
) -> dict[str, set[int]]:
    found = defaultdict(set, {table: set(ids) for table, ids in roots.items()})
    fresh = dict(found)
    while fresh:
        nxt: dict[str, set[int]] = defaultdict(set)
        for child, column, parent in keys:
            if not fresh.get(parent):
                continue
            cr.execute(
                SQL(
                    "SELECT id FROM %s WHERE %s = ANY(%s)",
                    *(SQL.identifier(child), SQL.identifier(column)),
                    list(fresh[parent]),
                )
            )
            nxt[child] |= {row_id for (row_id,) in cr.fetchall()} - found[child]
        for table, ids in nxt.items():
            found[table] |= ids
        fresh = {table: ids for table, ids in nxt.items() if ids}
    return {table: ids for table, ids in found.items() if ids}


def _measure(cr: Any, table: str, ids: set[int]) -> Copied:
    cr.execute(SQL("SELECT max(id) FROM %s", SQL.identifier(table)))
    width = max(ids) - min(ids) + 1
    # k counts from 1.
    return Copied(sorted(ids), cr.fetchone()[0] + 1 - min(ids) - width, width)


def _copy(
    cr: Any, table: str, own: Copied | None, parents: dict[str, Copied], times: int
) -> None:
    cr.execute(COLUMNS, [f'"{table}"'])
    names, values = [], []
    for name, is_unique_text in cr.fetchall():
        column = SQL.identifier(name)
        names.append(column)
        moved = own if name == "id" else parents.get(name)
        if moved:
            values.append(
                SQL(
                    "CASE WHEN %s = ANY(%s) THEN %s + %s + k * %s ELSE %s END",
                    *(column, moved.ids, column, moved.shift, moved.width, column),
                )
            )
        else:
            values.append(SQL("%s || '~' || k", column) if is_unique_text else column)
    # A table of pairs has no id: the pairs of copied rows.
    chosen = [("id", own)] if own else list(parents.items())
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s"
            " CROSS JOIN generate_series(1, %s) AS k WHERE %s ON CONFLICT DO NOTHING",
            SQL.identifier(table),
            SQL(", ").join(names),
            SQL(", ").join(values),
            SQL.identifier(table),
            times,
            SQL(" OR ").join(
                SQL("%s = ANY(%s)", SQL.identifier(name), rows.ids)
                for name, rows in chosen
            ),
        )
    )
    if own:
        cr.execute(
            SQL(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM %s",
                *(table, SQL.identifier(table)),
            )
        )
