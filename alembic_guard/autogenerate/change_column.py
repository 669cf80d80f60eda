"""One ``op.alter_column`` for what changes in place about a column, true in both directions.

Alembic's own leaves ``postgresql_using`` out when it writes a migration, and takes quotes and
backslashes off defaults. Here the way to a type and the way back are told apart, and a default is
written as the models have it, or in the catalogue's words.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.operations import ops
from sqlalchemy.schema import DefaultClause
from sqlalchemy.types import Enum, TypeDecorator

from alembic_guard.autogenerate.operations import SqlOp, escaped
from alembic_guard.runtime.comparing.model import Model, quiet_dialect

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_INDENT = ",\n           "


@dataclass(frozen=True)
class Using:
    """How values get to a type: by an expression for the way up, and one for the way back."""

    up: str = ""
    down: str = ""


def unchecked(type_: Any) -> Any:
    """A type without the CHECK that Alembic adds or drops along with it: that one is compared on
    its own. None where the type would bring it back, as a decorator of the project does.
    """
    plain = type_
    while isinstance(plain, TypeDecorator):
        plain = plain.impl_instance
    if not isinstance(plain, Enum) or plain.native_enum or not plain.create_constraint:
        return type_
    if plain is not type_:
        return None
    bare: Any = copy.copy(plain)
    bare.create_constraint = False
    return bare


class ChangeColumnOp(ops.AlterColumnOp):
    """Changes a column in place."""

    using = Using()
    words = ("", "")
    """A statement and its reverse, where the type of the database has no words in SQLAlchemy."""

    def go(self, using: Using) -> None:
        """Set how values get to the new type, and back."""
        self.using = using
        self.kw.pop("postgresql_using", None)
        if using.up:
            self.kw["postgresql_using"] = using.up

    def reverse(self) -> Any:
        """The other direction."""
        if self.words[0]:
            says = f"changes column {self.table_name}.{self.column_name}"
            return SqlOp(self.words[1], self.words[0], f"{says} back", says)
        other = super().reverse()
        assert isinstance(other, ChangeColumnOp)
        other.go(Using(self.using.down, self.using.up))
        return other


@renderers.dispatch_for(ChangeColumnOp)
def _render(context: AutogenContext, operation: ChangeColumnOp) -> str:
    default = operation.modify_server_default
    plain = ops.AlterColumnOp(
        operation.table_name,
        operation.column_name,
        schema=operation.schema,
        existing_type=operation.existing_type,
        existing_nullable=operation.existing_nullable,
        existing_comment=operation.existing_comment,
        existing_server_default=operation.existing_server_default if default is False else False,
        modify_type=operation.modify_type,
        modify_nullable=operation.modify_nullable,
        modify_comment=operation.modify_comment,
    )
    line: Any = renderers.dispatch(plain)(context, plain)
    more = "" if default is False else f"{_INDENT}server_default={_default(context, default)}"
    if operation.using.up:
        more += f"{_INDENT}postgresql_using={operation.using.up!r}"
    return f"{line[:-1]}{more})"


def _default(context: AutogenContext, default: Any) -> str:
    """A default as ``server_default=`` takes it: a string stands for itself, SQL in ``text()``."""
    if default is None:
        return "None"
    argument = default.arg if isinstance(default, DefaultClause) else default
    if isinstance(argument, str):
        return repr(argument)
    assert context.dialect is not None
    dialect = quiet_dialect(context.dialect, Model())  # one that doubles no percent signs
    options = {"literal_binds": True, "include_table": False}
    sql = str(argument.compile(dialect=dialect, compile_kwargs=options))
    return f"{context.opts['sqlalchemy_module_prefix'] or ''}text({escaped(sql)!r})"
