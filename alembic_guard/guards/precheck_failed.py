"""A migration's own check said no before it began.

The migration asks the database whether it may run; it may not, so nothing of it was done.

Fix: mend the data or the migration, and run the command again.

Bad::

    # file: migrations/versions/0002_checked.py
    revision = "0002"
    down_revision = "0001"
    def upgrade():
        pass
    def precheck(connection):
        return False
    $ alembic safe-upgrade

Good::

    # file: migrations/versions/0002_checked.py
    revision = "0002"
    down_revision = "0001"
    def upgrade():
        pass
    def precheck(connection):
        return True
    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.stopped import CheckFailed

JUDGES = CheckFailed


def judge(failed: CheckFailed) -> Iterator[Finding]:
    """Say which revision, and what its check said."""
    if failed.check != "precheck" or failed.revision is None:
        return
    yield Finding(
        "precheck-failed",
        f"precheck() of revision {failed.revision} said no: {failed.message}.",
        why="It ran before upgrade(), in the revision's transaction, which is rolled back "
        "unless this is allowed.",
        next=(
            "alembic safe-upgrade  # when the cause is mended",
            "alembic safe-upgrade --allow precheck-failed  # go on all the same",
        ),
        revision=failed.revision.id,
        place=Place(failed.revision.path, failed.line),
    )
