"""`upgrade-differs-after-downgrade`: the second upgrade is held against the first."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.guards import judge
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.rehearsed import AnotherSchema
from alembic_guard.runtime.schema_facts import Difference
from tests.commands.rehearsing import applied, pending, rehearsed
from tests.project import Project

REVISION = Revision("0002", "age", "migrations/versions/0002_age.py")
NEXT = ("alembic safe-upgrade --rehearse  # when downgrade() undoes what upgrade() does",)


def test_it_says_what_differs() -> None:
    missing = Difference("index users.ix", "CREATE INDEX", None)
    assert judge(AnotherSchema(REVISION, (missing,))) == [
        Finding(
            "upgrade-differs-after-downgrade",
            "Upgraded again after its downgrade, 0002 age makes another schema.",
            why="After it index users.ix is missing.",
            next=NEXT,
            revision="0002",
            place=Place("migrations/versions/0002_age.py"),
        )
    ]


def test_it_says_what_the_second_upgrade_raised() -> None:
    assert judge(AnotherSchema(REVISION, (), "table notes already exists", 8)) == [
        Finding(
            "upgrade-differs-after-downgrade",
            "Upgraded again after its downgrade, 0002 age failed: table notes already exists",
            next=NEXT,
            revision="0002",
            place=Place("migrations/versions/0002_age.py", 8),
        )
    ]


def test_an_upgrade_that_looks_at_rows_that_are_gone_is_found(sqlite_project: Project) -> None:
    applied(sqlite_project)
    pending(
        sqlite_project,
        """
        rows = op.get_bind().scalar(sa.text("SELECT count(*) FROM users"))
        op.add_column("users", sa.Column("age", sa.Integer))
        if rows:
            op.create_index("ix", "users", ["age"])
        op.execute("DELETE FROM users")
        """,
        """
        op.execute("DROP INDEX IF EXISTS ix")
        op.drop_column("users", "age")
        """,
    )
    said = rehearsed(sqlite_project, status=1)
    assert "error: upgrade-differs-after-downgrade" in said
    assert "    After it index users.ix is missing.\n" in said
    assert "downgrade-leaves-changes" not in said
