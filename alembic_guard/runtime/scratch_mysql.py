"""A scratch database on a MariaDB or MySQL: made, filled with the schema of another one, dropped.

Filled by what SHOW CREATE says of tables, sequences, views, routines and triggers, without their
DEFINER, so that whoever traces is who defines them. What speaks of another database by name is left
out: in the scratch database it would read or write that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.beyond import beyond

_BEFORE = {"VIEW": " SQL SECURITY ", "TRIGGER": " TRIGGER "}
_BEFORE |= {"PROCEDURE": " PROCEDURE ", "FUNCTION": " FUNCTION "}
"""What SHOW CREATE writes behind its DEFINER."""


def create(connection: Connection, name: str, like: Mapping[str, Any]) -> None:
    """Make an empty database.

    :param like: character set and collation, as :func:`described` says them.
    """
    connection.exec_driver_sql(
        f"CREATE DATABASE `{name}` CHARACTER SET {like['charset']} COLLATE {like['collation']}"
    )


def drop(connection: Connection, name: str) -> None:
    """End the sessions in a database, and drop it; nothing where it is not there."""
    sessions = "SELECT id FROM information_schema.processlist WHERE db = :name"
    for session in connection.execute(text(sessions), {"name": name}).scalars().all():
        with suppress(DBAPIError):  # it may have gone by itself (error 1094)
            connection.exec_driver_sql(f"KILL {session}")
    connection.exec_driver_sql(f"DROP DATABASE IF EXISTS `{name}`")


def who(connection: Connection) -> str:
    """The user of a session, as GRANT names it."""
    user = connection.exec_driver_sql("SELECT CURRENT_USER()").scalar_one()
    return "@".join(f"'{each}'" for each in str(user).rsplit("@", 1))


def grant(connection: Connection, name: str) -> str:
    """What lets the user of a session make a database.

    :param name: of that, or the beginning of its name where that ends with ``_``.
    """
    pattern = name.replace("_", r"\_") + ("%" if name.endswith("_") else "")
    return f"GRANT ALL ON `{pattern}`.* TO {who(connection)};"


def unused(connection: Connection, prefix: str) -> list[str]:
    """The databases with this prefix that no session uses, as far as one may see them."""
    return list(connection.execute(text(_UNUSED), {"prefix": prefix}).scalars())


def described(connection: Connection) -> dict[str, Any]:
    """Character set and collation of the database behind a connection."""
    return dict(connection.execute(text(_DESCRIBED)).mappings().one())


def fill(live: Connection, scratch: Connection) -> str:
    """Give a scratch database the schema of the live one.

    :returns: "" or what was left out, as a clause.
    """
    others = other_databases(scratch)
    statements, left = [], []
    for name, sql in said(live):
        if beyond(sql, "mysql", others):
            left.append(name)
        else:
            statements.append((name, sql))
    scratch.exec_driver_sql("SET SESSION foreign_key_checks = 0")
    left += _made(scratch, statements)
    scratch.exec_driver_sql("SET SESSION foreign_key_checks = 1")
    scratch.commit()
    return f"{', '.join(left)} could not be copied" if left else ""


def other_databases(connection: Connection) -> frozenset[str]:
    """The names of the server's other databases, in lower case, but for those about itself."""
    return frozenset(each.lower() for each in connection.execute(text(_OTHERS)).scalars())


def _made(scratch: Connection, statements: list[tuple[str, str]]) -> list[str]:
    """Run statements until no more of them can be; views may need each other."""
    while statements:
        left = []
        for name, sql in statements:
            try:
                scratch.exec_driver_sql(sql.replace("%", "%%"))
            except DBAPIError:
                left.append((name, sql))
        if len(left) == len(statements):
            break
        statements = left
    return [name for name, _ in statements]


def said(live: Connection) -> Iterator[tuple[str, str]]:
    """Each thing of a database, and the SQL that makes it."""
    kinds = {"SEQUENCE": "SEQUENCE", "VIEW": "VIEW"}
    tables = live.execute(text(_TABLES)).all()
    for name, kind in sorted(tables, key=lambda row: ("SEQUENCE", "BASE TABLE").count(row[1]) == 0):
        yield name, _shown(live, kinds.get(kind, "TABLE"), name)
    for name, kind in live.execute(text(_ROUTINES)).all():
        yield name, _shown(live, kind, name)
    for name in live.execute(text(_TRIGGERS)).scalars().all():
        yield name, _shown(live, "TRIGGER", name)


def _shown(live: Connection, kind: str, name: str) -> str:
    quoted = name.replace("`", "``").replace("%", "%%")
    row = live.exec_driver_sql(f"SHOW CREATE {kind} `{quoted}`").one()
    sql = str(row[2] if kind in ("TRIGGER", "PROCEDURE", "FUNCTION") else row[1])
    before = _BEFORE.get(kind)
    if before is None:
        return sql
    found = re.search(before, sql, re.IGNORECASE)  # a trigger is shown as it was typed
    if not found:
        return sql
    algorithm = re.match(r"CREATE( ALGORITHM=(?!UNDEFINED)\w+)? ", sql)
    return f"CREATE{(algorithm and algorithm[1]) or ''}{sql[found.start() :]}"


_UNUSED = """
SELECT schema_name FROM information_schema.schemata
 WHERE left(schema_name, char_length(:prefix)) = :prefix AND schema_name NOT IN
       (SELECT db FROM information_schema.processlist WHERE db IS NOT NULL)
"""
_DESCRIBED = "SELECT @@character_set_database AS charset, @@collation_database AS collation"
_OTHERS = """
SELECT schema_name FROM information_schema.schemata WHERE schema_name <> DATABASE()
   AND schema_name NOT IN ('information_schema', 'performance_schema', 'sys')
"""
_TABLES = """
SELECT table_name, table_type FROM information_schema.tables
 WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'SEQUENCE', 'VIEW') ORDER BY 1
"""
_ROUTINES = """
SELECT routine_name, routine_type FROM information_schema.routines
 WHERE routine_schema = DATABASE() AND routine_type IN ('PROCEDURE', 'FUNCTION') ORDER BY 1
"""
_TRIGGERS = """
SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()
 ORDER BY action_order, 1
"""
