"""A column that is dropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from alembic_guard.ddl.actions import DropColumn
from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Column, Constraint, Index, Table
from tests.rules.judging import found
from tests.rules.linting import shop

NAME = "drop-column"
REASON = f"# guard: allow({NAME}) no code that runs maps it"
WHY = "A downgrade makes the column again, but not what it held."
SQL = "ALTER TABLE orders DROP COLUMN status"
STATUS = Column("status")


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql", "sqlite"])
def test_a_drop_loses_the_values_and_the_fix_says_why_they_may_go(kind: str) -> None:
    assert found(SQL, kind=kind, only=NAME) == [
        Finding(
            NAME,
            "Dropping orders.status loses what it holds.",
            WHY,
            (f'op.execute("{SQL}")  {REASON}',),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_the_directive_is_said_as_it_is() -> None:
    judged = found(DropColumn("archive.orders", "status"), only=NAME)
    line = 'op.drop_column("orders", "status", schema="archive")'
    assert [each.next for each in judged] == [(f"{line}  {REASON}",)]


def test_a_column_that_the_models_still_map_breaks_the_code_that_runs() -> None:
    (judged,) = found(SQL, models={"orders": frozenset({"id", "status"})}, only=NAME)
    assert (judged.message, judged.why) == (
        "Dropping orders.status breaks the code that runs: target_metadata still maps it.",
        "The models name the column in every SELECT and INSERT, and all of them fail once it is "
        f"gone. Take it off the models first, and deploy that. {WHY}",
    )
    (other,) = found(SQL, models={"orders": frozenset({"id"})}, only=NAME)
    assert other.message == "Dropping orders.status loses what it holds."


def test_the_indexes_that_go_with_it_are_named() -> None:
    table = Table(
        "orders",
        indexes={
            "ix_status": Index("ix_status", ("status",)),
            "ix_user": Index("ix_user", ("user_id",), include=("status",)),
            "ix_other": Index("ix_other", ("user_id",)),
        },
        rows=5,
    )
    (judged,) = found(SQL, tables=[table], only=NAME)
    assert judged.why == f"{WHY} ix_status, ix_user go with it."
    one = Table("orders", indexes={"ix_status": table.indexes["ix_status"]}, rows=5)
    (judged,) = found(SQL, tables=[one], only=NAME)
    assert judged.why == f"{WHY} ix_status goes with it."


def test_a_new_table_is_silent_and_an_empty_one_unless_the_models_map_the_column() -> None:
    empty = Table("orders", rows=0)
    mapped = {"orders": frozenset({"status"})}
    assert found("CREATE TABLE orders (status text)", SQL, only=NAME, models=mapped) == []
    assert found(SQL, tables=[empty], only=NAME) == []
    assert [each.name for each in found(SQL, tables=[empty], models=mapped, only=NAME)] == [NAME]


def test_nothing_is_lost_with_a_column_that_the_run_added_or_that_is_not_there() -> None:
    added = "ALTER TABLE orders ADD COLUMN status text"
    assert found(added, SQL, only=NAME) == []
    assert found([added], [SQL], only=NAME) == []
    assert len(found([added], [SQL], together=False, only=NAME)) == 1
    there = Table("orders", {"Status": Column("Status")}, complete=True, rows=5)
    assert len(found(SQL, tables=[there], only=NAME)) == 1
    without = Table("orders", {"id": Column("id")}, complete=True, rows=5)
    assert found(SQL, tables=[without], only=NAME) == []


def test_the_fix_waits_briefly_where_its_foreign_key_locks_another_table() -> None:
    key = Constraint("foreign key", "orders_user", ("user_id",), refers_to="users")
    columns = {name: Column(name) for name in ("user_id", "status")}
    table = Table("orders", columns, {"orders_user": key}, complete=True, rows=5)
    sql = "ALTER TABLE orders DROP COLUMN user_id"
    (judged,) = found(sql, tables=[table], only=NAME)
    waits = "op.execute(\"SET LOCAL lock_timeout = '3s'\")\n"
    assert judged.next == (f'{waits}op.execute("{sql}")  {REASON}',)
    (other,) = found(SQL, tables=[table], only=NAME)
    assert other.next == (f'op.execute("{SQL}")  {REASON}',)


def test_what_sqlite_cannot_drop_is_dropped_in_batch_mode() -> None:
    indexes = {"ix": Index("ix", ("status",))}
    table = Table("orders", {"status": STATUS}, indexes=indexes, complete=True, rows=5)
    (judged,) = found(SQL, kind="sqlite", tables=[table], only=NAME)
    assert judged.next == (
        f'with op.batch_alter_table("orders") as batch_op:  {REASON}\n'
        '    batch_op.drop_column("status")',
    )


def test_batch_mode_is_said_as_it_is_and_the_allowance_holds_for_it(tmp_path: Path) -> None:
    with shop("sqlite", tmp_path) as there:
        batch = 'with op.batch_alter_table("orders", recreate="always") as batch_op:\n    '
        judged = there.lint(batch + 'batch_op.drop_column("note")')
        (fix,) = next(each.next for each in judged if each.name == NAME)
        assert fix == (
            f'with op.batch_alter_table("orders") as batch_op:  {REASON}\n'
            '    batch_op.drop_column("note")'
        )
        again = [each for each in there.lint(fix) if each.name == NAME]
        assert [each.allowed for each in again] == ["no code that runs maps it"]
