"""An index of PostgreSQL is invalid: every write keeps it up to date, and no query ever reads it.

A ``CREATE INDEX CONCURRENTLY`` that failed, or whose process was killed, has left it. Where a
pending revision creates an index of that name, it would fail, or with ``IF NOT EXISTS`` pass it over
and leave it as it is: that is an error, and nothing is applied. Otherwise it is a warning.

What ``safe-upgrade`` itself left half done, according to its statement journal, is no finding: the
revision is gone on with, and drops and builds its index again. Any other index is not touched.

Fix: drop it without stopping anybody, with the command of the finding; a pending revision then
builds it. Where no revision does, create it again if it is of use.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.invalid_indexes import LeftIndexes

JUDGES = LeftIndexes
SEVERITY = "warning; an error where a pending revision creates an index of that name"


def judge(left: LeftIndexes) -> Iterator[Finding]:
    """Name each, and who would stumble over it."""
    for each in left.indexes:
        index, revision = each.index, each.revision
        why = "Every write keeps it up to date, and no query reads it."
        if revision is not None:
            why = f"Revision {revision} creates an index of that name, and would fail on it."
        yield Finding(
            "invalid-index-left",
            f"The index {index.index} of {index.table} is invalid: a CREATE INDEX CONCURRENTLY has "
            "left it.",
            why=why,
            next=(index.drop,),
            severity=Severity.WARNING if revision is None else Severity.ERROR,
            revision=None if revision is None else revision.id,
            place=None if revision is None else Place(revision.path),
        )
