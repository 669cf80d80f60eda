r"""A migration whose downgrade could not run, because a constraint has no name.

``op.create_unique_constraint(None, …)`` works, the database makes up a name, and the downgrade's
``op.drop_constraint(None, …)`` can't find it. Unnamed constraints inside ``create_table`` are
harmless.

Fix: give the models' ``MetaData`` a naming convention; every name is then the same everywhere.

Bad::

    # edit: models.py: name: -> email: Mapped[str | None] = mapped_column(String(50), unique=True)\n    name:
    $ alembic guard-revision -m "unique email"

Good::

    # edit: models.py: name: -> email: Mapped[str | None] = mapped_column(String(50), unique=True)\n    name:
    # edit: models.py: pass -> metadata = __import__("sqlalchemy").MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
    $ alembic guard-revision -m "unique email"
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic.operations import ops

from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import Draft, key, operations

JUDGES = Draft
_CONVENTION = (
    "naming_convention={'ix': 'ix_%(column_0_label)s', 'uq': 'uq_%(table_name)s_%(column_0_name)s', "
    "'ck': 'ck_%(table_name)s_%(constraint_name)s', "
    "'fk': 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s', 'pk': 'pk_%(table_name)s'}"
)


def judge(draft: Draft) -> Iterator[Finding]:
    """One finding for each constraint that is dropped without a name, up or down."""
    for database in draft.databases:
        directions = (("upgrade", database.upgrade), ("downgrade", database.downgrade))
        for direction, container in directions:
            for operation in operations(container):
                if isinstance(operation, ops.DropConstraintOp) and not operation.constraint_name:
                    yield _finding(operation, direction)


def _finding(operation: ops.DropConstraintOp, direction: str) -> Finding:
    table = key(operation.table_name, operation.schema)
    kind = {"unique": "unique", "foreignkey": "foreign key", "check": "CHECK"}.get(
        operation.constraint_type or "", operation.constraint_type or ""
    )
    return Finding(
        "unnamed-constraint",
        f"The {direction} would drop a {kind} constraint of {table} that has no name.".replace(
            "  ", " "
        ),
        why="Alembic can't say which constraint is meant: the migration would fail when it runs.",
        next=(
            f"in your models: Base.metadata = MetaData({_CONVENTION})",
            f'name="NAME"  # or this, in the models: for the constraint of {table}',
        ),
    )
