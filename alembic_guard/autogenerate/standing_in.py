"""Takes Alembic's own operations on constraints and indexes out, where ours stand in for them.

Alembic's are made of text, and their reverse of what reflection kept; ours know how the server
describes both sides. What could not be compared, and what somebody else proposes, stays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.claims import claims, leaves

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Thing

_ALEMBICS = (
    *(ops.CreateIndexOp, ops.DropIndexOp, ops.DropConstraintOp),
    *(ops.CreateUniqueConstraintOp, ops.CreateForeignKeyOp, ops.CreateCheckConstraintOp),
)


def take_out(
    upgrade_ops: ops.UpgradeOps,
    subject: Subject,
    kind: str,
    instead: Callable[[Thing], Any] | None = None,
) -> None:
    """Remove what Alembic proposes of a kind, in tables that both sides have.

    :param instead: what stands in its place where a table comes or goes with it.
    """
    comparison = subject.comparison
    for container, operation in leaves(upgrade_ops):
        if type(operation) not in _ALEMBICS or hasattr(operation, "guard_phase"):
            continue
        things = list(claims(operation, comparison.live, subject.sources, subject.default))
        if len(things) == 1 and things[0].kind == kind and _perhaps_made(subject, things[0]):
            _replace(container, operation, [])
        if len(things) != 1 or not _known(subject, things[0], kind):
            continue
        owner = things[0].owner
        if owner in comparison.live and owner in comparison.model:
            _replace(container, operation, [])
        elif instead is not None and (things[0] in comparison.live) != (
            things[0] in comparison.model
        ):
            _replace(container, operation, [instead(things[0])])


def _perhaps_made(subject: Subject, thing: Thing) -> bool:
    """Whether the models lack what the database has, and a typed statement of theirs failed."""
    comparison = subject.comparison
    typed = (each for each in comparison.unknown if each.thing is None)
    only_live = thing in comparison.live and thing not in comparison.model
    return only_live and any(each.covers(thing) for each in typed)


def _known(subject: Subject, thing: Thing, kind: str) -> bool:
    return (
        thing.kind == kind
        and subject.comparison.knows(thing)
        and subject.filters.include(thing.owner)
    )


def _replace(container: Any, operation: Any, by: list[Any]) -> None:
    """This one, and no other that is equal to it."""
    place = next(place for place, each in enumerate(container.ops) if each is operation)
    container.ops[place : place + 1] = by
