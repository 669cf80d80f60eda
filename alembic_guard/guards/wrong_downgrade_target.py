r"""A downgrade was asked to go where no way leads down, or where several do.

The target has to be below what the database has: a revision that is not applied there, or ``head``,
is not, and ``-5`` asks for more revisions than there are. ``-1`` means one revision only where the
database is at one head, and that head follows one revision; plain Alembic takes one of several
heads and only warns.

Fix: name the revision that is to stay the newest (``alembic history -i`` marks where the database
is), or ``base`` for none. Of several branches one is meant by ``BRANCH@-1`` or ``BRANCH@base``.

Bad::

    $ alembic safe-downgrade -5

Good::

    $ alembic safe-downgrade base
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.downward import NoWayDown
from alembic_guard.runtime.history import counted, shown

JUDGES = NoWayDown
NEVER_ALLOWED = True


def judge(no_way: NoWayDown) -> Iterator[Finding]:
    """Say where the database is, and why the target is not below."""
    target, current = no_way.target, no_way.current
    at = f"at {shown(current)}" if current else "at no revision"
    if no_way.ambiguous:
        where = "at several heads" if len(current) > 1 else "at a merge"
        message = f"{target} can mean several revisions: the database is {where}, {shown(current)}."
        next = tuple(f"alembic safe-downgrade {each}@{target}" for each in current)
        next = next if len(current) > 1 else (f"alembic show {current[0]}  # what it joins",)
    elif no_way.pending:
        message = f"{target} is not below where the database is: it is {at}."
        next = ("alembic history -i  # where it is", f"alembic safe-upgrade {target}  # go up")
    else:
        has = f"the database has {counted(no_way.applied, 'revision')}"
        message = f"Nothing is down at {target}: {has}, {at}."
        next = ("alembic history -i  # where it is",)
    yield Finding("wrong-downgrade-target", message, why=no_way.said, next=next)
