"""Foreign keys that rest on what is dropped and made again: they go before it, and come after it.

PostgreSQL drops no key while a foreign key needs its index, and a foreign key needs one index even
where another has the same columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.compare import foreign_keys
from alembic_guard.autogenerate.complement import Subject, at
from alembic_guard.autogenerate.constraint_operations import DropLiveConstraintOp
from alembic_guard.autogenerate.constraint_texts import added
from alembic_guard.autogenerate.constraints import RANKS, Changes
from alembic_guard.autogenerate.operations import SqlOp

if TYPE_CHECKING:
    from alembic_guard.runtime.comparing.facts import Fact


def foreign_keys_around(subject: Subject, live: Fact, upgrade_ops: ops.UpgradeOps) -> Iterator[Any]:
    """What takes the foreign keys that rest on a fact of the database away, and brings them back.

    Those that differ themselves are seen to already, and those of tables that go with theirs.

    :param upgrade_ops: what is proposed already, such as the same around the type of a column.
    """
    comparison, rank = subject.comparison, RANKS["foreign key"]
    changes = Changes("foreign key", foreign_keys.again, foreign_keys.create)
    for thing in sorted(each for each in comparison.live if each.kind == "foreign key"):
        fact = comparison.live[thing]
        if thing in comparison.differences or not rests_on(fact, live, subject.default):
            continue
        if not any(_drops(each, fact) for each in upgrade_ops.ops):
            dropped = changes.drop(subject, fact)
            model = comparison.model.get(thing)
            made = dropped.again if model is None else changes.make(subject, model)
            yield at("loosening", dropped, -rank)
            yield at("tightening", made, rank)


def _drops(operation: Any, fact: Fact) -> bool:
    thing = fact.thing
    if isinstance(operation, DropLiveConstraintOp):
        dropped = (operation.constraint_name, operation.table_name, operation.schema or "")
        return dropped == (thing.name, thing.table, thing.schema)
    statement = added(thing, fact.definition).back
    return isinstance(operation, SqlOp) and operation.sql == statement


def rests_on(fact: Fact, other: Fact, default: str | None) -> bool:
    """Whether a foreign key needs the index of a key."""
    target, thing = fact.notes["target"], other.thing
    schema = "" if target["schema"] == default else target["schema"]
    return (schema, target["table"], target["needs"]) == (thing.schema, thing.table, thing.name)
