"""A copy of a SQLite database in a temporary folder, made by SQLite's own backup.

The original is only read (https://www.sqlite.org/backup.html); its rows are copied, too. The folder
is removed with all that SQLite put beside the copy.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alembic_guard.runtime.database import Database


@contextmanager
def copied(
    database: Database, connection: Connection, prefix: str, *, empty: bool
) -> Iterator[Path]:
    """The path of a copy, which is removed afterwards.

    :param prefix: of the folder's name.
    :param empty: whether to copy nothing.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        file = folder / "scratch.db"
        with closing(sqlite3.connect(file)) as target:
            if not empty:
                _copy(database, connection, target)
        yield file
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(database: Database, connection: Connection, target: sqlite3.Connection) -> None:
    raw: Any = connection.connection.driver_connection
    if isinstance(raw, sqlite3.Connection):
        raw.backup(target)
    elif database.file is not None and database.file.exists():
        with closing(sqlite3.connect(f"{database.file.as_uri()}?mode=ro", uri=True)) as source:
            source.backup(target)
