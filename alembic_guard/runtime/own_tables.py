"""The names of the plugin's own tables, beside the version table: no model has them."""

from __future__ import annotations

_ENDING = "_statements"
_LONGEST = 63
"""Bytes of a name that PostgreSQL keeps (postgresql.org/docs, "Identifiers and Key Words")."""


def statement_table(journal: str) -> str:
    """The table of statements that belongs to a journal.

    :param journal: the setting ``journal_table``.
    """
    return journal[: _LONGEST - len(_ENDING)] + _ENDING


def own_tables(journal: str) -> frozenset[str]:
    """Every table that ``safe-upgrade`` may make.

    :param journal: the setting ``journal_table``.
    """
    return frozenset({journal, statement_table(journal)})
