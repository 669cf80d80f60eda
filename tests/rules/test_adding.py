"""The code that adds columns: what tells rows apart, and names that need quotes."""

from __future__ import annotations

import pytest

from alembic_guard.rules._adding import add_column, backfill, constrained, text_code
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column, Constraint, Table, Target
from alembic_guard.sql_types import parse_type


def batches(where: str) -> str:
    return (
        f'batch = sa.text("UPDATE items SET n = DEFAULT WHERE {where}")\n'
        "with op.get_context().autocommit_block():\n"
        "    while op.get_bind().execute(batch).rowcount:\n"
        "        pass"
    )


def keyed(*columns: str) -> Table:
    return Table("items", constraints={"k": Constraint("primary key", "k", columns)}, complete=True)


@pytest.mark.parametrize(
    ("table", "own", "rows"),
    [
        (keyed("number"), "number", "number"),
        (keyed("number", "Item"), '(number, \\"Item\\")', 'number, \\"Item\\"'),
        (Table("items", complete=True), "ctid", "ctid"),
        (Table("items"), "id", "id"),
    ],
)
def test_the_key_of_a_table_tells_its_rows_apart(table: Table, own: str, rows: str) -> None:
    run = Run(Target(), {"items": table})
    where = f"{own} IN (SELECT {rows} FROM items WHERE n IS NULL LIMIT 10000)"
    assert backfill(run, "items", "n") == batches(where)


def test_mariadb_has_a_limit_in_its_update() -> None:
    run = Run(Target("mariadb"))
    assert backfill(run, "items", "n") == batches("n IS NULL LIMIT 10000")


def test_a_value_that_may_be_null_needs_a_where() -> None:
    run = Run(Target("mariadb"))
    written = backfill(run, "items", "n", "DEFAULT", where="m IS NOT NULL")
    assert written == batches("n IS NULL AND m IS NOT NULL LIMIT 10000")


@pytest.mark.parametrize(
    ("kind", "sql"),
    [
        ("postgresql", 'ALTER TABLE sales.\\"Orders\\" ADD COLUMN \\"My Mood\\" mood NOT NULL'),
        ("mysql", "ALTER TABLE sales.`Orders` ADD COLUMN `My Mood` mood NOT NULL"),
    ],
)
def test_names_are_quoted_as_the_database_does(kind: str, sql: str) -> None:
    column = Column("My Mood", parse_type("mood"), nullable=False)
    assert add_column("sales.Orders", column, kind) == f'op.execute("{sql}")'


def test_a_word_that_is_reserved_is_quoted() -> None:
    column = Column("order", parse_type("mood"))
    assert add_column("user", column) == (
        'op.execute("ALTER TABLE \\"user\\" ADD COLUMN \\"order\\" mood")'
    )


def test_a_schema_is_an_argument() -> None:
    column = Column("n", parse_type("integer"), default="0")
    assert add_column("sales.orders", column) == (
        'op.add_column("orders", sa.Column("n", sa.Integer(), server_default=sa.text("0")), '
        'schema="sales")'
    )


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("'a'::text", "sa.text(\"'a'::text\")"),
        ("'10:30'", "sa.text(\"'10:30'\")"),
        ("':x'", "sa.text(\"'\\\\:x'\")"),
    ],
)
def test_a_colon_is_no_parameter(sql: str, code: str) -> None:
    assert text_code(sql) == code


def test_a_colon_in_a_check_is_no_parameter() -> None:
    check = Constraint("check", "c", ("note",), expression="note <> 'a :b'")
    added, _ = constrained("items", check)
    assert added == (
        'op.create_check_constraint("c", "items", "note <> \'a \\\\:b\'", '
        "postgresql_not_valid=True)"
    )
