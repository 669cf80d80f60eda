"""A migration takes a value out of a PostgreSQL enum, or changes the order of its values.

PostgreSQL does neither in place. A new type takes the name, and every column moves over to it: each
of their tables is rewritten under a lock that lets nobody read, and their indexes are built anew. A
row that holds a removed value can't move over, and the migration fails there.

Fix: leave the value in the models, if nothing has to be free of it. Otherwise change the rows that
hold it in a migration of its own, and say that the value may go: ``--allow removes-enum-value``. A
value that was renamed stands in the place of the old one in the models; then autogenerate writes
``RENAME VALUE``, and no row is touched.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import Draft, operations

JUDGES = Draft


def judge(draft: Draft) -> Iterator[Finding]:
    """One finding for each enum that is made anew with fewer values, or in another order."""
    for database in draft.databases:
        for operation in operations(database.upgrade):
            enum = getattr(operation, "of", "")
            values = getattr(operation, "removes", ())
            if values:
                yield _removed(enum, values, draft.command)
            elif getattr(operation, "reorders", False):
                yield _reordered(enum, draft.command)


def _removed(enum: str, values: tuple[str, ...], command: str) -> Finding:
    said = ", ".join(f"'{value}'" for value in values)
    them = "one of them" if len(values) > 1 else "it"
    return Finding(
        "removes-enum-value",
        f"The migration would remove {said} from {enum}.",
        why="Every table with a column of the type is rewritten under an exclusive lock, and the "
        f"migration fails where a row holds {them}.",
        next=(f"{command} --allow removes-enum-value  # no row holds {them}",),
    )


def _reordered(enum: str, command: str) -> Finding:
    return Finding(
        "removes-enum-value",
        f"The migration would make {enum} anew, with its values in another order.",
        why="Every table with a column of the type is rewritten under an exclusive lock; the order "
        "counts only where values are sorted or compared.",
        next=(f"{command} --allow removes-enum-value  # the order counts",),
    )
