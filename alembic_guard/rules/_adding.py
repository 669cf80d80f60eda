"""How a column is added without harm: the code that findings about new columns say to write.

Each function gives bodies of ``upgrade()``, one for each revision, or lines of one. The order is
that of the manual of PostgreSQL, ALTER TABLE, Notes: a column that is NULL everywhere costs
nothing, and what is NOT VALID reads nothing until it is validated under a lock that lets reads and
writes pass.
"""

from __future__ import annotations

import json
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.effects_on_columns import SERIAL, has_default
from alembic_guard.rules._code import (
    Code,
    autocommit,
    built,
    call,
    execute,
    has_class,
    index_code,
    lines,
    named,
    parameterless,
    quoted,
    quoted_name,
    type_code,
)
from alembic_guard.rules._run import Run
from alembic_guard.schema import Column, Constraint, Index
from alembic_guard.sql_types import SqlType

COUNTED = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}
BATCH = 10_000  # rows: short enough that nobody waits for their locks


def is_counted(column: Column) -> bool:
    """Whether a column counts by itself."""
    return column.identity or (column.type is not None and column.type.name in SERIAL)


def is_rewritten(action: AddColumn, run: Run) -> bool:
    """Whether PostgreSQL writes all rows anew for a column."""
    return action.table in run.effect(action).rewrites


def added(action: AddColumn, run: Run, fill: str = "DEFAULT") -> tuple[str, ...]:
    """A column and all that is written behind it, in steps that PostgreSQL users do not notice.

    :param fill: SQL of the value that the rows of before get, where they get one.
    """
    key, column = action.table, action.column
    inline = {each.kind: each for each in column.constraints}
    required = column.nullable is False or is_counted(column) or "primary key" in inline
    filled = is_rewritten(action, run) or fill != "DEFAULT"
    steps = [_first(action, filled)]
    if filled:
        steps.append(backfill(run, key, column.name, fill))
    if required and filled:
        steps += not_null(key, column.name)
    for constraint in inline.values():
        if constraint.kind == "foreign key":
            steps += key_index(key, (column.name,), run)
        steps += constrained(key, replace(constraint, columns=(column.name,)))
    return tuple(steps)


def _first(action: AddColumn, filled: bool) -> str:
    """The column itself, and the default of the rows to come."""
    key, column = action.table, action.column
    keeps = has_default(column) and not filled
    plain = Column(
        column.name,
        _plain_type(column.type),
        nullable=column.nullable if keeps else True,
        default=column.default if keeps else None,
    )
    parts = [add_column(key, plain)]
    if is_counted(column):
        parts.append(execute(f"CREATE SEQUENCE {_sequence(action)} OWNED BY {_dotted(action)}"))
        default = f"nextval('{_sequence(action)}')"
    else:
        default = (column.default or "") if filled and has_default(column) else ""
    if default:
        parts.append(set_default(key, column.name, default))
    return lines(*parts)


def _plain_type(type: SqlType | None) -> SqlType | None:
    return replace(type, name=COUNTED.get(type.name, type.name)) if type else None


def _sequence(action: AddColumn) -> str:
    return quoted(f"{action.table}_{action.column.name}_seq")


def _dotted(action: AddColumn) -> str:
    return f"{quoted(action.table)}.{quoted_name(action.column.name)}"


def column_code(column: Column, kind: str = "postgresql") -> Code:
    """The ``sa.Column()`` of a column, without what is written behind it."""
    words = [f'"{column.name}"', type_code(column.type, kind)]
    if column.nullable is False:
        words.append("nullable=False")
    if column.default is not None:
        words.append(f"server_default={text_code(column.default)}")
    return Code(f"sa.Column({', '.join(words)})")


def text_code(sql: str) -> Code:
    """SQL as ``sa.text()``, to which a colon before a word is a parameter unless it is escaped."""
    return Code(f"sa.text({json.dumps(parameterless(sql), ensure_ascii=False)})")


def add_column(key: str, column: Column, kind: str = "postgresql") -> str:
    """The ``op.add_column()`` of a column; as SQL where its type has no class."""
    if has_class(column.type, kind):
        name, schema = named(key)
        return call("add_column", name, column_code(column, kind), **schema)
    words = [quoted_name(column.name, kind), str(column.type or "text")]
    words += ["NOT NULL"] * (column.nullable is False)
    words += [f"DEFAULT {column.default}"] if column.default is not None else []
    return execute(f"ALTER TABLE {quoted(key, kind)} ADD COLUMN {' '.join(words)}")


def set_default(key: str, column: str, default: str) -> str:
    """The default of the rows to come, which touches no row."""
    name, schema = named(key)
    return call("alter_column", name, column, server_default=text_code(default), **schema)


