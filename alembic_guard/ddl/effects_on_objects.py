"""What PostgreSQL does to tables for statements about rows, views, triggers and other objects.

Measured, locks_postgresql_15.md, and again by tests/ddl/test_postgresql.py. Not looked at: the
locks that the triggers of foreign keys take for single rows on the other table.
"""

from __future__ import annotations

from alembic_guard.ddl import data, objects
from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.effects import Effect, Known
from alembic_guard.ddl.locks import Lock

# CREATE of what is made on a table.
_CREATED_ON = {
    "rule": Lock.ACCESS_EXCLUSIVE,
    "policy": Lock.ACCESS_EXCLUSIVE,
    "statistics": Lock.SHARE_UPDATE_EXCLUSIVE,
    "publication": Lock.SHARE_UPDATE_EXCLUSIVE,
}
# Kinds that are locked under their own name, as a table is.
_RELATIONS = ("view", "materialized view", "foreign table", "sequence")


def data_effect(action: Action, known: Known) -> Effect | None:
    """What a statement about rows does; None for any other action."""
    match action:
        case data.Insert(table=key):
            return known.locks(Lock.ROW_EXCLUSIVE, key)
        case data.Update(table=key, where=where) | data.Delete(table=key, where=where):
            return known.whole(key, Lock.ROW_EXCLUSIVE, scans=not where)
        case data.Truncate():
            return _truncate(action, known)
        case data.Copy(table=key, into=into):
            return known.locks(Lock.ROW_EXCLUSIVE, key) if into else Effect()
        case data.Read(tables=keys, locking=locking):
            return known.locks(Lock.ROW_SHARE, *keys) if locking else Effect()
        case data.Maintain():
            return _maintain(action, known)
        case data.LockTable(table=key, mode=mode):
            return known.whole(key, Lock.of_mode(mode))
    return None


def _truncate(action: data.Truncate, known: Known) -> Effect:
    """TRUNCATE: quick; CASCADE empties all that refer to the table, and what refers to those."""
    seen: list[str] = []
    waiting = [action.table]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.append(key)
            waiting += known.of(key).referenced_by if action.cascade else ()
    return known.locks(Lock.ACCESS_EXCLUSIVE, *(each for key in seen for each in known.tree(key)))


def _maintain(action: data.Maintain, known: Known) -> Effect:
    """VACUUM FULL and CLUSTER write a table anew; the others let it be read and written."""
    whole = action.verb in ("VACUUM FULL", "CLUSTER")
    lock = Lock.ACCESS_EXCLUSIVE if whole else Lock.SHARE_UPDATE_EXCLUSIVE
    if not action.table:
        return Effect(note=f"{lock} on every table in turn")
    return known.whole(action.table, lock, scans=action.verb == "VACUUM", rewrites=whole)


def object_effect(action: Action, known: Known) -> Effect | None:
    """What a statement about objects that are no tables does; None for any other action."""
    match action:
        case objects.CreateObject(kind="trigger", table=key):
            return known.whole(key, Lock.SHARE_ROW_EXCLUSIVE)
        case objects.CreateObject(kind=kind, table=key) if kind in _CREATED_ON:
            return known.locks(_CREATED_ON[kind], key)
        case objects.CreateObject(kind="view", name=name, replace=True):
            return known.locks(Lock.ACCESS_EXCLUSIVE, name)
        case objects.DropObject():
            return _drop(action, known)
        case objects.AlterObject(kind="sequence", name=name):
            return known.locks(Lock.SHARE_ROW_EXCLUSIVE, name)
        case objects.AlterObject(kind=kind, name=name, table=key):
            return known.locks(Lock.ACCESS_EXCLUSIVE, name if kind in _RELATIONS else key)
        case objects.Rename():
            return _rename(action, known)
        case objects.RefreshMaterializedView():
            return _refresh(action, known)
        case objects.Describe(table=key):
            return known.locks(Lock.SHARE_UPDATE_EXCLUSIVE, key)
        case objects.AlterDomain(kind=kind, valid=valid):
            reads = valid and kind in ("add constraint", "validate constraint", "set not null")
            note = "SHARE on every table with a column of the domain, which is read whole"
            return Effect(note=note if reads else "")
    return None


def _drop(action: objects.DropObject, known: Known) -> Effect:
    """DROP: of a view the view and, by CASCADE, those that read it; of a trigger its table."""
    if action.kind in _RELATIONS:
        views = known.views(action.name) if action.cascade else ()
        return known.locks(Lock.ACCESS_EXCLUSIVE, action.name, *views)
    if action.kind in ("trigger", "rule", "policy"):
        return known.locks(Lock.ACCESS_EXCLUSIVE, action.table)
    if action.kind == "statistics":
        return known.locks(Lock.SHARE_UPDATE_EXCLUSIVE, action.table)
    # Of a type the columns, of a function the triggers.
    return Effect(note="tables that depend on it are locked too" if action.cascade else "")


def _rename(action: objects.Rename, known: Known) -> Effect:
    """RENAME: of an index its table is left alone (from version 12), of a constraint it is not."""
    if action.kind in _RELATIONS:
        return known.locks(Lock.ACCESS_EXCLUSIVE, action.name)
    if action.kind in ("constraint", "trigger", "policy", "rule"):
        return known.locks(Lock.ACCESS_EXCLUSIVE, action.table)
    return Effect()


def _refresh(action: objects.RefreshMaterializedView, known: Known) -> Effect:
    """REFRESH: all rows anew under ACCESS EXCLUSIVE; CONCURRENTLY changes those that differ."""
    files = frozenset({action.name} if action.with_data else ())
    if action.concurrently:
        return known.locks(Lock.EXCLUSIVE, action.name) + Effect(scans=files)
    return known.locks(Lock.ACCESS_EXCLUSIVE, action.name) + Effect(rewrites=files, scans=files)
