"""A new column whose default is Python's."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.adding import EMPTY, ORDERS, backfill, not_null
from tests.rules.directives import added

NAME = "python-default-only"


def column(type_: str, default: str) -> str:
    return f'sa.Column("weight", {type_}, nullable=False, default={default})'


def code(type_: str, default: str) -> tuple[str, ...]:
    inner = f'sa.Column("weight", {type_}, nullable=False, server_default=sa.text("{default}"))'
    return (f'op.add_column("orders", {inner})',)


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_the_rows_of_before_do_not_get_it(kind: str) -> None:
    assert added("orders", column("sa.Integer()", "1"), kind=kind) == [
        Finding(
            NAME,
            "Adding orders.weight as NOT NULL with only a Python default fails if orders has rows.",
            "The database never sees default=. The rows of before would be NULL in it.",
            code("sa.Integer()", "1"),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize("kind", ["mariadb", "mysql"])
def test_mariadb_and_mysql_give_them_another_value(kind: str) -> None:
    assert added("orders", column("sa.Integer()", "1"), kind=kind) == [
        Finding(
            NAME,
            "Adding orders.weight as NOT NULL with only a Python default gives the rows of orders "
            "a value that nobody chose.",
            "The database never sees default=. It is the implicit default of the type, such as 0 "
            "or ''. In strict mode an INSERT that leaves the column out fails from then on.",
            code("sa.Integer()", "1"),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize(
    ("kind", "type_", "default", "sql"),
    [
        ("postgresql", "sa.String(20)", '"it\'s"', "'it''s'"),
        ("postgresql", "sa.Boolean()", "True", "true"),
        ("sqlite", "sa.Boolean()", "False", "0"),
        ("postgresql", "sa.Numeric(10, 2)", "1.5", "1.5"),
    ],
)
def test_the_fix_says_the_same_value_to_the_server(
    kind: str, type_: str, default: str, sql: str
) -> None:
    judged = added("orders", column(type_, default), kind=kind)
    assert [each.next for each in judged] == [code(type_, sql)]


def test_a_function_of_python_gives_no_value_for_all_rows() -> None:
    judged = added("orders", column("sa.Integer()", "lambda: 1"), kind="sqlite")
    assert [each.next for each in judged] == [
        ('op.add_column("orders", sa.Column("weight", sa.Integer()))',)
    ]
    uuids = added("orders", column("sa.Uuid()", "lambda: 1"))
    assert [each.next[1:] for each in uuids] == [(backfill("weight"), *not_null("weight"))]


def test_a_database_that_has_rows_makes_it_certain() -> None:
    judged = added("orders", column("sa.Integer()", "1"), tables=[ORDERS])
    assert [each.message for each in judged] == [
        "Adding orders.weight as NOT NULL with only a Python default fails: orders has rows."
    ]


def test_an_empty_table_a_server_default_and_a_nullable_column_are_silent() -> None:
    assert added("orders", column("sa.Integer()", "1"), tables=[EMPTY]) == []
    both = 'sa.Column("weight", sa.Integer(), nullable=False, default=1, server_default="1")'
    assert added("orders", both) == []
    assert added("orders", 'sa.Column("weight", sa.Integer(), default=1)') == []
