"""A backup before the first revision: when one is taken, and what is said of it.

One for each database of a run, under its deployer lock, after the questions of the preflight and
before anything is written; nothing where nothing is pending. If it fails, nothing is applied.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from alembic_guard.apply.cause import sentence
from alembic_guard.masking import Mask
from alembic_guard.runtime.backup import (
    Backup,
    CannotBackUp,
    Way,
    complete_or_nothing,
    destination,
    free_room,
    in_units,
    is_full,
    way_for,
)
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call, run_environment
from alembic_guard.runtime.stopped import BackupFailed

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

_REMIND_EVERY = 10.0


class Backups:
    """The backups of one run.

    :param wanted: a file, or a folder that takes one for each database; empty for none.
    :param say: takes a line for people.
    :param sleep: waits for seconds, and raises what interrupts.
    """

    def __init__(
        self,
        wanted: str,
        mask: Mask,
        say: Callable[[str], None],
        sleep: Callable[[float], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.wanted = wanted
        self.mask = mask
        self.say = say
        self.sleep = sleep
        self.several = False
        """Whether env.py configures several databases, as far as it was asked."""
        self.clock = clock
        self.taken: dict[str, Backup] = {}
        """By the URL of the database, without its password."""

    def count(self, config: Config, script: ScriptDirectory, options: dict[str, Any]) -> None:
        """Run env.py for the number of its databases, where the answer matters."""
        found: set[str] = set()

        def note(call: Call, _plain: Callable[[], None]) -> None:
            found.add(Database(call.connection).url)

        if self.wanted and not Path(self.wanted).expanduser().is_dir():
            run_environment(
                config, script, lambda *_: (), migrating=note, read_only=True, **options
            )
        self.several = len(found) > 1

    def look(self, database: Database, heads: Sequence[str]) -> None:
        """See that a backup could be taken, without taking one.

        :raises BackupFailed: when not.
        """
        if self.wanted and database.url not in self.taken:
            self._planned(database, heads)

    def take(self, database: Database, heads: Sequence[str]) -> str | None:
        """Take the backup of a database, unless this run has; the command that puts it back.

        :param heads: that it is at.
        :raises BackupFailed: when there is none; no file stays behind.
        """
        if not self.wanted:
            return None
        if database.url in self.taken:
            return self.taken[database.url].restore
        way, path = self._planned(database, heads)
        self._warn(way, path.parent)
        began = self.clock()
        try:
            with complete_or_nothing(path) as part:
                way.write(part, self._reminding(path, began))
                size = part.stat().st_size
        except (CannotBackUp, OSError) as error:
            raise self._failed(error, path.parent) from error
        seconds = self.clock() - began
        backup = Backup(path, way.kind, size, seconds, self.mask(way.restore(path)))
        self.taken[database.url] = backup
        self.say(f"Backup    {path} ({way.kind}, {in_units(size)} in {_took(seconds)})")
        return backup.restore

    def say_restore(self) -> None:
        """At the end, however it was: what puts each backup back."""
        for backup in self.taken.values():
            self.say(f"Restore   {backup.restore}")

    def _planned(self, database: Database, heads: Sequence[str]) -> tuple[Way, Path]:
        wanted = Path(self.wanted).expanduser()
        try:
            if not wanted.is_dir() and self.several:
                raise CannotBackUp(
                    f"env.py configures several databases, and {wanted} is no folder; "
                    "in a folder each gets a file of its own"
                )
            way = way_for(database)
            return way, destination(wanted, way, heads, datetime.now(timezone.utc))
        except (CannotBackUp, DBAPIError, OSError) as error:
            raise self._failed(error, None) from error

    def _warn(self, way: Way, folder: Path) -> None:
        free = free_room(folder)
        if way.size is not None and free is not None and free < way.size:
            self.say(
                f"Note      {in_units(free)} are free in {folder}, and the database has "
                f"{in_units(way.size)}: the backup may not fit"
            )

    def _reminding(self, path: Path, began: float) -> Callable[[float], None]:
        said = began

        def pause(seconds: float) -> None:
            nonlocal said
            self.sleep(seconds)
            if (now := self.clock()) - said >= _REMIND_EVERY:
                said = now
                self.say(f"Backup    {path} is being written for {now - began:.0f} s")

        return pause

    def _failed(self, error: Exception, folder: Path | None) -> BackupFailed:
        """What went wrong; where the disk is full, with the room that is left."""
        if isinstance(error, OSError):
            said = f"{error.filename or 'the file'}: {error.strerror or error}"
        else:
            said = sentence(error) if isinstance(error, DBAPIError) else str(error)
        full = folder is not None and (is_full(said) or getattr(error, "errno", None) == 28)
        free = free_room(folder) if folder is not None and full else None
        if free is not None:
            said += f"; {in_units(free)} are free in {folder}"
        return BackupFailed(self.mask(said), wanted=self.wanted)


def _took(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
