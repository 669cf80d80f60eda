"""Schemas that the models have things in: made before those, and never dropped; their comments.

Alembic creates tables in a schema that is not there. What else is in a schema is not looked at, so
nothing says that it could go; the way back of a new one drops it, and fails if it is not empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import add, at
from alembic_guard.autogenerate.constraint_texts import comment_of
from alembic_guard.autogenerate.operations import SqlOp, quoted

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

    from alembic_guard.runtime.comparing.facts import Difference


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Make the schemas that are missing, and say what is said of them."""
    subject = subject_of(context)
    if subject is not None:
        for difference in subject.comparison.of("schema"):
            if subject.filters.include(difference.thing):
                name = difference.thing.name or subject.default or ""
                add(upgrade_ops, _operations(difference, name))
    return PriorityDispatchResult.CONTINUE


def _operations(difference: Difference, name: str) -> Iterator[Any]:
    thing, live, model = difference.thing, difference.live, difference.model
    old, new = (None if fact is None else fact.parts.get("comment") for fact in (live, model))
    head = f"COMMENT ON SCHEMA {quoted(name)} IS "
    if live is None and thing.name:
        made, gone = (f"{verb} SCHEMA {quoted(name)}" for verb in ("CREATE", "DROP"))
        told = [] if new is None else [head + comment_of(model)]
        yield at("schemas", BothWaysOp([made, *told], [gone], f"adds {thing}", f"drops {thing}"))
    elif model is not None and old != new and (thing.name or new):  # initdb comments on public
        says = f"changes the comment of {thing}"
        yield at("schemas", SqlOp(head + comment_of(model), head + comment_of(live), says, says))
