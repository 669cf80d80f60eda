"""SQLite can't make this change by ALTER TABLE, and the statement fails.

SQLite renames, adds and drops columns, and nothing else: no type, NOT NULL, default or constraint
of a column that is there; nor does it add a column that is UNIQUE, a key or stored, or whose default
is not constant where there are rows, nor drop one that an index or a constraint needs (SQLite's
manual, ALTER TABLE).

Fix: batch mode, which makes a new table, copies the rows and renames it.

Bad::

    op.alter_column("orders", "note", type_=sa.String(200))

Good::

    with op.batch_alter_table("orders") as batch:
        batch.alter_column("note", type_=sa.String(200))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl import actions
from alembic_guard.ddl.sqlite import literal_of, rebuilds
from alembic_guard.rules._adding import unused
from alembic_guard.rules._batch import batch_code
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._required import is_required
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column

DATABASES = ("sqlite",)
JUDGES = actions.OnTable


def judge(action: actions.OnTable, run: Run) -> Iterator[Harm]:
    """Found outside of batch mode, which rebuilds the table."""
    if run.step.rebuilds or not rebuilds(action, run.target.version, run.table(action.table)):
        return
    if isinstance(action, actions.AlterColumn) and action.kind == "comment":
        return
    if isinstance(action, actions.AddColumn) and not _is_refused(action, run):
        return
    said = _said(action)
    if said is None:
        return
    code = batch_code(action)
    yield Harm(
        f"SQLite can't {said} by ALTER TABLE.",
        why="The statement fails; only a rebuild of the table does it.",
        fix=(code,) if code else (),
    )


def _is_refused(action: actions.AddColumn, run: Run) -> bool:
    """Whether it fails on the rows that are there; NOT NULL without a value has its own rule."""
    kinds = {each.kind for each in action.column.constraints}
    if kinds & {"primary key", "unique"}:
        return True
    return not unused(run, action.table) and not is_required(action.column)


def _said(action: actions.OnTable) -> str | None:
    """What is to be done, as a part of a sentence."""
    key = action.table
    match action:
        case actions.AddColumn(column=column):
            return f"add {key}.{column.name} {_fault(column)}"
        case actions.DropColumn(column=name):
            return f"drop {key}.{name}, which an index, a constraint or a view needs,"
        case actions.SetType(column=name):
            return f"change the type of {key}.{name}"
        case actions.SetNotNull(column=name) | actions.DropNotNull(column=name):
            return f"change whether {key}.{name} may be NULL"
        case actions.SetDefault(column=name) | actions.DropDefault(column=name):
            return f"change the default of {key}.{name}"
        case actions.OnColumn(column=name):
            return f"change {key}.{name}"
        case actions.AddConstraint(constraint=constraint):
            return f"add {_words(constraint.kind)} to {key}"
        case actions.DropConstraint(name=None, kind=kind):
            return f"drop {_words(kind or '')} of {key}"
        case actions.DropConstraint(name=name):
            return f"drop the constraint {name} of {key}"
    return None


def _fault(column: Column) -> str:
    """What SQLite refuses of a new column."""
    kinds = {each.kind for each in column.constraints}
    if kinds & {"primary key", "unique"}:
        return "as a key"
    if column.generated == "stored":
        return "as a stored column"
    if literal_of(column.default) is None:
        return "with a default that is not constant"
    return "with REFERENCES and a default"


def _words(kind: str) -> str:
    """A constraint, in words."""
    return "a unique constraint" if kind == "unique" else f"a {kind or 'constraint'}"
