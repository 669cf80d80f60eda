"""Batch mode."""

from __future__ import annotations

from alembic_guard.ddl.actions import AddColumn, DropColumn, RenameColumn, SetNotNull
from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Column, Table
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found

NAME = "sqlite-rebuild-copies"
ADD = AddColumn("orders", Column("code", SqlType("text")))
FIXED = SetNotNull("orders", "status")


def orders(rows: int) -> list[Table]:
    return [Table("orders", complete=True, rows=rows)]


def test_what_alter_table_does_by_itself_needs_no_batch_mode() -> None:
    assert found(ADD, kind="sqlite", rebuilds="orders", only=NAME) == [
        Finding(
            NAME,
            "Batch mode copies all of orders, and every write to the database waits.",
            (
                "ALTER TABLE does it by itself.\n"
                "No database was asked how large orders is: it is judged as a large "
                "table."
            ),
            ('op.add_column("orders", sa.Column("code", sa.Text()))',),
            Severity.NOTE,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert [
        each.next
        for each in found(DropColumn("orders", "note"), kind="sqlite", rebuilds="orders", only=NAME)
    ] == [('op.drop_column("orders", "note")',)]
    assert [
        each.next
        for each in found(
            RenameColumn("orders", "note", "text"), kind="sqlite", rebuilds="orders", only=NAME
        )
    ] == [('op.alter_column("orders", "note", new_column_name="text")',)]


def test_what_it_can_not_do_stays() -> None:
    assert found(FIXED, kind="sqlite", rebuilds="orders", only=NAME) == [
        Finding(
            NAME,
            "Batch mode copies all of orders, and every write to the database waits.",
            (
                "SQLite can't do it by ALTER TABLE.\n"
                "No database was asked how large orders is: it is judged as a large "
                "table."
            ),
            (
                (
                    'with op.batch_alter_table("orders") as batch:  # guard: '
                    "allow(sqlite-rebuild-copies) nobody writes at that hour\n"
                    '    batch.alter_column("status", nullable=False)'
                ),
            ),
            Severity.NOTE,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_large_table_is_a_warning() -> None:
    assert [
        each.severity
        for each in found(
            FIXED, kind="sqlite", rebuilds="orders", tables=orders(1_000_000), only=NAME
        )
    ] == [Severity.WARNING]
    assert [
        each.severity
        for each in found(
            FIXED, kind="sqlite", rebuilds="orders", tables=orders(999_999), only=NAME
        )
    ] == [Severity.NOTE]


def test_a_rebuild_is_told_of_once() -> None:
    assert [
        each.place for each in found(ADD, FIXED, kind="sqlite", rebuilds="orders", only=NAME)
    ] == [Place("a1.py", 1)]


def test_without_a_rebuild_and_of_an_empty_table_it_is_silent() -> None:
    assert found(ADD, kind="sqlite", only=NAME) == []
    assert found(ADD, kind="sqlite", rebuilds="orders", tables=orders(0), only=NAME) == []
