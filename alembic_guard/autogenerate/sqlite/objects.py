"""Views and triggers: dropped before the tables change, and made when they have changed.

SQLite has no CREATE OR REPLACE. A trigger on a view goes with it, so it is made again. What nobody
declares is nobody's to drop, see ``complement``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.complement import Subject, at
from alembic_guard.runtime.comparing.facts import Fact, Thing

if TYPE_CHECKING:
    from alembic_guard.runtime.comparing.facts import Facts

KINDS = ("trigger", "view")
"""In the order in which they leave."""

Quote = Callable[[str], str]


def changing(subject: Subject) -> frozenset[Thing]:
    """The views and triggers that leave, come or both; those on tables that leave go with them."""
    comparison = subject.comparison
    found = {
        each.thing
        for each in comparison.of(*KINDS)
        if (each.model is not None or comparison.declares(each.thing.kind))
        and not _goes_with_table(subject, each.thing)
        and subject.filters.include(each.thing)
    }
    views = {each.name for each in found if each.kind == "view"}
    return frozenset(found) | {
        each for each in comparison.live if each.kind == "trigger" and each.table in views
    }


def leaving_and_coming(subject: Subject) -> Iterator[Any]:
    """The operations for them, in both directions."""
    assert subject.context.dialect is not None
    quote = subject.context.dialect.identifier_preparer.quote
    things = changing(subject)
    for rank, kind in enumerate(KINDS):
        for thing in sorted(each for each in things if each.kind == kind):
            before, after = _sides(subject, thing)
            if before is not None:
                says = f"drops {thing}" + (", to make it again" if after is not None else "")
                up, down = [_drop(thing, quote)], [before.definition]
                yield at("leaving", BothWaysOp(up, down, says, f"adds {thing}"), rank)
            if after is not None:
                says = f"adds {thing}" if before is None else f"changes {thing}"
                up, down = [after.definition], [_drop(thing, quote)]
                yield at("coming", BothWaysOp(up, down, says, f"drops {thing}"), -rank)


def _sides(subject: Subject, thing: Thing) -> tuple[Fact | None, Fact | None]:
    """What there is of it now, and what there is to be; a trigger that nobody declares stays."""
    comparison = subject.comparison
    before, after = comparison.live.get(thing), comparison.model.get(thing)
    managed = comparison.declares(thing.kind) and subject.filters.include(thing)
    stays = after is None and not managed and _view(comparison.model, thing)
    return before, before if stays or comparison.same(thing) else after


def _view(facts: Facts, thing: Thing) -> bool:
    return Thing("view", thing.table) in facts


def _goes_with_table(subject: Subject, thing: Thing) -> bool:
    gone = thing.owner in subject.comparison.live and thing.owner not in subject.comparison.model
    return thing.kind == "trigger" and gone


def _drop(thing: Thing, quote: Quote) -> str:
    return f"DROP {thing.kind.upper()} {quote(thing.name)}"
