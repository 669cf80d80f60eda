"""An index on an expression whose table is not analyzed afterwards, where that is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Table
from tests.rules.judging import found

RULE = "index-without-analyze"
CREATE = "CREATE INDEX CONCURRENTLY ix ON users (lower(name))"


def judged(*statements: str, **options: Any) -> list[Finding]:
    return found(*statements, only=RULE, enable=[RULE], autocommit=True, **options)


def test_it_is_found_with_the_line_that_analyzes() -> None:
    assert judged(CREATE) == [
        Finding(
            RULE,
            "Nothing analyzes users after ix is built: its expression has no statistics.",
            "Until then the planner guesses how many rows the index finds.",
            (
                "with op.get_context().autocommit_block():\n"
                '    op.create_index("ix", "users", [sa.text("lower(name)")], '
                "postgresql_concurrently=True)\n"
                'op.execute("ANALYZE users")',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


@pytest.mark.parametrize("later", ["ANALYZE users", "ANALYZE", "VACUUM ANALYZE users"])
def test_nothing_is_found_before_an_analyze(later: str) -> None:
    assert judged(CREATE, later) == []
    assert judged(later, CREATE) != []


def test_an_analyze_in_a_later_revision_will_do() -> None:
    assert found([CREATE], ["ANALYZE users"], only=RULE, enable=[RULE]) == []
    assert found([CREATE], ["ANALYZE orders"], only=RULE, enable=[RULE]) != []


def test_nothing_is_found_without_an_expression_or_rows_or_unasked() -> None:
    assert judged("CREATE INDEX CONCURRENTLY ix ON users (name)") == []
    assert judged("CREATE TABLE users (name text)", CREATE) == []
    assert judged(CREATE, tables=[Table("users", rows=0)]) == []
    assert found(CREATE, only=RULE, autocommit=True) == []
