"""Why an upgrade stopped: one class a reason, with the facts that a sentence about it needs.

::

    Signal (runtime.environment)     passes through env.py untouched
    └── Stopped                      knows what was applied before
        ├── AnotherDeployer          the deployer lock was not free in time
        ├── DeployerLockLost         its connection went away in the middle
        ├── LockNotGranted           a lock on a table was not granted in time
        ├── CheckFailed              precheck() or postcheck() of a migration said no
        ├── MigrationFailed          upgrade() raised
        ├── PartlyApplied            an earlier run left a part, and it cannot be continued
        ├── PooledConnection         a pooler makes something impossible
        ├── WrongMigrationUrl        migration_url does not lead to env.py's database
        ├── JournalNotWritable       the role may not create or write the journal
        ├── ConnectionLost           the server ended the session, or went away
        ├── BecameReadOnly           nothing can be written any more
        ├── MovedMeanwhile           another program moved the database, without the deployer lock
        ├── BackupFailed             the backup that was asked for could not be taken
        ├── CopyFound                SQLite: a run that was killed left a copy beside the database
        ├── RolledBack               a new connection does not see what the run believes
        └── Interrupted              Ctrl-C
            └── ComparisonInterrupted    while models and database were compared
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alembic_guard.runtime.environment import Signal
from alembic_guard.runtime.history import Revision

if TYPE_CHECKING:
    from alembic_guard.runtime.blocking import Blocker
    from alembic_guard.runtime.live import LiveConnection
    from alembic_guard.runtime.sqlite_copy import SqliteCopy


@dataclass(frozen=True)
class Applied:
    """One revision that is in the database for good, or out of it.

    :param milliseconds: from the start of its transaction until it was committed.
    """

    database: str
    revision: Revision
    milliseconds: int
    direction: str = "upgrade"

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {
            "database": self.database,
            **self.revision.as_json(),
            "milliseconds": self.milliseconds,
        }


class Stopped(Signal):
    """An upgrade that did not reach its target.

    :param revision: the one that it stopped at, if it had come to one.
    """

    def __init__(self, message: str = "", *, revision: Revision | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.revision = revision
        self.applied: tuple[Applied, ...] = ()
        self.committed: tuple[str, ...] = ()
        self.earlier: tuple[str, ...] = ()
        """Statements of its revision that an earlier run has committed."""
        self.resumable = False
        """Whether what it has committed is on record, so that another run can go on from there."""
        self.copy: SqliteCopy | None = None
        """SQLite: what is kept from before the revision, where it could not be put back."""

    @property
    def changed(self) -> bool:
        """Whether something stays in the database."""
        return bool(self.applied or self.committed)


class AnotherDeployer(Stopped):
    """The deployer lock was not free in time.

    :param holder: who has it, for people.
    :param waited: seconds.
    """

    def __init__(self, url: str, holder: str, waited: float) -> None:
        super().__init__()
        self.url = url
        self.holder = holder
        self.waited = waited


class DeployerLockLost(Stopped):
    """The connection that held the deployer lock went away."""


class LockNotGranted(Stopped):
    """A lock was not granted, however often it was tried.

    :param tries: how often; :param waited: for how many seconds in all.
    """

    def __init__(
        self,
        message: str,
        *,
        revision: Revision | None,
        tries: int,
        waited: float,
        blockers: tuple[Blocker, ...],
    ) -> None:
        super().__init__(message, revision=revision)
        self.tries = tries
        self.waited = waited
        self.blockers = blockers


class CheckFailed(Stopped):
    """``precheck()`` or ``postcheck()`` raised or returned False.

    :param check: "precheck" or "postcheck".
    """

    def __init__(self, check: str, message: str, *, revision: Revision, line: int | None) -> None:
        super().__init__(message, revision=revision)
        self.check = check
        self.line = line


class MigrationFailed(Stopped):
    """``upgrade()``, the version table's update or the commit raised.

    :param line: where in the revision file, if there.
    """

    def __init__(self, message: str, *, revision: Revision | None, line: int | None) -> None:
        super().__init__(message, revision=revision)
        self.line = line


class PartlyApplied(Stopped):
    """An earlier run has committed a part of a revision, which cannot be continued.

    :param message: why; :param done: the statements that are committed.
    :param unknown: the one that was running then, of which nobody knows.
    """

    def __init__(
        self,
        message: str,
        *,
        revision: Revision,
        done: tuple[str, ...],
        unknown: tuple[str, ...],
    ) -> None:
        super().__init__(message, revision=revision)
        self.done = done
        self.unknown = unknown


class PooledConnection(Stopped):
    """A pooler makes something impossible that the migration needs.

    :param url: of the pooler, masked.
    :param impossible: what, as a sentence.
    """

    def __init__(self, url: str, impossible: str, *, revision: Revision | None = None) -> None:
        super().__init__(revision=revision)
        self.url = url
        self.impossible = impossible


class WrongMigrationUrl(Stopped):
    """``migration_url`` does not lead to the database that env.py connects to.

    :param url: as it was completed; :param env_url: env.py's own; both masked.
    :param cause: ``unparsable``, ``kind``, ``unreachable``, ``elsewhere`` or ``wrote``.
    :param detail: what the driver said, or the two places.
    """

    def __init__(self, cause: str, url: str, env_url: str = "", detail: str = "") -> None:
        super().__init__()
        self.cause = cause
        self.url = url
        self.env_url = env_url
        self.detail = detail


class JournalNotWritable(Stopped):
    """The role may not create or write the journal.

    :param ddl: what a DBA would run.
    """

    def __init__(self, message: str, table: str, ddl: str) -> None:
        super().__init__(message)
        self.table = table
        self.ddl = ddl


class ConnectionLost(Stopped):
    """The migration's session is gone: the server ended it, or went away."""

    def __init__(self, url: str, message: str, *, revision: Revision | None) -> None:
        super().__init__(message, revision=revision)
        self.url = url


