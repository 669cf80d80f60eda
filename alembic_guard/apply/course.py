"""What is remembered of one database while env.py is run, and run again.

An env.py that opens its own transaction is begun again as a whole. Meanwhile the deployer lock
stays held, the tries go on counting, a relative target keeps meaning what was planned, and the
attempts keep their rows in the journal.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from alembic_guard.apply.plan import Plan
from alembic_guard.apply.retry import RetryPolicy
from alembic_guard.runtime.lock import DeployerLock


@dataclass
class Course:
    """One database of one upgrade.

    :param target: as it was asked for; once planned, a relative one is the revision that it meant.
    :param allowed: names of guards that were let through before anything was applied; None until
        they were asked.
    :param rows: ids of the journal's rows of attempts that have not ended, by revision.
    :param cancelled: queries of others that were cancelled for a revision, by its identifier.
    :param lock: held until the database is done; :param identity: what tells it from others.
    :param backup: the command that puts back what was taken before anything was applied.
    :param outside: SQLite: a migration needs to run outside of a transaction.
    """

    target: str
    policy: RetryPolicy
    plan: Plan | None = None
    allowed: tuple[str, ...] | None = None
    rows: dict[str, int] = field(default_factory=dict)
    cancelled: dict[str, list[str]] = field(default_factory=dict)
    lock: DeployerLock | None = None
    identity: object = None
    outside: bool = False
    backup: str | None = None

    def planned(self, plan: Plan, target: str) -> None:
        """Keep the plan, and what a relative target means."""
        self.plan = plan
        self.target = target

    def release(self) -> None:
        """Drop the deployer lock, if it is held."""
        if self.lock is not None:
            self.lock.release()
            self.lock = None
