"""What CASCADE drops beside what is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Column, Constraint, Table
from alembic_guard.sql_types import SqlType
from tests.rules.judging import found
from tests.rules.linting import shop

NAME = "cascade-drops"
WHY = (
    "PostgreSQL tells of it only in a notice. Without CASCADE it refuses, and names what depends "
    "on it."
)
TIMEOUT = "op.execute(\"SET LOCAL lock_timeout = '3s'\")\n"
UNUSED = "nothing uses it any more"
USERS = Table(
    "users",
    {"id": Column("id"), "mood": Column("mood", SqlType("mood"))},
    {"users_pkey": Constraint("primary key", "users_pkey", ("id",))},
    complete=True,
    rows=5,
    views=("names",),
    used_by_views=frozenset({"mood"}),
    referenced_by=("orders",),
)
ORDERS = Table(
    "orders",
    {"user_id": Column("user_id")},
    {"orders_user": Constraint("foreign key", "orders_user", ("user_id",), refers_to="users")},
    complete=True,
    rows=5,
)
NAMES = Table("names", complete=True, kind="view", views=("totals",))
TOTALS = Table("totals", complete=True, kind="materialized view")
ALL = (USERS, ORDERS, NAMES, TOTALS)
VIEWS = (
    f'op.execute("DROP MATERIALIZED VIEW totals")  # guard: allow(dropped-object) {UNUSED}\n'
    f'op.execute("DROP VIEW names")  # guard: allow(dropped-object) {UNUSED}\n'
)
KEY = (
    'op.drop_constraint("orders_user", "orders", type_="foreignkey")'
    "  # guard: allow(dropped-constraint) what it refers to is not needed any more\n"
)


def of(sql: str, *tables: Table) -> tuple[str, tuple[str, ...], str]:
    (judged,) = found(sql, tables=tables, only=NAME)
    return judged.message, judged.next, judged.severity.value


def test_nobody_knows_what_goes_where_no_database_was_asked() -> None:
    assert found("DROP TABLE users CASCADE", only=NAME) == [
        Finding(
            NAME,
            "Dropping users with CASCADE drops whatever depends on it too.",
            WHY,
            (f'op.drop_table("users")  # guard: allow(drop-table) {UNUSED}',),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_of_a_table_views_and_foreign_keys_go_and_the_fix_names_them() -> None:
    fix = f'{TIMEOUT}{VIEWS}{KEY}op.drop_table("users")  # guard: allow(drop-table) {UNUSED}'
    message = "Dropping users with CASCADE drops totals, names, orders_user too."
    assert of("DROP TABLE users CASCADE", *ALL) == (message, (fix,), "error")
    (other,) = found("DROP TABLE users CASCADE", tables=ALL, only="drop-table")
    assert other.next == (fix,)


def test_of_a_column_the_only_view_that_reads_it_goes() -> None:
    line = f'op.drop_column("users", "mood")  # guard: allow(drop-column) {UNUSED}'
    sql = "ALTER TABLE users DROP COLUMN mood CASCADE"
    message = "Dropping users.mood with CASCADE drops totals, names too."
    assert of(sql, *ALL) == (message, (f"{TIMEOUT}{VIEWS}{line}",), "error")
    (other,) = found(sql, tables=ALL, only="drop-column")
    assert other.next == (f"{TIMEOUT}{VIEWS}{line}",)


def test_of_a_column_that_one_of_several_views_reads_nobody_knows_which_goes() -> None:
    table = Table("users", rows=5, views=("a", "b"), used_by_views=frozenset({"age"}))
    message = "Dropping users.age with CASCADE drops whatever depends on it too."
    line = f'op.drop_column("users", "age")  # guard: allow(drop-column) {UNUSED}'
    assert of("ALTER TABLE users DROP age CASCADE", table) == (message, (line,), "error")


def test_of_a_key_the_foreign_keys_that_refer_to_it_go() -> None:
    line = 'op.drop_constraint("users_pkey", "users", type_="primary")'
    allowed = f"{line}  # guard: allow(dropped-constraint) {UNUSED}"
    message = "Dropping users_pkey with CASCADE drops orders_user too."
    sql = "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE"
    assert of(sql, *ALL) == (message, (f"{TIMEOUT}{KEY}{allowed}",), "error")
    column = "ALTER TABLE users DROP COLUMN id CASCADE"
    assert of(column, *ALL)[0] == "Dropping users.id with CASCADE drops orders_user too."


def test_of_a_type_the_columns_go() -> None:
    line = f'op.execute("DROP TYPE mood")  # guard: allow(dropped-object) {UNUSED}'
    column = f'op.drop_column("users", "mood")  # guard: allow(drop-column) {UNUSED}\n'
    message = "Dropping the type mood with CASCADE drops users.mood too."
    assert of("DROP TYPE mood CASCADE", *ALL) == (message, (f"{TIMEOUT}{column}{line}",), "error")


@pytest.mark.parametrize(
    ("sql", "message", "line"),
    [
        (
            "DROP SCHEMA IF EXISTS archive CASCADE",
            "Dropping the schema archive with CASCADE drops whatever depends on it too.",
            f'op.execute("DROP SCHEMA IF EXISTS archive")  # guard: allow(dropped-object) {UNUSED}',
        ),
        (
            "DROP INDEX ix CASCADE",
            "Dropping ix with CASCADE drops whatever depends on it too.",
            "with op.get_context().autocommit_block():\n"
            '    op.drop_index("ix", postgresql_concurrently=True)',
        ),
        (
            "DROP TABLE IF EXISTS archive.users CASCADE",
            "Dropping archive.users with CASCADE drops whatever depends on it too.",
            'op.drop_table("users", schema="archive", if_exists=True)'
            f"  # guard: allow(drop-table) {UNUSED}",
        ),
    ],
)
def test_of_others_the_fix_is_the_statement_without_cascade(
    sql: str, message: str, line: str
) -> None:
    assert of(sql) == (message, (line,), "error")


def test_of_a_view_those_that_read_it_go() -> None:
    assert of("DROP VIEW names CASCADE", *ALL)[::2] == (
        "Dropping the view names with CASCADE drops totals too.",
        "error",
    )


def test_it_is_a_note_where_nothing_is_known_to_depend_on_it() -> None:
    message = "Dropping orders with CASCADE drops whatever depends on it too."
    fix = f'{TIMEOUT}op.drop_table("orders")  # guard: allow(drop-table) {UNUSED}'
    assert of("DROP TABLE orders CASCADE", *ALL) == (message, (fix,), Severity.NOTE.value)


def test_what_the_statement_names_itself_does_not_go_too() -> None:
    first, second = found("DROP TABLE users, orders CASCADE", tables=ALL, only=NAME)
    assert first.message == "Dropping users with CASCADE drops totals, names too."
    assert second.severity is Severity.NOTE


def test_an_empty_table_needs_no_allowance() -> None:
    empty = Table("users", rows=0, complete=True)
    assert of("DROP TABLE users CASCADE", empty)[1] == ('op.drop_table("users")',)


def test_what_the_run_made_and_what_has_no_cascade_is_silent() -> None:
    assert found("CREATE TABLE users (id bigint)", "DROP TABLE users CASCADE", only=NAME) == []
    assert found("CREATE VIEW v AS SELECT 1 AS a", "DROP VIEW v CASCADE", only=NAME) == []
    assert found("DROP TABLE users", "DROP VIEW v", tables=ALL, only=NAME) == []


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE users CASCADE",
        "ALTER TABLE shops DROP COLUMN city CASCADE",
        "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE",
        "DROP MATERIALIZED VIEW totals CASCADE",
    ],
)
def test_the_fix_is_clean_and_runs(sql: str, tmp_path: Path, postgresql_server: URL) -> None:
    with shop("postgresql", tmp_path, postgresql_server) as there:
        judged = there.lint(f'op.execute("{sql}")')
        (fix,) = next(each.next for each in judged if each.name == NAME)
        left = [each for each in there.lint(fix) if each.allowed is None]
        assert [(each.name, each.message) for each in left if each.severity.value != "note"] == []
        there.upgrade(fix)
