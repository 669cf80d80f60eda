"""A new table without a primary key."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "no-primary-key"
WHY = (
    "Nothing tells its rows apart: replication can't update or delete them, and nothing that works "
    "in batches can go through them."
)
SQL = "CREATE TABLE visits (seen timestamp NOT NULL)"


def names(*statements: str, **options: object) -> list[str]:
    return [each.name for each in found(*statements, only=NAME, enable=(NAME,), **options)]  # type: ignore[arg-type]


def fix(sql: str) -> tuple[str, ...]:
    (judged,) = found(sql, only=NAME, enable=(NAME,))
    return judged.next


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql"])
def test_nothing_tells_its_rows_apart_and_the_fix_has_a_key(kind: str) -> None:
    assert found(
        "CREATE TABLE visits (seen date NOT NULL)", kind=kind, only=NAME, enable=(NAME,)
    ) == [
        Finding(
            NAME,
            "visits has no primary key.",
            WHY,
            (
                'op.create_table("visits", sa.Column("id", sa.BigInteger(), nullable=False), '
                'sa.Column("seen", sa.Date(), nullable=False), sa.PrimaryKeyConstraint("id"))',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_column_that_is_called_id_becomes_it() -> None:
    assert fix("CREATE TABLE visits (id bigint, note text)") == (
        'op.create_table("visits", sa.Column("id", sa.BigInteger(), nullable=False, '
        'autoincrement=False), sa.Column("note", sa.Text()), sa.PrimaryKeyConstraint("id"))',
    )


def test_of_a_table_that_joins_others_it_is_what_refers_to_them() -> None:
    sql = (
        "CREATE TABLE owners (user_id integer REFERENCES users (id), "
        "shop_id bigint REFERENCES shops (id))"
    )
    assert fix(sql) == (
        'op.create_table("owners", sa.Column("user_id", sa.Integer(), nullable=False), '
        'sa.Column("shop_id", sa.BigInteger(), nullable=False), '
        'sa.PrimaryKeyConstraint("user_id", "shop_id"), '
        'sa.ForeignKeyConstraint(["user_id"], ["users.id"]), '
        'sa.ForeignKeyConstraint(["shop_id"], ["shops.id"]))\n'
        'op.create_index("ix_owners_shop_id", "owners", ["shop_id"])',
    )


def test_a_table_that_has_no_code_gets_the_column_alone() -> None:
    assert fix("CREATE TABLE visits (mood mood)") == (
        'sa.Column("id", sa.BigInteger(), primary_key=True)',
    )


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE visits (id bigint PRIMARY KEY)",
        "CREATE TABLE visits (id bigint, PRIMARY KEY (id))",
        "CREATE TEMPORARY TABLE visits (seen date)",
        "CREATE TABLE visits AS SELECT 1 AS id",
        "CREATE TABLE visits (LIKE users INCLUDING ALL)",
        "CREATE TABLE visits (seen date) INHERITS (events)",
        "CREATE TABLE visits PARTITION OF events DEFAULT",
        "CREATE FOREIGN TABLE visits (seen date) SERVER other",
        "CREATE TABLE visits OF visit",
    ],
)
def test_a_key_and_tables_that_need_or_can_have_none_are_silent(sql: str) -> None:
    assert names(sql) == []


def test_a_table_that_is_there_already_is_silent() -> None:
    sql = SQL.replace("TABLE", "TABLE IF NOT EXISTS")
    assert names(sql, tables=[Table("visits", rows=5)]) == []
    assert names(sql) == [NAME]


def test_a_key_that_the_same_revision_adds_is_one() -> None:
    assert names(SQL, "ALTER TABLE visits ADD PRIMARY KEY (seen)") == []
    assert names(SQL, "ALTER TABLE visits ADD COLUMN id bigserial PRIMARY KEY") == []
    assert names(SQL, "ALTER TABLE visits ADD UNIQUE (seen)") == [NAME]
    assert names(SQL, "ALTER TABLE users ADD PRIMARY KEY (seen)") == [NAME]
