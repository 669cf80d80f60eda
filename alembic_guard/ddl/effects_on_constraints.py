"""What PostgreSQL does for constraints and indexes.

Measured, locks_postgresql_15.md, and again by tests/ddl/test_postgresql.py; what cannot run in a
transaction is from the manual's pages on CREATE INDEX, DROP INDEX and REINDEX, and watched by the
same tests from another session.
"""

from __future__ import annotations

from alembic_guard.ddl import actions
from alembic_guard.ddl.effects import Effect, Known, total
from alembic_guard.ddl.effects_on_columns import is_not_null
from alembic_guard.ddl.locks import Lock
from alembic_guard.schema import Constraint

LAST_LIGHT = (
    15  # measured; on 18 partitions are locked as their parent is, 16 and 17 were not asked
)


def constraint_effect(action: actions.Action, known: Known) -> Effect | None:
    """What a change of a constraint or index does; None for any other action."""
    match action:
        case actions.AddConstraint(table=key, constraint=constraint):
            return _add(key, constraint, known)
        case actions.DropConstraint():
            return _drop(action, known)
        case actions.ValidateConstraint(table=key, name=name):
            return _validate(key, name, known)
        case actions.CreateIndex():
            return _create_index(action, known)
        case actions.DropIndex(table=key, concurrently=concurrently):
            if concurrently:
                return known.locks(Lock.SHARE_UPDATE_EXCLUSIVE, key)
            return known.whole(key, Lock.ACCESS_EXCLUSIVE) + _unsaid(key)
        case actions.Reindex():
            return _reindex(action, known)
    return None


def _unsaid(key: str) -> Effect:
    """A note where an index is known and its table is not."""
    return Effect(note="" if key else "the table of the index is not known")


def _add(key: str, constraint: Constraint, known: Known) -> Effect:
    """ADD CONSTRAINT: a valid one is checked under its lock, and a key builds its index there."""
    checked = constraint.valid and constraint.enforced
    if constraint.kind == "foreign key":
        effect = known.whole(key, Lock.SHARE_ROW_EXCLUSIVE, scans=checked)
        parent = constraint.refers_to or ""
        return effect + known.whole(parent, Lock.SHARE_ROW_EXCLUSIVE, scans=checked)
    if constraint.using_index:
        checked = constraint.kind == "primary key" and not _all_not_null(key, constraint, known)
    no_nulls = constraint.kind == "primary key" and _all_not_null(key, constraint, known)
    in_partitions = known.of(key).partitions and (constraint.kind == "unique" or no_nulls)
    if in_partitions and known.major <= LAST_LIGHT:
        # Each partition builds its index as CREATE INDEX does.
        built = known.whole(key, Lock.SHARE, scans=True)
        return built + known.locks(Lock.ACCESS_EXCLUSIVE, key)
    return known.whole(key, Lock.ACCESS_EXCLUSIVE, scans=checked)


def _all_not_null(key: str, constraint: Constraint, known: Known) -> bool:
    """Whether a primary key need not look for NULLs in the columns of its index."""
    index = known.of(key).indexes.get(constraint.using_index or "")
    columns = index.columns if index else constraint.columns
    return bool(columns) and all(is_not_null(known, key, column) for column in columns)


def _drop(action: actions.DropConstraint, known: Known) -> Effect:
    """DROP CONSTRAINT: a foreign key has triggers on the other table, so that one is locked too."""
    key = action.table
    constraint = known.of(key).constraints.get(action.name or "")
    effect = known.whole(key, Lock.ACCESS_EXCLUSIVE)
    if constraint is None:
        lost = action.kind == "foreign key"
        return effect + Effect(note="the table it refers to is locked too" if lost else "")
    if constraint.refers_to:
        effect += known.whole(constraint.refers_to, Lock.ACCESS_EXCLUSIVE)
    if action.cascade and constraint.kind in ("primary key", "unique"):
        effect += total(
            known.whole(child, Lock.ACCESS_EXCLUSIVE)
            for child in known.of(key).referenced_by
            if _uses(known, child, key, constraint)
        )
    return effect


def _uses(known: Known, child: str, key: str, constraint: Constraint) -> bool:
    """Whether a foreign key of a table rests on a key; yes where that is not known."""
    referred = [each.referred_columns for each in known.references(child) if each.refers_to == key]
    return not referred or any(not each or each == constraint.columns for each in referred)


def _validate(key: str, name: str, known: Known) -> Effect:
    """VALIDATE CONSTRAINT: reads under a lock that blocks neither reads nor writes."""
    constraint = known.of(key).constraints.get(name)
    if constraint is not None and constraint.valid:
        return known.whole(key, Lock.SHARE_UPDATE_EXCLUSIVE)
    effect = known.whole(key, Lock.SHARE_UPDATE_EXCLUSIVE, scans=True)
    if constraint is not None and constraint.refers_to:
        effect += known.whole(constraint.refers_to, Lock.ROW_SHARE, scans=True)
    return effect


def _create_index(action: actions.CreateIndex, known: Known) -> Effect:
    """CREATE INDEX: ``ON ONLY`` a partitioned table builds nothing."""
    key = action.table
    if action.concurrently:
        return known.whole(key, Lock.SHARE_UPDATE_EXCLUSIVE, scans=True)
    if action.only:
        scans = frozenset() if known.of(key).partitioned else frozenset({key})
        return known.locks(Lock.SHARE, key) + Effect(scans=scans)
    return known.whole(key, Lock.SHARE, scans=True)


def _reindex(action: actions.Reindex, known: Known) -> Effect:
    """REINDEX: of the table only reads go on, and those that plan with the index wait too."""
    key = action.name if action.kind == "table" else action.table
    lock = Lock.SHARE_UPDATE_EXCLUSIVE if action.concurrently else Lock.SHARE
    if action.kind in ("index", "table"):
        return known.whole(key, lock, scans=True) + _unsaid(key)
    return Effect(note=f"{lock} on every table of the {action.kind}")
