"""Alembic code for the user's own tables, which a finding says to write instead.

Everything here returns text that runs as it is inside ``upgrade()``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import Any

import sqlalchemy
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.sql.compiler import IdentifierPreparer

from alembic_guard.schema import Index
from alembic_guard.sql_types import SqlType


def quoted(key: str, kind: str = "postgresql") -> str:
    """A key as SQL: ``orders``, ``sales.orders``, ``"Orders"``."""
    return ".".join(quoted_name(part, kind) for part in key.split(".", 1))


def quoted_name(name: str, kind: str = "postgresql") -> str:
    """One name as SQL, quoted where it is a reserved word or has signs that need it."""
    return _preparer(kind).quote(name)


@lru_cache(maxsize=8)
def _preparer(kind: str) -> IdentifierPreparer:
    """What quotes names for a database; its basic dialect, which leaves a ``%`` as it is."""
    dialect = {"mariadb": MySQLDialect, "mysql": MySQLDialect, "sqlite": SQLiteDialect}
    preparer: IdentifierPreparer = dialect.get(kind, PGDialect)().identifier_preparer
    # SQLAlchemy's list has two that PostgreSQL reserves no more (manual, appendix C).
    preparer.reserved_words = set(preparer.reserved_words) - {"new", "old"}
    return preparer


def named(key: str) -> tuple[str, dict[str, str]]:
    """A key as the arguments of a directive: its name, and ``schema=`` where it has one."""
    schema, _, name = key.rpartition(".")
    return name, {"schema": schema} if schema else {}


def index_code(table: str, index: Index, kind: str = "postgresql", **keywords: Any) -> str:
    """The ``op.create_index()`` of an index.

    :param kind: of the database; :param keywords: added to those that it has, such as ``postgresql_concurrently=True``.
    """
    name, schema = named(table)
    columns = [
        _text(each) if index.expressions and _is_sql(each) else each for each in index.columns
    ]
    options: dict[str, Any] = dict(schema)
    if index.unique:
        options["unique"] = True
    if kind == "postgresql" and index.method not in (None, "btree"):
        options["postgresql_using"] = index.method
    if index.where:
        options[f"{kind}_where"] = _text(index.where)
    if index.include:
        options["postgresql_include"] = list(index.include)
    return call("create_index", index_name(table, index), name, columns, **options, **keywords)


def index_name(table: str, index: Index) -> str:
    """The name of an index, or one for it: ``ix_orders_status``, of 63 letters at most."""
    words = "_".join(["ix", table.rpartition(".")[2], *index.columns])
    plain = "".join(sign if sign.isalnum() else "_" for sign in words)
    return index.name or "_".join(part for part in plain.split("_") if part)[:63].lower()


def index_sql(table: str, index: Index, *, only: bool = False) -> str:
    """The CREATE INDEX of an index, for PostgreSQL; :param only: ``ON ONLY`` a partitioned table."""
    columns = ", ".join(
        f"({each})" if index.expressions and _is_sql(each) else quoted_name(each)
        for each in index.columns
    )
    using = f" USING {index.method}" if index.method not in (None, "btree") else ""
    include = f" INCLUDE ({', '.join(map(quoted_name, index.include))})" if index.include else ""
    where = f" WHERE {index.where}" if index.where else ""
    name = quoted_name(index_name(table, index))
    return (
        f"CREATE {'UNIQUE ' * index.unique}INDEX {name} ON {'ONLY ' * only}{quoted(table)}"
        f"{using} ({columns}){include}{where}"
    )


def built(table: str, index: Index, kind: str = "postgresql", *, new: bool = False) -> str:
    """An index built while its table is in use: on PostgreSQL concurrently.

    :param new: whether nobody uses its table yet.
    """
    if kind != "postgresql" or new:
        return index_code(table, index, kind)
    return autocommit(index_code(table, index, postgresql_concurrently=True))


def drop_index_code(table: str, index: str, **keywords: Any) -> str:
    """The ``op.drop_index()`` of an index.

    :param table: "" where it is not known; :param index: its name, or its key.
    :param keywords: such as ``postgresql_concurrently=True``.
    """
    schema = named(table)[1] or named(index)[1]
    of = {"table_name": named(table)[0]} if table else {}
    return call("drop_index", named(index)[0], **of, **schema, **keywords)


def dropped(table: str, index: str, kind: str = "postgresql", **keywords: Any) -> str:
    """An index dropped while its table is in use: on PostgreSQL concurrently."""
    if kind != "postgresql":
        return drop_index_code(table, index, **keywords)
    return autocommit(drop_index_code(table, index, **keywords, postgresql_concurrently=True))


class Code(str):
    """An argument that is code, and is not to be quoted."""


def call(directive: str, *arguments: Any, **keywords: Any) -> str:
    """``op.create_index("ix", "orders", ["status"], unique=True)``; texts are quoted."""
    words = [_written(each) for each in arguments]
    words += [f"{name}={_written(value)}" for name, value in keywords.items()]
    return f"op.{directive}({', '.join(words)})"


def execute(sql: str) -> str:
    """``op.execute("…")``."""
    return f"op.execute({_written(parameterless(sql))})"


def parameterless(sql: str) -> str:
    """SQL for what reads it as ``sa.text()``, to which a colon before a word is a parameter."""
    for name in sqlalchemy.text(sql).compile().params:
        sql = sql.replace(f":{name}", f"\\:{name}")
    return sql


def autocommit(*lines: str) -> str:
    """The same lines outside of a transaction."""
    body = "\n".join(f"    {line}" for text in lines for line in text.splitlines())
    return f"with op.get_context().autocommit_block():\n{body}"


def lines(*parts: str) -> str:
    """Several lines as one body."""
    return "\n".join(parts)


def allowed(line: str, rule: str, reason: str) -> str:
    """The line as it is, with the comment that lets it through."""
    first, *rest = line.splitlines()
    return "\n".join([f"{first}  # guard: allow({rule}) {reason}", *rest])


def type_code(type: SqlType | None, kind: str = "postgresql") -> str:
    """A type as SQLAlchemy code: ``sa.String(50)``; its SQL in words where it has no class."""
    if type is None:
        return "sa.Text()"
    if type.array:
        return f"sa.ARRAY({type_code(replace(type, array=False), kind)})"
    arguments = ", ".join(type.arguments)
    plain = not type.unsigned and (not arguments or type.name in ("numeric", "varchar"))
    if plain and type.name in _TYPES and not (kind in _DIALECTS and type.name == "timestamp"):
        name, keywords = _TYPES[type.name]
        return f"sa.{name}({arguments or keywords})"
    module = "sa.types" if kind == "sqlite" else f"sa.dialects.{_DIALECTS.get(kind, kind)}"
    words = [_written(each) if type.name in ("enum", "set") else each for each in type.arguments]
    if type.arguments and type.name in _WITH_PRECISION:
        words = [f"{_WITH_PRECISION[type.name]}={words[0]}"]
    if type.name in ("timestamptz", "timetz"):
        words.insert(0, "timezone=True")
    return (
        f"{module}.{_class_of(type.name)}({', '.join(words + ['unsigned=True'] * type.unsigned)})"
    )


def has_class(type: SqlType | None, kind: str = "postgresql") -> bool:
    """Whether SQLAlchemy has a class for a type, so that :func:`type_code` runs."""
    if type is None or type.name in _TYPES:
        return type is not None
    if kind == "sqlite":
        return hasattr(sqlalchemy.types, _class_of(type.name))
    dialect = import_module(f"sqlalchemy.dialects.{_DIALECTS.get(kind, kind)}")
    return type.name.isidentifier() and hasattr(dialect, _class_of(type.name))


def _class_of(name: str) -> str:
    """SQLAlchemy's name for a type: its own, in capitals."""
    return {"timestamptz": "TIMESTAMP", "timetz": "TIME", "varbit": "BIT"}.get(name, name.upper())


