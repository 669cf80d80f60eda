"""An index that has a column twice, where that is asked for."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

RULE = "duplicate-index-column"
CREATE = "CREATE INDEX ix ON orders (a, b, a)"


def finding(fix: str) -> Finding:
    return Finding(
        RULE,
        "a is twice in ix of orders.",
        "The second one narrows no search. Was another column meant?",
        (fix,),
        severity=Severity.WARNING,
        revision="a1",
        place=Place("a1.py", 1),
    )


def test_it_is_found_with_the_index_of_each_column_once() -> None:
    fix = (
        "with op.get_context().autocommit_block():\n"
        '    op.create_index("ix", "orders", ["a", "b"], postgresql_concurrently=True)'
    )
    assert found(CREATE, only=RULE, enable=[RULE]) == [finding(fix)]
    plain = 'op.create_index("ix", "orders", ["a", "b"])'
    assert found(CREATE, only=RULE, enable=[RULE], kind="sqlite") == [finding(plain)]


def test_nothing_is_found_of_different_columns_or_unasked() -> None:
    assert found("CREATE INDEX ix ON orders (a, b)", only=RULE, enable=[RULE]) == []
    assert found(CREATE, only=RULE) == []
