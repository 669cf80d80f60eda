"""The constraints that PostgreSQL enforces for new rows and never checked for old ones.

``ADD CONSTRAINT … NOT VALID`` makes one (postgresql.org/docs, ALTER TABLE, "VALIDATE CONSTRAINT");
``pg_constraint.convalidated`` tells. The planner does not rely on it, and old rows may break it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alembic_guard.runtime.history import Revision


@dataclass(frozen=True)
class Unvalidated:
    """One such constraint.

    :param table: quoted, with its schema, as SQL takes it; :param quoted: the same of its name.
    """

    table: str
    name: str
    quoted: str

    @property
    def validate(self) -> str:
        """The statement that checks the old rows, and stops nobody from reading or writing."""
        return f"ALTER TABLE {self.table} VALIDATE CONSTRAINT {self.quoted};"


@dataclass(frozen=True)
class LeftUnvalidated:
    """One that a run has left.

    :param revision: the one that names it, else the last one of the run; :param line: where.
    """

    constraint: Unvalidated
    revision: Revision
    line: int | None = None


def unvalidated(connection: Connection) -> tuple[Unvalidated, ...]:
    """Every such constraint of the database's tables; none where it is no PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return ()
    return tuple(Unvalidated(**row) for row in connection.execute(text(_UNVALIDATED)).mappings())


_UNVALIDATED = """
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS table,
       o.conname AS name, pg_catalog.quote_ident(o.conname) AS quoted
  FROM pg_catalog.pg_constraint o
  JOIN pg_catalog.pg_class c ON c.oid = o.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT o.convalidated AND o.conparentid = 0
 ORDER BY 1, 2
"""
