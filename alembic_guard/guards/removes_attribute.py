"""A migration takes an attribute out of a PostgreSQL composite type that something uses.

What rows have in that attribute is lost with it, as with a column that is dropped, and the
downgrade brings the attribute back empty. Where it was not the last one, a new type takes the name,
and every column moves over to it: its table is rewritten under a lock that lets nobody read.

Fix: leave the attribute in the type, if its values are still wanted. Otherwise keep them elsewhere
in a migration of its own, and say that it may go: ``--allow removes-attribute``. An attribute that
was renamed stands in the place of the old one, with the same type; then autogenerate writes
``RENAME ATTRIBUTE``, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import Draft, operations

JUDGES = Draft


def judge(draft: Draft) -> Iterator[Finding]:
    """One finding for each type that has fewer attributes, or others, afterwards."""
    for database in draft.databases:
        for operation in operations(database.upgrade):
            attributes = getattr(operation, "loses", ())
            if attributes:
                yield _removed(str(getattr(operation, "of", "")), attributes, draft.command)


def _removed(type_: str, attributes: tuple[str, ...], command: str) -> Finding:
    said = ", ".join(attributes)
    several = len(attributes) > 1
    return Finding(
        "removes-attribute",
        f"The migration would remove {said} from {type_}.",
        why=f"What rows have in {'them' if several else 'it'} is lost, and no downgrade brings it "
        "back.",
        next=(f"{command} --allow removes-attribute  # {'they' if several else 'it'} may go",),
    )
