"""The names that PostgreSQL makes up for constraints and indexes that were given none.

PostgreSQL 15, ``ChooseIndexName()``, ``ChooseConstraintName()`` and ``makeObjectName()`` in
``src/backend/commands/indexcmds.c``, ``src/backend/catalog/pg_constraint.c``. Other databases are
taken to do the same, so that what has no name can be told apart.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from alembic_guard.schema import Constraint, Index

LONGEST = 63
"""Bytes of a name: ``NAMEDATALEN`` without its end."""

_SUFFIX = {"unique": "key", "foreign key": "fkey", "check": "check", "exclude": "excl"}


def name_of_constraint(table: str, constraint: Constraint, taken: Container[str]) -> str:
    """The name that a constraint gets.

    :param table: its key; :param taken: names that the table has already.
    """
    if constraint.name is not None:
        return constraint.name
    own = table.rpartition(".")[2]
    if constraint.kind == "primary key":
        return _free(own, "", "pkey", taken)
    if constraint.kind == "not null":  # PostgreSQL 18
        return _free(own, _joined(constraint.columns), "not_null", taken)
    # A check is called by its column only where there is just one.
    of_table = constraint.kind == "check" and len(constraint.columns) != 1
    columns = "" if of_table else _joined(constraint.columns)
    return _free(own, columns, _SUFFIX.get(constraint.kind, constraint.kind), taken)


def name_of_index(table: str, index: Index, taken: Container[str]) -> str:
    """The name that an index gets; parameters as of :func:`name_of_constraint`."""
    if index.name is not None:
        return index.name
    columns = [_word_of(each) for each in index.columns]
    return _free(table.rpartition(".")[2], _joined([*columns, *index.include]), "idx", taken)


def _word_of(column: str) -> str:
    """A column, the function that an expression calls, or ``expr``: ``FigureIndexColname()``."""
    word = column.partition("(")[0]
    return word if word.isidentifier() else "expr"


def _joined(columns: Sequence[str]) -> str:
    """The columns in a name, as ``ChooseIndexNameAddition()`` puts them together."""
    return "_".join(columns)[:LONGEST]


def _free(table: str, columns: str, suffix: str, taken: Container[str]) -> str:
    """The first name that is not taken: with nothing, 1, 2… behind its suffix."""
    name, count = _made(table, columns, suffix), 0
    while name in taken:
        count += 1
        name = _made(table, columns, f"{suffix}{count}")
    return name


def _made(table: str, columns: str, suffix: str) -> str:
    """Both parts and a suffix; the longer part is cut until they fit."""
    parts = [table, columns] if columns else [table]
    while len("_".join([*parts, suffix]).encode()) > LONGEST:
        longest = max(range(len(parts)), key=lambda place: len(parts[place].encode()))
        parts[longest] = parts[longest][:-1]
    return "_".join([*parts, suffix])
