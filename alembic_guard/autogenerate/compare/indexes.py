"""Indexes: columns, expressions and their order, method, operator classes, INCLUDE, WHERE, nulls.

Alembic compares expressions without case, quotes and casts, and neither predicates nor methods.
Storage parameters and the tablespace are compared where the models say them, and changed in place;
an index that a failed build has left invalid is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from sqlalchemy.sql.elements import conv

from alembic_guard.autogenerate.claims import WHOLE
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import Subject, at, complement
from alembic_guard.autogenerate.constraint_operations import (
    CreateModelIndexOp,
    DropLiveIndexOp,
    Together,
)
from alembic_guard.autogenerate.constraints import LAST, RANKS
from alembic_guard.autogenerate.dependants import foreign_keys_around
from alembic_guard.autogenerate.index_texts import commented, created, moved, renamed, set_options
from alembic_guard.autogenerate.remaking import goes_along
from alembic_guard.autogenerate.renames import Renames
from alembic_guard.autogenerate.standing_in import take_out
from alembic_guard.runtime.comparing.written_indexes import written_index

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult

    from alembic_guard.runtime.comparing.facts import Difference, Fact, Thing

_IN_PLACE = {"options": set_options, "tablespace": moved, "comment": commented}


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Add what is missing, drop what is too many, and change what differs."""
    subject = subject_of(context)
    if subject is not None:
        take_out(upgrade_ops, subject, "index", instead(subject))
    found = Renames()

    def operations(subject: Subject, difference: Difference) -> Iterator[Any]:
        thing, live, model = difference.thing, difference.live, difference.model
        new = found.of(subject, "index").get(thing)
        if new is not None:
            yield at("loosening", renamed(thing, new), LAST)
            yield from _in_place(subject.comparison.live[thing], subject.comparison.model[new])
        elif found.is_new(subject, thing):
            return
        elif live is not None and model is not None and _is_in_place(subject, difference):
            yield from _in_place(live, model)
        else:
            if live is not None:
                yield at("loosening", drop(subject, live), -RANKS["index"])
                yield from foreign_keys_around(subject, live, upgrade_ops)
            if model is not None:
                yield at("tightening", make(subject, model), RANKS["index"])

    return complement(context, upgrade_ops, {"index": WHOLE}, operations)


def _is_in_place(subject: Subject, difference: Difference) -> bool:
    live = difference.live
    return difference.parts <= set(_IN_PLACE) and not (live and goes_along(subject, live))


def drop(subject: Subject, live: Fact) -> Any:
    """What drops an index of the database, and makes it again on the way back."""
    thing = live.thing
    schema = thing.schema or None
    again: Any = created(live, live.definition)
    if live.notes["plain"]:
        again = ops.CreateIndexOp(
            conv(thing.name),
            thing.table,
            live.notes["columns"],
            schema=schema,
            unique=live.parts["unique"],
        )
    if live.parts.get("comment"):
        again = Together([again, commented(None, live)])
    index = subject.sources.index(thing)
    options: Any = {} if index is None else index.dialect_options["postgresql"]
    concurrently = bool(options.get("concurrently"))
    return DropLiveIndexOp(
        conv(thing.name), thing.table, schema=schema, again=again, concurrently=concurrently
    )


def make(subject: Subject, model: Fact) -> Any:
    """What makes an index of the models, and drops it on the way back."""
    index = subject.sources.index(model.thing)
    made: Any = created(model, model.definition)
    if index is not None:
        made = CreateModelIndexOp.from_index(index)
        made.written = written_index(subject.sources, index)
    if model.parts.get("comment"):
        made = Together([made, commented(None, model)])
    return made


def instead(subject: Subject) -> Callable[[Thing], Any]:
    """What stands for an index that comes or goes with its table."""

    def operation(thing: Thing) -> Any:
        live = subject.comparison.live.get(thing)
        if live is not None:
            return drop(subject, live)
        return make(subject, subject.comparison.model[thing])

    return operation


def _in_place(live: Fact, model: Fact) -> Iterator[Any]:
    for part, change in _IN_PLACE.items():
        if part in live.parts and part in model.parts and live.parts[part] != model.parts[part]:
            yield at("coming", change(live, model))
