"""A new column that is NOT NULL and gets no value."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.adding import EMPTY, NEW, ORDERS, backfill, not_null
from tests.rules.directives import added
from tests.rules.judging import found

NAME = "required-column-without-default"
SQL = "ALTER TABLE orders ADD COLUMN weight {} NOT NULL"
FIX = (
    'op.add_column("orders", sa.Column("weight", sa.Integer(), nullable=False, '
    'server_default=sa.text("0")))',
)
KINDS = ("postgresql", "mariadb", "mysql", "sqlite")


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_it_fails_where_there_are_rows(kind: str) -> None:
    assert found(SQL.format("integer"), kind=kind) == [
        Finding(
            NAME,
            "Adding orders.weight as NOT NULL without a default fails if orders has rows.",
            "The rows of before would be NULL in it.",
            FIX,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_database_that_has_rows_makes_it_certain() -> None:
    messages = [each.message for each in found(SQL.format("integer"), tables=[ORDERS])]
    assert messages == [
        "Adding orders.weight as NOT NULL without a default fails: orders has rows."
    ]


@pytest.mark.parametrize("kind", ["mariadb", "mysql"])
@pytest.mark.parametrize(
    ("strict", "more"),
    [
        (None, " In strict mode an INSERT that leaves the column out fails from then on."),
        (True, " In strict mode an INSERT that leaves the column out fails from then on."),
        (False, ""),
    ],
)
def test_mariadb_and_mysql_fill_the_rows_with_what_nobody_chose(
    kind: str, strict: bool | None, more: str
) -> None:
    assert found(SQL.format("integer"), kind=kind, target={"strict": strict}) == [
        Finding(
            NAME,
            "Adding orders.weight as NOT NULL without a default gives the rows of orders a value "
            "that nobody chose.",
            f"It is the implicit default of the type, such as 0 or ''.{more}",
            FIX,
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_mysql_refuses_a_date_of_zeros_and_mariadb_does_not() -> None:
    judged = {kind: found(SQL.format("date"), kind=kind) for kind in ("mysql", "mariadb")}
    assert [
        (kind, each.severity, each.message, each.why)
        for kind, findings in judged.items()
        for each in findings
        if kind == "mysql"
    ] == [
        (
            "mysql",
            Severity.ERROR,
            "Adding orders.weight as NOT NULL without a default fails if orders has rows.",
            "The rows of before would be '0000-00-00', which NO_ZERO_DATE forbids.",
        )
    ]
    assert [each.severity for each in judged["mariadb"]] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("kind", "type_", "code", "default"),
    [
        ("postgresql", "varchar(20)", "sa.String(20)", "''"),
        ("postgresql", "boolean", "sa.Boolean()", "false"),
        ("postgresql", "jsonb", "sa.dialects.postgresql.JSONB()", "'{}'"),
        ("postgresql", "timestamptz", "sa.DateTime(timezone=True)", "now()"),
        ("mysql", "varchar(20)", "sa.String(20)", "''"),
        ("mariadb", "text", "sa.Text()", "''"),
        ("sqlite", "BOOLEAN", "sa.Boolean()", "0"),
        ("sqlite", "DATE", "sa.Date()", "'1970-01-01'"),
    ],
)
def test_the_fix_has_a_default_of_the_type(kind: str, type_: str, code: str, default: str) -> None:
    column = f'sa.Column("weight", {code}, nullable=False, server_default=sa.text("{default}"))'
    assert [each.next for each in found(SQL.format(type_), kind=kind)] == [
        (f'op.add_column("orders", {column})',)
    ]


def test_the_fix_fills_uuids_in_batches() -> None:
    assert [each.next for each in found(SQL.format("uuid"))] == [
        (
            'op.add_column("orders", sa.Column("weight", sa.Uuid()))\n'
            'op.alter_column("orders", "weight", server_default=sa.text("gen_random_uuid()"))',
            backfill("weight"),
            *not_null("weight"),
        )
    ]


@pytest.mark.parametrize(
    ("kind", "type_", "fix"),
    [
        ("postgresql", "mood", 'op.execute("ALTER TABLE orders ADD COLUMN weight mood")'),
        ("mysql", "text", 'op.add_column("orders", sa.Column("weight", sa.Text()))'),
    ],
)
def test_the_fix_is_nullable_where_no_value_suits_all(kind: str, type_: str, fix: str) -> None:
    assert [each.next for each in found(SQL.format(type_), kind=kind)] == [(fix,)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_default_and_new_and_empty_tables_are_silent(kind: str) -> None:
    assert found(SQL.format("integer") + " DEFAULT 0", kind=kind) == []
    assert found(NEW, SQL.format("integer"), kind=kind, only=NAME) == []
    assert found(SQL.format("integer"), kind=kind, tables=[EMPTY], only=NAME) == []
    assert found("ALTER TABLE orders ADD COLUMN weight integer", kind=kind) == []


def test_what_counts_or_computes_by_itself_has_values() -> None:
    for column in (
        "weight serial NOT NULL",
        "weight bigint GENERATED ALWAYS AS IDENTITY NOT NULL",
        "weight bigint GENERATED ALWAYS AS (id * 2) STORED NOT NULL",
        "weight bigint PRIMARY KEY NOT NULL",
    ):
        assert found(f"ALTER TABLE orders ADD COLUMN {column}", only=NAME) == []


def test_a_python_default_is_told_of_by_its_own_rule() -> None:
    column = 'sa.Column("weight", sa.Integer(), nullable=False, default=1)'
    assert [each.name for each in added("orders", column)] == ["python-default-only"]