def backfill(run: Run, key: str, column: str, value: str = "DEFAULT", where: str = "") -> str:
    """An UPDATE in batches, each a transaction of its own.

    :param value: SQL; DEFAULT is that of the column, evaluated for each row.
    :param where: SQL of the rows that get one; needed where the value may be NULL, for the batches
        end when no row is NULL any more.
    """
    kind = run.target.kind
    table, name = quoted(key, kind), quoted_name(column, kind)
    empty = f"{name} IS NULL AND {where}" if where else f"{name} IS NULL"
    if run.target.is_mysql:
        sql = f"UPDATE {table} SET {name} = {value} WHERE {empty} LIMIT {BATCH}"
    else:
        rows, own = _identity(run, key)
        sql = (
            f"UPDATE {table} SET {name} = {value} WHERE {own} IN "
            f"(SELECT {rows} FROM {table} WHERE {empty} LIMIT {BATCH})"
        )
    loop = "while op.get_bind().execute(batch).rowcount:\n    pass"
    return lines(f"batch = {text_code(sql)}", autocommit(loop))


def _identity(run: Run, key: str) -> tuple[str, str]:
    """What tells rows apart: the primary key, as the list and the value of an IN."""
    table = run.table(key)
    keys = [each.columns for each in table.constraints_of("primary key")] if table else []
    if not keys and not (table and table.complete):
        keys = [("id",)]
    names = ", ".join(map(quoted_name, keys[0])) if keys else "ctid"
    return names, f"({names})" if keys and len(keys[0]) > 1 else names


def not_null(key: str, column: str) -> tuple[str, ...]:
    """NOT NULL without a scan that blocks: by way of a CHECK (PostgreSQL 12)."""
    name, schema = named(key)
    check = f"{name}_{column}_is_not_null"
    added = constrained(
        key, Constraint("check", check, (column,), expression=f"{quoted_name(column)} IS NOT NULL")
    )
    known = lines(
        call("alter_column", name, column, nullable=False, **schema),
        call("drop_constraint", check, name, type_="check", **schema),
    )
    return (*added, known)


def constrained(key: str, constraint: Constraint) -> tuple[str, ...]:
    """A constraint in two revisions, of which neither blocks for long."""
    name = constraint.name or constraint_name(key, constraint)
    if constraint.kind in ("primary key", "unique"):
        return _keyed(key, name, constraint)
    table, schema = named(key)
    validate = execute(f"ALTER TABLE {quoted(key)} VALIDATE CONSTRAINT {quoted_name(name)}")
    if constraint.kind == "check":
        said = parameterless(constraint.expression or "true")
        check = call("create_check_constraint", name, table, said, **schema, **_NOT_VALID)
        return check, validate
    if constraint.kind != "foreign key" or not constraint.refers_to:
        return ()
    parent, above = named(constraint.refers_to)
    schemas = {"source_schema": schema.get("schema"), "referent_schema": above.get("schema")}
    words = {**{key: value for key, value in schemas.items() if value}, **_NOT_VALID}
    columns = [list(each) for each in (constraint.columns, constraint.referred_columns or ("id",))]
    return call("create_foreign_key", name, table, parent, *columns, **words), validate


def key_index(key: str, columns: tuple[str, ...], run: Run) -> tuple[str, ...]:
    """The index that the columns of a foreign key need, where nothing hides that they have none.

    PostgreSQL makes none for it (manual 5.5.5).
    """
    table = run.table(key)
    if table is None or not table.complete or table.partitioned or unused(run, key):
        return ()
    return (built(key, Index(None, columns)),)


_NOT_VALID = {"postgresql_not_valid": True}


def _keyed(key: str, name: str, constraint: Constraint) -> tuple[str, ...]:
    index = Index(name, constraint.columns, unique=True)
    built = autocommit(index_code(key, index, postgresql_concurrently=True))
    kind = constraint.kind.upper()
    clause = f"ADD CONSTRAINT {quoted_name(name)} {kind} USING INDEX {quoted_name(name)}"
    return built, execute(f"ALTER TABLE {quoted(key)} {clause}")


def constraint_name(key: str, constraint: Constraint) -> str:
    """The name that PostgreSQL would make up."""
    table = key.rpartition(".")[2]
    if constraint.kind == "primary key":
        return f"{table}_pkey"
    return "_".join([table, *constraint.columns, _ENDINGS.get(constraint.kind, "check")])


_ENDINGS = {"unique": "key", "foreign key": "fkey", "exclude": "excl", "not null": "not_null"}


def directive_column(run: Run) -> object | None:
    """The column of SQLAlchemy's that ``op.add_column()`` was given; None for SQL."""
    return getattr(run.step.directive, "column", None)


def unused(run: Run, key: str) -> bool:
    """Whether nobody uses a table, or it has no rows: adding to it costs nothing."""
    return run.is_new(key) or run.is_empty(key)
