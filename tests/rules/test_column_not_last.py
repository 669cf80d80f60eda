"""A new column at a place of its own."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.adding import ASSUMED, EMPTY, NEW
from tests.rules.judging import found

NAME = "column-not-last"
SQL = "ALTER TABLE orders ADD COLUMN weight integer AFTER id"


@pytest.mark.parametrize("version", [(8, 0), (8, 0, 11), (8, 0, 28)])
def test_before_8_0_29_it_rebuilds_the_table(version: tuple[int, ...]) -> None:
    assert found(SQL, kind="mysql", version=version) == [
        Finding(
            NAME,
            "Adding orders.weight AFTER rebuilds all of orders.",
            "Before MySQL 8.0.29 only the last column is added instantly; elsewhere each row is "
            f"written anew.\n{ASSUMED}",
            ('op.add_column("orders", sa.Column("weight", sa.Integer()))',),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_newer_servers_and_mariadb_and_the_last_place_are_silent() -> None:
    assert found(SQL, kind="mysql", version=(8, 0, 29)) == []
    assert found(SQL, kind="mariadb") == []
    assert found(SQL.removesuffix(" AFTER id"), kind="mysql", version=(8, 0, 20)) == []


def test_what_rebuilds_at_the_end_too_is_not_for_its_place() -> None:
    sql = SQL.replace("AFTER", "UNIQUE AFTER")
    assert found(sql, kind="mysql", version=(8, 0, 20), only=NAME) == []


def test_new_and_empty_tables_are_silent() -> None:
    assert found(NEW, SQL, kind="mysql", version=(8, 0, 20), only=NAME) == []
    assert found(SQL, kind="mysql", version=(8, 0, 20), tables=[EMPTY]) == []
