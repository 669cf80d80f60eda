"""A table that is dropped."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.actions import DropTable
from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Constraint, Table
from tests.rules.judging import found

NAME = "drop-table"
REASON = f"# guard: allow({NAME}) nothing reads it any more, and its rows are not needed"
WHY = (
    "A downgrade makes the table again, but not its rows, and code that still asks for it fails. "
    "Check that nothing reads it any more, and that its rows are kept elsewhere or not needed; "
    "then say so."
)
SHOPS = Table("shops", complete=True, rows=1234567)


def messages(*statements: str | DropTable, **options: object) -> list[str]:
    return [each.message for each in found(*statements, only=NAME, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql", "sqlite"])
def test_a_drop_loses_the_rows_and_the_fix_says_why_they_may_go(kind: str) -> None:
    assert found("DROP TABLE shops", kind=kind, only=NAME) == [
        Finding(
            NAME,
            "Dropping shops loses all of its rows.",
            WHY,
            (f'op.execute("DROP TABLE shops")  {REASON}',),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_the_directive_is_said_as_it_is() -> None:
    judged = found(DropTable("archive.shops", if_exists=True), only=NAME)
    line = 'op.drop_table("shops", schema="archive", if_exists=True)'
    assert [each.next for each in judged] == [(f"{line}  {REASON}",)]


def test_the_rows_that_the_database_has_are_counted() -> None:
    assert messages("DROP TABLE shops", tables=[SHOPS]) == [
        "Dropping shops loses about 1,234,567 rows."
    ]
    assert messages("DROP TABLE shops", tables=[Table("shops", rows=1)]) == [
        "Dropping shops loses 1 row."
    ]


def test_a_table_that_the_models_still_map_is_said_to_be() -> None:
    (judged,) = found("DROP TABLE shops", models={"shops": frozenset({"id"})}, only=NAME)
    assert judged.message == (
        "Dropping shops, which target_metadata still maps, loses all of its rows."
    )
    first = "Take it off the models first, and deploy that. Check"
    assert judged.why == WHY.replace("Check", first)
    assert messages("DROP TABLE shops", models={"orders": frozenset()}) == [
        "Dropping shops loses all of its rows."
    ]


def test_each_of_several_tables_is_told_of() -> None:
    assert messages("DROP TABLE shops, users") == [
        "Dropping shops loses all of its rows.",
        "Dropping users loses all of its rows.",
    ]


def test_a_table_that_is_new_or_empty_is_silent() -> None:
    assert messages("CREATE TABLE shops (id bigint)", "DROP TABLE shops") == []
    assert messages("DROP TABLE shops", tables=[Table("shops", rows=0)]) == []


def test_a_table_that_an_earlier_deployment_made_is_not_new() -> None:
    revisions = ["CREATE TABLE shops (id bigint)"], ["DROP TABLE shops"]
    assert [each.revision for each in found(*revisions, only=NAME, together=False)] == ["b2"]
    assert found(*revisions, only=NAME) == []


def test_a_table_that_is_not_there_is_silent_where_it_need_not_be() -> None:
    other = Table("users", rows=5)
    assert messages("DROP TABLE IF EXISTS shops", tables=[other]) == []
    assert messages("DROP TABLE IF EXISTS shops") == ["Dropping shops loses all of its rows."]


def test_a_table_whose_rows_were_copied_and_come_back_is_silent() -> None:
    copied = (
        "CREATE TABLE new_shops (id integer PRIMARY KEY)",
        "INSERT INTO new_shops SELECT id FROM shops",
        "DROP TABLE shops",
        "ALTER TABLE new_shops RENAME TO shops",
    )
    assert messages(*copied, kind="sqlite") == []
    assert messages(*copied) == []
    without_rows = (copied[0], *copied[2:])
    assert messages(*without_rows) == ["Dropping shops loses all of its rows."]
    of_a_query = ("CREATE TABLE new_shops AS SELECT * FROM shops", *copied[2:])
    assert messages(*of_a_query) == []


def test_a_table_that_is_made_again_is_left_to_another_rule() -> None:
    assert messages("DROP TABLE shops", "CREATE TABLE shops (id bigint)") == []


@pytest.mark.parametrize(("kind", "first"), [("postgresql", True), ("sqlite", False)])
def test_the_fix_waits_briefly_where_a_foreign_key_locks_another_table(
    kind: str, first: bool
) -> None:
    key = Constraint("foreign key", "shops_owner", ("owner",), refers_to="users")
    shops = Table("shops", constraints={"shops_owner": key}, complete=True, rows=5)
    (judged,) = found("DROP TABLE shops", tables=[shops], kind=kind, only=NAME)
    waits = "op.execute(\"SET LOCAL lock_timeout = '3s'\")\n" if first else ""
    assert judged.next == (f'{waits}op.execute("DROP TABLE shops")  {REASON}',)
