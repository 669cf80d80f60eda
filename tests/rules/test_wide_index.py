"""An index of more than three columns, where that is asked for."""

from __future__ import annotations

import pytest

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

RULE = "wide-index"
CREATE = "CREATE INDEX ix ON orders (a, b, c, d)"


def finding(fix: str) -> Finding:
    return Finding(
        RULE,
        "There are 4 columns in ix of orders.",
        "Those behind c narrow a search little, and cost every write.",
        (fix,),
        severity=Severity.WARNING,
        revision="a1",
        place=Place("a1.py", 1),
    )


def test_it_is_found_with_the_index_of_its_first_columns() -> None:
    fix = (
        "with op.get_context().autocommit_block():\n"
        '    op.create_index("ix", "orders", ["a", "b", "c"], postgresql_concurrently=True)'
    )
    assert found(CREATE, only=RULE, enable=[RULE]) == [finding(fix)]


@pytest.mark.parametrize("kind", ["mariadb", "mysql", "sqlite"])
def test_it_is_found_on_every_database(kind: str) -> None:
    plain = 'op.create_index("ix", "orders", ["a", "b", "c"])'
    assert found(CREATE, only=RULE, enable=[RULE], kind=kind) == [finding(plain)]


def test_a_new_table_has_its_index_at_once() -> None:
    (one,) = found("CREATE TABLE orders (a int)", CREATE, only=RULE, enable=[RULE])
    assert one.next == ('op.create_index("ix", "orders", ["a", "b", "c"])',)


def test_nothing_is_found_of_three_or_of_a_unique_one_or_unasked() -> None:
    assert found("CREATE INDEX ix ON orders (a, b, c)", only=RULE, enable=[RULE]) == []
    assert found("CREATE UNIQUE INDEX ix ON orders (a, b, c, d)", only=RULE, enable=[RULE]) == []
    assert found(CREATE, only=RULE) == []
