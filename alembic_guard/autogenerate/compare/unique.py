"""Unique constraints: columns and their order, when they are checked, nulls, what they include.

Alembic compares their columns, in no order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.constraints import compare_constraints
from alembic_guard.autogenerate.deferral import deferred, words_of
from alembic_guard.autogenerate.dependants import foreign_keys_around

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult

    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Fact, Thing


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Add what is missing, drop what is too many, and make anew what differs."""
    around = foreign_keys_around
    return compare_constraints(context, upgrade_ops, "unique", again, create, plain, around)


def again(name: str, fact: Fact, _default: str | None) -> Any:
    """What makes one of the database again; None where it is more than columns."""
    columns, options = fact.notes["columns"], deferred(fact)
    if fact.definition != f"UNIQUE ({fact.notes['list']}){words_of(options)}":
        return None
    schema = fact.thing.schema or None
    return ops.CreateUniqueConstraintOp(name, fact.thing.table, columns, schema=schema, **options)


def create(_subject: Subject, _thing: Thing, name: str, constraint: Any) -> Any:
    """What makes one of the models; ``op.create_unique_constraint`` fails on included columns."""
    if constraint.dialect_options["postgresql"]["include"]:
        return None
    made = ops.CreateUniqueConstraintOp.from_constraint(constraint)
    made.constraint_name = name
    return made


def plain(fact: Fact, constraint: Any) -> bool:
    """Whether ``op.create_table`` says it as it is: reflection keeps its columns only."""
    return constraint is not None or fact.definition == f"UNIQUE ({fact.notes['list']})"
