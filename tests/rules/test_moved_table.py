"""A table that is moved to another schema."""

from __future__ import annotations

from tests.rules.altering import LAST_RELEASE, NEW, finding
from tests.rules.judging import found

NAME = "moved-table"
MOVED = "ALTER TABLE orders SET SCHEMA archive"
VIEW = "CREATE VIEW orders AS SELECT * FROM archive.orders"


def test_the_fix_leaves_a_view_where_the_table_was() -> None:
    assert found(MOVED, only=NAME) == [
        finding(
            NAME,
            "Code that still uses orders fails once it is archive.orders.",
            f"{LAST_RELEASE}look for the table where it was.",
            f'op.execute("{MOVED}")\nop.execute("{VIEW}")',
        )
    ]


def test_a_table_comes_home_to_the_default_schema() -> None:
    assert [
        each.message for each in found("ALTER TABLE archive.orders SET SCHEMA public", only=NAME)
    ] == ["Code that still uses archive.orders fails once it is orders."]


def test_a_view_where_it_was_is_enough_and_a_new_table_is_nobodys() -> None:
    assert found(MOVED, VIEW, only=NAME) == []
    assert found(NEW, MOVED, only=NAME) == []


def test_where_it_is_already_it_stays() -> None:
    assert found("ALTER TABLE archive.orders SET SCHEMA archive", only=NAME) == []
