r"""A database at its head is not what the models say: a migration is missing, or somebody changed it.

``guard-check`` compares them where a database is at head (``--no-drift`` leaves it out), and
``safe-upgrade --verify`` at its end, on a new connection, also where nothing was pending. Both do as
autogenerate does, and write nothing. At a revision that is no head the two differ rightly.

An error, so that CI and a deployment see it: status 1, or 3 where this run applied revisions, which
stay.

Fix: write the migration with ``guard-revision``. Where what differs is meant to (a table of another
program, an index that only one server has), leave it out of the comparison with ``include_name`` or
``include_object`` in ``env.py``.

Bad::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic safe-upgrade --verify

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"
    $ alembic safe-upgrade --verify
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import Drift

JUDGES = Drift

_SHOWN = 10
"""Differences that are told one by one."""


def judge(drift: Drift) -> Iterator[Finding]:
    """Say what a migration would do that is made now."""
    if not drift.changes:
        return
    more = len(drift.changes) - _SHOWN
    yield Finding(
        "drift",
        f"{drift.url} is at its head, and is not what the models say.",
        why="\n".join(
            [
                "A migration that is made now:",
                *(f"  {change}" for change in drift.changes[:_SHOWN]),
                *([f"  and {more} more"] if more > 0 else []),
            ]
        ),
        next=('alembic guard-revision -m "…"',),
    )
