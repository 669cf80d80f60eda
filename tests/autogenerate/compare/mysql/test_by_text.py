"""A MariaDB compared by a user who may make no database: what is seen, and that no more is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import (
    CheckConstraint,
    Engine,
    Integer,
    MetaData,
    String,
    UniqueConstraint,
    event,
)
from sqlalchemy.schema import AddConstraint

from alembic_guard.runtime.comparing.comparison import Comparison
from alembic_guard.runtime.comparing.mysql.comparison import compared
from alembic_guard.settings import Settings
from tests.autogenerate.changes import State, make, metadata_of, migrated, written
from tests.autogenerate.compare.mysql import (
    test_columns,
    test_constraints,
    test_indexes,
    test_objects,
    test_tables,
)
from tests.autogenerate.compare.mysql.rows import Change
from tests.autogenerate.compare.mysql.states import ck, ix, t
from tests.autogenerate.compare.mysql.test_same import NOTHING, SAME
from tests.autogenerate.compare.rows import both, column, ddl, table

CHANGES: dict[str, Change] = {
    **test_columns.CHANGES,
    **test_constraints.CHANGES,
    **test_indexes.CHANGES,
    **test_objects.CHANGES,
    **test_tables.CHANGES,
}
VIEWS = (
    "a view changes",
    "a view gets a check option",
    "a view gets an algorithm",
    "a view on a new column",
    "a view of a table that goes is of another",
)
"""Changes of a view that both sides have: whether it is one, only the server could say."""


def of_text(engine: Engine, state: State) -> Comparison:
    """What came of comparing."""
    with engine.connect() as connection:
        return compared(connection, [metadata_of(state)], lambda _: True, Settings())


@pytest.mark.parametrize("name", [name for name in CHANGES if name not in VIEWS])
def test_a_change_is_seen_and_leads_there_and_back(
    name: str, emptied: Callable[[], Engine]
) -> None:
    row = CHANGES[name]
    found = migrated(emptied, row.before, row.after, sql_before=row.sql_before, exact=row.exact)
    assert (bool(found.upgrade), bool(found.downgrade)) == (
        bool(row.expected.upgrade),
        bool(row.expected.downgrade),
    )


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_in_other_words_is_named_and_left_alone(
    name: str, emptied: Callable[[], Engine]
) -> None:
    row = CHANGES[name]
    make(engine := emptied(), row.before, row.sql_before)
    found = of_text(engine, row.after)
    assert {(str(each.thing), each.reason) for each in found.unknown} == {
        ("view v", "no database can be made to see what the server makes of it")
    }
    assert not list(found.of("view"))


@pytest.mark.parametrize("name", SAME)
def test_what_is_the_same_changes_nothing(name: str, emptied: Callable[[], Engine]) -> None:
    row = SAME[name]
    # only who may do all may say another definer
    typed = [re.sub(r"definer ?= ?root\S*", "", each) for each in (*row.typed, *row.sql)]
    make(engine := emptied(), (lambda _: None) if row.typed else row.state, typed)
    with engine.begin() as connection:
        assert written(connection, metadata_of(row.state), **row.options) == NOTHING


def test_it_says_that_it_is_by_text_and_why(emptied: Callable[[], Engine]) -> None:
    make(engine := emptied(), t())
    found = of_text(engine, t())
    assert found.by_text is not None
    assert found.by_text.reason.startswith("no database can be made beside it for the models: ")
    assert found.by_text.ways[0].startswith("GRANT ALL ON `alembic")


def test_nothing_but_temporary_tables_is_made(emptied: Callable[[], Engine]) -> None:
    state = both(
        t(column("a", String(9)), ck("a <> ''", "c"), ix("i", "a")),
        ddl(
            "CREATE TABLE u (a INT)",
            "ALTER TABLE t ADD COLUMN more INT",
            "CREATE VIEW v AS SELECT a FROM t",
            "CREATE FUNCTION f () RETURNS INT RETURN 1",
            "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 'x'",
            "CREATE SEQUENCE s",
            "INSERT INTO t VALUES (1, 'x')",
        ),
    )
    make(engine := emptied(), t(column("a", Integer)))
    ran: list[str] = []

    def note(_c: object, _cursor: object, sql: str, *_: object) -> None:
        ran.append(sql)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        of_text(engine, state)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    read = ("SHOW ", "SELECT ", "USE ", "CREATE TEMPORARY ", "DROP TEMPORARY ")
    refused = "CREATE DATABASE `alembic_guard_scratch_"
    assert [sql for sql in ran if not sql.strip().startswith((*read, refused))] == []
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW TABLES").scalars().all() == ["t"]


@pytest.mark.parametrize(
    ("typed", "unknown"),
    [
        ("ALTER TABLE t ADD COLUMN more INT", "table t"),
        ("CREATE TABLE u AS SELECT * FROM t", "table u"),
        ("CREATE TABLE u (a INT, FOREIGN KEY (a) REFERENCES t (id))", "table u"),
    ],
)
def test_what_a_statement_would_do_that_is_not_run_is_unknown(
    emptied: Callable[[], Engine], typed: str, unknown: str
) -> None:
    make(engine := emptied(), t())
    found = of_text(engine, both(t(), ddl(typed)))
    assert [str(each.thing) for each in found.unknown] == [unknown]
    assert not found.differences


def test_how_a_table_is_partitioned_is_named_where_both_sides_are(
    emptied: Callable[[], Engine],
) -> None:
    key = column("id", Integer, primary_key=True)
    state = table("t", key, mariadb_partition_by="HASH (id)", mysql_partition_by="HASH (id)")
    make(engine := emptied(), state)
    found = of_text(engine, state)
    assert [each.source for each in found.unknown] == ["the partitioning of table t"]
    assert not found.differences


def test_an_index_that_the_server_refuses_is_unknown_and_the_table_is_compared(
    emptied: Callable[[], Engine],
) -> None:
    wrong = ix("wrong", "b", mariadb_length={"b": 99}, mysql_length={"b": 99})
    b, c = column("b", String(5)), column("c", Integer)
    make(engine := emptied(), t(b))
    found = of_text(engine, t(b, c, wrong, ix("right", "b")))
    assert [str(each.thing) for each in found.unknown] == ["index wrong of t"]
    assert sorted(map(str, found.differences)) == ["column c of t", "index right of t"]


def test_a_routine_whose_text_is_hidden_is_unknown_and_not_proposed(
    empty: Callable[[], Engine], poor_engine: Engine
) -> None:
    state = both(
        t(),
        ddl(
            "CREATE FUNCTION f () RETURNS INT RETURN 1",
            "CREATE PROCEDURE f () SELECT 1",
            "CREATE PROCEDURE own () SELECT 1",
        ),
    )
    make(
        empty(),
        t(),
        ("CREATE FUNCTION f () RETURNS INT RETURN 2", "CREATE PROCEDURE f () SELECT 2"),
    )
    found = of_text(poor_engine, state)
    assert sorted(str(each.thing) for each in found.unknown) == ["function f", "procedure f"]
    assert [*map(str, found.differences)] == ["procedure own"]


def test_what_is_added_to_a_table_by_a_statement_of_its_own_is_compared(
    emptied: Callable[[], Engine],
) -> None:
    def adding(expression: str) -> State:
        def state(metadata: MetaData) -> None:
            t(column("a", Integer))(metadata)
            made = metadata.tables["t"]
            check, unique = CheckConstraint(expression, "c"), UniqueConstraint("a", name="u")
            for constraint in (check, unique):
                made.append_constraint(constraint)
                event.listen(made, "after_create", AddConstraint(constraint))

        return state

    make(engine := emptied(), adding("a > 0"))
    assert not of_text(engine, adding("a > 0")).differences
    assert [*map(str, of_text(engine, adding("a > 1")).differences)] == ["check c of t"]
