"""States with statements that somebody typed, and a snapshot that sees all that they can make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, text

from alembic_guard.runtime.schema_facts import schema_facts
from tests.autogenerate import changes
from tests.autogenerate.changes import State

_MORE = """
SELECT 'comment ' || pg_describe_object(classoid, objoid, objsubid), description
  FROM pg_description WHERE objoid >= 16384
UNION ALL
SELECT 'privileges of ' || oid::regclass,
       (SELECT string_agg(each::text, ' ' ORDER BY each::text) FROM unnest(relacl) each)
  FROM pg_class WHERE oid >= 16384 AND relacl IS NOT NULL AND cardinality(relacl) > 1
UNION ALL
SELECT 'privileges of ' || oid::regprocedure,
       (SELECT string_agg(each::text, ' ' ORDER BY each::text) FROM unnest(proacl) each)
  FROM pg_proc WHERE oid >= 16384 AND proacl IS NOT NULL
   AND NOT (proacl @> acldefault('f', proowner) AND proacl <@ acldefault('f', proowner))
UNION ALL
SELECT 'event trigger ' || evtname, concat_ws(' ', evtevent, evtfoid::regproc, evtenabled, evttags)
  FROM pg_event_trigger
UNION ALL
SELECT 'aggregate ' || aggfnoid::regprocedure, concat_ws(' ', aggtransfn, aggtranstype::regtype,
       aggfinalfn, agginitval, aggkind) FROM pg_aggregate WHERE aggfnoid >= 16384
UNION ALL
SELECT 'rule ' || rulename || ' of ' || ev_class::regclass, ev_enabled::text
  FROM pg_rewrite WHERE oid >= 16384
"""


def whole_snapshot(engine: Engine) -> dict[str, str]:
    """What the database has, with comments, privileges and what belongs to no schema."""
    with engine.connect() as connection:
        more = {name: words for name, words in connection.execute(text(_MORE)).all()}
        return {**schema_facts(connection), **more}


@pytest.fixture(autouse=True)
def seeing_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold migrations against that snapshot."""
    monkeypatch.setattr(changes, "snapshot", whole_snapshot)


@pytest.fixture(autouse=True)
def without_event_triggers(postgresql_engine: Engine) -> Iterator[Callable[[], None]]:
    """They belong to the database, and would fire in the next test; what drops them all."""

    def drop() -> None:
        with postgresql_engine.begin() as connection:
            for name in connection.execute(text("SELECT evtname FROM pg_event_trigger")).scalars():
                connection.exec_driver_sql(f'DROP EVENT TRIGGER "{name.replace("%", "%%")}"')

    yield drop
    drop()


Item = Callable[[], Any]
"""Makes a new column or constraint each time: one can be in one table only."""


def typed(
    *sql: str, items: tuple[Item, ...] = (), without: tuple[str, ...] = (), age: Any = Integer
) -> State:
    """A table with an id, a name and an age, then statements as somebody typed them.

    :param items: more of the table; :param without: names of columns that it lacks.
    """

    def state(metadata: MetaData) -> None:
        columns: list[Any] = [
            Column("id", Integer, primary_key=True),
            Column("name", String(50)),
            Column("age", age),
        ]
        kept = [column for column in columns if column.name not in without]
        Table("users", metadata, *kept, *[each() for each in items])
        execute(metadata, *sql)

    return state


def execute(metadata: MetaData, *sql: str, when: str = "after_create") -> MetaData:
    """Let statements be run when all tables have been created, or before."""
    for each in sql:
        words: Any = sa.DDL(each.replace("%", "%%"))  # type: ignore[no-untyped-call]
        sa.event.listen(metadata, when, words)
    return metadata
