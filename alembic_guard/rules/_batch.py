"""Changes of a table as Alembic's batch mode has them, which SQLite needs for most."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from alembic_guard.ddl import actions
from alembic_guard.rules._adding import column_code, constraint_name, text_code
from alembic_guard.rules._code import Code, call, has_class, lines, named, type_code
from alembic_guard.schema import Constraint

_VERBS = {"unique": "create_unique_constraint", "primary key": "create_primary_key"}
_TYPES = {"primary key": "primary", "foreign key": "foreignkey"}


def batch_code(action: actions.OnTable) -> str | None:
    """The ``with op.batch_alter_table()`` of one change; None for what has no code."""
    found = _lines(action)
    if not found:
        return None
    name, words = named(action.table)
    always = {"recreate": "always"} if isinstance(action, actions.AddColumn) else {}
    head = call("batch_alter_table", name, **words, **always)
    return lines(f"with {head} as batch:", *(f"    {each}" for each in found))


def _lines(action: actions.OnTable) -> list[str]:
    match action:
        case actions.AddColumn(column=column) if has_class(column.type, "sqlite"):
            plain = replace(column, constraints=())
            inline = [replace(each, columns=(column.name,)) for each in column.constraints]
            lines = [_call("add_column", column_code(plain, "sqlite"))]
            made = [_constraint(action.table, each) for each in inline]
            return [*lines, *(each for each in made if each)] if column.generated is None else []
        case actions.DropColumn(column=name):
            return [_call("drop_column", name)]
        case actions.SetType(column=name, type=type_) if has_class(type_, "sqlite"):
            return [_call("alter_column", name, type_=Code(type_code(type_, "sqlite")))]
        case actions.SetNotNull(column=name):
            return [_call("alter_column", name, nullable=False)]
        case actions.DropNotNull(column=name):
            return [_call("alter_column", name, nullable=True)]
        case actions.SetDefault(column=name, default=default):
            return [_call("alter_column", name, server_default=text_code(default))]
        case actions.DropDefault(column=name):
            return [_call("alter_column", name, server_default=None)]
        case actions.AddConstraint(constraint=constraint):
            made = [_constraint(action.table, constraint)]
            return [each for each in made if each]
        case actions.DropConstraint(name=str(name), kind=kind):
            words = {"type_": _TYPES.get(kind, kind)} if kind else {}
            return [_call("drop_constraint", name, **words)]
    return []


def _constraint(key: str, constraint: Constraint) -> str | None:
    name = constraint.name or constraint_name(key, constraint)
    columns = list(constraint.columns)
    if constraint.kind in _VERBS:
        return _call(_VERBS[constraint.kind], name, columns)
    if constraint.kind == "check" and constraint.expression:
        return _call("create_check_constraint", name, constraint.expression)
    if constraint.kind == "foreign key" and constraint.refers_to:
        referred = list(constraint.referred_columns or ("id",))
        return _call("create_foreign_key", name, constraint.refers_to, columns, referred)
    return None


def _call(directive: str, *arguments: Any, **keywords: Any) -> str:
    return call(directive, *arguments, **keywords).replace("op.", "batch.", 1)
