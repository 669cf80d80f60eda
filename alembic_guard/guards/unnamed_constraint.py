r"""A migration adds a constraint that has no name, so that none can be written that drops it.

``op.create_unique_constraint(None, …)`` works, the database makes up a name, and the downgrade's
``op.drop_constraint(None, …)`` can't find it. Where our comparators write the name that this
database would make up, the next kind of database makes up another one, or none. Unnamed constraints
inside ``create_table`` are harmless.

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
from alembic_guard.guards._subjects import DatabaseDraft, Draft, key, operations

JUDGES = Draft
_CONVENTION = (
    "naming_convention={'ix': 'ix_%(column_0_label)s', 'uq': 'uq_%(table_name)s_%(column_0_name)s', "
    "'ck': 'ck_%(table_name)s_%(constraint_name)s', "
    "'fk': 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s', 'pk': 'pk_%(table_name)s'}"
)


def judge(draft: Draft) -> Iterator[Finding]:
    """One finding for each constraint that is dropped without a name, or comes without one."""
    for database in draft.databases:
        left = dict.fromkeys((*database.unnamed, *_added_without_name(database)))
        for kind, table in left:
            yield _found(
                f"The models leave a {kind} constraint of {table} without a name.",
                "Each kind of database makes up another one: no migration can drop it on all.",
                table,
            )
        directions = (("upgrade", database.upgrade), ("downgrade", database.downgrade))
        for direction, container in directions:
            for operation in operations(container):
                if isinstance(operation, ops.DropConstraintOp) and not operation.constraint_name:
                    dropped = _kind_and_table(operation)
                    if dropped not in left:
                        yield _dropped(*dropped, direction)


def _added_without_name(database: DatabaseDraft) -> Iterator[tuple[str, str]]:
    """What the upgrade adds and the downgrade can't find; Alembic alone leaves it to that."""
    for operation in operations(database.upgrade):
        if isinstance(operation, ops.AddConstraintOp):
            dropped = operation.reverse()
            if isinstance(dropped, ops.DropConstraintOp) and not dropped.constraint_name:
                yield _kind_and_table(dropped)


def _kind_and_table(operation: ops.DropConstraintOp) -> tuple[str, str]:
    kind = operation.constraint_type or ""
    kind = {"foreignkey": "foreign key", "check": "CHECK"}.get(kind, kind)
    return kind, key(operation.table_name, operation.schema)


def _dropped(kind: str, table: str, direction: str) -> Finding:
    return _found(
        f"The {direction} would drop a {kind} constraint of {table} that has no name.".replace(
            "  ", " "
        ),
        "Alembic can't say which constraint is meant: the migration would fail when it runs.",
        table,
    )


def _found(message: str, why: str, table: str) -> Finding:
    return Finding(
        "unnamed-constraint",
        message,
        why=why,
        next=(
            f"in your models: Base.metadata = MetaData({_CONVENTION})",
            f'name="NAME"  # or this, in the models: for the constraint of {table}',
        ),
    )
