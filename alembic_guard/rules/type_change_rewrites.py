"""Another type of a column rewrites the whole table while nobody can read it.

``ALTER COLUMN … TYPE`` converts each value, writes the table and all its indexes anew, and holds
ACCESS EXCLUSIVE until that is done (manual, ALTER TABLE, Notes; measured on 15): integer to bigint,
timestamptz to timestamp outside of UTC, text to jsonb, a shorter varchar. Free are those that leave
every value as it is: a longer varchar, varchar and text, numeric with more digits before the point,
more digits of a second, cidr to inet, timestamptz and timestamp in a session in UTC.

What was the type before is asked of the database, or of ``existing_type``. With types of your own,
unknown time zones, and where neither says, this is a warning; a note where it may be a widening.

Fix: add a column of the new type, let the application write both, fill the old rows in batches, and
read the new one. An attribute keeps its name: ``id = mapped_column("id_as_bigint", BigInteger)``.

Bad::

    op.alter_column("orders", "shop_id", existing_type=sa.Integer(), type_=sa.BigInteger())

Good::

    op.alter_column("shops", "city", existing_type=sa.String(30), type_=sa.String(60))
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import SetNotNull, SetType
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.type_changes import TypeChange
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import unused
from alembic_guard.rules._altering import because, cost, later_together, retyped, views_of
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run
from alembic_guard.rules.type_change_with_not_null import is_same

DATABASES = ("postgresql",)
JUDGES = SetType
GROWS = True
LOCK = Lock.ACCESS_EXCLUSIVE

UNTIL = "under ACCESS EXCLUSIVE: nobody reads or writes the table until it is done."
# What another length or precision, or a type that is stored alike, becomes at no cost.
OFTEN_FREE = frozenset(
    [
        "citext",
        "inet",
        "interval",
        "numeric",
        "text",
        "time",
        "timestamp",
        "timestamptz",
        "timetz",
        "varbit",
        "varchar",
    ]
)


def judge(action: SetType, run: Run) -> Iterator[Harm]:
    """Found unless every value stays as it is; what a view forbids fails before it costs."""
    key = action.table
    if unused(run, key) or views_of(action, run):
        return
    change = cost(action, run)
    if change.rewrites is False and not change.rebuilds_indexes:
        return
    does, says = f"rewrites all of {key}", because(change)
    if change.rewrites is None:
        does, says = f"may rewrite all of {key}", f"{says}; assumed is that values are converted"
    elif not change.rewrites:
        does, says = "builds its indexes anew", "The values stay, but not the order of the indexes"
    yield Harm(
        f"Changing {key}.{action.column} to {action.type} {does}.",
        why=f"{says}. It is done {UNTIL}",
        fix=retyped(run, action, required=_is_required(action, run)),
        table=key,
        severity=_severity(action, change, run),
    )


def _is_required(action: SetType, run: Run) -> bool:
    """Whether the same transaction makes the column NOT NULL as well."""
    return any(is_same(each, action) for each in later_together(run, SetNotNull))


def _severity(action: SetType, change: TypeChange, run: Run) -> Severity | None:
    """What is not known is a warning, or a note where nobody says that it is no widening."""
    if change.rewrites is not None:
        return None
    table = run.table(action.table)
    column = table.columns.get(action.column) if table else None
    before = action.existing or (column.type if column else None)
    is_free = before is None and action.type.name in OFTEN_FREE
    return Severity.NOTE if is_free else Severity.WARNING
