"""What PostgreSQL does for the clauses of ALTER TABLE that are about one column.

Measured, locks_postgresql_15.md, and again by tests/ddl/test_postgresql.py. Not looked at: domains,
whose constraints make ADD COLUMN write the rows anew.
"""

from __future__ import annotations

from alembic_guard.ddl import actions, expressions, type_changes
from alembic_guard.ddl.effects import Effect, Known, total
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.volatility import volatility
from alembic_guard.schema import Column, Constraint, Table

SERIAL = ("serial", "bigserial", "smallserial")

# AlterTableGetLockLevel in tablecmds.c; the rest takes ACCESS EXCLUSIVE.
_LIGHT = ("set statistics", "set options", "set", "reset", "reset options")


def column_effect(action: actions.Action, known: Known) -> Effect | None:
    """What a change of a column does; None for any other action."""
    match action:
        case actions.AddColumn():
            return _add(action, known)
        case actions.DropColumn():
            return _drop(action, known)
        case actions.SetType():
            return _set_type(action, known)
        case actions.SetNotNull(table=key, column=column):
            checked = not is_not_null(known, key, column)
            return known.whole(key, Lock.ACCESS_EXCLUSIVE, scans=checked)
        case actions.AlterColumn(table=key, kind=kind):
            if kind == "comment":
                return known.locks(Lock.SHARE_UPDATE_EXCLUSIVE, key)
            if kind in _LIGHT:
                return known.whole(key, Lock.SHARE_UPDATE_EXCLUSIVE)
            # A virtual column has no values; whether it is one is known only of a known column.
            written = kind == "set expression" and _generated(known, action) != "virtual"
            return known.whole(key, Lock.ACCESS_EXCLUSIVE, rewrites=written)
        case actions.OnColumn(table=key):
            return known.whole(key, Lock.ACCESS_EXCLUSIVE)
    return None


def is_not_null(known: Known, key: str, column: str) -> bool:
    """Whether PostgreSQL knows that no row has a NULL there, and need not look.

    From version 12 a valid CHECK says so too (the manual's ALTER TABLE, SET NOT NULL).
    """
    table = known.of(key)
    found = table.columns.get(column)
    if found is not None and found.nullable is False:
        return True
    if any(column in each.columns for each in table.constraints_of("primary key")):
        return True
    return known.major >= 12 and any(
        each.valid and each.enforced and expressions.proves_not_null(each.expression or "", column)
        for each in table.constraints_of("check")
    )


def _generated(known: Known, action: actions.OnColumn) -> str | None:
    column = known.of(action.table).columns.get(action.column)
    return column.generated if column else None


def _add(action: actions.AddColumn, known: Known) -> Effect:
    """ADD COLUMN: rows are written where each gets a value of its own."""
    column = action.column
    rewrites, note = _fills(column, known)
    kinds = {each.kind for each in column.constraints if each.enforced}
    filled = rewrites or has_default(column)
    scans = bool(kinds & {"primary key", "unique", "check", "exclude"})
    # No row has a value for it yet, so that the first one found is refused.
    scans |= (column.nullable is False or "not null" in kinds) and not filled
    effect = known.whole(action.table, Lock.ACCESS_EXCLUSIVE, scans=scans, rewrites=rewrites)
    for each in column.constraints:
        if each.kind == "foreign key" and each.refers_to:
            checked = filled and each.valid and each.enforced
            effect += known.whole(each.refers_to, Lock.SHARE_ROW_EXCLUSIVE, scans=checked)
            effect += known.whole(action.table, Lock.ACCESS_EXCLUSIVE, scans=checked)
    return effect + Effect(note=note)


def has_default(column: Column) -> bool:
    """Whether rows get a value by a default."""
    return column.default is not None and column.default.strip().upper() != "NULL"


def _fills(column: Column, known: Known) -> tuple[bool, str]:
    """Whether a new column's values are written into each row, and a note.

    A default that is one value for all rows is stored once (from version 11; the manual's ALTER
    TABLE, Notes), and a virtual column is computed when it is read (from 18).
    """
    if column.generated is not None:
        return column.generated != "virtual", ""
    if column.identity or (column.type is not None and column.type.name in SERIAL):
        return True, ""
    if not has_default(column):
        return False, ""
    found = volatility(column.default or "", known.target.functions)
    note = f"it is not known whether {column.default} is volatile" if found == "unknown" else ""
    return known.major < 11 or found in ("volatile", "unknown"), note


