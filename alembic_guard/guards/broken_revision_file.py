"""A revision file that cannot be loaded, or that refers to one that is not there.

One such file stops every command, also those that have nothing to do with it.

Fix: mend the file, or restore the one that it refers to.

Bad::

    # file: migrations/versions/0002_broken.py
    revision = "0002"
    down_revision = "0001"
    def upgrade(:
    $ alembic safe-upgrade

Good::

    # file: migrations/versions/0002_mended.py
    revision = "0002"
    down_revision = "0001"
    def upgrade():
        pass
    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.history import BrokenHistory

JUDGES = BrokenHistory
NEVER_ALLOWED = True


def judge(broken: BrokenHistory) -> Iterator[Finding]:
    """Refuse, with the file and line where they are known."""
    said = str(broken).rstrip(".")
    yield Finding(
        "broken-revision-file",
        f"The history cannot be loaded: {broken.path} raises {said}."
        if broken.path
        else f"The history cannot be loaded: {said}.",
        next=(f"python {broken.path}",) if broken.path else ("alembic history",),
        place=Place(broken.path, broken.line) if broken.path else None,
    )
