"""Primary keys: columns and their order, name, what they include. Alembic compares none.

A primary key without a name in the models is the one that the table has, whatever its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.constraint_operations import CreatePrimaryKeyOp
from alembic_guard.autogenerate.constraints import compare_constraints
from alembic_guard.autogenerate.dependants import foreign_keys_around

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult

    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Fact, Thing


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Add what is missing, drop what is too many, and make anew what differs."""
    return compare_constraints(
        context, upgrade_ops, "primary key", again, create, plain, foreign_keys_around
    )


def again(name: str, fact: Fact, _default: str | None) -> Any:
    """What makes one of the database again; None where it is more than columns."""
    if fact.definition != f"PRIMARY KEY ({fact.notes['list']})":
        return None
    schema = fact.thing.schema or None
    return CreatePrimaryKeyOp(name, fact.thing.table, fact.notes["columns"], schema=schema)


def create(_subject: Subject, thing: Thing, name: str, constraint: Any) -> Any:
    """What makes one of the models; None where ``op.create_primary_key`` cannot say it."""
    options = constraint.dialect_options["postgresql"]
    if constraint.deferrable is not None or constraint.initially or options["include"]:
        return None
    columns = [column.name for column in constraint.columns]
    return CreatePrimaryKeyOp(name, thing.table, columns, schema=thing.schema or None)


def plain(fact: Fact, _constraint: Any) -> bool:
    """Whether ``op.create_table`` says it as it is, which is its columns only."""
    return bool(fact.definition == f"PRIMARY KEY ({fact.notes['list']})")
