"""New tables that are more than the server has room for at once are made in turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import (
    URL,
    CheckConstraint,
    Column,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    text,
)

from alembic_guard.runtime.comparing.comparison import Comparison, NotCompared
from alembic_guard.runtime.comparing.facts import Thing
from alembic_guard.runtime.comparing.postgresql import turns
from alembic_guard.runtime.comparing.postgresql.comparison import compared
from tests import servers

LOCKS = "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND mode LIKE '%Exclusive%'"


@pytest.fixture(scope="module")
def engine(postgresql_server: URL) -> Iterator[Engine]:
    with servers.postgresql_database(postgresql_server) as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


def comparison_of(engine: Engine, fill: Callable[[MetaData], Any]) -> Comparison:
    metadata = MetaData()
    fill(metadata)
    with engine.begin() as connection:
        return compared(connection, [metadata], lambda table: True)


def many(metadata: MetaData, count: int) -> None:
    """Tables of which each has a key to another one, the first two to one another."""
    status = sa.Enum("a", "b", name="status")
    for number in range(count):
        Table(
            f"t{number}",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("code", String(20), nullable=False),
            Column("status", status, server_default="a"),
            Column("before", ForeignKey(f"t{number // 2 if number else 1}.id")),
            CheckConstraint("length(code) > 2"),
            UniqueConstraint("code", "status"),
            Index(f"ix{number}", sa.text("lower(code)")),
            comment=f"number {number}",
        )


def test_more_tables_than_there_is_room_for_are_compared(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []
    plain = turns._made

    def made(models: Any, *args: Any) -> Any:
        found = plain(models, *args)
        held.append(models.made.connection.execute(text(LOCKS)).scalar_one())
        return found

    monkeypatch.setattr(turns, "_made", made)

    found = comparison_of(engine, lambda metadata: many(metadata, 700))

    kinds: dict[str, int] = {}
    for thing, difference in found.differences.items():
        assert difference.live is None
        kinds[thing.kind] = kinds.get(thing.kind, 0) + 1
    assert found.unknown == ()
    assert kinds == {
        **dict.fromkeys(("table", "check", "unique", "foreign key", "primary key"), 700),
        **dict.fromkeys(("index", "serial sequence"), 700),
        "column": 2800,
        "enum": 1,
    }
    check = found.model[Thing("check", "t555_code_check", "t555")]
    assert check.definition == "CHECK ((length((code)::text) > 2))"
    assert len(held) > 3
    assert max(held) < 1000, "what a turn has locked is free in the next one, but for sequences"


def test_what_both_sides_have_stays_and_a_key_to_what_waits_is_made(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "fits", lambda *_: False)
    monkeypatch.setattr(turns, "fair_room", lambda _: 8)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE old (id integer PRIMARY KEY, n integer)"))

    def fill(metadata: MetaData) -> None:
        Table(
            "old",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("n", Integer, CheckConstraint("n > 0")),
            Column("new_id", ForeignKey("new.id")),
        )
        Table(
            "new",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("old_id", ForeignKey("old.id")),
            Column("n", Integer, CheckConstraint("n > 0"), server_default="7"),
        )
        Table("seen", metadata, Column("id", Integer))
        words: Any = sa.DDL("CREATE VIEW v AS SELECT id FROM seen")
        sa.event.listen(metadata, "after_create", words)

    try:
        found = comparison_of(engine, fill)
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE old"))

    assert found.unknown == ()
    assert sorted(map(str, found.differences)) == [
        "check new_n_check of new",
        "check old_n_check of old",
        "column id of new",
        "column id of seen",
        "column n of new",
        "column new_id of old",
        "column old_id of new",
        "foreign key new_old_id_fkey of new",
        "foreign key old_new_id_fkey of old",
        "primary key new_pkey of new",
        "serial sequence new_id_seq",
        "table new",
        "table seen",
        "view v",
    ]
    column = found.differences[Thing("column", "n", "new")].model
    assert column is not None
    assert column.parts["default"] == "7"


def test_what_cannot_wait_and_is_too_much_is_not_compared(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(metadata: MetaData) -> None:
        many(metadata, 700)
        words: Any = sa.DDL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO pg_monitor")
        sa.event.listen(metadata, "after_create", words)

    with pytest.raises(NotCompared, match="to make 700 tables at once takes about"):
        comparison_of(engine, fill)


def test_so_many_that_their_sequences_take_all_are_not_compared(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_MOST", 0.1)

    with pytest.raises(NotCompared, match="to make 700 tables at once takes about"):
        comparison_of(engine, lambda metadata: many(metadata, 700))
