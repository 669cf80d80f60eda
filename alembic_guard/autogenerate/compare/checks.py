"""CHECK constraints, by their expression.

Alembic compares none, or by name alone (``alembic.ext.checkconstraint_byname``). A constraint that
the models do not name is the one with the same expression, whatever the database calls it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.constraint_operations import CreateCheckOp
from alembic_guard.autogenerate.constraints import compare_constraints

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult

    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Fact, Thing


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Add what is missing, drop what is too many, and make anew what differs."""
    return compare_constraints(context, upgrade_ops, "check", again, create, plain)


def again(name: str, fact: Fact, _default: str | None) -> Any:
    """What makes one of the database again; None where it is more than an expression."""
    plain = re.fullmatch(r"CHECK \((.*)\)( NOT VALID)?", fact.definition, re.DOTALL)
    if plain is None:
        return None
    thing, options = fact.thing, {"postgresql_not_valid": True} if plain[2] else {}
    return CreateCheckOp(
        name, thing.table, _unwrapped(plain[1]), schema=thing.schema or None, **options
    )


def create(subject: Subject, thing: Thing, name: str, constraint: Any) -> Any:
    """What makes one of the models."""
    not_valid = constraint.dialect_options["postgresql"]["not_valid"]
    options = {"postgresql_not_valid": True} if not_valid else {}
    expression = subject.sources.expression(constraint)
    schema = thing.schema or None
    return CreateCheckOp(name, thing.table, expression, schema=schema, **options)


def plain(fact: Fact, constraint: Any) -> bool:
    """Whether ``op.create_table`` says it as it is: it reads a colon as a parameter."""
    simple = re.fullmatch(r"CHECK \([^:%\\]*\)", re.sub(r"::", "", fact.definition), re.DOTALL)
    return simple is not None and "NO INHERIT" not in fact.definition


def _unwrapped(expression: str) -> str:
    """An expression without the parentheses that enclose the whole of it."""
    if not (expression.startswith("(") and expression.endswith(")")):
        return expression
    depth = 0
    for place, each in enumerate(_without_strings(expression)):
        depth += (each == "(") - (each == ")")
        if not depth and place < len(expression) - 1:
            return expression
    return expression[1:-1]


def _without_strings(expression: str) -> str:
    """As long as before; what is quoted has no parentheses any more."""
    return re.sub(
        r"""[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*\"""",
        lambda each: "x" * len(each[0]),
        expression,
    )