_DIALECTS = {"mariadb": "mysql", "mysql": "mysql"}
_WITH_PRECISION = {
    "timestamp": "precision",
    "timestamptz": "precision",
    "time": "precision",
    "timetz": "precision",
    "datetime": "fsp",
}
_TYPES = {
    "bigint": ("BigInteger", ""),
    "boolean": ("Boolean", ""),
    "date": ("Date", ""),
    "double precision": ("Double", ""),
    "integer": ("Integer", ""),
    "json": ("JSON", ""),
    "numeric": ("Numeric", ""),
    "smallint": ("SmallInteger", ""),
    "text": ("Text", ""),
    "timestamp": ("DateTime", ""),
    "timestamptz": ("DateTime", "timezone=True"),
    "uuid": ("Uuid", ""),
    "varchar": ("String", ""),
}


def _written(value: Any) -> str:
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    return repr(value)


def _text(sql: str) -> Code:
    return Code(f"sa.text({_written(_without_parameters(sql))})")


def _without_parameters(sql: str) -> str:
    """SQL in which ``sa.text()`` takes no ``:word`` for a parameter."""
    found = ""
    for place, sign in enumerate(sql):
        before, after = sql[place - 1 : place], sql[place + 1 : place + 2]
        is_name = after.isalnum() or after == "_"
        is_parameter = sign == ":" and is_name and not before.isalnum() and before not in ("_", ":")
        found += "\\:" if is_parameter else sign
    return found


def _is_sql(column: str) -> bool:
    """Whether a column of an index is an expression, which `create_index()` takes as text."""
    return not column.replace("_", "").replace("$", "").isalnum()
