"""A table that is dropped and created again."""

from __future__ import annotations

import pytest

from alembic_guard.ddl.actions import Action, CreateTable, DropTable
from alembic_guard.ddl.reading import read_sql
from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Column, Constraint, Table
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found

NAME = "recreated-table"
DROP, CREATE = "DROP TABLE shops", "CREATE TABLE shops (id bigint PRIMARY KEY, name text)"
WHY = (
    "The new table is empty, and has none of the privileges and triggers of the old one. Change "
    "the table instead; or say that its rows are not needed."
)
ALLOWED = f"# guard: allow({NAME}) its rows are not needed"
SHOPS = Table(
    "shops",
    {"id": Column("id", SqlType("bigint"), nullable=False)},
    complete=True,
    rows=1234,
)


def names(*statements: str | list[str], **options: object) -> list[str]:
    return [each.name for each in found(*statements, only=NAME, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_its_rows_are_lost_and_the_fix_says_that_they_may_be(kind: str) -> None:
    judged = found(DROP, CREATE, kind=kind)
    assert [each for each in judged if each.name in (NAME, "drop-table")] == [
        Finding(
            NAME,
            "shops is dropped and created again, which loses all of its rows.",
            WHY,
            (f'op.execute("{DROP}")  {ALLOWED}\nop.execute("{CREATE}")',),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_where_ddl_cannot_be_rolled_back_each_is_a_revision() -> None:
    (judged,) = found(DROP, CREATE, kind="mariadb", only=NAME)
    assert judged.next == (f'op.execute("{DROP}")  {ALLOWED}', f'op.execute("{CREATE}")')


def test_one_statement_that_does_both_is_said_once() -> None:
    sql = "CREATE OR REPLACE TABLE shops (id bigint PRIMARY KEY)"
    (judged,) = found(sql, kind="mariadb", only=NAME)
    assert judged.next == (f'op.execute("{sql}")  {ALLOWED}',)


def test_directives_are_said_as_they_are() -> None:
    made: list[Action] = [
        each for each in read_sql(CREATE, "postgresql") if isinstance(each, CreateTable)
    ]
    (judged,) = found(DropTable("shops"), *made, only=NAME)
    assert judged.next == (
        f'op.drop_table("shops")  {ALLOWED}\n'
        'op.create_table("shops", sa.Column("id", sa.BigInteger(), nullable=False, '
        'autoincrement=False), sa.Column("name", sa.Text()), sa.PrimaryKeyConstraint("id"))',
    )


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "sqlite"])
def test_where_only_columns_are_new_the_fix_adds_them(kind: str) -> None:
    create = CREATE.replace("id bigint", "id bigint NOT NULL").replace("text", "integer")
    (judged,) = found(DROP, create, kind=kind, tables=[SHOPS], only=NAME)
    assert (judged.message, judged.next) == (
        "shops is dropped and created again, which loses about 1,234 rows.",
        ('op.add_column("shops", sa.Column("name", sa.Integer()))',),
    )


@pytest.mark.parametrize(
    "columns",
    ["id bigint PRIMARY KEY", "id integer PRIMARY KEY, name text", "name text"],
)
def test_where_more_is_different_or_nothing_the_fix_keeps_both(columns: str) -> None:
    create = f"CREATE TABLE shops ({columns})"
    (judged,) = found(DROP, create, tables=[SHOPS], only=NAME)
    assert judged.next == (f'op.execute("{DROP}")  {ALLOWED}\nop.execute("{create}")',)


def test_the_fix_waits_briefly_where_a_foreign_key_locks_another_table() -> None:
    key = Constraint("foreign key", "shops_owner", ("owner",), refers_to="users")
    table = Table("shops", constraints={"shops_owner": key}, rows=5)
    (judged,) = found(DROP, CREATE, tables=[table], only=NAME)
    waits = "op.execute(\"SET LOCAL lock_timeout = '3s'\")\n"
    assert judged.next == (f'{waits}op.execute("{DROP}")  {ALLOWED}\nop.execute("{CREATE}")',)


def test_new_and_empty_tables_and_those_that_are_not_there_are_silent() -> None:
    assert names(CREATE, DROP, CREATE) == []
    assert names(DROP, CREATE, tables=[Table("shops", rows=0)]) == []
    assert names("DROP TABLE IF EXISTS shops", CREATE, tables=[Table("users", rows=5)]) == []


def test_a_table_whose_rows_are_put_back_is_silent() -> None:
    kept = "CREATE TABLE kept AS SELECT * FROM shops"
    assert names(kept, DROP, CREATE, "INSERT INTO shops SELECT * FROM kept") == []
    assert names(kept, DROP, CREATE, "INSERT INTO shops VALUES (1)") == [NAME]


def test_revisions_count_together_only_where_they_are_applied_in_one_go() -> None:
    assert names([DROP], [CREATE]) == [NAME]
    assert names([DROP], [CREATE], together=False) == []
    assert names([DROP, CREATE], together=False) == [NAME]


def test_a_temporary_table_of_that_name_is_another() -> None:
    assert names(DROP, "CREATE TEMPORARY TABLE shops (id bigint)") == []
