"""Migrations between two states of a SQLite in a file with rows in it, run in both directions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine

from tests.autogenerate.changes import State, Written, make, metadata_of, snapshot, written

Rows = dict[str, list[dict[str, Any]]]


NOTHING = Written("", "")


@dataclass(frozen=True)
class Change:
    """Two states, and what is written between them.

    :param rows: what fills the first; :param sql_before: what models cannot say of it.
    :param sql_after: of the second; :param enforced: whether foreign keys are.
    :param exact: whether the text that SQLite keeps is that of a database made anew.
    """

    before: State
    after: State
    expected: Written = NOTHING
    rows: tuple[str, ...] = ()
    sql_before: tuple[str, ...] = ()
    sql_after: tuple[str, ...] = ()
    enforced: bool = False
    exact: bool = True
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Same:
    """A state that the database is in.

    :param sql: changes its words; :param typed: all that it is made by, in place of the models.
    """

    state: State
    sql: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


def engine_of(path: Path, *, enforced: bool = False) -> Engine:
    """An engine on a file; :param enforced: whether foreign keys are."""
    engine = sa.create_engine(f"sqlite:///{path}")
    if enforced:

        def connected(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA foreign_keys=ON")

        sa.event.listen(engine, "connect", connected)
    return engine


def migrated(folder: Path, change: Change) -> Written:
    """Autogenerate from one state to the other, and prove both directions on a file with rows."""
    options = {"render_as_batch": True, **change.options}
    there = engine_of(folder / "after.db")
    make(there, change.after, change.sql_after)
    engine = engine_of(folder / "app.db", enforced=change.enforced)
    make(engine, change.before, change.sql_before)
    with engine.begin() as connection:
        for row in change.rows:
            connection.exec_driver_sql(row)
    expected, first, rows = snapshot(there), snapshot(engine), rows_of(engine)
    metadata = metadata_of(change.after)
    with engine.begin() as connection:
        migration = written(connection, metadata, **options)
    run(engine, migration.upgrade)
    assert snapshot(engine) == expected or not change.exact, migration.upgrade
    assert lost(rows, rows_of(engine)) == []
    with engine.begin() as connection:
        assert written(connection, metadata, **options) == NOTHING
    kept = rows_of(engine)
    run(engine, migration.downgrade)
    assert snapshot(engine) == first or not change.exact, migration.downgrade
    assert lost(kept, rows_of(engine)) == []
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").all() == [("ok",)]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    return migration


def unchanged(
    folder: Path, state: State, sql: Iterable[str] = (), typed: Iterable[str] = (), **options: Any
) -> Written:
    """What autogenerate writes where the database is as the models have it, see :class:`Same`."""
    engine = engine_of(folder / "app.db")
    make(engine, (lambda _: None) if typed else state, (*typed, *sql))
    with engine.begin() as connection:
        return written(connection, metadata_of(state), **{"render_as_batch": True, **options})


def run(engine: Engine, body: str) -> None:
    """Run what is written, in the transaction that Alembic gives to each migration."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        names: dict[str, Any] = {"sa": sa}
        exec("from sqlalchemy.dialects import sqlite", names)
        names["op"] = Operations(context)
        with context.begin_transaction(_per_migration=True):
            exec("def migrate():\n" + textwrap.indent(body or "pass", "    "), names)
            names["migrate"]()


def rows_of(engine: Engine) -> Rows:
    """All rows of all tables, by the names of their columns."""
    with engine.connect() as connection:
        tables = _tables(connection)
        return {
            name: [
                dict(row)
                for row in connection.exec_driver_sql(
                    f"SELECT {columns} FROM {_quoted(name)}"
                ).mappings()
            ]
            for name, columns in tables
        }


def lost(before: Rows, after: Rows) -> list[str]:
    """What is not there any more of tables and columns that are on both sides."""
    found = []
    for name in before.keys() & after.keys():
        now = after[name]
        common = set(before[name][0]) & set(now[0]) if before[name] and now else set()
        had = [{column: row[column] for column in common} for row in before[name]]
        has = [{column: row[column] for column in common} for row in now]
        if len(before[name]) != len(now) or had != has:
            found.append(f"{name}: {before[name]} became {now}")
    return found


def _tables(connection: Connection) -> list[tuple[str, str]]:
    """Each table, and its columns that are not generated, as they are quoted."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    found = []
    for name in connection.exec_driver_sql(query).scalars().all():
        info = connection.exec_driver_sql(f"PRAGMA table_xinfo({_quoted(name)})").all()
        found.append((name, ", ".join(_quoted(row[1]) for row in info if row[6] == 0)))
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
