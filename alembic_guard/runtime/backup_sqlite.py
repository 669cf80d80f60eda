"""A copy of a SQLite file, made by SQLite's own backup (https://www.sqlite.org/backup.html).

A file must not be copied as bytes while others have it open: its journal or WAL is a part of it,
and closing a file drops every lock that this process holds on it (https://www.sqlite.org/howtocorrupt.html,
2.2). The copy is of one moment: the read transaction that it is made in begins before its first
page. Where the journal is no WAL, who writes meanwhile waits until it is done.
"""

from __future__ import annotations

import shlex
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from alembic_guard.runtime.backup import CannotBackUp
from alembic_guard.runtime.database import Database

_PAGES = 2000
"""That are copied between two looks whether to stop."""
_BUSY = 30.0
"""Seconds to wait for a writer before the copy begins."""


@dataclass(frozen=True)
class SqliteWay:
    """A copy of a file; :param file: the database."""

    file: Path
    kind: str = "SQLite file"
    ending: str = ".db"

    @classmethod
    def to(cls, database: Database) -> SqliteWay:
        """How this database is copied.

        :raises CannotBackUp: when it is in memory.
        """
        if database.file is None:
            raise CannotBackUp("the database is in memory")
        return cls(database.file)

    @property
    def name(self) -> str:
        """The file's name, without its ending."""
        return self.file.stem

    @property
    def size(self) -> int | None:
        """Bytes of the file and its WAL."""
        files = (self.file, self.file.with_name(f"{self.file.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def write(self, file: Path, pause: Callable[[float], None]) -> None:
        """Copy, and check the copy."""
        try:
            copy(self.file, file, pause)
            with closing(sqlite3.connect(file)) as made:
                said = made.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.Error as error:
            raise CannotBackUp(f"SQLite failed: {error}") from error
        if said != "ok":
            raise CannotBackUp(f"the copy is not whole: {said}")

    def restore(self, file: Path) -> str:
        """By the same means, which others that have the database open see as one change."""
        return shlex.join([sys.executable, "-c", _RESTORE, str(file), str(self.file)])


_RESTORE = (
    "import sqlite3, sys; a, b = map(sqlite3.connect, sys.argv[1:]); "
    "a.backup(b); a.close(); b.close()"
)


def copy(source: Path, target: Path, pause: Callable[[float], None]) -> None:
    """Copy a database as it is at one moment.

    :param pause: called now and then; what it raises ends the copy.
    :raises sqlite3.Error: when it cannot be read or written.
    """
    with (
        closing(sqlite3.connect(source, isolation_level=None, timeout=_BUSY)) as live,
        closing(sqlite3.connect(target)) as made,
    ):
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        live.backup(made, pages=_PAGES, progress=lambda *_: pause(0.0001))
