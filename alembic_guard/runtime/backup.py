"""A copy of a database before it is changed: what each database calls one, and where it is put.

A :class:`Way` knows how one database is copied and how it is put back; this module gives the copy
its name. A file appears under that name only when it is complete, readable by its owner alone, and
never in the place of another file.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from alembic_guard.runtime.database import Database

_PART = ".part"
"""The end of the name of a copy that is not complete."""
_FULL = re.compile(r"no space left|disk is full|disk quota|errno:? 28\b", re.IGNORECASE)


class CannotBackUp(Exception):
    """No copy can be made; says why in a sentence without its full stop."""


class Way(Protocol):
    """How one database is copied."""

    @property
    def kind(self) -> str:
        """What the copy is, for people."""

    @property
    def ending(self) -> str:
        """Of the file's name."""

    @property
    def name(self) -> str:
        """The database."""

    @property
    def size(self) -> int | None:
        """Bytes of the database; None where it does not tell."""

    def write(self, file: Path, pause: Callable[[float], None]) -> None:
        """Copy into a file that is there and empty, and see that it can be read.

        :param pause: waits for seconds, and raises what interrupts.
        :raises CannotBackUp: when it failed.
        :raises OSError: when the file cannot be written.
        """

    def restore(self, file: Path) -> str:
        """The command that puts the copy back, without a password."""


@dataclass(frozen=True)
class Backup:
    """A copy that is complete.

    :param restore: the command that puts it back; :param seconds: that it took.
    """

    path: Path
    kind: str
    bytes: int
    seconds: float
    restore: str

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {"path": str(self.path), "bytes": self.bytes, "restore": self.restore}


def way_for(database: Database) -> Way:
    """How a database is copied.

    :raises CannotBackUp: when it cannot be, or what is needed for it is missing.
    """
    if database.kind == "sqlite":
        from alembic_guard.runtime.backup_sqlite import SqliteWay

        return SqliteWay.to(database)
    if database.kind == "postgresql":
        from alembic_guard.runtime.backup_postgresql import PostgresqlWay

        return PostgresqlWay.to(database)
    if database.is_mysql:
        from alembic_guard.runtime.backup_mysql import MysqlWay

        return MysqlWay.to(database)
    raise CannotBackUp(f"there is no backup of {database.server} here")


def destination(wanted: Path, way: Way, heads: Sequence[str], now: datetime) -> Path:
    """The file that a copy is written to.

    :param wanted: a file, or a folder, in which the name tells database, revision and time.
    :param heads: of the database before it is changed; :param now: in UTC.
    :raises CannotBackUp: where no file can be, or one is already.
    """
    if wanted.is_dir():
        parts = (way.name, "+".join(heads) or "base", f"{now:%Y%m%dT%H%M%SZ}")
        wanted /= re.sub(r"[^\w.+-]", "_", "-".join(parts)) + way.ending
    if os.path.lexists(wanted):
        raise CannotBackUp(f"{wanted} exists already, and nothing is overwritten")
    if not wanted.parent.is_dir():
        raise CannotBackUp(f"there is no folder {wanted.parent}")
    if not os.access(wanted.parent, os.W_OK):
        raise CannotBackUp(f"the folder {wanted.parent} is not writable")
    return wanted.absolute()


@contextmanager
def complete_or_nothing(path: Path) -> Iterator[Path]:
    """An empty file beside the path, which takes its name when the block ends well.

    :raises CannotBackUp: when a file of that name has appeared meanwhile.
    :raises OSError: when it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}{_PART}")
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield part
        with open(part, "rb+") as written:
            os.fsync(written.fileno())
        _named(part, path)
    finally:
        # SQLite puts its own files beside one that it is writing
        for ending in ("", "-journal", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                part.with_name(part.name + ending).unlink()


def _named(part: Path, path: Path) -> None:
    try:
        os.link(part, path)  # unlike a rename, it replaces nothing
    except FileExistsError:
        raise CannotBackUp(f"{path} exists already, and nothing is overwritten") from None
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise CannotBackUp(f"{path} exists already, and nothing is overwritten") from None
        part.rename(path)


def free_room(folder: Path) -> int | None:
    """Bytes that are free in a folder; None where the system does not tell."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def is_full(message: str) -> bool:
    """Whether an error says that the disk is full."""
    return bool(_FULL.search(message))


def in_units(number: int) -> str:
    """Bytes for people: ``12 MB``, in powers of ten."""
    size, units = float(number), ["bytes", "kB", "MB", "GB", "TB"]
    while size >= 999.5 and len(units) > 1:
        size /= 1000
        units.pop(0)
    return (
        f"{size:.0f} {units[0]}" if size >= 10 or units[0] == "bytes" else f"{size:.1f} {units[0]}"
    )
