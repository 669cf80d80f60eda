"""What the database does not have."""

from __future__ import annotations

from alembic_guard.ddl.actions import DropConstraint, DropIndex
from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Column, Constraint, Index, Table
from tests.rules.judging import found

NAME = "unknown-object"
TABLE = Table(
    "orders",
    {name: Column(name) for name in ("id", "note", "total")},
    {"orders_total_check": Constraint("check", "orders_total_check", ("total",))},
    {"ix_orders_status": Index("ix_orders_status", ("status",))},
    complete=True,
    rows=5,
)


def test_a_table_that_is_not_there_and_the_nearest_one() -> None:
    models = {"orders": frozenset({"id"})}
    sql = "ALTER TABLE order_ ADD COLUMN memo text"
    assert found(sql, tables=[TABLE], models=models, only=NAME) == [
        Finding(
            NAME,
            "There is no table order_, so the migration fails here.",
            "The database was asked, and nothing before this makes it. There is orders.",
            ('op.execute("ALTER TABLE orders ADD COLUMN memo text")',),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_column_a_constraint_and_an_index() -> None:
    each = (
        "ALTER TABLE orders ALTER notee DROP DEFAULT",
        "ALTER TABLE orders DROP CONSTRAINT orders_totals_check",
        "ALTER TABLE orders VALIDATE CONSTRAINT nothing",
        "DROP TABLE nowhere",
    )
    assert [(one.message, one.next) for one in found(*each, tables=[TABLE], only=NAME)] == [
        (
            "There is no column notee in orders, so the migration fails here.",
            ('op.execute("ALTER TABLE orders ALTER note DROP DEFAULT")',),
        ),
        (
            "There is no constraint orders_totals_check in orders, so the migration fails here.",
            ('op.execute("ALTER TABLE orders DROP CONSTRAINT orders_total_check")',),
        ),
        ("There is no constraint nothing in orders, so the migration fails here.", ()),
        ("There is no table nowhere, so the migration fails here.", ()),
    ]
    index = DropIndex("orders", "ix_orders_stat")
    assert [(one.message, one.why) for one in found(index, tables=[TABLE], only=NAME)] == [
        (
            "There is no index ix_orders_stat in orders, so the migration fails here.",
            "The database was asked, and nothing before this makes it. There is ix_orders_status.",
        )
    ]


def test_what_is_there_was_made_before_or_is_said_to_be_optional_raises_nothing() -> None:
    for body in (
        ["ALTER TABLE orders ALTER note DROP DEFAULT"],
        ["ALTER TABLE orders ADD COLUMN a text", "ALTER TABLE orders ALTER a DROP DEFAULT"],
        ["ALTER TABLE orders RENAME TO sales", "ALTER TABLE sales ALTER note DROP DEFAULT"],
        ["CREATE TABLE t (id int)", "DROP TABLE t"],
        ["DROP TABLE IF EXISTS nowhere"],
        ["ALTER TABLE IF EXISTS nowhere ADD COLUMN a text"],
        ["ALTER TABLE orders DROP COLUMN IF EXISTS nothing"],
        ["ALTER TABLE orders DROP CONSTRAINT orders_total_check"],
        ["UPDATE pg_catalog.pg_attribute SET attstattarget = 1 WHERE attnum = 1"],
    ):
        assert found(*body, tables=[TABLE], only=NAME) == []


def test_behind_what_nobody_sees_into_nothing_is_found() -> None:
    for sql in ("CALL make()", "SELECT make()", "CREATE EXTENSION pg_partman"):
        assert found(sql, "DROP TABLE nowhere", tables=[TABLE], only=NAME) == []


def test_without_a_database_and_of_tables_that_are_known_in_part_nothing_is_found() -> None:
    assert found("DROP TABLE nowhere", only=NAME) == []
    part = Table("orders", rows=5)
    assert found("ALTER TABLE orders ALTER a DROP DEFAULT", tables=[part], only=NAME) == []


def test_sqlites_constraints_have_names_in_batch_mode_only() -> None:
    sql = DropConstraint("orders", "fk_orders_user_id_users")
    assert found(sql, kind="sqlite", tables=[TABLE], only=NAME) == []
