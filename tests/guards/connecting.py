"""What the tests of the connection's guards share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from alembic_guard import guards
from alembic_guard.finding import Finding
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.live import LiveConnection, live_connection


def look(url: object, **options: Any) -> LiveConnection:
    """What is seen of a connection that an engine with these options makes."""
    engine = create_engine(url, poolclass=NullPool, **options)  # type: ignore[call-overload]
    with engine.connect() as connection:
        return live_connection(Database(connection), connection)


def found(url: object, **options: Any) -> list[Finding]:
    """What the guards say of it."""
    return guards.judge(look(url, **options))
