"""Foreign keys: target, columns, match, actions, when they are checked, whether they hold for all.

Alembic compares no names, no MATCH and no NOT VALID.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.constraints import compare_constraints
from alembic_guard.autogenerate.deferral import deferred

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult

    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Fact, Thing

ACTIONS = {"a": None, "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
"""``confupdtype`` and ``confdeltype`` (PostgreSQL manual, 53.13 pg_constraint)."""

MATCHES = {"s": None, "f": "FULL", "p": "PARTIAL"}


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Add what is missing, drop what is too many, and make anew what differs."""
    return compare_constraints(context, upgrade_ops, "foreign key", again, create, plain)


def again(name: str, fact: Fact, default: str | None) -> Any:
    """What makes one of the database again; None where it sets some of its columns only."""
    target = fact.notes["target"]
    if target["partly"]:
        return None
    options: dict[str, Any] = {
        "source_schema": fact.thing.schema or None,
        "referent_schema": None if target["schema"] == default else target["schema"],
        "onupdate": ACTIONS[target["update"]],
        "ondelete": ACTIONS[target["delete"]],
        "match": MATCHES[target["match"]],
        **deferred(fact),
    }
    if not fact.notes["valid"]:
        options["postgresql_not_valid"] = True
    return ops.CreateForeignKeyOp(
        name, fact.thing.table, target["table"], fact.notes["columns"], target["columns"], **options
    )


def create(_subject: Subject, _thing: Thing, name: str, constraint: Any) -> Any:
    """What makes one of the models."""
    made = ops.CreateForeignKeyOp.from_constraint(constraint)
    made.constraint_name = name
    return made


def plain(fact: Fact, constraint: Any) -> bool:
    """Whether ``op.create_table`` says it as it is: it leaves out what is to be altered in."""
    return bool(fact.notes["valid"]) if constraint is None else not constraint.use_alter
