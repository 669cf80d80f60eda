"""An index of the models as a migration has to write it: names, SQL, and options that say the rest.

Alembic writes an expression as its dialect would send it, with percent signs doubled and colons
that it reads as parameters, and loses the operator class of an expression that has a label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy import Index

    from alembic_guard.runtime.comparing.sources import Sources

_DIALECT = "postgresql_"


@dataclass(frozen=True)
class Part:
    """One part of an index: the name of a column where it is plain, else SQL."""

    sql: str
    plain: bool


@dataclass(frozen=True)
class WrittenIndex:
    """What ``op.create_index`` has to be told.

    :param where: the predicate, as SQL.
    :param options: the other options, by name; an expression, as other dialects have, is a Part.
    """

    parts: tuple[Part, ...]
    where: str | None
    options: Mapping[str, Any]
    concurrently: bool


def written_index(sources: Sources, index: Index) -> WrittenIndex:
    """An index of the models, by the words of the live database's dialect."""
    said = index.dialect_options["postgresql"]
    where, classes = said["where"], dict(said["ops"] or {})
    options = dict(index.dialect_kwargs)
    options.pop(f"{_DIALECT}where", None)
    parts = tuple(_parts(sources, index, classes))
    if classes:
        options[f"{_DIALECT}ops"] = _by_name(index, classes)
    else:
        options.pop(f"{_DIALECT}ops", None)
    if said["include"]:
        included = [getattr(each, "name", None) or each for each in said["include"]]
        options[f"{_DIALECT}include"] = [_name(index, each) for each in included]
    options |= {
        name: Part(sources.sql(value), plain=False)
        for name, value in options.items()
        if isinstance(value, sa.ClauseElement)
    }
    return WrittenIndex(
        parts,
        None if where is None else sources.sql(sa.text(where) if isinstance(where, str) else where),
        options,
        bool(said["concurrently"]),
    )


def _parts(sources: Sources, index: Index, classes: dict[str, str]) -> Iterator[Part]:
    for each in index.expressions:
        if isinstance(each, sa.Column):
            yield Part(each.name, plain=True)
            continue
        grouped: Any = each
        if not isinstance(each, (str, sa.ColumnClause)):
            grouped = each.self_group()
        class_ = classes.pop(getattr(each, "key", None) or "", "")
        yield Part(f"{sources.sql(grouped)} {class_}".rstrip(), plain=False)


def _by_name(index: Index, classes: Mapping[str, str]) -> dict[str, str]:
    return {_name(index, key): class_ for key, class_ in classes.items()}


def _name(index: Index, key: str) -> str:
    """The name of a column, by the key that the models know it by."""
    columns: Any = {} if index.table is None else index.table.columns
    return str(columns[key].name) if key in columns else key
