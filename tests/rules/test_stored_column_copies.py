"""A new stored generated column, in MariaDB and MySQL."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place
from tests.rules.adding import ASSUMED, EMPTY, NEW
from tests.rules.directives import added
from tests.rules.judging import found

NAME = "stored-column-copies"
SQL = "ALTER TABLE orders ADD COLUMN cents bigint AS (total * 100) STORED"
COLUMN = 'sa.Column("cents", sa.BigInteger(), sa.Computed("total * 100", persisted={}))'


def finding(fix: str) -> Finding:
    return Finding(
        NAME,
        "Adding orders.cents as a stored generated column copies all of orders, and every write "
        "waits.",
        f"Each row gets its value at once, with ALGORITHM=COPY.\n{ASSUMED}",
        (fix,),
        revision="a1",
        place=Place("a1.py", 1),
    )


@pytest.mark.parametrize("kind", ["mariadb", "mysql"])
def test_it_copies_the_table_and_the_fix_is_virtual(kind: str) -> None:
    assert added("orders", COLUMN.format(True), kind=kind) == [
        finding(f'op.add_column("orders", {COLUMN.format(False)})')
    ]


def test_where_the_expression_is_not_said_the_line_stays() -> None:
    allowed = "  # guard: allow(stored-column-copies) nobody writes at that hour"
    assert found(SQL, kind="mysql") == [finding(f'op.execute("{SQL}"){allowed}')]


def test_a_virtual_one_is_silent_and_so_is_mariadb_11_2() -> None:
    assert added("orders", COLUMN.format(False), kind="mariadb") == []
    assert added("orders", COLUMN.format(True), kind="mariadb", version=(11, 2)) == []


def test_new_and_empty_tables_are_silent() -> None:
    assert found(NEW, SQL, kind="mariadb", only=NAME) == []
    assert found(SQL, kind="mariadb", tables=[EMPTY], only=NAME) == []
