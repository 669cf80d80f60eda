"""What fails when it is done once more."""

from __future__ import annotations

from typing import Any

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found
from tests.rules.steps import directive

NAME = "not-repeatable"


def lint(*body: Any, **how: Any) -> list[Finding]:
    return found(*body, enable=[NAME], only=NAME, **how)


def test_a_new_table_outside_of_a_transaction() -> None:
    assert lint("CREATE TABLE notes (id int)", autocommit=True) == [
        Finding(
            NAME,
            "A second attempt fails here: it says no IF NOT EXISTS.",
            "It is committed by itself, and stays when a later statement fails.",
            (
                "with op.get_context().autocommit_block():\n"
                '    op.execute("CREATE TABLE IF NOT EXISTS notes (id int)")',
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_what_else_can_say_that_it_may_be_there() -> None:
    each = (
        "DROP TABLE notes",
        "ALTER TYPE mood ADD VALUE 'so'",
        "CREATE SEQUENCE s",
        "DROP VIEW v",
        "ALTER TABLE orders ADD COLUMN memo text",
    )
    assert [one.next for one in lint(*each, autocommit=True)] == [
        (
            "with op.get_context().autocommit_block():\n"
            '    op.execute("DROP TABLE IF EXISTS notes")',
        ),
        (
            "with op.get_context().autocommit_block():\n"
            "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'so'\")",
        ),
        (
            "with op.get_context().autocommit_block():\n"
            '    op.execute("CREATE SEQUENCE IF NOT EXISTS s")',
        ),
        ('with op.get_context().autocommit_block():\n    op.execute("DROP VIEW IF EXISTS v")',),
        (
            "with op.get_context().autocommit_block():\n"
            '    op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS memo text")',
        ),
    ]


def test_a_directive_gets_the_argument() -> None:
    body = 'op.drop_table("notes")'
    assert [each.next for each in directive(body, autocommit=True, enable=[NAME], only=NAME)] == [
        ("with op.get_context().autocommit_block():\n    op.drop_table('notes', if_exists=True)",)
    ]


def test_mariadb_and_mysql_are_always_outside_of_one() -> None:
    index = "CREATE INDEX i ON orders (a)"
    assert [each.next for each in lint(index, kind="mariadb")] == [
        ('op.execute("CREATE INDEX IF NOT EXISTS i ON orders (a)")',)
    ]
    assert lint(index, kind="mysql") == []
    assert len(lint("CREATE TABLE notes (id int)", kind="mysql")) == 1


def test_in_a_transaction_and_with_the_words_nothing_is_found() -> None:
    assert lint("CREATE TABLE notes (id int)") == []
    assert lint("CREATE TABLE IF NOT EXISTS notes (id int)", autocommit=True) == []
    assert lint("CREATE OR REPLACE VIEW v AS SELECT 1", autocommit=True) == []
    assert lint("CREATE VIEW v AS SELECT 1", autocommit=True) == []  # which can't say it


def test_an_index_that_is_built_concurrently_is_no_matter_of_these_words() -> None:
    assert lint("CREATE INDEX CONCURRENTLY i ON orders (a)", autocommit=True) == []
