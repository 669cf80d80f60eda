"""DDL that an autocommit block commits."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from tests.rules.judging import found

NAME = "ddl-before-autocommit"
ADD = "ALTER TABLE orders ADD COLUMN memo text"
BUILD = "CREATE INDEX CONCURRENTLY a ON orders (a)"


def test_what_an_autocommit_block_commits_gets_a_revision_of_its_own() -> None:
    body = (ADD, BUILD, "ALTER TABLE orders DROP COLUMN note")
    assert found(*body, autocommit=[2], only=NAME) == [
        Finding(
            NAME,
            "If this fails, alembic upgrade can't apply revision a1 again: what it begins with on "
            "line 1 is committed.",
            "The autocommit block commits what came before it, and Alembic has not recorded the "
            "revision then; only alembic safe-upgrade, run again, goes on with the statement that "
            "failed.",
            (
                'op.execute("ALTER TABLE orders ADD COLUMN memo text")',
                "with op.get_context().autocommit_block():\n"
                '    op.execute("CREATE INDEX CONCURRENTLY a ON orders (a)")',
                'op.execute("ALTER TABLE orders DROP COLUMN note")',
            ),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_only_the_first_step_of_a_block_is_found() -> None:
    again = "CREATE INDEX CONCURRENTLY b ON orders (b)"
    assert [each.place for each in found(ADD, BUILD, again, autocommit=[2, 3], only=NAME)] == [
        Place("a1.py", 2)
    ]


def test_what_can_be_repeated_raises_nothing() -> None:
    for sql in (
        "ALTER TABLE orders ADD COLUMN IF NOT EXISTS memo text",
        "DROP VIEW IF EXISTS v",
        "SET lock_timeout = '3s'",
        "UPDATE orders SET a = 1 WHERE a IS NULL",
        "ALTER TABLE orders ALTER note SET DEFAULT ''",
        "CREATE OR REPLACE VIEW v AS SELECT 1",
    ):
        assert found(sql, BUILD, autocommit=[2], only=NAME) == []


def test_a_block_that_comes_first_raises_nothing() -> None:
    assert found(BUILD, ADD, autocommit=[1], only=NAME) == []
    assert found([ADD], [BUILD], autocommit=[1], only=NAME) == []
