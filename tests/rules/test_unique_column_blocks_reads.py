"""A new column that is UNIQUE."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from tests.rules.adding import ASSUMED, EMPTY, NEW, unique
from tests.rules.directives import added
from tests.rules.judging import found

NAME = "unique-column-blocks-reads"
SQL = "ALTER TABLE orders ADD COLUMN code varchar(20) UNIQUE"


def test_unique_behind_a_column_blocks_reads_and_the_fix_builds_its_index_concurrently() -> None:
    assert found(SQL) == [
        Finding(
            NAME,
            "Adding orders.code with UNIQUE makes every read of orders wait for its index.",
            "ALTER TABLE holds ACCESS EXCLUSIVE while it reads the whole table to build the "
            f"index.\n{ASSUMED}",
            (
                'op.add_column("orders", sa.Column("code", sa.String(20)))',
                *unique("code", "orders_code_key"),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_constant_default_stays_in_the_fix() -> None:
    sql = (
        "ALTER TABLE orders ADD COLUMN code text NOT NULL DEFAULT 'a:b' CONSTRAINT only_one UNIQUE"
    )
    column = 'sa.Column("code", sa.Text(), nullable=False, server_default=sa.text("\'a:b\'"))'
    assert [(each.name, each.next) for each in found(sql)] == [
        (NAME, (f'op.add_column("orders", {column})', *unique("code", "only_one")))
    ]


def test_a_new_and_an_empty_table_are_silent() -> None:
    assert found(NEW, SQL, only=NAME) == []
    assert found(SQL, tables=[EMPTY], only=NAME) == []


def test_a_column_that_rewrites_the_table_is_told_of_by_that() -> None:
    sql = "ALTER TABLE orders ADD COLUMN code uuid DEFAULT gen_random_uuid() UNIQUE"
    judged = found(sql)
    assert [each.name for each in judged] == ["volatile-default-rewrites"]
    assert judged[0].next[-2:] == unique("code", "orders_code_key")


def test_unique_of_sqlalchemy_is_a_statement_of_its_own() -> None:
    assert added("orders", 'sa.Column("code", sa.String(20), unique=True)', only=NAME) == []
