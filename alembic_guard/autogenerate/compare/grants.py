"""Privileges, on objects of which the models grant or revoke something.

Those of the owner, and those that ``ALTER DEFAULT PRIVILEGES`` gave, are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import add, at
from alembic_guard.autogenerate.typed_words import CALLED, granting, object_words, revoking

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

    from alembic_guard.runtime.comparing.facts import Difference, Fact, Facts


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Grant what is missing, and revoke what is too many."""
    subject = subject_of(context)
    if subject is not None:
        there = _functions(subject.comparison.live)
        for difference in subject.comparison.of("grant"):
            fact = difference.model
            by_default = fact is not None and _by_default(fact) and _of(fact) not in there
            if subject.filters.include(difference.thing) and not by_default:
                add(upgrade_ops, operations(difference))
        for fact in subject.comparison.built.revoked:
            if _of(fact) not in there:  # what it may not have comes with the function
                op = BothWaysOp(revoking(fact), [], f"revokes {fact.thing.name}")
                add(upgrade_ops, [at("coming", op, _LAST)])
    return PriorityDispatchResult.CONTINUE


def operations(difference: Difference) -> Iterator[Any]:
    """After all else has come: what is granted may be new."""
    live, model = difference.live, difference.model
    name = difference.thing.name
    if live is None:
        assert model is not None
        op = BothWaysOp(granting(model), revoking(model), f"grants {name}", f"revokes {name}")
    elif model is None:
        op = BothWaysOp(revoking(live), granting(live), f"revokes {name}", f"grants {name}")
    else:
        op = BothWaysOp(
            _option(bool(model.parts["grantable"]), model.notes),
            _option(bool(live.parts["grantable"]), live.notes),
            f"changes the grant option of {name}",
            f"changes the grant option of {name} back",
        )
    yield at("coming", op, _LAST)


def _by_default(fact: Fact) -> bool:
    """Whether everybody has it as soon as the object is there: of functions, EXECUTE."""
    return bool(fact.notes["role"] == "PUBLIC" and fact.notes["privilege"] == "EXECUTE")


def _functions(live: Facts) -> set[tuple[str, str]]:
    return {
        (thing.schema, object_words(fact).replace("AGGREGATE ", "FUNCTION ", 1))
        for thing, fact in live.items()
        if thing.kind in CALLED
    }


def _of(fact: Fact) -> tuple[str, str]:
    return fact.thing.schema, fact.notes["object"]


def _option(given: bool, notes: Any) -> list[str]:
    what = f"{notes['privilege']} ON {notes['object']}"
    if given:
        return [f"GRANT {what} TO {notes['role']} WITH GRANT OPTION"]
    return [f"REVOKE GRANT OPTION FOR {what} FROM {notes['role']}"]


_LAST = 10**6
