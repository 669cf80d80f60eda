"""`downgrade-leaves-changes`: what a downgrade forgets is named, thing by thing."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.guards import judge
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.rehearsed import LeftBehind
from alembic_guard.runtime.schema_facts import Difference

REVISION = Revision("0002", "age", "migrations/versions/0002_age.py")


def test_each_difference_is_a_line() -> None:
    left = (
        Difference("column users.age", None, "integer"),
        Difference("index users.ix", "CREATE INDEX", None),
        Difference("column users.name", "text", "text NOT NULL"),
    )
    assert judge(LeftBehind(REVISION, left)) == [
        Finding(
            "downgrade-leaves-changes",
            "The downgrade of 0002 age does not bring back the schema of before.",
            why=(
                "After it column users.age is there, and was not.\n"
                "After it index users.ix is missing.\n"
                "After it column users.name is text NOT NULL, and was text."
            ),
            next=(
                "alembic safe-upgrade --rehearse  # when downgrade() undoes what upgrade() does",
            ),
            revision="0002",
            place=Place("migrations/versions/0002_age.py"),
        )
    ]


def test_of_many_differences_some_are_counted() -> None:
    left = tuple(Difference(f"column users.c{each:02}", None, "integer") for each in range(12))
    (finding,) = judge(LeftBehind(REVISION, left))
    assert finding.why.splitlines()[9:] == [
        "After it column users.c09 is there, and was not.",
        "And 2 more.",
    ]
