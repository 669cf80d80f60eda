"""Columns that come and go in SQL, where Alembic's directives would lose a part of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.autogenerate.render import render_op
from alembic.operations import Operations, ops

from alembic_guard.autogenerate.scripts import Script, ScriptOp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.autogenerate.api import AutogenContext
    from sqlalchemy import Column


class AddModelColumnOp(ops.AddColumnOp):
    """Adds a column of the models by statements of its own."""

    script: ScriptOp

    @classmethod
    def of(
        cls, operation: ops.AddColumnOp, statements: Sequence[str], back: str
    ) -> AddModelColumnOp:
        """In the place of Alembic's own.

        :param back: what drops the column.
        """
        made = cls(operation.table_name, operation.column, schema=operation.schema)
        shown = f"{operation.table_name}.{operation.column.name}"
        coming = Script(tuple(statements), f"adds column {shown}")
        made.script = ScriptOp(coming, Script((back,), f"drops column {shown}"))
        return made


class DropLiveColumnOp(ops.DropColumnOp):
    """Drops a column; its reverse makes it as the catalogue described it."""

    script: ScriptOp

    @classmethod
    def of(
        cls,
        place: tuple[str | None, str],
        column: Column[Any],
        statements: Sequence[str],
        back: str,
    ) -> DropLiveColumnOp:
        """In the place of Alembic's own.

        :param place: the schema and the name of the table; :param back: what drops the column.
        :param statements: what makes it again.
        """
        made = cls.from_column_and_tablename(*place, column)
        assert isinstance(made, DropLiveColumnOp)
        shown = f"{place[1]}.{column.name}"
        coming = Script(tuple(statements), f"adds column {shown}")
        made.script = ScriptOp(coming, Script((back,), f"drops column {shown}"))
        return made

    def reverse(self) -> AddLiveColumnOp:
        """What makes it again."""
        made = AddLiveColumnOp(self.table_name, self.to_column(), schema=self.schema)
        made.script, made.again = self.script, self
        return made


class AddLiveColumnOp(AddModelColumnOp):
    """Makes a column again as the catalogue described it.

    :param again: what drops it.
    """

    again: DropLiveColumnOp

    def reverse(self) -> DropLiveColumnOp:
        """What drops it."""
        return self.again


@renderers.dispatch_for(AddModelColumnOp)
def _render(context: AutogenContext, operation: AddModelColumnOp) -> list[str]:
    return render_op(context, operation.script)


@Operations.implementation_for(AddModelColumnOp)
def _run(operations: Any, operation: AddModelColumnOp) -> None:
    operations.invoke(operation.script)
