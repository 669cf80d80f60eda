r"""A revision with this identifier, or a file of this name, is there already.

Alembic would load both and say only "present more than once"; which of them runs is then chance.

Fix: leave ``--rev-id`` out, or choose another one; where the ``file_template`` of the config has no
``%%(rev)s``, choose another message.

Bad::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email" --rev-id 0001

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email" --rev-id 0002
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._subjects import Taken

JUDGES = Taken
NEVER_ALLOWED = True


def judge(taken: Taken) -> Iterator[Finding]:
    """Refuse, with the file that is in the way."""
    yield Finding(
        "duplicate-revision",
        f"There is a revision {taken.revision} already: {taken.path}."
        if taken.revision
        else f"There is a file {taken.path} already.",
        why="Nothing is ever overwritten.",
        next=(
            "leave --rev-id out, or choose another one"
            if taken.revision
            else "choose another message, or put %%(rev)s into file_template",
        ),
        revision=taken.revision,
        place=Place(taken.path),
    )
