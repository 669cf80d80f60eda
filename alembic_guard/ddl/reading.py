"""Reads the text of SQL: one function for every database, whichever parser that needs.

What cannot be parsed is an :class:`~alembic_guard.ddl.data.Opaque`, never an error. A parser that
is not installed is :class:`ParserMissing`: who reads says so once, not for every statement.
"""

from __future__ import annotations

from functools import lru_cache

from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import Opaque

# A long history holds the same statements over and over: each rehearsal reads it anew.
REMEMBERED = 4096


class ParserMissing(Exception):
    """A parser that is not installed.

    :param extra: the extra of this package that brings it.
    """

    def __init__(self, extra: str = "lint") -> None:
        self.extra = extra
        super().__init__(f"pip install 'alembic-guardrails[{extra}]'")


@lru_cache(maxsize=REMEMBERED)
def read_sql(sql: str, kind: str, default_schema: str | None = None) -> tuple[Action, ...]:
    """What a text does, which may hold several statements, in order.

    :param kind: of the database, as of :class:`~alembic_guard.schema.Target`.
    :param default_schema: the schema that tables are in where none is written; None for the
        database's own, which is ``public`` in PostgreSQL.
    :return: actions; :class:`Opaque` for what could not be parsed.
    :raises ParserMissing: the parser of this database is not installed.
    """
    if kind == "postgresql":
        from alembic_guard.ddl.postgresql_text import read_postgresql

        return read_postgresql(sql, default_schema or "public")
    if kind in ("mariadb", "mysql", "sqlite"):
        from alembic_guard.ddl.other_text import read_other

        return read_other(sql, kind)
    return (Opaque("SQL", reason=f"no parser for {kind}"),)
