"""A table that gets another name."""

from __future__ import annotations

import pytest

from tests.rules.altering import LAST_RELEASE, NEW, finding
from tests.rules.judging import found

NAME = "renamed-table"
RENAMED = "ALTER TABLE orders RENAME TO purchases"
MESSAGE = "Code that still uses orders fails once it is purchases."
WHY = f"{LAST_RELEASE}name the table as it was."
VIEW = "CREATE VIEW orders AS SELECT * FROM purchases"


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql"])
def test_the_fix_leaves_a_view_of_the_old_name(kind: str) -> None:
    assert found(RENAMED, kind=kind, only=NAME) == [
        finding(NAME, MESSAGE, WHY, f'op.rename_table("orders", "purchases")\nop.execute("{VIEW}")')
    ]


def test_the_names_of_a_schema_stay_in_it() -> None:
    (one,) = found("ALTER TABLE sales.orders RENAME TO purchases", only=NAME)
    assert one.next == (
        'op.rename_table("orders", "purchases", schema="sales")\n'
        'op.execute("CREATE VIEW sales.orders AS SELECT * FROM sales.purchases")',
    )


def test_nobody_can_write_to_a_view_of_sqlite() -> None:
    assert found(RENAMED, kind="sqlite", only=NAME) == [
        finding(
            NAME,
            MESSAGE,
            WHY,
            'op.rename_table("orders", "purchases")'
            "  # guard: allow(renamed-table) no running instance uses orders",
        )
    ]


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql"])
def test_a_view_of_the_old_name_is_enough(kind: str) -> None:
    assert found(RENAMED, VIEW, kind=kind, only=NAME) == []


def test_a_view_of_another_transaction_comes_too_late() -> None:
    assert len(found([RENAMED], [VIEW], only=NAME)) == 1


def test_tables_that_change_places_keep_both_names() -> None:
    here = "ALTER TABLE next_orders RENAME TO orders"
    assert found(RENAMED, here, only=NAME) == []


def test_nobody_uses_a_table_that_this_run_made() -> None:
    assert found(NEW, RENAMED, only=NAME) == []
    assert len(found([NEW], [RENAMED], only=NAME, together=False)) == 1
