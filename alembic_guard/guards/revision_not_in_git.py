"""A pending revision is not committed to git.

Once it is applied, the database is at a revision that nobody else has: whoever checks out the
project cannot upgrade, downgrade or write another one. It is looked at only with the setting
``require_committed = true``, and only where git answers: images carry no ``.git``, and at a desk
people upgrade before they commit.

Fix: commit the file, then upgrade.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.git import Uncommitted
from alembic_guard.runtime.history import relative

JUDGES = Uncommitted


def judge(uncommitted: Uncommitted) -> Iterator[Finding]:
    """Refuse each file, with the command that commits it."""
    for path, state in uncommitted.files:
        shown = relative(path)
        force = "--force " if state == "ignored" else ""
        yield Finding(
            "revision-not-in-git",
            f"{shown} is pending, and {_SAID[state]}.",
            why="require_committed = true: once it is applied, a checkout without it cannot go on "
            "from this database.",
            next=(
                f"git add {force}{shlex.quote(shown)}",
                f"git commit -m MESSAGE -- {shlex.quote(shown)}",
            ),
            place=Place(shown),
        )


_SAID = {
    "untracked": "git does not know it",
    "ignored": "git ignores it",
    "modified": "git has another text of it",
    "added but not committed": "it is added to git but not committed",
}