class BecameReadOnly(Stopped):
    """A server that was demoted, or set to read only, in the middle.

    :param live: what a new connection says of why; None where it says nothing.
    """

    def __init__(
        self, url: str, message: str, live: LiveConnection | None, *, revision: Revision | None
    ) -> None:
        super().__init__(message, revision=revision)
        self.url = url
        self.live = live


class MovedMeanwhile(Stopped):
    """Another program, which takes no deployer lock, wrote to the version table.

    :param expected: what this run left there; :param found: what is there now.
    :param failure: what failed because of it; empty where nothing had begun.
    """

    def __init__(
        self,
        url: str,
        expected: tuple[str, ...],
        found: tuple[str, ...],
        *,
        revision: Revision | None,
        failure: str = "",
    ) -> None:
        super().__init__("another program moved the database meanwhile", revision=revision)
        self.url = url
        self.expected = expected
        self.found = found
        self.failure = failure


@dataclass(frozen=True)
class Belief:
    """What a run thinks it left behind in one database, to be compared with the truth."""

    url: str
    expected: tuple[str, ...]
    found: tuple[str, ...]
    began_before_configure: bool = False
    revisions: tuple[Revision, ...] = field(default=())


class BackupFailed(Stopped):
    """The backup that was asked for could not be taken.

    :param wanted: the path that was asked for.
    """

    def __init__(self, message: str, *, wanted: str) -> None:
        super().__init__(message)
        self.wanted = wanted


class CopyFound(Stopped):
    """SQLite: a copy from before a revision that is not applied lies beside the database."""

    def __init__(self, copy: SqliteCopy) -> None:
        super().__init__()
        self.copy = copy


class RolledBack(Stopped):
    """A new connection does not see the revisions that the run applied."""

    def __init__(self, belief: Belief) -> None:
        super().__init__()
        self.belief = belief


class Interrupted(Stopped):
    """Ctrl-C."""


class ComparisonInterrupted(Interrupted):
    """Ctrl-C when the upgrade itself was done, while models and database were compared."""
