"""A copy of a MariaDB or MySQL database by ``mariadb-dump`` (or ``mysqldump``), in one snapshot.

``--single-transaction`` is a snapshot of InnoDB's tables; those of other engines are read as they
come. The password goes by an options file that its owner alone can read, and that is removed.
"""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from alembic_guard.runtime.backup import CannotBackUp
from alembic_guard.runtime.backup_tool import found, run, version_of
from alembic_guard.runtime.database import Database

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_COMPLETED = b"-- Dump completed"
_TAIL = 400
"""Bytes at the end of a dump that hold its last line."""
# What a driver calls an option, and what the programs do (PyMySQL, mysqlclient, Connector/Python).
_OPTIONS = {
    "unix_socket": "socket",
    **dict.fromkeys(("ssl_ca", "ssl_cert", "ssl_key", "ssl_capath", "ssl_cipher"), ""),
}


@dataclass(frozen=True)
class MysqlWay:
    """A dump as SQL.

    :param program: mariadb-dump or mysqldump; :param client: the one that reads the dump.
    :param options: of the connection, by the programs' names, without a password.
    :param made: how the database was made: its character set and collation.
    """

    program: str
    client: str
    theirs: bool
    options: dict[str, str]
    password: str | None
    name: str
    size: int | None
    made: str
    kind: str = "SQL"
    ending: str = ".sql"

    @classmethod
    def to(cls, database: Database) -> MysqlWay:
        """How this database is copied.

        :raises CannotBackUp: when mariadb-dump is missing, or where to connect to is not known.
        """
        with database.beside() as side:
            facts = side.ask(_facts)
        url = database.engine.url
        options = _in_url(url)
        if not options or not url.database or not facts["name"]:
            raise CannotBackUp(
                "the engine was made with a creator or without a host and a database, "
                "so that mariadb-dump cannot be told where to connect to"
            )
        program = next(found(["mariadb-dump", "mysqldump"]), None)
        if program is None:
            raise CannotBackUp("neither mariadb-dump nor mysqldump is on PATH")
        return cls(
            program=program,
            client=next(found(["mariadb", "mysql"]), "mariadb").rpartition("/")[2],
            theirs="MariaDB" not in version_of(program),
            options=options,
            password=url.password and str(url.password),
            name=facts["name"],
            size=None if facts["size"] is None else int(facts["size"]),
            made=f"CHARACTER SET {facts['charset']} COLLATE {facts['collation']}",
        )

    def write(self, file: Path, pause: Callable[[float], None]) -> None:
        """Dump, and look for the line that a complete dump ends with."""
        what = ["--single-transaction", "--routines", "--triggers", "--events", "--no-tablespaces"]
        what += ["--comments", "--default-character-set=utf8mb4"]
        what += ["--set-gtid-purged=OFF"] if self.theirs else []
        descriptor, options = tempfile.mkstemp(prefix="alembic-guard-", suffix=".cnf")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as lines:
                lines.write(_as_file({**self.options, "password": self.password or ""}))
            command = [self.program, f"--defaults-file={options}", *what]
            run([*command, f"--result-file={file}", "--", self.name], {}, pause)
        finally:
            os.unlink(options)
        with open(file, "rb") as written:
            written.seek(max(0, file.stat().st_size - _TAIL))
            if _COMPLETED not in written.read():
                raise CannotBackUp(f"{Path(self.program).name} ended without completing its dump")

    def restore(self, file: Path) -> str:
        """Make the database anew, so that nothing newer stays, and run the dump."""
        name = f"`{self.name.replace('`', '``')}`"
        sql = f"DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} {self.made}; USE {name}; "
        given = [f"--{option}={value}" for option, value in self.options.items()]
        asks = ["--password"] if self.password else []
        return shlex.join([self.client, *given, *asks, "-e", f"{sql}\\. {file}"])


def _facts(connection: Connection) -> dict[str, Any]:
    facts = dict(connection.execute(text(_FACTS)).mappings().one())
    connection.rollback()
    return facts


def _in_url(url: URL) -> dict[str, str]:
    parts: dict[str, Any] = {"host": url.host, "port": url.port, "user": url.username}
    for name, value in url.query.items():
        if name in _OPTIONS:
            parts[_OPTIONS[name] or name.replace("_", "-")] = value
    return {name: str(value) for name, value in parts.items() if value}


def _as_file(options: dict[str, str]) -> str:
    """An options file, in which a backslash escapes (mariadb.com/kb, "Option files")."""
    escaped = {name: value.replace("\\", "\\\\") for name, value in options.items()}
    return "[client]\n" + "".join(f'{name}="{value}"\n' for name, value in escaped.items())


_FACTS = """
SELECT DATABASE() AS name, s.DEFAULT_CHARACTER_SET_NAME AS charset,
       s.DEFAULT_COLLATION_NAME AS collation,
       (SELECT SUM(t.DATA_LENGTH) FROM information_schema.TABLES t
         WHERE t.TABLE_SCHEMA = DATABASE()) AS size
  FROM information_schema.SCHEMATA s WHERE s.SCHEMA_NAME = DATABASE()
"""
