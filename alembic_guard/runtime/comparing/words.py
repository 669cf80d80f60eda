"""How typed statements are read, by the dialect of the database that they are for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from alembic_guard.runtime.comparing.mysql import typed as mysql
from alembic_guard.runtime.comparing.postgresql import allowed
from alembic_guard.runtime.comparing.postgresql import typed as postgresql
from alembic_guard.runtime.comparing.sqlite import typed as sqlite


@dataclass(frozen=True)
class Words:
    """The readers of one dialect.

    :param statements: cuts a text apart; :param kind: of what a statement is about, or "".
    :param objection: why a statement may not be run where the schemas are these, or "".
    """

    statements: Callable[[str], list[str]]
    kind: Callable[[str], str]
    objection: Callable[[str, Collection[str]], str]


_MYSQL = Words(mysql.statements, mysql.kind, mysql.objection)

WORDS: Mapping[str, Words] = {
    "postgresql": Words(postgresql.statements, postgresql.kind, allowed.objection),
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "sqlite": Words(sqlite.statements, sqlite.kind, sqlite.objection),
}
"""Databases for which something can be declared beside the models."""
