"""A copy of a SQLite database beside it, from before a revision that leaves its transaction.

``VACUUM`` or ``PRAGMA foreign_keys`` mean something only outside of a transaction, where what came
before a failure stays. The copy is put back then, if nobody else has written since:

- ``PRAGMA data_version`` of the migration connection changes with the commits of others and not
  with its own (https://www.sqlite.org/pragma.html#pragma_data_version). The counter in the file's
  header can't tell these apart, and to read it would drop this process's locks on the file;
- it is asked while nobody else can write, or no write since would go unnoticed, and the copy is
  written under the same lock, in one transaction of SQLite's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from alembic_guard.runtime.backup import complete_or_nothing
from alembic_guard.runtime.backup_sqlite import SqliteWay, copy

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BEFORE, _ENDING = ".before-", ".alembic-guard"
_BUSY = 5.0
"""Seconds to wait for who is in the middle of a transaction."""
_TRIES = 20
"""To copy between two writes of others."""


class _Written(Exception):
    """Somebody else has written since the copy was made."""


@dataclass(frozen=True)
class SqliteCopy:
    """A copy of a database.

    :param revision: the one before which it was made.
    :param version: of the data, as the migration connection counts it; None where it is unknown.
    """

    file: Path
    revision: str
    version: int | None = None

    @classmethod
    def take(
        cls, file: Path, revision: str, connection: Connection, pause: Callable[[float], None]
    ) -> SqliteCopy:
        """Copy a database.

        :param connection: the one that migrates; not in a transaction.
        :raises CannotBackUp, OSError, sqlite3.Error: when it cannot be.
        """
        for _ in range(_TRIES):
            made = cls(file, revision, _version(connection))
            with complete_or_nothing(made.path) as part:
                copy(file, part, pause)
            if made.version == _version(connection):
                return made
            made.remove()
        return _made(cls(file, revision), pause)

    @property
    def path(self) -> Path:
        """Beside the database, named for the revision."""
        name = f"{self.file.name}{_BEFORE}{quote(self.revision, safe='')}{_ENDING}"
        return self.file.with_name(name)

    @property
    def restore(self) -> str:
        """The command that puts it back, whoever has written since."""
        return SqliteWay(self.file).restore(self.path)

    def remove(self) -> None:
        """Remove it, with what SQLite has put beside it."""
        for ending in ("", "-journal", "-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    def put_back(self, connection: Connection) -> bool:
        """Put the database back, unless others have written since; whether it is.

        :param connection: the one that migrated, not in a transaction.
        """

        def unchanged() -> bool:
            return self.version is not None and _version(connection) == self.version

        try:
            with (
                closing(sqlite3.connect(self.path)) as source,
                closing(sqlite3.connect(self.file, isolation_level=None, timeout=_BUSY)) as target,
            ):
                if target.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                    self._into_wal(source, target, unchanged)
                else:
                    self._alone(source, target, unchanged)
        except (_Written, sqlite3.Error):
            return False
        except Exception:  # the migration connection may be what failed
            return False
        return True

    def _into_wal(
        self,
        source: sqlite3.Connection,
        target: sqlite3.Connection,
        unchanged: Callable[[], bool],
    ) -> None:
        """Ask before, and again in the transaction that writes the copy: readers see it then."""
        if source.execute("PRAGMA page_count").fetchone()[0] < 2:
            raise _Written  # it would be written in one step, with no moment to ask in
        with closing(sqlite3.connect(self.file, isolation_level=None)) as witness:
            before = witness.execute("PRAGMA data_version").fetchone()
            if not unchanged():
                raise _Written
            asked = False

            def ask(status: int, _left: int, _all: int) -> None:
                nonlocal asked
                if status == 0 and not asked:  # SQLITE_OK: it has the lock
                    asked = True
                    if witness.execute("PRAGMA data_version").fetchone() != before:
                        raise _Written

            source.backup(target, pages=1, progress=ask)

    def _alone(
        self,
        source: sqlite3.Connection,
        target: sqlite3.Connection,
        unchanged: Callable[[], bool],
    ) -> None:
        """Keep a lock on the file that nobody commits beside, from asking until it is written."""
        target.execute("PRAGMA locking_mode = EXCLUSIVE")
        target.execute("PRAGMA data_version").fetchone()  # a shared lock, which stays
        if not unchanged():
            raise _Written
        target.execute("BEGIN EXCLUSIVE")
        target.execute("COMMIT")
        source.backup(target)
        target.execute("PRAGMA locking_mode = NORMAL")


def copies_beside(file: Path) -> list[SqliteCopy]:
    """The copies that runs have left behind, by name."""
    names = sorted(each.name for each in file.parent.iterdir())
    start = f"{file.name}{_BEFORE}"
    return [
        SqliteCopy(file, unquote(name.removeprefix(start).removesuffix(_ENDING)))
        for name in names
        if name.startswith(start) and name.endswith(_ENDING)
    ]


def _made(made: SqliteCopy, pause: Callable[[float], None]) -> SqliteCopy:
    """A copy among writes that never pause: it is not put back without being asked for."""
    with complete_or_nothing(made.path) as part:
        copy(made.file, part, pause)
    return made


def _version(connection: Connection) -> int:
    """Asked on the driver's cursor, which begins no transaction of SQLAlchemy's."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute("PRAGMA data_version")
        (version,) = cursor.fetchone() or (None,)
    finally:
        cursor.close()
    assert isinstance(version, int)
    return version
