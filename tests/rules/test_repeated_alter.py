"""One table and several ALTER TABLE."""

from __future__ import annotations

from typing import Any

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "repeated-alter"
ADD = "ALTER TABLE orders ADD COLUMN memo text"


def lint(*body: Any, **how: Any) -> list[Finding]:
    return found(*body, enable=[NAME], only=NAME, **how)


def test_several_statements_become_one() -> None:
    assert lint(ADD, "ALTER TABLE orders ALTER note SET NOT NULL", ADD) == [
        Finding(
            NAME,
            "orders is altered by several statements of this revision.",
            "Each ALTER TABLE does its work anew; all clauses of one are done in one pass.",
            ('op.execute("ALTER TABLE orders ADD COLUMN memo text, ALTER note SET NOT NULL")',),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_what_does_not_begin_alike_has_no_ready_statement() -> None:
    assert [each.next for each in lint(ADD, "ALTER TABLE ONLY orders DROP COLUMN a")] == [()]


def test_one_statement_several_tables_and_new_tables_raise_nothing() -> None:
    assert lint("ALTER TABLE orders ADD COLUMN a text, ADD COLUMN b text") == []
    assert lint(ADD, "ALTER TABLE users ADD COLUMN a text") == []
    assert lint("CREATE TABLE orders (id int)", ADD, ADD) == []
    assert lint([ADD], [ADD]) == []


def test_an_index_is_no_alter_table() -> None:
    assert lint(ADD, "CREATE INDEX i ON orders (a)") == []
