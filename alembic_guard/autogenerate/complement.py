"""Holds Alembic's operations against what the database says, and adds what they lack.

Alembic's own comparators run first. Then, for each kind of thing: an operation whose things are the
same on both sides would change nothing, and goes (*veto*); a difference that no operation touches
becomes operations with a true reverse (*supplement*). What could not be compared is left to Alembic
alone. The operations of all kinds stand in one order, see :data:`PHASES`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.claims import WHOLE, claims, leaves
from alembic_guard.runtime.comparing.comparison import TYPED
from alembic_guard.runtime.comparing.facts import Difference, Thing

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

    from alembic_guard.autogenerate.filters import Filters
    from alembic_guard.runtime.comparing.comparison import Comparison
    from alembic_guard.runtime.comparing.sources import Sources

PHASES = (
    "schemas",
    "extensions",
    "types",
    "sequences",
    "leaving",  # what depends on tables and columns that change or go
    "functions",
    "loosening",  # constraints and indexes that go, or change
    "unsetting",  # what of a column would be in the way of the rest: generated, identity, serial
    "tables",  # Alembic's own operations, and those on columns
    "setting",  # what of a column needs the rest
    "tightening",  # constraints and indexes that come
    "coming",  # what depends on tables and columns
    "left",  # what nothing needs any more
)
"""In which order an upgrade does things; a downgrade does them backwards."""

_OTHERS = ("foreign table", "view", "materialized view")

Make = Callable[["Subject", Difference], Iterable[ops.MigrateOperation]]


@dataclass(frozen=True)
class Subject:
    """Everything that a comparator of ours looks at."""

    context: AutogenContext
    comparison: Comparison
    sources: Sources
    filters: Filters

    @property
    def default(self) -> str | None:
        """The name of the schema that things without one are in."""
        dialect = self.context.dialect
        return None if dialect is None else dialect.default_schema_name


def complement(
    context: AutogenContext,
    upgrade_ops: ops.UpgradeOps,
    kinds: Mapping[str, Collection[str]],
    make: Make,
) -> PriorityDispatchResult:
    """Veto and supplement what autogenerate has found of some kinds.

    :param kinds: the kinds of things, with the parts of them that are compared; WHOLE for all.
    :param make: turns a difference into operations, each with its ``phase``.
    """
    from alembic_guard.autogenerate.compared import subject_of

    subject = subject_of(context)
    if subject is not None:
        touched = _veto(upgrade_ops, subject, kinds)
        for difference in subject.comparison.of(*kinds):
            if _missing(difference, touched, kinds) and _ours(subject, difference):
                add(upgrade_ops, make(subject, difference))
    return PriorityDispatchResult.CONTINUE


def add(upgrade_ops: ops.UpgradeOps, operations: Iterable[Any]) -> None:
    """Put operations where their phase is."""
    upgrade_ops.ops += operations
    upgrade_ops.ops.sort(key=phase)  # stable: within a phase as they came


def phase(operation: Any) -> tuple[int, int]:
    """Where in the order of an upgrade an operation stands; Alembic's own are with the tables."""
    name = getattr(operation, "guard_phase", "tables")
    return PHASES.index(name), getattr(operation, "guard_rank", 0)


def at(name: str, operation: Any, rank: int = 0) -> Any:
    """An operation in a phase of :data:`PHASES`.

    :param rank: its place there: lower ones first, and those alike as they came.
    """
    assert name in PHASES
    for each in (operation, *getattr(operation, "ops", ())):
        each.guard_phase, each.guard_rank = name, rank
    return operation


def _veto(
    upgrade_ops: ops.UpgradeOps, subject: Subject, kinds: Mapping[str, Collection[str]]
) -> dict[Thing, frozenset[str]]:
    """Take out what would change nothing; what the rest would change."""
    touched: dict[Thing, frozenset[str]] = {}
    comparison = subject.comparison
    for container, operation in leaves(upgrade_ops):
        said = claims(operation, comparison.live, subject.sources, subject.default)
        mine = {thing for thing in said if thing.kind in kinds and subject.filters.include(thing)}
        ours = hasattr(operation, "guard_phase")  # such as what is made again around a change
        if mine and not ours and all(_unchanged(comparison, each, said[each]) for each in said):
            container.ops.remove(operation)
            continue
        for thing, parts in said.items():
            both = (
                WHOLE if WHOLE in (parts, touched.get(thing)) else parts | touched.get(thing, parts)
            )
            touched[thing] = both
    upgrade_ops.ops[:] = [
        each
        for each in upgrade_ops.ops
        if not isinstance(each, ops.ModifyTableOps) or not each.is_empty()
    ]
    return touched


def _unchanged(comparison: Comparison, thing: Thing, parts: frozenset[str]) -> bool:
    if comparison.same(thing):
        return True
    difference = comparison.differences.get(thing)
    if difference is None or not parts or not comparison.knows(thing):
        return False
    return bool(difference.parts) and not difference.parts & parts


def _missing(
    difference: Difference,
    touched: Mapping[Thing, frozenset[str]],
    kinds: Mapping[str, Collection[str]],
) -> bool:
    """Whether no operation sees to a difference, or to the parts of it that are compared."""
    parts = kinds[difference.thing.kind]
    if parts and difference.parts:
        left = difference.parts & set(parts)
    else:
        left = difference.parts if not parts else frozenset()
        if not difference.parts:
            return not parts and difference.thing not in touched
    return bool(left) and not (
        difference.thing in touched
        and (touched[difference.thing] == WHOLE or left <= touched[difference.thing])
    )


def _ours(subject: Subject, difference: Difference) -> bool:
    """Whether a thing may be changed.

    Of tables that only the database has, Alembic says all; and of kinds that people type, nothing
    is dropped before one is declared: what nobody manages is nobody's to drop.
    """
    thing, comparison = difference.thing, subject.comparison
    if thing.table and thing.owner not in comparison.model:
        return False
    if thing.table and any(replace(thing.owner, kind=kind) in comparison.live for kind in _OTHERS):
        return False  # a foreign table, or a view, stands for the table
    if difference.model is None and thing.kind in TYPED and not comparison.declares(thing.kind):
        return False
    return subject.filters.include(thing)
