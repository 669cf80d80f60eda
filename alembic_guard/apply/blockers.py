"""Those who hold a table that a revision is to lock: told of, and where it is wanted, cancelled.

Only the query of a session of the same role is ever cancelled, and only where ``cancel_after`` says
so; a session is never ended. One that is idle in its transaction has no query: whoever owns it has
to end it, and it is said how. A plain autovacuum gives way by itself to whoever waits for it, after
``deadlock_timeout``; so it is waited for in a mode that blocks neither reads nor writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from alembic_guard.runtime.database import Beside
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.table_locks import Holder, Lockable, cancel, nudge

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SAY_EVERY = 10.0
_Key = tuple[object, ...]


class Blockers:
    """Who blocks one revision.

    :param patience: seconds; a transaction that is younger may end while a try queues.
    :param cancel_after: seconds that a query has to block before it is cancelled; 0 is never.
    :param note: takes the revision's id and what was cancelled, for the journal.
    :param clock: seconds, monotonic.
    """

    def __init__(
        self,
        patience: float,
        cancel_after: float,
        *,
        say: Callable[[str], None],
        note: Callable[[str, str], None],
        clock: Callable[[], float],
    ) -> None:
        self.patience = patience
        self.cancel_after = cancel_after
        self.say = say
        self.note = note
        self.clock = clock
        self._first_seen: dict[_Key, float] = {}
        self._told: dict[_Key, float] = {}
        self._dealt: set[_Key] = set()
        self._revision: Revision | None = None

    def begin(self, revision: Revision | None) -> None:
        """The tables of a revision are about to be looked at."""
        if revision != self._revision:
            self._revision = revision
            self._told.clear()
            self._first_seen.clear()

    def lasting(self, holders: Sequence[Holder]) -> list[Holder]:
        """Those whose transactions are too old to be about to end."""
        now = self.clock()
        found = []
        for each in holders:
            seen = now - self._first_seen.setdefault(_key(each), now)
            if each.pid is None or max(seen, each.age or 0.0) >= self.patience:
                found.append(each)
        return found

    def face(self, blocking: Sequence[Holder], side: Beside, lockable: Sequence[Lockable]) -> None:
        """Tell of them, and do what can be done about them."""
        first = blocking[0]
        now, told = self.clock(), self._told.get(_key(first))
        if told is None or now - told >= _SAY_EVERY:
            self._told[_key(first)] = now
            uses = "is in use by" if first.granted else "is waited for by"
            more = len({_key(each) for each in blocking}) - 1
            others = f" and {more} more" if more else ""
            self.say(
                f"Waiting   {self._revision}: {first.table} {uses} {first.blocker}{others}; "
                "waiting outside the queue."
            )
        for each in blocking:
            if each.vacuum and not each.wraparound:
                self._let_it_yield(each, side, lockable)
            elif self.cancel_after:
                self._cancel(each, side)

    def _let_it_yield(self, holder: Holder, side: Beside, lockable: Sequence[Lockable]) -> None:
        names = [each.name for each in lockable if each.table == holder.table]
        if names and self._once("yield", *_key(holder)):
            side.ask(lambda connection: nudge(connection, names[0]))

    def _cancel(self, holder: Holder, side: Beside) -> None:
        blocked = self.clock() - self._first_seen[_key(holder)]
        if blocked < self.cancel_after or holder.pid is None:
            return
        pid, who = holder.pid, f"{holder.blocker}, which blocks {holder.table}"
        if not holder.same_role:
            self._tell_once(holder, f"Not cancelled: {who}, is another role's.")
        elif holder.query_age is None:
            self._tell_once(
                holder,
                f"Not cancelled: {who}, runs no query. Its owner has to end the transaction; a DBA "
                f"can: SELECT pg_terminate_backend({pid});",
            )
        elif holder.query_age >= self.cancel_after and self._once("cancel", *_key(holder)):

            def ask(connection: Connection) -> bool:
                return cancel(connection, pid, holder.transaction)

            try:
                done = side.ask(ask)
            except DBAPIError:
                done = False
            if done:
                text = f"the query of {holder.blocker}, which blocked {holder.table} for "
                text += f"{blocked:.0f} s"
                self.say(f"Cancelled {text}.")
                if self._revision is not None:
                    self.note(self._revision.id, text)

    def _tell_once(self, holder: Holder, line: str) -> None:
        if self._once("tell", *_key(holder)):
            self.say(line)

    def _once(self, *what: object) -> bool:
        new = what not in self._dealt
        self._dealt.add(what)
        return new


def _key(holder: Holder) -> _Key:
    return (holder.table, holder.pid, holder.transaction)
