"""Statements of an upgrade, and those of its downgrade, of which either may be none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import Operations

from alembic_guard.autogenerate.operations import SqlOp, escaped, literal

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


class BothWaysOp(SqlOp):
    """What is done, and what is done on the way back.

    :param says: what it does, as a clause; "" where it does nothing.
    """

    def __init__(
        self, up: Sequence[str], down: Sequence[str], says: str = "", says_back: str = ""
    ) -> None:
        up, down = tuple(up), tuple(down)
        super().__init__(";\n".join(up), ";\n".join(down), says if up else "", says_back)
        self.up, self.down = up, down

    def reverse(self) -> BothWaysOp:
        """The other direction."""
        return BothWaysOp(self.down, self.up, self.says_back, self.says)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """As ``alembic check`` prints it."""
        return ("execute", self.says, self.sql)


@renderers.dispatch_for(BothWaysOp)
def _render(context: AutogenContext, operation: BothWaysOp) -> list[str]:
    prefix = context.opts["alembic_module_prefix"] or ""
    return [f"{prefix}execute({literal(escaped(each))})" for each in operation.up]


@Operations.implementation_for(BothWaysOp)
def _run(operations: Any, operation: BothWaysOp) -> None:
    for each in operation.up:
        operations.execute(escaped(each))
