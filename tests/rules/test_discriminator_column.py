"""A new column that tells classes apart."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.adding import EMPTY, NEW
from tests.rules.judging import found

NAME = "discriminator-column"
SQL = "ALTER TABLE orders ADD COLUMN {} {} NOT NULL DEFAULT {}"


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql", "sqlite"])
def test_one_constant_makes_all_rows_one_class(kind: str) -> None:
    assert found(SQL.format("type", "varchar(20)", "'plain'"), kind=kind) == [
        Finding(
            NAME,
            "Adding orders.type with the default 'plain' makes every row of orders an instance of "
            "one class.",
            "Rows of the other classes, and those that running code inserts, can't be told apart "
            "any more.",
            ('op.add_column("orders", sa.Column("type", sa.String(20)))',),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize(
    ("name", "type_", "default"),
    [
        ("status", "varchar(20)", "'new'"),
        ("kind", "integer", "0"),
        ("kind", "varchar(20)", "''"),
        ("type", "varchar(20)", "lower('A')"),
    ],
)
def test_other_names_types_and_defaults_are_silent(name: str, type_: str, default: str) -> None:
    assert found(SQL.format(name, type_, default)) == []


def test_nullable_ones_and_new_and_empty_tables_are_silent() -> None:
    sql = SQL.format("type", "varchar(20)", "'plain'")
    assert found(sql.replace(" NOT NULL", "")) == []
    assert found(NEW, sql, only=NAME) == []
    assert found(sql, tables=[EMPTY], only=NAME) == []
