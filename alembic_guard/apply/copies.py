"""SQLite: what is kept from before a revision that leaves its transaction, and what becomes of it.

It is removed when the revision is applied, put back when it fails and nobody else has written
since, and otherwise left beside the database, where the finding and every later run name it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from contextlib import suppress

from alembic_guard.runtime.backup import CannotBackUp
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.sqlite_copy import SqliteCopy, copies_beside
from alembic_guard.runtime.stopped import BackupFailed, CopyFound


class CopyBefore:
    """The copy of one database at one time.

    :param sleep: waits for seconds, and raises what interrupts.
    :param spare: whether the run has a backup, so that one can do without.
    """

    def __init__(
        self,
        database: Database,
        call: Call,
        say: Callable[[str], None],
        sleep: Callable[[float], None],
        spare: bool = False,
    ) -> None:
        self.database = database
        self.call = call
        self.say = say
        self.sleep = sleep
        self.spare = spare
        self.left: SqliteCopy | None = None
        """What stays, since the database could not be put back."""
        self._copy: SqliteCopy | None = None
        self._earlier = False
        """Whether it is that of an earlier run, a part of which is in the database."""

    def take(self, revision: Revision) -> None:
        """A revision is about to begin outside of a transaction.

        In env.py's transaction a copy is of all revisions, and the first one stays. So does the one
        of an earlier run that this one continues.

        :raises BackupFailed: when there can be no copy.
        """
        file = self.database.file
        stays = self._copy is not None and (self.call.external or self._earlier)
        if file is None or stays:
            return
        self.done()
        earlier = SqliteCopy(file, revision.id)
        self._earlier = earlier.path.exists()
        if self._earlier:
            self._copy = earlier
            return
        try:
            self._copy = SqliteCopy.take(file, revision.id, self.call.connection, self.sleep)
        except (CannotBackUp, OSError, sqlite3.Error) as error:
            if not self.spare:
                said = f"{file} could not be copied before revision {revision}, which leaves its "
                raise BackupFailed(f"{said}transaction: {error}", wanted="") from error
            self.say(f"Note      no copy before {revision} beside the backup: {error}")

    def done(self) -> None:
        """The revision is applied, or nothing of it is in the database."""
        if self._copy is not None:
            self._copy.remove()
            self._copy = None

    def again(self) -> None:
        """Nothing of the revision is in the database, and it is begun again."""
        if not self._earlier:
            self.done()

    def failed(self, *, something_stays: bool) -> bool:
        """The revision has failed; whether the database is as it was before it.

        :param something_stays: whether a part of it was committed.
        """
        if self._copy is None:
            return False
        if not (something_stays or self._earlier):
            self.done()
            return False
        if not self.call.external and self._copy.put_back(self.call.connection):
            self.say(f"Put back  the database as it was before {self._copy.revision}")
            self.done()
            return True
        self.left, self._copy = self._copy, None
        return False


def refuse_found(
    database: Database,
    achieved: Callable[[set[str]], set[str]],
    continued: Collection[str],
    say: Callable[[str], None],
    *,
    remove: bool,
) -> None:
    """See to the copies that runs which were killed have left behind.

    :param achieved: tells of revisions those whose copy is of no use any more.
    :param continued: those that go on where they were; their copy stays until they are applied.
    :param say: takes a line for people; :param remove: whether to remove what is of no use.
    :raises CopyFound: when somebody has to look at one first.
    """
    if database.file is None:
        return
    found = copies_beside(database.file)
    applied = achieved({copy.revision for copy in found})
    for copy in found:
        if copy.revision in applied:
            if remove:
                with suppress(OSError):
                    copy.remove()
        elif copy.revision in continued:
            said = f"a run of {copy.revision} did not end well; a copy from before: {copy.path}"
            say(f"Note      {said}")
        else:
            raise CopyFound(copy)
