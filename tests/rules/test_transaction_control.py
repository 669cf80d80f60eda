"""Statements that begin or end a transaction."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from tests.rules.judging import found

NAME = "transaction-control"
ADD = "ALTER TABLE orders ADD COLUMN memo text"


def test_a_commit_divides_the_revision() -> None:
    assert found(ADD, "COMMIT", "DROP VIEW v", only=NAME) == [
        Finding(
            NAME,
            "COMMIT in a migration ends the transaction that Alembic began.",
            "When a later statement fails, what came before stays, and no revision is recorded.",
            ('op.execute("ALTER TABLE orders ADD COLUMN memo text")', 'op.execute("DROP VIEW v")'),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_a_rollback_and_a_begin_say_what_they_do() -> None:
    assert [(each.message, each.why) for each in found("ROLLBACK", only=NAME)] == [
        (
            "ROLLBACK in a migration undoes what the migration did before.",
            "Alembic records the revision all the same.",
        )
    ]
    begun = [found("BEGIN", kind=kind, only=NAME) for kind in ("postgresql", "mariadb", "sqlite")]
    assert [(each.message, each.why) for (each,) in begun] == [
        (
            "BEGIN in a migration meets the transaction that Alembic began.",
            "PostgreSQL warns and goes on, so that a later COMMIT or ROLLBACK ends all of it.",
        ),
        (
            "BEGIN in a migration meets the transaction that Alembic began.",
            "It commits what came before.",
        ),
        (
            "BEGIN in a migration meets the transaction that Alembic began.",
            "SQLite fails within a transaction.",
        ),
    ]


def test_one_in_a_do_is_found_as_well() -> None:
    assert [each.message for each in found("DO $$ BEGIN COMMIT; END $$", only=NAME)] == [
        "COMMIT in a migration ends the transaction that Alembic began."
    ]


def test_savepoints_raise_nothing() -> None:
    savepoints = ("SAVEPOINT a", "ROLLBACK TO SAVEPOINT a", "RELEASE SAVEPOINT a")
    assert found(*savepoints, only=NAME) == []
    assert found("SAVEPOINT a", "ROLLBACK TO a", "RELEASE SAVEPOINT a", kind="mariadb") == []
