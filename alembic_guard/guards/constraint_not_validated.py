"""An upgrade has left a constraint ``NOT VALID``: old rows were never checked, and may break it.

PostgreSQL enforces it for new rows alone, and its planner does not rely on it. Adding a constraint
``NOT VALID`` and validating it later is how a large table is spared a long lock; what is easily
forgotten is the second half. It is looked for at the end of ``safe-upgrade``, on a new connection.
One that was there before, or that a revision still to come validates, is no finding.

Fix: validate it with the statement of the finding, better in a revision of its own; it reads the
table and stops neither reads nor writes. Where it is meant to stay so, say why at its line:
``# guard: allow(constraint-not-validated) reason``.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.unvalidated import LeftUnvalidated

JUDGES = LeftUnvalidated
SEVERITY = "warning"


def judge(left: LeftUnvalidated) -> Iterator[Finding]:
    """Name it, and the statement that validates it."""
    constraint, revision = left.constraint, left.revision
    yield Finding(
        "constraint-not-validated",
        f"Revision {revision} has left {constraint.quoted} of {constraint.table} NOT VALID.",
        why="Rows that were there before may break it, and no later revision validates it.",
        next=(constraint.validate,),
        severity=Severity.WARNING,
        revision=revision.id,
        place=Place(revision.path, left.line),
    )
