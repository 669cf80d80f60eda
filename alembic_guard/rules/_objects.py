"""What rules about objects that are no tables ask: who made them, and whether they come back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from alembic_guard.ddl.actions import Action, CreateTable, RenameTable
from alembic_guard.ddl.objects import CreateDomain, CreateEnum, CreateObject, Rename
from alembic_guard.rules._altering import earlier_together
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Step

# Kinds that share their names: the relations, what can be called, and types.
_FAMILIES = (
    frozenset({"table", "view", "materialized view", "foreign table", "sequence"}),
    frozenset({"function", "procedure", "aggregate", "routine"}),
    frozenset({"type", "domain"}),
)


def family(kind: str) -> frozenset[str]:
    """The kinds that take the place of one another under a name."""
    return next((each for each in _FAMILIES if kind in each), frozenset({kind}))


class Made(NamedTuple):
    """Something that a run brings into being: where in its plan, and of which kind."""

    place: int
    kind: str
    step: Step


def was_made(run: Run, kind: str, name: str) -> bool:
    """Whether this run made it, or gave it the name: nobody uses it by that name yet.

    :param kind: "" for any.
    """
    return any(
        each.place < len(run.done)
        and (not kind or each.kind in family(kind))
        and (run.together or each.step.revision == run.step.revision)
        for each in _made(run).get(name, ())
    )


def is_made_again(run: Run, kind: str, name: str) -> bool:
    """Whether something by the name is there again when the transaction ends.

    Where there is none, when the revision does.
    """
    here = run.step
    return any(
        each.place > len(run.done)
        and each.kind in family(kind)
        and each.step.transaction == here.transaction
        and (here.transaction is not None or each.step.revision == here.revision)
        for each in _made(run).get(name, ())
    )


@lru_cache(maxsize=1)
def _made(run: Run) -> dict[str, list[Made]]:
    """All that the plan of a run makes, by name: a long history asks for many names."""
    found: dict[str, list[Made]] = {}
    for place, done in enumerate(run.plan):
        for kind, name in names_made(done.action):
            found.setdefault(name, []).append(Made(place, kind, done.step))
    return found


def names_made(action: Action) -> Iterator[tuple[str, str]]:
    """The kind and the name that an action brings into being."""
    match action:
        case CreateObject(kind=kind, name=name) | Rename(kind=kind, new=name):
            yield kind, name
        case CreateEnum(name=name):
            yield "type", name
        case CreateDomain(name=name):
            yield "domain", name
        case CreateTable(table=name) | RenameTable(new=name):
            yield "table", name


def done_together(run: Run, *kinds: type[Action]) -> bool:
    """Whether the same transaction did one of these before."""
    return any(isinstance(each, kinds) for each in earlier_together(run, Action))
