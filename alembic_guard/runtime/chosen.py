"""Schema and role that env.py has chosen on a connection of PostgreSQL, chosen on another one.

A connection of our own chooses them in each transaction anew: behind a pooler what is set for a
session outlives the connection, and reaches somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import event, text

if TYPE_CHECKING:
    from sqlalchemy import Connection

CHOSEN = """
SELECT current_setting('search_path') AS search_path, current_setting('role') AS role,
       current_schema() AS schema
"""
_NAMES = ("search_path", "role")


def choose_for_good(connection: Connection, session: Mapping[str, str]) -> None:
    """For the session, whose server process has to be this connection's alone."""
    for name in _NAMES:
        connection.execute(
            text("SELECT set_config(:name, :value, false) WHERE current_setting(:name) <> :value"),
            {"name": name, "value": session[name]},
        )


def choose_in_each_transaction(connection: Connection, session: Mapping[str, str]) -> None:
    """Whatever differs, from the next transaction on; ends the one that is open."""
    now = connection.execute(text(CHOSEN)).mappings().one()
    connection.rollback()
    other = {name: session[name] for name in _NAMES if now[name] != session[name]}
    if other:
        event.listen(connection, "begin", lambda begun: _set_locally(begun, other))


def _set_locally(connection: Connection, values: Mapping[str, str]) -> None:
    """On the driver's cursor: in a "begin" event SQLAlchemy must not begin another."""
    cursor = connection.connection.cursor()
    try:
        for name, value in values.items():
            quoted = value.replace("'", "''")
            cursor.execute(f"SELECT set_config('{name}', '{quoted}', true)")
    finally:
        cursor.close()
