r"""A HEADS file does not name the newest revisions.

With ``heads_file = true`` each version folder has a file ``HEADS``, in which ``guard-revision``
keeps the revisions that nothing follows. Two branches that each add a revision both change it, so
that git reports the conflict that it cannot see in two new files. A file that is missing or out of
date (after plain ``alembic revision``, ``alembic merge``, or a conflict that was resolved by hand)
no longer does that.

Fix: join the heads if there are several, and let the file name what is left.

Bad::

    # edit: alembic.ini: [loggers] -> [alembic_guard]\nheads_file = true\n\n[loggers]
    $ alembic revision -m "by hand"
    $ alembic guard-check

Good::

    # edit: alembic.ini: [loggers] -> [alembic_guard]\nheads_file = true\n\n[loggers]
    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"
    $ alembic guard-check
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._harms import join
from alembic_guard.runtime.heads_file import HeadsFile
from alembic_guard.runtime.history import relative, shown

JUDGES = HeadsFile
_WHY = "heads_file = true: git sees two new revisions as a conflict only where this file is true."
# The id of the merge, which nobody knows before it is made.
_JOINED = "$(alembic heads | cut -d' ' -f1)"


def judge(file: HeadsFile) -> Iterator[Finding]:
    """Refuse a file that is missing, in conflict or not true."""
    path = relative(file.path)
    if file.in_conflict:
        yield _conflict(file, path)
    elif file.text is None or sorted(file.listed) != sorted(file.heads):
        is_at = "is missing" if file.text is None else f"says {shown(file.listed)}"
        yield Finding(
            "stale-heads-file",
            f"{path} {is_at}, and {_heads(file.heads)}.",
            why=_WHY,
            next=(_write(file, path),),
            place=Place(path),
        )


def _conflict(file: HeadsFile, path: str) -> Finding:
    several = len(file.heads) > 1
    return Finding(
        "stale-heads-file",
        f"{path} has git's conflict markers: two branches have each added a revision.",
        why=f"They are to be joined: {_heads(file.heads)}."
        if several
        else f"They are joined already: {_heads(file.heads)}.",
        next=(join(file.heads), _write(replace(file, heads=(_JOINED,)), path))
        if several
        else (_write(file, path),),
        place=Place(path),
    )


def _heads(heads: tuple[str, ...]) -> str:
    return f"the head{'s are' if len(heads) > 1 else ' is'} {shown(heads)}"


def _write(file: HeadsFile, path: str) -> str:
    lines = shlex.join(file.should_be.splitlines()).replace(shlex.quote(_JOINED), f'"{_JOINED}"')
    return f"printf '%s\\n' {lines} > {shlex.quote(path)}"
