"""A constraint without a name gets one that the database makes up, so that no revision can drop it.

Each database makes up its own, or none (SQLite), and another one where that is taken; a later
``op.drop_constraint()`` needs it (Alembic manual, "The Importance of Naming Constraints").
Opt-in: it is a style, and PostgreSQL's names can be foreseen.

Fix: name it, or give ``MetaData`` a ``naming_convention``.

Bad::

    op.create_table(
        "tags",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
        sa.UniqueConstraint("name"),
    )

Good::

    op.create_table(
        "tags",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
        sa.UniqueConstraint("name", name="tags_name_key"),
    )
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn, AddConstraint, CreateTable
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import added
from alembic_guard.rules._constraint_code import in_steps, said
from alembic_guard.rules._constraints import constraints, name_of
from alembic_guard.rules._creating import create_table
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.schema import Constraint

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = (CreateTable, AddColumn, AddConstraint)
SEVERITY = Severity.WARNING
OPT_IN = True
_NAMED = ("unique", "foreign key", "check", "exclude")


def judge(action: CreateTable | AddColumn | AddConstraint, run: Run) -> Iterator[Harm]:
    """Found for each; a primary key needs none: there is only one."""
    key = action.table
    for each in constraints(action):
        if not _is_nameless(each):
            continue
        on = f" ({', '.join(each.columns)})" if each.columns else ""
        yield Harm(
            f"The {each.kind} constraint of {key}{on} has no name.",
            why="The database makes one up, which op.drop_constraint() would have to know.",
            fix=_fix(action, run),
        )


def _is_nameless(constraint: Constraint) -> bool:
    return constraint.name is None and constraint.kind in _NAMED


def _named(key: str, constraint: Constraint) -> Constraint:
    if not _is_nameless(constraint):
        return constraint
    return replace(constraint, name=name_of(key, constraint))


def _fix(action: CreateTable | AddColumn | AddConstraint, run: Run) -> tuple[str, ...]:
    key, kind = action.table, run.target.kind
    if isinstance(action, AddConstraint):
        adding = replace(action, constraint=_named(key, action.constraint))
        in_use = kind == "postgresql" and not run.is_new(key) and not run.is_empty(key)
        return in_steps(adding, run) if in_use else (said(adding, run),)
    if isinstance(action, AddColumn):
        named = tuple(_named(key, each) for each in action.column.constraints)
        return added(replace(action, column=replace(action.column, constraints=named)), run)
    columns = tuple(
        replace(each, constraints=tuple(_named(key, one) for one in each.constraints))
        for each in action.columns
    )
    of_table = tuple(_named(key, each) for each in action.constraints)
    code = create_table(replace(action, columns=columns, constraints=of_table), kind)
    return (code,) if code else ()
