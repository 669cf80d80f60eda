r"""A declared object comes with a statement that would do more than declare.

What a ``.sql`` file of ``sql_objects``, ``alembic_utils`` or ``sqlalchemy-declarative-extensions``
declares is run in a scratch namespace and rolled back, each time that models are compared. Control
of transactions, COPY, roles, databases, settings, queries and what changes a schema that is not
among the models' have no place there: they are not run, and nothing is written.

Fix: leave in the folder what says how an object is (CREATE, ALTER, COMMENT ON, GRANT), and move the
rest into a migration. On SQLite views and triggers are declared, on MariaDB and MySQL these,
routines and sequences, and nothing else. A schema is among the models' once it is declared: ``CREATE SCHEMA IF NOT EXISTS billing``.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.comparing.comparison import Uncompared

JUDGES = Uncompared

_WHY = "What is declared is run in scratch whenever models are compared; this was not run."


def judge(uncompared: Uncompared) -> Iterator[Finding]:
    """Name each statement, and where it stands."""
    for each in uncompared.unsafe:
        yield Finding(
            "unsafe-declaration",
            f"{each.where}: {each.reason}: {each.statement}",
            why=_WHY,
            next=(f"take the statement out of {each.where.partition(',')[0]}",),
        )
