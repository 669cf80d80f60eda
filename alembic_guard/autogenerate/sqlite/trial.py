"""Tries in memory what Alembic would write, on a copy of the schema without its rows.

Batch mode reflects a table and makes it anew: what reflection does not know is lost (CHECK without
a name, collations, STRICT, triggers, ...), and what it cannot say is left out. So Alembic's
operations stay where they lead to the models and back, and lose nothing on the way; nothing is
known of them by heart.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.autogenerate import render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations, ops

from alembic_guard.runtime.comparing.facts import Fact, Facts, Thing, differing
from alembic_guard.runtime.comparing.sqlite.memory import in_memory, standing_in
from alembic_guard.runtime.comparing.sqlite.reading import read

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_ORDER = ("table", "index", "view", "trigger")


class Trial:
    """A copy of the schema of a database, to try operations on."""

    def __init__(self, context: AutogenContext, live: Facts, enforced: Collection[str]) -> None:
        """Copy it.

        :param enforced: tables that enforced foreign keys refer to.
        """
        assert context.dialect is not None
        self._context, self._enforced = context, enforced
        self._memory = in_memory(context.dialect)
        self.whole = True
        for kind in _ORDER:
            for fact in live.values():
                if fact.thing.kind == kind:
                    self._copy(fact.definition)
        pool: Any = sa.pool.StaticPool
        self._engine = sa.create_engine("sqlite://", creator=lambda: self._memory, poolclass=pool)
        self._ran: list[str] = []
        sa.event.listen(self._engine, "before_cursor_execute", self._note)

    def close(self) -> None:
        """Forget it."""
        self._engine.dispose()
        self._memory.close()

    def leads(
        self,
        operations: Sequence[ops.MigrateOperation],
        table: str,
        live: Mapping[Thing, Fact],
        wanted: Mapping[Thing, Fact],
    ) -> bool:
        """Whether operations on one table lead from what it is to what is wanted, and back.

        :param live: the table, with all that is on it; :param wanted: the same afterwards.
        """
        if not self.whole or not operations:
            return False
        upgrade = ops.UpgradeOps(ops=list(operations))
        try:
            with self._undone() as connection:
                self._run(connection, upgrade)
                there = _same(self._read(table), wanted) and self._loses_nothing(table)
                if there:
                    self._run(connection, upgrade.reverse())
                    return _same(self._read(table), live) and self._loses_nothing(table)
        except Exception:  # whatever it is that fails here would fail in the migration as well
            return False
        return False

    def _copy(self, sql: str) -> None:
        try:
            standing_in(self._memory, lambda: self._memory.execute(sql))
        except Exception:  # then nothing can be tried, and Alembic's operations do not stay
            self.whole = False

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self._ran.append(statement)

    @contextmanager
    def _undone(self) -> Iterator[sa.Connection]:
        self._ran.clear()
        self._memory.execute("SAVEPOINT trial")
        try:
            with self._engine.connect() as connection:
                yield connection
        finally:
            if self._memory.in_transaction:
                self._memory.execute("ROLLBACK TO trial")
                self._memory.execute("RELEASE trial")

    def _run(self, connection: sa.Connection, container: Any) -> None:
        opts = self._context.opts
        # without a script directory: Alembic would ask env.py for models once more
        bare = MigrationContext.configure(dialect=self._context.dialect)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Alembic says them again where it writes the file
            code = render_python_code(
                container,
                render_as_batch=bool(opts.get("render_as_batch")),
                render_item=opts.get("render_item"),
                migration_context=bare,
            )
            own = MigrationContext.configure(
                connection, opts={"target_metadata": opts.get("target_metadata")}
            )
            # a type of the project is written by its module, which the models have imported
            names: dict[str, Any] = {**sys.modules, "sa": sa}
            exec("from sqlalchemy.dialects import sqlite", names)
            with Operations.context(own) as names["op"]:
                exec(f"def migrate():\n    {code}\n\nmigrate()", names)

    def _read(self, table: str) -> Mapping[Thing, Fact]:
        return read(lambda sql: self._memory.execute(sql).fetchall(), {table}).facts

    def _loses_nothing(self, table: str) -> bool:
        """A batch turns values into others by CAST, 'abc' into 0; and DROP TABLE deletes rows."""
        casts = any("CAST(" in each for each in self._ran)
        drops = any(each.strip().startswith("DROP TABLE") for each in self._ran)
        return not casts and not (drops and table in self._enforced)


def _same(one: Mapping[Thing, Fact], other: Mapping[Thing, Fact]) -> bool:
    return one.keys() == other.keys() and not any(
        True for thing, fact in one.items() for _ in differing(fact, other[thing])
    )
