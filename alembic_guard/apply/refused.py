"""What is said of a lock that was not granted: that it is tried again, or that it is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from alembic_guard.apply.cause import sentence
from alembic_guard.apply.retry import RetryPolicy
from alembic_guard.runtime.blocking import Blocker
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.stopped import LockNotGranted


def next_delay(
    revision: Revision | None,
    policy: RetryPolicy,
    seen: Sequence[Blocker],
    say: Callable[[str], None],
) -> float | None:
    """Seconds until the next try, said with who blocks; None when there is none.

    :param revision: None before the first; :param seen: who was seen to block.
    """
    delay = policy.next_delay()
    if delay is None:
        return None
    who = f"blocked by {'; '.join(map(str, seen))}" if seen else "nobody was seen holding it"
    say(
        f"Waiting   {revision or 'the database'}: a lock was not granted "
        f"(try {policy.tries}); {who}. Trying again in {delay:.1f} s."
    )
    return delay


def not_granted(
    error: BaseException,
    revision: Revision | None,
    policy: RetryPolicy,
    seen: Sequence[Blocker],
    mask: Callable[[str], str],
) -> LockNotGranted:
    """The end of the tries."""
    return LockNotGranted(
        mask(sentence(error)),
        revision=revision,
        tries=policy.tries or 1,
        waited=policy.waited,
        blockers=tuple(seen),
    )
