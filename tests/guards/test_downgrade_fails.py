"""`downgrade-fails`: a downgrade that raised is named with its line."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.guards import judge
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.rehearsed import DowngradeFailed


def test_it_says_what_the_database_said_and_where() -> None:
    revision = Revision("0002", "age", "migrations/versions/0002_age.py")
    failed = DowngradeFailed(revision, 'column "aged" does not exist', 7)
    assert judge(failed) == [
        Finding(
            "downgrade-fails",
            'The downgrade of 0002 age failed: column "aged" does not exist',
            why="It was upgraded and downgraded on the scratch database; this one is unchanged.",
            next=("alembic safe-upgrade --rehearse  # when downgrade() is mended",),
            revision="0002",
            place=Place("migrations/versions/0002_age.py", 7),
        )
    ]
    assert judge(failed, ["downgrade-fails"])[0].allowed
