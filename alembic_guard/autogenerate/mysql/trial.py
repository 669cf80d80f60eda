"""Tries in a scratch database what Alembic would write, on a copy of the tables without rows.

Alembic's words for a column say what they have reflected of it, and MODIFY forgets the rest
(generated, invisible, CHECK, ON UPDATE, ...). So its operations stay where they lead to the models
and back; nothing is known of them by heart. Foreign keys are tried by nobody: they have operations
of our own, before and after all others. The copies are temporary tables, which take a tenth of the
time; where these lead nowhere, as none can have all that others can, the same is tried on others.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.autogenerate import render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations, ops
from alembic.util import to_list
from sqlalchemy.exc import DBAPIError

from alembic_guard.autogenerate.mysql.tables import Tables
from alembic_guard.runtime.comparing.comparison import NotCompared
from alembic_guard.runtime.comparing.facts import Fact, Thing, differences
from alembic_guard.runtime.comparing.mysql.comparison import said_by
from alembic_guard.runtime.comparing.mysql.reading import table_facts
from alembic_guard.runtime.comparing.mysql.same import Said, aligned
from alembic_guard.runtime.comparing.mysql.scratch import checked, in_scratch
from alembic_guard.runtime.comparing.mysql.table_text import without_foreign_keys
from alembic_guard.runtime.comparing.mysql.temporary import temporary
from alembic_guard.runtime.comparing.mysql.tokens import quoted
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject

_KEY = "foreign key"
_SURELY = frozenset({"column", "check", "primary key"})
"""Kinds that are the same in a temporary table; keys are not, nor is a table that cannot be one."""

_CREATE = re.compile(r"\s*CREATE TABLE\b", re.IGNORECASE)


def put_tried(subject: Subject, upgrade_ops: ops.UpgradeOps) -> None:
    """Put what is to be done of each table in its place; what Alembic has found is tried first."""
    tables = Tables(subject, upgrade_ops)
    context = subject.context
    assert context.connection is not None
    assert context.dialect is not None
    if not tables.undecided:
        tables.put(upgrade_ops, lambda *_: False)
        return
    config = context.migration_context.config
    settings = Settings() if config is None else Settings.load(config)
    given: Any = to_list(context.metadata)
    metadata = [each for each in given if isinstance(each, sa.MetaData)]
    said = said_by(metadata, subject.comparison.compiled, context.dialect)

    def in_copy(side: sa.Connection, name: str) -> None:
        tables.put(upgrade_ops, Trial(subject, side, name, said).leads)

    try:
        in_scratch(context.connection, settings, in_copy)
    except NotCompared:  # somebody else has taken the name meanwhile
        tables.put(upgrade_ops, lambda *_: False)


class Trial:
    """Copies of tables, to try operations on.

    :param connection: to an empty scratch database, of this name.
    :param said: what the models say themselves.
    """

    def __init__(self, subject: Subject, connection: sa.Connection, name: str, said: Said) -> None:
        self._subject, self._connection, self._name, self._said = subject, connection, name, said
        self._keys: dict[str, list[str]] = {}
        for fact in subject.comparison.live.values():
            if fact.thing.kind == "sequence":  # a default may need it
                self._do(fact.definition)

    def leads(self, operations: Sequence[ops.MigrateOperation], table: Thing) -> bool:
        """Whether operations on one table lead from what it is to the models, and back."""
        with self._temporary():
            left = self._left(operations, table)
        if left and _SURELY.isdisjoint(thing.kind for thing in left):
            left = self._left(operations, table)
        return not left

    @contextmanager
    def _temporary(self) -> Iterator[None]:
        """Let each table that is made be a temporary one, whose foreign keys are only noted."""

        def made(_c: object, _cursor: object, sql: str, parameters: Any, *_: object) -> Any:
            if _CREATE.match(sql):
                table = temporary(sql, guess=True)
                keys = [each.replace("%%", "%") for each in table.late]
                self._keys[table.name.replace("%%", "%")] = keys
                sql = f"{table.sql(())} {table.partition}"
            return sql, parameters

        sa.event.listen(self._connection, "before_cursor_execute", made, retval=True)
        try:
            yield
        finally:
            sa.event.remove(self._connection, "before_cursor_execute", made)

    def _left(self, operations: Sequence[ops.MigrateOperation], table: Thing) -> set[Thing]:
        """What is not as it should be there, or back again; the table, where there is no way."""
        checked(self._connection, on=False)
        live = self._subject.comparison.live.get(table)
        upgrade = ops.UpgradeOps(ops=list(operations))
        try:
            if live is not None:
                stays = table in self._subject.comparison.model
                self._do(without_foreign_keys(live.definition) if stays else live.definition)
            before = self._read(table)
            self._run(upgrade)
            left = self._missing(table, self._read(table))
            if left:
                return left
            self._run(upgrade.reverse())
            return _differing(self._read(table), before)
        except Exception:  # whatever it is that fails here would fail in the migration as well
            return {table}
        finally:
            checked(self._connection, on=False)
            self._do(f"DROP TABLE IF EXISTS {quoted(table.name)}")
            self._keys.clear()

    def _missing(self, table: Thing, now: Mapping[Thing, Fact]) -> set[Thing]:
        comparison = self._subject.comparison
        wanted = self._wanted.get(table.name, {})
        if table in comparison.live:
            now = {thing: each for thing, each in now.items() if thing.kind != _KEY}
            now |= {thing: each for thing, each in wanted.items() if thing.kind == _KEY}
        both = aligned(now, wanted, self._said)
        return set(filter(self._subject.filters.include, differences(both.live, both.model)))

    @cached_property
    def _wanted(self) -> Mapping[str, Mapping[Thing, Fact]]:
        """What the models have of each table, by its name."""
        found: dict[str, dict[Thing, Fact]] = defaultdict(dict)
        for thing, fact in self._subject.comparison.model.items():
            if thing.kind == "table" or (thing.table and thing.kind != "trigger"):
                found[thing.table or thing.name][thing] = fact
        return found

    def _do(self, sql: str) -> None:
        self._connection.exec_driver_sql(sql.replace("%", "%%"))

    def _read(self, table: Thing) -> Mapping[Thing, Fact]:
        try:
            return table_facts(
                self._connection, table.name, (self._name,), self._keys.get(table.name, ())
            )
        except DBAPIError:
            return {}

    def _run(self, container: Any) -> None:
        context = self._subject.context
        # without a script directory: Alembic would ask env.py for models once more
        bare = MigrationContext.configure(dialect=context.dialect)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Alembic says them again where it writes the file
            code = render_python_code(
                container, render_item=context.opts.get("render_item"), migration_context=bare
            )
            own = MigrationContext.configure(
                self._connection, opts={"target_metadata": context.opts.get("target_metadata")}
            )
            # a type of the project is written by its module, which the models have imported
            names: dict[str, Any] = {**sys.modules, "sa": sa}
            exec("from sqlalchemy.dialects import mysql", names)
            with Operations.context(own) as names["op"]:
                exec(f"def migrate():\n    {code}\n\nmigrate()", names)


def _differing(one: Mapping[Thing, Fact], other: Mapping[Thing, Fact]) -> set[Thing]:
    return {
        thing
        for thing in one.keys() | other.keys()
        if thing not in one or thing not in other or one[thing].parts != other[thing].parts
    }
