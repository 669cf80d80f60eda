"""What SQLite refuses outside of batch mode."""

from __future__ import annotations

import pytest

from alembic_guard import rules
from alembic_guard.ddl.actions import (
    Action,
    AddConstraint,
    AlterColumn,
    DropConstraint,
    DropDefault,
    DropNotNull,
    SetDefault,
    SetNotNull,
    SetType,
)
from alembic_guard.finding import Finding, Place
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Column, Constraint, Index, Table, Target
from alembic_guard.sql_types import parse_type
from tests.rules.adding import EMPTY, NEW
from tests.rules.judging import found

NAME = "sqlite-cannot-alter"
WHY = "The statement fails; only a rebuild of the table does it."
KEY = Constraint("unique", "u", ("note",))
PARENT = Constraint("foreign key", "f", ("shop_id",), refers_to="shops", referred_columns=("key",))
CHECK = Constraint("check", None, ("a",), expression="a > 0")
INDEXED = Table("orders", {"note": Column("note")}, indexes={"ix": Index("ix", ("note",))})


def finding(said: str, line: str = "", head: str = '"orders"') -> Finding:
    code = f"with op.batch_alter_table({head}) as batch:\n    {line}"
    return Finding(
        NAME,
        f"SQLite can't {said} by ALTER TABLE.",
        WHY,
        (code,) if line else (),
        revision="a1",
        place=Place("a1.py", 1),
    )


@pytest.mark.parametrize(
    ("action", "said", "line"),
    [
        (
            SetType("orders", "note", parse_type("varchar(200)")),
            "change the type of orders.note",
            'batch.alter_column("note", type_=sa.String(200))',
        ),
        (
            SetNotNull("orders", "note"),
            "change whether orders.note may be NULL",
            'batch.alter_column("note", nullable=False)',
        ),
        (
            DropNotNull("orders", "note"),
            "change whether orders.note may be NULL",
            'batch.alter_column("note", nullable=True)',
        ),
        (
            SetDefault("orders", "note", "'x'"),
            "change the default of orders.note",
            'batch.alter_column("note", server_default=sa.text("\'x\'"))',
        ),
        (
            DropDefault("orders", "note"),
            "change the default of orders.note",
            'batch.alter_column("note", server_default=None)',
        ),
        (AlterColumn("orders", "note", "set identity"), "change orders.note", ""),
        (
            AddConstraint("orders", KEY),
            "add a unique constraint to orders",
            'batch.create_unique_constraint("u", ["note"])',
        ),
        (
            AddConstraint("orders", PARENT),
            "add a foreign key to orders",
            'batch.create_foreign_key("f", "shops", ["shop_id"], ["key"])',
        ),
        (
            AddConstraint("orders", CHECK),
            "add a check to orders",
            'batch.create_check_constraint("orders_a_check", "a > 0")',
        ),
        (
            DropConstraint("orders", "f", "foreign key"),
            "drop the constraint f of orders",
            'batch.drop_constraint("f", type_="foreignkey")',
        ),
        (DropConstraint("orders", None, "unique"), "drop a unique constraint of orders", ""),
    ],
)
def test_a_change_of_what_is_there_needs_batch_mode(action: Action, said: str, line: str) -> None:
    assert found(action, kind="sqlite", only=NAME) == [finding(said, line)]


ALWAYS = '"orders", recreate="always"'


@pytest.mark.parametrize(
    ("column", "fault", "line"),
    [
        (
            "code text UNIQUE",
            "as a key",
            'batch.add_column(sa.Column("code", sa.Text()))\n'
            '    batch.create_unique_constraint("orders_code_key", ["code"])',
        ),
        (
            "code timestamp DEFAULT CURRENT_TIMESTAMP",
            "with a default that is not constant",
            'batch.add_column(sa.Column("code", sa.DateTime(), '
            'server_default=sa.text("CURRENT_TIMESTAMP")))',
        ),
        (
            "code integer DEFAULT 1 REFERENCES shops (id)",
            "with REFERENCES and a default",
            'batch.add_column(sa.Column("code", sa.Integer(), server_default=sa.text("1")))\n'
            '    batch.create_foreign_key("orders_code_fkey", "shops", ["code"], ["id"])',
        ),
        ("code integer AS (id * 2) STORED", "as a stored column", ""),
    ],
)
def test_a_new_column_may_need_it_too(column: str, fault: str, line: str) -> None:
    sql = f"ALTER TABLE orders ADD COLUMN {column}"
    assert found(sql, kind="sqlite") == [finding(f"add orders.code {fault}", line, ALWAYS)]


def test_a_column_that_is_needed_can_not_be_dropped() -> None:
    sql = "ALTER TABLE orders DROP COLUMN note"
    assert found(sql, kind="sqlite", tables=[INDEXED], only=NAME) == [
        finding(
            "drop orders.note, which an index, a constraint or a view needs,",
            'batch.drop_column("note")',
        )
    ]
    assert found(sql, kind="sqlite", only=NAME) == []


@pytest.mark.parametrize("column", ["code text", "code text NOT NULL DEFAULT 'x'", "code json"])
def test_what_sqlite_does_by_itself_is_silent(column: str) -> None:
    assert found(f"ALTER TABLE orders ADD COLUMN {column}", kind="sqlite") == []
    assert found("ALTER TABLE orders RENAME COLUMN a TO b", kind="sqlite", only=NAME) == []


def test_a_default_that_is_not_constant_fails_on_rows_only_and_a_key_always() -> None:
    now = "ALTER TABLE orders ADD COLUMN code timestamp DEFAULT CURRENT_TIMESTAMP"
    key = "ALTER TABLE orders ADD COLUMN code text UNIQUE"
    assert found(now, kind="sqlite", tables=[EMPTY]) == []
    assert found(NEW, now, kind="sqlite", only=NAME) == []
    assert [each.name for each in found(key, kind="sqlite", tables=[EMPTY])] == [NAME]


def test_a_comment_changes_nothing_in_sqlite() -> None:
    assert found(AlterColumn("orders", "note", "comment"), kind="sqlite") == []


def test_batch_mode_rebuilds_the_table() -> None:
    step = Step(None, (), Place("a1.py", 1), 0, "a1", rebuilds="orders")
    action = SetType("orders", "note", parse_type("text"))
    run = Run(Target("sqlite", (3, 40)), small=0)
    judged = [each.finding.name for each in rules.judge([(step, [action])], run)]
    assert NAME not in judged


def test_other_databases_alter_their_tables() -> None:
    assert found(SetType("orders", "note", parse_type("text")), kind="mariadb", only=NAME) == []
