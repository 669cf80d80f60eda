"""A SQLite in memory, of the module that the project's own driver uses: nothing stays behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect

_ATTACH = 24
"""``SQLITE_ATTACH`` (https://www.sqlite.org/c3ref/c_alter_table.html): a statement of a project's
models must not make files."""


def in_memory(dialect: Dialect) -> Any:
    """A connection of the driver; its statements are in no transaction but their own.

    :param dialect: of the live database.
    """
    own = dialect.driver in ("pysqlite", "pysqlcipher") and dialect.dbapi is not None
    module: Any = dialect.dbapi if own else sqlite3
    connection = module.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.set_authorizer(lambda action, *_: 1 if action == _ATTACH else 0)
    return connection


def standing_in(connection: Any, run: Callable[[], Any]) -> Any:
    """Run something; functions and collations that only the project knows get stand-ins.

    SQLite looks them up when a table is made. What they return does not matter: nothing is stored.
    """
    stood_in: set[str] = set()
    while True:
        try:
            return run()
        except Exception as error:  # each module has its own classes of errors
            message = str(error)
            head, _, name = message.rpartition(": ")
            if name in stood_in:
                raise
            if head.endswith("no such function"):
                connection.create_function(name, -1, lambda *_: None, deterministic=True)
            elif head.endswith("no such collation sequence"):
                connection.create_collation(name, lambda *_: 0)
            else:
                raise
            stood_in.add(name)
