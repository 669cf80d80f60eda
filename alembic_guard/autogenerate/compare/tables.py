"""Tables: persistence, inheritance, storage parameters, tablespace and partitions.

What Alembic takes for a table, or for the lack of one, is taken back first. A storage parameter
and a tablespace count where the models say one; partitions that nobody declares are left alone.
Whether and by what a table is partitioned can't be altered: that is said, and left to a migration
by hand. Comments are a kind of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.claims import leaves
from alembic_guard.autogenerate.compared import KEY, subject_of, uncompared_in
from alembic_guard.autogenerate.complement import Subject, add, at
from alembic_guard.autogenerate.dropped_tables import put_in_order
from alembic_guard.autogenerate.freed_names import free_names
from alembic_guard.autogenerate.mistaken_tables import without_mistaken
from alembic_guard.autogenerate.operations import SqlOp, quoted
from alembic_guard.autogenerate.scripts import Script, ScriptOp
from alembic_guard.autogenerate.type_changes import spelled, string
from alembic_guard.runtime.comparing.comparison import Unknown
from alembic_guard.runtime.comparing.facts import Difference, Fact, Thing

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

_KEEPS = {"p": "LOGGED", "u": "UNLOGGED"}


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Take back what is mistaken, and make tables as the models have them."""
    subject = subject_of(context)
    if subject is None:
        return PriorityDispatchResult.CONTINUE
    without_mistaken(subject, upgrade_ops)
    for _, each in list(leaves(upgrade_ops)):
        if isinstance(each, ops.DropTableOp):
            add(upgrade_ops, _dropped(subject, each))
    comparison = subject.comparison
    for difference in comparison.of("table"):
        if difference.parts and subject.filters.include(difference.thing):
            add(upgrade_ops, _changed(difference))
            _note_partitioning(context, difference)
    for thing in sorted(each for each in comparison.model if each.kind == "table"):
        if thing in comparison.live and comparison.knows(thing) and subject.filters.include(thing):
            add(upgrade_ops, _stored(thing, comparison.live[thing], comparison.model[thing]))
    for difference in comparison.of("partition"):
        if difference.model is not None and subject.filters.include(difference.thing):
            add(
                upgrade_ops, _partition(difference, _stands(subject, upgrade_ops, difference.thing))
            )
    put_in_order(upgrade_ops, subject)
    free_names(upgrade_ops, subject)
    return PriorityDispatchResult.CONTINUE


def _stands(subject: Subject, upgrade_ops: UpgradeOps, partition: Thing) -> bool:
    """Whether there will be a table of that name, to be attached."""
    created = (each for _, each in leaves(upgrade_ops) if isinstance(each, ops.CreateTableOp))
    table = Thing("table", partition.name, schema=partition.schema)
    return table in subject.comparison.live or partition.name in {
        each.table_name for each in created
    }


def _changed(difference: Difference) -> Iterator[Any]:
    """What the parts of a table become."""
    thing, live, model = difference.thing, difference.live, difference.model
    assert live is not None
    assert model is not None
    name = f"ALTER TABLE {spelled(thing)}"
    if "persistence" in difference.parts:
        old, new = (_KEEPS[fact.parts["persistence"]] for fact in (live, model))
        says = (f"makes {thing} {new}", f"makes {thing} {old}")
        yield at("tables", SqlOp(f"{name} SET {new}", f"{name} SET {old}", *says))
    if "inherits" in difference.parts:
        old_parents, new_parents = (fact.parts["inherits"] or [] for fact in (live, model))
        yield from _inherited(thing, old_parents, new_parents)


def _note_partitioning(context: AutogenContext, difference: Difference) -> None:
    """Tell the command that asked, and the log, what no statement does.

    Models that say nothing of it mean nothing by it: most people partition in a migration by hand.
    """
    said = difference.model is not None and difference.model.parts["partitioned"]
    if "partitioned" not in difference.parts or not said:
        return
    model, live = (
        fact.parts["partitioned"] or "nothing"
        for fact in (difference.model, difference.live)
        if fact is not None
    )
    left = Unknown(
        f"what {difference.thing} is partitioned by",
        f"it is {model} in the models and {live} in the database, and no ALTER TABLE makes the one "
        "of the other: create another table, copy the rows, and rename it",
    )
    noted = uncompared_in(context.opts)
    if noted is not None:
        context.opts[KEY] = replace(noted, unknown=(*noted.unknown, left))
    logging.getLogger("alembic_guard").warning("%s: %s", left.source, left.reason)


def _inherited(thing: Thing, old: list[str], new: list[str]) -> Iterator[Any]:
    name = f"ALTER TABLE {spelled(thing)}"
    for parent in new:
        if parent not in old:
            says = (f"lets {thing} inherit {parent}", f"lets {thing} no more inherit {parent}")
            there, back = f"{name} INHERIT {parent}", f"{name} NO INHERIT {parent}"
            yield at("tightening", SqlOp(there, back, *says), -1)
    for parent in old:
        if parent not in new:
            says = (f"lets {thing} no more inherit {parent}", f"lets {thing} inherit {parent}")
            there, back = f"{name} NO INHERIT {parent}", f"{name} INHERIT {parent}"
            yield at("loosening", SqlOp(there, back, *says), 1)


