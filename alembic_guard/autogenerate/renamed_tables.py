"""What changes in a table that is renamed at once: its columns, constraints and indexes.

Autogenerate saw a table that goes and another one that comes. Here the facts of the one are held
against those of the other, as if it had had its new name all along, and the comparators of the
kinds write what is left. Columns and indexes that come or go are seen to by :mod:`rewrite`, and
foreign keys follow by themselves. PostgreSQL only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.compared import looking_at
from alembic_guard.autogenerate.complement import PHASES, phase
from alembic_guard.runtime.comparing.facts import Difference, Fact, Thing, differences
from alembic_guard.runtime.comparing.unnamed import named_alike

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.autogenerate.renaming import Rename
    from alembic_guard.runtime.comparing.facts import Facts

_KINDS = (
    *("tables", "computed", "identity", "types", "nullability", "defaults", "comments", "storage"),
    *("checks", "primary_keys", "unique", "exclusions", "indexes"),
)
_PARTS = {"table", "column", "check", "primary key", "unique", "exclude", "index"}
_SEEN_TO = {"table", "column", "index"}
"""Kinds of which what comes and goes is seen to."""


def change_renamed(rename: Rename, upgrade: Any, downgrade: Any, subject: Subject | None) -> None:
    """Add what changes in a table, to both directions that rename it already."""
    if subject is None or subject.context.dialect is None:
        return
    there, back = (_renaming(each.ops) for each in (upgrade, downgrade))
    if subject.context.dialect.name != "postgresql" or there is None or back is None:
        return
    changes = _changes(subject, rename)
    if not changes:
        return
    place = PHASES.index("tables")
    before = [each for each in changes if phase(each)[0] < place]
    after = [each for each in changes if phase(each)[0] >= place]
    last = _last_of(upgrade.ops, there, rename.new)
    upgrade.ops[last + 1 : last + 1] = after
    upgrade.ops[there + 1 : there + 1] = before
    _take_back(downgrade, back, rename, before, after)


def _renaming(operations: list[Any]) -> int | None:
    found = (at for at, each in enumerate(operations) if isinstance(each, ops.RenameTableOp))
    return next(found, None)


def _last_of(operations: list[Any], place: int, table: str) -> int:
    """The place of the last column that comes or goes behind a renaming."""
    columns = (ops.AddColumnOp, ops.DropColumnOp)
    while place + 1 < len(operations) and isinstance(operations[place + 1], columns):
        if operations[place + 1].table_name != table:
            break
        place += 1
    return place


def _take_back(
    downgrade: Any, place: int, rename: Rename, before: list[Any], after: list[Any]
) -> None:
    """Undo all of it while the table has its new name, and rename it last."""
    last = _last_of(downgrade.ops, place, rename.old)
    renaming, *columns = downgrade.ops[place : last + 1]
    for each in columns:
        each.table_name = rename.new
    downgrade.ops[place : last + 1] = [
        *(each.reverse() for each in reversed(after)),
        *columns,
        *(each.reverse() for each in reversed(before)),
        renaming,
    ]


def _changes(subject: Subject, rename: Rename) -> list[Any]:
    schema = "" if rename.table in (None, subject.default) else str(rename.table)
    old, new = (Thing("table", each, schema=schema) for each in (rename.old, rename.new))
    comparison = subject.comparison
    if old not in comparison.live or new not in comparison.model or not comparison.knows(new):
        return []
    live = dict(_of_table(comparison.live, old, new))
    tokens = {each: token for each, token in comparison.names.items() if each.owner == new}
    unnamed = {
        tokens.get(thing, thing): replace(fact, thing=tokens.get(thing, thing))
        for thing, fact in _of_table(comparison.model, new, new)
    }
    model, names = named_alike(live, unnamed, lambda _differences: set())
    found = {
        thing: each for thing, each in differences(live, model).items() if not _is_seen_to(each)
    }
    whole = replace(
        comparison,
        live=live,
        model=model,
        differences=found,
        names=names,
        settled=frozenset(),
    )
    other = replace(subject, comparison=whole, sources=subject.sources.of(whole))
    upgrade = ops.UpgradeOps([])
    with looking_at(other):
        for kind in _KINDS:
            home = f"alembic_guard.autogenerate.compare.{kind}"
            import_module(home).compare(subject.context, upgrade)
    return upgrade.ops


def _of_table(facts: Facts, old: Thing, new: Thing) -> Iterator[tuple[Thing, Fact]]:
    """The facts of one table, under the name of another."""
    for thing, fact in facts.items():
        if thing.kind in _PARTS and (thing == old or (thing.table and thing.owner == old)):
            same = new if thing == old else replace(thing, table=new.name)
            yield same, replace(fact, thing=same)


def _is_seen_to(difference: Difference) -> bool:
    one_sided = difference.live is None or difference.model is None
    return one_sided and difference.thing.kind in _SEEN_TO
