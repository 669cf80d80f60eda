"""A migration's own check said no after it ran.

The migration looks at what it has done and does not find what it expects. Its transaction was rolled
back.

Fix: mend the data or the migration, and run the command again.

Bad::

    # file: migrations/versions/0002_checked.py
    revision = "0002"
    down_revision = "0001"
    def upgrade():
        pass
    def postcheck(connection):
        return False
    $ alembic safe-upgrade

Good::

    # file: migrations/versions/0002_checked.py
    revision = "0002"
    down_revision = "0001"
    def upgrade():
        pass
    def postcheck(connection):
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
    if failed.check != "postcheck" or failed.revision is None:
        return
    yield Finding(
        "postcheck-failed",
        f"postcheck() of revision {failed.revision} said no: {failed.message}.",
        why="It ran after upgrade(), in the revision's transaction, which is rolled back "
        "unless this is allowed.",
        next=(
            "alembic safe-upgrade  # when the cause is mended",
            "alembic safe-upgrade --allow postcheck-failed  # go on all the same",
        ),
        revision=failed.revision.id,
        place=Place(failed.revision.path, failed.line),
    )
