"""`tables-without-history` says who made the tables and what to stamp."""

from __future__ import annotations

from alembic_guard import guards
from alembic_guard.guards._subjects import UnrecordedTables
from alembic_guard.runtime.create_all import CodeLine
from alembic_guard.runtime.history import Revision
from tests.guards.of_metadata import findings, here, said

CALLS = (CodeLine(here("app/main.py"), 12), CodeLine(here("app/seed.py"), 3))


def test_the_calls_of_create_all_are_named() -> None:
    [finding] = findings(recorded=(), matching="0001", create_all=CALLS)
    assert said(finding) == (
        "error: tables-without-history",
        "None",
        "postgresql://u:***@h/db has 1 of the models' tables (users), and no revision is recorded.",
        "Something other than Alembic made them; create_all() is called at app/main.py:12, "
        "app/seed.py:3. Their columns are those of revision 0001.",
        ("alembic stamp 0001",),
    )


def test_what_another_finding_says_more_exactly_is_not_said_twice() -> None:
    assert findings(recorded=(), matching="0001", create_all=CALLS, in_the_way=True) == []


def test_create_all_beside_a_healthy_history_is_a_warning() -> None:
    [finding] = findings(create_all=CALLS[:1])
    assert said(finding) == (
        "warning: tables-without-history",
        "app/main.py:12",
        "app/main.py:12 calls create_all(), beside the revisions.",
        "A table that it makes first has no revision on record, and the one that creates it would "
        "fail.",
        ("take it out of app/main.py; alembic safe-upgrade makes the tables",),
    )


def test_create_all_without_any_revision_is_no_harm() -> None:
    assert findings(create_all=CALLS, revisions=0) == []


def test_what_is_in_the_way_of_an_upgrade_is_named_with_the_revision_that_would_fail() -> None:
    revision = Revision("0001", "users", "migrations/versions/0001_users.py")
    subject = UnrecordedTables("postgresql://u:***@h/db", "app.versions", revision, ("users", "b"))
    [finding] = guards.judge(subject)
    assert (finding.revision, finding.refuses) == ("0001", True)
    assert said(finding) == (
        "error: tables-without-history",
        "migrations/versions/0001_users.py",
        "postgresql://u:***@h/db has users, b already, and no revision is recorded in "
        "app.versions.",
        "Revision 0001 users would fail, for it creates users. Something other than Alembic made "
        "them, such as create_all(). They match no revision of the files.",
        (
            "alembic history  # find the revision whose tables the database has",
            "alembic stamp REVISION",
        ),
    )
