"""How many rows and bytes PostgreSQL's tables have, without reading more than small ones.

Rows as the planner estimates them (``estimate_rel_size`` in its plancat.c): the density of the last
VACUUM or ANALYZE, times the pages that there are now. A table that neither has seen is counted
where it is small, else its density comes from the widths of its columns' types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alembic_guard.runtime import tables_postgresql_sql as sql
from alembic_guard.runtime.tables_brief import briefly, rows_briefly
from alembic_guard.runtime.tables_rows import LIMIT, rows_counted

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

SMALL = 8 * 2**20
"""Bytes of a table, without its indexes, below which it is counted."""
_PAGE_HEADER, _ROW_HEADER = 24, 28
"""Bytes (PostgreSQL manual, 73.6 Database Page Layout): a row's header is 23, aligned to 24, and
its pointer is 4."""

Sizes = dict[int, tuple["int | None", "int | None"]]


def sizes(connection: Connection, relations: Sequence[Row[Any]]) -> Sizes:
    """Rows and bytes, by oid; None where they are not known.

    :param relations: rows of ``tables_postgresql_sql.RELATIONS``, with all partitions of each.
    """
    stored = [row for row in relations if row.kind in ("r", "m")]
    free = [row.oid for row in stored if not row.busy]
    measured = rows_briefly(connection, sql.SIZES, free)
    heaps = {row.oid: row.heap for row in measured if row.heap is not None}
    totals = {row.oid: row.total for row in measured if row.total is not None}
    counted = _counted(connection, stored, heaps)
    found: Sizes = {row.oid: (_foreign_rows(row), None) for row in relations}
    for row in stored:
        total = totals.get(row.oid, row.all_pages * row.block if row.all_pages else None)
        found[row.oid] = (_rows(row, heaps.get(row.oid), counted.get(row.oid)), total)
    for row in relations:
        if row.kind == "p":
            leaves = [found[oid] for oid in _leaves(row.oid, relations)]
            found[row.oid] = (_sum(rows for rows, _ in leaves), _sum(size for _, size in leaves))
    return found


def _never_analyzed(row: Row[Any]) -> bool:
    # -1 since PostgreSQL 14 (pg_class.reltuples), before that 0 rows on 0 pages
    return bool(row.tuples < 0 or row.pages == 0)


def _counted(
    connection: Connection, stored: Sequence[Row[Any]], heaps: Mapping[int, int]
) -> dict[int, int]:
    unknown = {
        row.oid: (row.schema, row.name)
        for row in stored
        if _never_analyzed(row) and row.readable and 0 < heaps.get(row.oid, 0) < SMALL
    }
    if not unknown:
        return {}
    return briefly(connection, lambda asked: rows_counted(asked, unknown)) or {}


def _rows(row: Row[Any], heap: int | None, counted: int | None) -> int | None:
    if not _never_analyzed(row):
        now = row.pages if heap is None else heap / row.block
        rows: int = round(row.tuples * now / row.pages)
        return rows
    if heap is None:
        return None
    if counted is not None and counted <= LIMIT:
        return counted
    density = (row.block - _PAGE_HEADER) / (row.width + _ROW_HEADER)
    return max(int(heap / row.block * density), counted or 0)


def _foreign_rows(row: Row[Any]) -> int | None:
    return int(row.tuples) if row.kind == "f" and row.tuples > 0 else None


def _leaves(oid: int, relations: Sequence[Row[Any]]) -> list[int]:
    children: dict[int, list[Row[Any]]] = {}
    for row in relations:
        children.setdefault(row.parent, []).append(row)
    todo = [oid]
    leaves: list[int] = []
    while todo:
        for row in children.get(todo.pop(), ()):
            (todo if row.kind == "p" else leaves).append(row.oid)
    return leaves


def _sum(numbers: Any) -> int | None:
    known = list(numbers)
    return None if None in known else sum(known)
