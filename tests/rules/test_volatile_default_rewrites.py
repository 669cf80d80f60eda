"""A new column with a volatile default."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Functions
from tests.rules.adding import ASSUMED, EMPTY, NEW, backfill, not_null
from tests.rules.judging import found

NAME = "volatile-default-rewrites"
WHY = (
    "Nobody reads or writes it until each row has a value and every index is built anew, "
    f"under ACCESS EXCLUSIVE.\n{ASSUMED}"
)


def test_a_volatile_default_rewrites_the_table_and_the_fix_fills_it_in_batches() -> None:
    assert found("ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid()") == [
        Finding(
            NAME,
            "Adding orders.token rewrites all of orders: gen_random_uuid() is volatile.",
            WHY,
            (
                'op.add_column("orders", sa.Column("token", sa.Uuid()))\n'
                'op.alter_column("orders", "token", '
                'server_default=sa.text("gen_random_uuid()"))',
                backfill("token"),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_function_that_is_not_known_may_be_volatile_which_is_a_warning() -> None:
    sql = "ALTER TABLE orders ADD COLUMN code mood NOT NULL DEFAULT my_code()"
    assert found(sql) == [
        Finding(
            NAME,
            "Adding orders.code rewrites all of orders if my_code() is volatile.",
            WHY,
            (
                'op.execute("ALTER TABLE orders ADD COLUMN code mood")\n'
                'op.alter_column("orders", "code", server_default=sa.text("my_code()"))',
                backfill("code"),
                *not_null("code"),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize(
    ("kind", "severities"),
    [("volatile", [Severity.ERROR]), ("stable", []), ("immutable", [])],
)
def test_the_server_knows_its_functions(kind: str, severities: list[Severity]) -> None:
    sql = "ALTER TABLE orders ADD COLUMN code text DEFAULT my_code()"
    judged = found(sql, target={"functions": Functions({"my_code": kind})})
    assert [each.severity for each in judged] == severities


@pytest.mark.parametrize(
    "default",
    ["'new'", "0", "now()", "CURRENT_TIMESTAMP", "NULL", "'now()'", "(1 + 1)", "'{}'::text[]"],
)
def test_a_constant_and_now_raise_nothing(default: str) -> None:
    assert found(f"ALTER TABLE orders ADD COLUMN code text NOT NULL DEFAULT {default}") == (
        [] if default != "NULL" else found("ALTER TABLE orders ADD COLUMN code text NOT NULL")
    )
    assert found(f"ALTER TABLE orders ADD COLUMN code text DEFAULT {default}") == []


def test_new_and_empty_tables_may_have_any_default() -> None:
    sql = "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid()"
    assert found(NEW, sql, only=NAME) == []
    assert found(sql, tables=[EMPTY], only=NAME) == []


def test_a_default_for_the_rows_to_come_touches_none() -> None:
    sql = "ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid()"
    assert found(sql, only=NAME) == []