def _drop(action: actions.DropColumn, known: Known) -> Effect:
    """DROP COLUMN: quick, but it takes the foreign keys of both sides and, by CASCADE, views."""
    key, column = action.table, action.column
    parents = [
        each.refers_to
        for each in known.references(key)
        if column in each.columns and each.refers_to
    ]
    effect = known.whole(key, Lock.ACCESS_EXCLUSIVE)
    effect += total(known.whole(parent, Lock.ACCESS_EXCLUSIVE) for parent in parents)
    if action.cascade:
        children = [child for child, _ in _referring(known, key, column)]
        effect += total(known.whole(child, Lock.ACCESS_EXCLUSIVE) for child in children)
        if column in known.of(key).used_by_views:
            effect += known.locks(Lock.ACCESS_EXCLUSIVE, *known.views(key))
    return effect


def type_cost(action: actions.SetType, known: Known) -> type_changes.TypeChange:
    """What the new type costs the rows and indexes of the table itself.

    :param known: the column as it is before; what the directive says of it comes first.
    """
    table = known.of(action.table)
    column = table.columns.get(action.column)
    existing = action.existing or (column.type if column else None)
    collates = action.collation and action.collation != (column.collation if column else None)
    return type_changes.change(
        existing,
        action.type,
        using=action.using,
        collation=action.collation if collates else None,
        timezone=known.target.timezone,
        indexed=action.column in _indexed(table),
        version=known.target.version,
    )


def _set_type(action: actions.SetType, known: Known) -> Effect:
    """TYPE: what a new type costs, and the foreign keys on both sides, which are made anew."""
    key, name = action.table, action.column
    table = known.of(key)
    cost = type_cost(action, known)
    rewrites = cost.rewrites is not False
    scans = cost.rebuilds_indexes or name in _computed(table) or _is_checked(table, name)
    effect = known.whole(key, Lock.ACCESS_EXCLUSIVE, scans=scans, rewrites=rewrites)
    anew = rewrites or cost.rebuilds_indexes
    own = [each for each in known.references(key) if name in each.columns]
    pairs = [(each.refers_to, each) for each in own if each.refers_to]
    for other, constraint in [*pairs, *_referring(known, key, name)]:
        checked = anew and (constraint is None or constraint.valid)
        effect += known.whole(other, Lock.ACCESS_EXCLUSIVE, scans=checked)
        effect += known.whole(key, Lock.ACCESS_EXCLUSIVE, scans=checked)
    return effect + Effect(note=cost.reason if cost.rewrites is None else "")


def _referring(known: Known, key: str, column: str) -> list[tuple[str, Constraint | None]]:
    """The tables whose foreign keys refer to a column, each with that key where it is known."""
    table = known.of(key)
    primary = [name for each in table.constraints_of("primary key") for name in each.columns]
    found: list[tuple[str, Constraint | None]] = []
    for child in table.referenced_by:
        keys = [each for each in known.references(child) if each.refers_to == key]
        if not keys and column in primary:
            found.append((child, None))
        found += [
            (child, each) for each in keys if column in (each.referred_columns or tuple(primary))
        ]
    return found


def _indexed(table: Table) -> set[str]:
    """The columns that an index has, or a constraint that has one."""
    keys = [each for each in table.constraints.values() if each.kind in ("primary key", "unique")]
    found = {name for each in keys for name in each.columns}
    return found | {name for each in table.indexes.values() for name in each.columns}


def _computed(table: Table) -> set[str]:
    """The names in expressions of indexes, which are always built anew (CheckIndexCompatible)."""
    return {
        name
        for each in table.indexes.values()
        if each.expressions or each.where
        for part in (*each.columns, each.where or "")
        for name in (part, *expressions.names(part))
    }


def _is_checked(table: Table, column: str) -> bool:
    """Whether a valid CHECK names a column: PostgreSQL checks it anew for the new type."""
    return any(
        each.valid and column in (*each.columns, *expressions.names(each.expression or ""))
        for each in table.constraints_of("check")
    )