def _stored(thing: Thing, live: Fact, model: Fact) -> Iterator[Any]:
    """Storage parameters and tablespace, as far as the models say them."""
    name = f"ALTER TABLE {spelled(thing)}"
    old: Mapping[str, str] = live.notes.get("options") or {}
    new: Mapping[str, str] = model.notes.get("options") or {}
    changed = {word: value for word, value in new.items() if old.get(word) != value}
    if changed:
        back = [f"{name} SET ({_words({each: old[each] for each in changed if each in old})})"]
        back += [f"{name} RESET ({', '.join(each for each in changed if each not in old)})"]
        says = f"changes storage parameters of {thing}"
        statements = tuple(each for each in back if not each.endswith("()"))
        there = Script((f"{name} SET ({_words(changed)})",), says)
        yield at("tables", ScriptOp(there, Script(statements, says)))
    home, wanted = live.notes.get("tablespace"), model.notes.get("tablespace")
    if wanted is not None and wanted != home:
        there_, back_ = (f"{name} SET TABLESPACE {_space(each)}" for each in (wanted, home))
        says = f"moves {thing} to tablespace {wanted}"
        yield at("tables", SqlOp(there_, back_, says, f"moves {thing} to {home or 'the default'}"))


def _words(options: Mapping[str, str]) -> str:
    return ", ".join(f"{word}={_value(value)}" for word, value in options.items())


def _value(value: str) -> str:
    return value if value.replace(".", "", 1).isalnum() else string(value)


def _space(name: str | None) -> str:
    return quoted(name or "pg_default")


def _partition(difference: Difference, stands: bool) -> Iterator[Any]:
    """A partition that is declared: made, attached, or moved to other bounds.

    :param stands: whether it is a table by itself already.
    """
    thing, live, model = difference.thing, difference.live, difference.model
    assert model is not None
    parent, child = model.notes["parent"], spelled(Thing("table", thing.name, schema=thing.schema))
    attached = f"ALTER TABLE {parent} ATTACH PARTITION {child} {model.parts['bound']}"
    detached = f"ALTER TABLE {parent} DETACH PARTITION {child}"
    if live is not None and "bound" in difference.parts:
        old = f"ALTER TABLE {live.notes['parent']} ATTACH PARTITION {child} {live.parts['bound']}"
        says = f"moves partition {child} of {parent}"
        moved = ScriptOp(Script((detached, attached), says), Script((detached, old), says))
        yield at("tightening", moved, -2)
    elif live is not None:
        return
    elif stands:
        words = (f"attaches partition {child} to {parent}", f"detaches partition {child}")
        yield at("tightening", SqlOp(attached, detached, *words), -2)
    else:
        words = (f"adds partition {child} of {parent}", f"drops partition {child} of {parent}")
        yield at("tightening", SqlOp(_made(thing, model), f"DROP TABLE {child}", *words), -2)


def _made(thing: Thing, fact: Fact) -> str:
    child = spelled(Thing("table", thing.name, schema=thing.schema))
    made = f"CREATE TABLE {child} PARTITION OF {fact.notes['parent']} {fact.parts['bound']}"
    return made + (f" PARTITION BY {fact.parts['key']}" if fact.parts["key"] else "")


def _dropped(subject: Subject, operation: ops.DropTableOp) -> Iterator[Any]:
    """Let a downgrade make a table as it was; its partitions go before it, each on its own."""
    schema = "" if operation.schema in (None, subject.default) else str(operation.schema)
    live = subject.comparison.live
    fact = live.get(Thing("table", operation.table_name, schema=schema))
    if fact is None:
        return
    if fact.parts["persistence"] == "u":
        operation.prefixes = ["UNLOGGED"]
    said = {
        "postgresql_partition_by": fact.parts["partitioned"],
        "postgresql_inherits": tuple(fact.parts["inherits"] or ()),
        "postgresql_with": fact.notes["options"],
        "postgresql_tablespace": fact.notes["tablespace"],
    }
    operation.table_kw.update({word: value for word, value in said.items() if value})
    for child, rank in _partitions(live, operation.table_name, schema, 0):
        gone = f"DROP TABLE {spelled(Thing('table', child.thing.name, schema=schema))}"
        says = (f"drops {child.thing}", f"adds {child.thing}")
        yield at("loosening", SqlOp(gone, _made(child.thing, child), *says), 10 - rank)


def _partitions(
    live: Mapping[Thing, Fact], table: str, schema: str, depth: int
) -> Iterator[tuple[Fact, int]]:
    for thing, fact in live.items():
        if thing.kind == "partition" and (thing.table, thing.schema) == (table, schema):
            yield fact, depth
            yield from _partitions(live, thing.name, schema, depth + 1)
