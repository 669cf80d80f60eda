"""A session that commits."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from alembic_guard.finding import Finding, Place
from tests.rules.linting import connected, shop
from tests.rules.steps import session

NAME = "session-side-channel"
ADD = "ALTER TABLE orders ADD COLUMN memo text"


def test_a_commit_of_a_session_divides_the_revision() -> None:
    assert session([(ADD, False), ("COMMIT", True), ("DROP VIEW v", False)], NAME) == [
        Finding(
            NAME,
            "Revision a1 commits by itself, so it may never be recorded.",
            "Alembic records a revision in the transaction that it began. This commit ends "
            "it, or is that of a second connection, whose work stays when the migration "
            "fails.",
            ('op.execute("ALTER TABLE orders ADD COLUMN memo text")', 'op.execute("DROP VIEW v")'),
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_a_commit_in_op_execute_is_another_rules() -> None:
    assert session([(ADD, False), ("COMMIT", False)], NAME) == []


def test_reads_and_writes_of_a_session_raise_nothing() -> None:
    assert session([("SELECT 1", True), ("UPDATE orders SET a = 1 WHERE b", True)], NAME) == []


def test_a_revision_that_commits_through_its_connection_is_really_not_recorded(
    tmp_path: Path,
) -> None:
    body = 'op.add_column("orders", sa.Column("memo", sa.Text()))\nop.get_bind().commit()'
    with shop("sqlite", tmp_path) as there:
        assert there.names(body) == [NAME]
        there.upgrade(body)
        with connected(there.project.url) as connection:
            columns = [each["name"] for each in inspect(connection).get_columns("orders")]
            versions = connection.execute(text("SELECT version_num FROM alembic_version"))
            assert ("memo" in columns, versions.scalars().all()) == (True, ["0001"])
