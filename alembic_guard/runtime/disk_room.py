"""How much room the disk has on which a database keeps its tables, where anybody tells.

- SQLite: the folder of its file.
- PostgreSQL: its data directory, or the directory of the database's own tablespace, if the server
  runs on this machine: the process of the very session that is asked is one of it (``/proc``, so on
  Linux alone). SQL does not tell free space, and ``data_directory`` is shown to those in
  ``pg_read_all_settings`` alone.
- MariaDB: what its plugin ``DISKS`` says of the data directory where that is loaded, else the
  directory itself, if the server says the host name of this machine.

It says nothing rather than what may be another machine's. Quotas are not seen.
"""

from __future__ import annotations

import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True)
class DiskRoom:
    """A directory, and the bytes that may still be written there."""

    path: str
    free: int


@dataclass(frozen=True)
class Shortage:
    """A revision that needs more room than there is.

    :param tables: what it builds, in words, with bytes; the largest first.
    """

    revision: str
    tables: tuple[tuple[str, int], ...]
    room: DiskRoom

    @property
    def needed(self) -> int:
        """Bytes."""
        return sum(size for _, size in self.tables)


def disk_room(database: Database, connection: Connection) -> DiskRoom | None:
    """The room that a database has; None where nobody tells.

    :param connection: a transaction that this begins is left to the caller to end.
    """
    if database.file is not None:
        return _of(str(Path(database.file).absolute().parent))
    try:
        if database.kind == "postgresql":
            return _postgresql(connection)
        if database.kind == "mariadb":
            return _mariadb(connection)
    except DBAPIError:
        pass  # no right to be told
    return None


def _postgresql(connection: Connection) -> DiskRoom | None:
    found = connection.execute(text(_DIRECTORY)).one()
    if not found.directory or not _is_here(found.pid):
        return None
    return _of(found.directory)


def _is_here(pid: int) -> bool:
    """Whether a server process with this number runs on this machine, and not in a container whose
    numbers are its own: PostgreSQL writes what it is into its command line.
    """
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"postgres:")
    except OSError:
        return False


def _mariadb(connection: Connection) -> DiskRoom | None:
    here = connection.execute(text("SELECT @@datadir AS directory, @@hostname AS host")).one()
    loaded = connection.execute(text(_DISKS_LOADED)).scalar()
    if loaded:
        told = _told(connection, here.directory)
        if told is not None:
            return told
    return _of(here.directory) if here.host == socket.gethostname() else None


def _told(connection: Connection, directory: str) -> DiskRoom | None:
    """The disk of a directory, as the plugin lists it; its path is the longest that leads there."""
    rows: list[Any] = list(connection.execute(text(_DISKS)))
    paths = [row for row in rows if Path(row.path) in (Path(directory), *Path(directory).parents)]
    longest = max(paths, key=lambda row: len(Path(row.path).parts), default=None)
    return None if longest is None else DiskRoom(directory, int(longest.available) * 1024)


def _of(directory: str) -> DiskRoom | None:
    try:
        if not os.path.isabs(directory):
            return None
        return DiskRoom(directory, shutil.disk_usage(directory).free)
    except OSError:  # it is on another machine, or none of our business
        return None


_DIRECTORY = """
SELECT pg_catalog.pg_backend_pid() AS pid,
       COALESCE(NULLIF(pg_catalog.pg_tablespace_location(d.dattablespace), ''),
                (SELECT setting FROM pg_catalog.pg_settings
                  WHERE name = 'data_directory')) AS directory
  FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
"""
"""For a role without the right, pg_settings has no such row; to ask by name would end a transaction
of env.py's."""
_DISKS_LOADED = """
SELECT COUNT(*) FROM information_schema.plugins
 WHERE plugin_name = 'DISKS' AND plugin_status = 'ACTIVE'
"""
_DISKS = "SELECT Path AS path, Available AS available FROM information_schema.DISKS"
