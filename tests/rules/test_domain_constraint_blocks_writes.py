"""Constraints of domains."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import ORDERS, SIZE
from tests.rules.judging import found

NAME = "domain-constraint-blocks-writes"
SQL = "ALTER DOMAIN amount ADD CONSTRAINT a CHECK (VALUE > 0)"
VALIDATE = "ALTER DOMAIN amount VALIDATE CONSTRAINT a"
WHY = "ALTER DOMAIN takes a SHARE lock on every table that uses it, and tests all rows under it."


@pytest.mark.parametrize(
    ("sql", "what", "fix"),
    [
        (SQL, "ADD CONSTRAINT", f'op.execute("{SQL} NOT VALID")'),
        (
            "ALTER DOMAIN amount SET NOT NULL",
            "SET NOT NULL",
            'op.execute("ALTER DOMAIN amount ADD CONSTRAINT amount_is_not_null CHECK (VALUE IS NOT '
            'NULL) NOT VALID")',
        ),
        (
            VALIDATE,
            "VALIDATE CONSTRAINT",
            f'op.execute("{VALIDATE}")  # guard: allow({NAME}) these tables are small, or nobody '
            "writes to them now",
        ),
    ],
)
def test_writes_to_each_table_that_uses_it_wait(sql: str, what: str, fix: str) -> None:
    assert found(sql, tables=[ORDERS], only=NAME) == [
        Finding(
            NAME,
            f"{what} on the domain amount makes every write to orders wait.",
            f"{WHY}\n{SIZE}",
            (fix,),
            Severity.ERROR,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_the_tables_need_not_be_known() -> None:
    (one,) = found(SQL, only=NAME)
    assert (one.message, one.why) == (
        "ADD CONSTRAINT on the domain amount makes every write to each table that uses amount "
        "wait.",
        WHY,
    )


def test_small_tables_are_noted() -> None:
    (one,) = found(SQL, tables=[ORDERS], small=10, only=NAME)
    assert one.severity is Severity.NOTE


def test_inside_of_a_do_there_is_no_statement_to_mend() -> None:
    (one,) = found(f"DO $$ BEGIN {SQL}; END $$", only=NAME)
    assert one.next == ()


def test_what_reads_no_row_is_silent() -> None:
    assert found(f"{SQL} NOT VALID", only=NAME) == []
    assert found("ALTER DOMAIN amount DROP NOT NULL", only=NAME) == []
    assert found("ALTER DOMAIN amount SET DEFAULT 0", only=NAME) == []


def test_from_version_18_on_validating_lets_writes_pass() -> None:
    assert found(VALIDATE, version=(18, 0), only=NAME) == []


def test_a_domain_of_the_run_is_silent() -> None:
    assert found("CREATE DOMAIN amount AS numeric", SQL, only=NAME) == []
