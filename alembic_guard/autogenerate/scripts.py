"""Several statements that are one change, and those that take it back."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import Operations

from alembic_guard.autogenerate.operations import SqlOp, escaped, in_block, literal

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


@dataclass(frozen=True)
class Script:
    """One direction of a change.

    :param says: what it does, as a clause such as ``adds value 'c' to enum status``.
    :param autocommit: whether it must not run in a transaction.
    :param moves: whether columns move over to another type of the same name.
    :param removes: values of an enum that no row can have afterwards.
    :param reorders: whether values come into another order.
    :param loses: attributes of a composite type that go, with what rows have in them.
    :param of: what it is about, such as ``enum status``.
    """

    statements: tuple[str, ...]
    says: str
    autocommit: bool = False
    moves: bool = False
    removes: tuple[str, ...] = ()
    reorders: bool = False
    of: str = ""
    loses: tuple[str, ...] = ()


class ScriptOp(SqlOp):
    """A change of several statements."""

    def __init__(self, script: Script, back: Script) -> None:
        super().__init__(
            ";\n".join(script.statements),
            ";\n".join(back.statements),
            script.says,
            back.says,
            autocommit=script.autocommit,
        )
        self.script, self.back_script = script, back
        self.moves = script.moves or back.moves
        # what the guards removes-enum-value and removes-attribute look at
        self.of, self.removes, self.reorders = script.of, script.removes, script.reorders
        self.loses = script.loses

    def reverse(self) -> ScriptOp:
        """The other direction."""
        return ScriptOp(self.back_script, self.script)


@renderers.dispatch_for(ScriptOp)
def _render_script(context: AutogenContext, operation: ScriptOp) -> list[str]:
    prefix = context.opts["alembic_module_prefix"] or ""
    script = operation.script
    lines = [f"{prefix}execute({literal(escaped(each))})" for each in script.statements]
    return in_block(context, script.autocommit, lines)


@Operations.implementation_for(ScriptOp)
def _run_script(operations: Any, operation: ScriptOp) -> None:
    script = operation.script
    with operations.get_context().autocommit_block() if script.autocommit else nullcontext():
        for statement in script.statements:
            operations.execute(escaped(statement))
