"""What PostgreSQL does for tables as a whole and for their partitions.

Measured, locks_postgresql_15.md, and again by tests/ddl/test_postgresql.py. DETACH CONCURRENTLY,
which cannot run in a transaction, is from the manual's page on ALTER TABLE.
"""

from __future__ import annotations

from alembic_guard.ddl import actions, expressions
from alembic_guard.ddl.effects import Effect, Known, total
from alembic_guard.ddl.locks import Lock

# AlterTableGetLockLevel in tablecmds.c; the rest takes ACCESS EXCLUSIVE.
_LOCKS = {
    "set parameters": Lock.SHARE_UPDATE_EXCLUSIVE,
    "reset parameters": Lock.SHARE_UPDATE_EXCLUSIVE,
    "cluster on": Lock.SHARE_UPDATE_EXCLUSIVE,
    "set without cluster": Lock.SHARE_UPDATE_EXCLUSIVE,
    "enable trigger": Lock.SHARE_ROW_EXCLUSIVE,
    "disable trigger": Lock.SHARE_ROW_EXCLUSIVE,
}
_REWRITES = ("set logged", "set unlogged", "set tablespace", "set access method")


def table_effect(action: actions.Action, known: Known) -> Effect | None:
    """What a change of a table does; None for any other action."""
    match action:
        case actions.CreateTable():
            return _create(action, known)
        case actions.DropTable():
            return _drop(action, known)
        case actions.RenameTable(table=key) | actions.SetSchema(table=key):
            return known.locks(Lock.ACCESS_EXCLUSIVE, key)
        case actions.AttachPartition():
            return _attach(action, known)
        case actions.DetachPartition():
            return _detach(action, known)
        case actions.AlterTable():
            return _alter(action, known)
    return None


def _create(action: actions.CreateTable, known: Known) -> Effect:
    """CREATE TABLE: the new table waits for nobody, those it hangs on are locked."""
    behind = [each for column in action.columns for each in column.constraints]
    parents = {
        each.refers_to
        for each in (*action.constraints, *behind)
        if each.refers_to and each.refers_to != action.table
    }
    effect = total(known.whole(each, Lock.SHARE_ROW_EXCLUSIVE) for each in sorted(parents))
    effect += known.locks(Lock.SHARE_UPDATE_EXCLUSIVE, *action.inherits)
    if action.partition_of is None:
        return effect
    effect += known.locks(Lock.ACCESS_EXCLUSIVE, action.partition_of)
    return effect + _default_partition(action.partition_of, known) + _cloned(action, known)


def _default_partition(parent: str, known: Known, besides: str = "") -> Effect:
    """The DEFAULT partition is read for rows that belong to the new one."""
    default = known.of(parent).default_partition
    if default is None or default == besides:
        return Effect()
    return known.whole(default, Lock.ACCESS_EXCLUSIVE, scans=True)


def _cloned(
    action: actions.CreateTable | actions.AttachPartition | actions.DetachPartition, known: Known
) -> Effect:
    """A partition gets its own of each foreign key of its parent, so both their ends are locked."""
    parent = action.partition_of if isinstance(action, actions.CreateTable) else action.table
    keys = known.references(parent or "")
    return total(known.whole(each.refers_to or "", Lock.SHARE_ROW_EXCLUSIVE) for each in keys)


def _drop(action: actions.DropTable, known: Known) -> Effect:
    """DROP TABLE: a foreign key has triggers on the table it refers to, which is locked too."""
    key = action.table
    table = known.of(key)
    # A foreign key that a partition has from its parent has its triggers there.
    inherited = [
        (each.columns, each.refers_to) for each in known.references(table.partition_of or "")
    ]
    others = [
        each.refers_to
        for each in known.references(key)
        if each.refers_to and (each.columns, each.refers_to) not in inherited
    ]
    if action.cascade:
        others += table.referenced_by
    effect = known.whole(key, Lock.ACCESS_EXCLUSIVE)
    effect += total(known.whole(each, Lock.ACCESS_EXCLUSIVE) for each in others)
    if action.cascade:
        effect += known.locks(Lock.ACCESS_EXCLUSIVE, *known.views(key))
    if table.partition_of:
        default = known.of(table.partition_of).default_partition or ""
        effect += known.locks(Lock.ACCESS_EXCLUSIVE, table.partition_of, default)
    return effect


def _attach(action: actions.AttachPartition, known: Known) -> Effect:
    """ATTACH PARTITION: the partition is read, unless a CHECK says what belongs in it."""
    if action.index:
        return Effect()
    on_parent = Lock.SHARE_UPDATE_EXCLUSIVE if known.major >= 12 else Lock.ACCESS_EXCLUSIVE
    checked = _has_bounds(action.partition, known)
    effect = known.locks(on_parent, action.table)
    effect += known.whole(action.partition, Lock.ACCESS_EXCLUSIVE, scans=not checked)
    effect += _default_partition(action.table, known, besides=action.partition)
    note = f"the CHECK of {action.partition} is taken to say its bounds" if checked else ""
    return effect + _cloned(action, known) + Effect(note=note)


def _has_bounds(key: str, known: Known) -> bool:
    """Whether a table has a valid CHECK that says more than IS NOT NULL."""
    table = known.of(key)
    return any(
        each.valid
        and each.enforced
        and each.expression
        and not any(expressions.is_not_null_test(each.expression, name) for name in table.columns)
        for each in table.constraints_of("check")
    )


def _detach(action: actions.DetachPartition, known: Known) -> Effect:
    """DETACH PARTITION; CONCURRENTLY from version 14, which needs a parent without a DEFAULT."""
    tree = known.tree(action.partition)
    if action.concurrently:
        effect = known.locks(Lock.SHARE_UPDATE_EXCLUSIVE, action.table)
        return effect + known.locks(Lock.ACCESS_EXCLUSIVE, *tree)
    default = known.of(action.table).default_partition or ""
    effect = known.locks(Lock.ACCESS_EXCLUSIVE, action.table, default, *tree)
    return effect + _cloned(action, known)


def _alter(action: actions.AlterTable, known: Known) -> Effect:
    """The clauses that have no class of their own; they leave partitions alone."""
    lock = _LOCKS.get(action.kind, Lock.ACCESS_EXCLUSIVE)
    effect = known.locks(lock, action.table)
    if action.kind in _REWRITES:
        files = frozenset({action.table})
        # Files are copied as they are to another tablespace; that reads the table as well.
        return effect + Effect(rewrites=files, scans=files)
    if action.kind == "inherit":
        return effect + known.locks(Lock.SHARE_UPDATE_EXCLUSIVE, action.detail)
    return effect
