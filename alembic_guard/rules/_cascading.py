"""What CASCADE drops beside what a statement names, and the lines that drop it by name.

PostgreSQL manual 5.14, Dependency Tracking. Known are views, foreign keys and columns of a type, as
far as the database was asked about their tables; not what else may depend on a table, such as a
function that returns its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from alembic_guard.ddl.actions import (
    Action,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
)
from alembic_guard.ddl.objects import DropObject
from alembic_guard.rules._code import allowed, call, dropped, execute, lines, named, quoted
from alembic_guard.rules._constraint_code import TYPES
from alembic_guard.rules._dropping import briefly
from alembic_guard.rules._run import Run
from alembic_guard.schema import Constraint, Table

Dropping = DropTable | DropColumn | DropConstraint | DropIndex | DropObject
_VIEWS = ("view", "materialized view")
UNUSED = "nothing uses it any more"


class Dependent(NamedTuple):
    """What goes too.

    :param name: in a sentence; :param line: the code that drops it by name.
    """

    name: str
    line: str


def dependents(action: Action, run: Run) -> list[Dependent]:
    """What is known to go too, in the order in which it can be dropped."""
    match action:
        case DropTable(table=key):
            return [*_views(key, run), *_references(key, (), run)]
        case DropColumn(table=key, column=column):
            table = run.table(key)
            read = table is not None and column in table.used_by_views
            # Which of several views read the column is not known.
            views = _views(key, run) if table and read and len(table.views) == 1 else []
            return [*views, *_references(key, (column,), run)]
        case DropConstraint(table=key, name=name):
            found = run.known.constraint(key, name or "")
            return list(_references(key, found.columns, run)) if found else []
        case DropObject(kind=kind, name=name) if kind in _VIEWS:
            return _views(name, run)
        case DropObject(kind="type" | "domain", name=name):
            return list(_columns(name, run))
    return []


def _views(key: str, run: Run) -> list[Dependent]:
    """The views that read a table or view, those that read them first."""
    found: list[str] = []
    waiting = [key]
    while waiting:
        table = run.table(waiting.pop(0))
        new = [each for each in (table.views if table else ()) if each not in found]
        found += new
        waiting += new
    return [_view(each, run.table(each)) for each in reversed(found)]


def _view(key: str, view: Table | None) -> Dependent:
    kind = view.kind if view is not None and view.kind in _VIEWS else "view"
    line = execute(f"DROP {kind.upper()} {quoted(key)}")
    return Dependent(key, allowed(line, "dropped-object", UNUSED))


def _references(key: str, columns: tuple[str, ...], run: Run) -> Iterator[Dependent]:
    """The foreign keys that refer to a table or, with columns, to these; not those that go too."""
    table = run.table(key)
    gone = {each.table for step, each in run.later(DropTable) if step is run.step}
    for other in table.referenced_by if table is not None else ():
        owner = run.table(other)
        for each in owner.constraints_of("foreign key") if owner is not None else ():
            if each.refers_to == key and other not in (key, *gone) and _is_on(each, columns, table):
                yield _reference(other, each)


def _is_on(reference: Constraint, columns: tuple[str, ...], table: Table | None) -> bool:
    keys = table.constraints_of("primary key") if table is not None else ()
    own = reference.referred_columns or next((each.columns for each in keys), ())
    return not columns or bool(set(columns) & set(own))


def _reference(key: str, constraint: Constraint) -> Dependent:
    name, schema = named(key)
    line = call("drop_constraint", constraint.name or "", name, type_="foreignkey", **schema)
    reason = "what it refers to is not needed any more"
    return Dependent(constraint.name or key, allowed(line, "dropped-constraint", reason))


def _columns(name: str, run: Run) -> Iterator[Dependent]:
    """The columns of a type, which go with it (measured on 15)."""
    for key, table in run.known.tables.items():
        for column in table.columns.values():
            if column.type is not None and column.type.name == name:
                own, schema = named(key)
                line = call("drop_column", own, column.name, **schema)
                yield Dependent(f"{key}.{column.name}", allowed(line, "drop-column", UNUSED))


def is_known(action: Action, run: Run) -> bool:
    """Whether the database was asked about what is dropped."""
    key = action.name if isinstance(action, DropObject) else getattr(action, "table", "")
    table = run.table(key)
    return table is not None and table.complete


def dropped_by_name(action: Dropping, run: Run) -> str:
    """The lines that drop what goes too, each by its name, and then what the statement names."""
    first = [each.line for each in dependents(action, run)]
    last = _plainly(action, run)
    if first:
        return lines(execute("SET LOCAL lock_timeout = '3s'"), *first, last)
    if isinstance(action, DropTable | DropColumn):
        return briefly(last, run, action.table, getattr(action, "column", ""))
    return last


def _plainly(action: Dropping, run: Run) -> str:
    """The statement without CASCADE."""
    if isinstance(action, DropObject):
        exists = "IF EXISTS " * action.if_exists
        sql = f"DROP {action.kind.upper()} {exists}{quoted(action.name)}"
        return allowed(execute(sql), "dropped-object", UNUSED)
    if isinstance(action, DropIndex):
        return dropped(action.table, action.name)
    name, words = named(action.table)
    if isinstance(action, DropConstraint):
        found = run.known.constraint(action.table, action.name or "")
        kind = {"type_": TYPES[found.kind]} if found and found.kind in TYPES else {}
        line = call("drop_constraint", action.name or "", name, **kind, **words)
        return allowed(line, "dropped-constraint", UNUSED)
    rule = "drop-table" if isinstance(action, DropTable) else "drop-column"
    if isinstance(action, DropTable):
        exists_ok = {"if_exists": True} if action.if_exists else {}
        line = call("drop_table", name, **words, **exists_ok)
    else:
        line = call("drop_column", name, action.column, **words)
    return line if run.is_empty(action.table) else allowed(line, rule, UNUSED)
