"""When to try again: one policy for a lock that was not granted.

A policy answers small questions about time that is handed to it; it never sleeps itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from alembic_guard.settings import Settings

_LOOK_FIRST, _LOOK_LONGEST = 0.05, 0.5
"""Seconds between two looks at who blocks; a look is one short query."""


@dataclass
class RetryPolicy:
    """Growing delays with jitter and growing patience, until a deadline or a number of tries.

    :param retry_for: seconds from the first failure until there is no further try.
    :param first: seconds before the second try; each delay is ``growth`` times the one before.
    :param longest: seconds that a delay never exceeds.
    :param lock_first: seconds that the first try queues for a lock, 0 without limit; each further
        one ``growth`` times that, up to ``lock_last``.
    :param most_tries: how many tries there are at most; 0 is without limit.
    :param clock: seconds, monotonic.
    """

    retry_for: float
    clock: Callable[[], float]
    first: float = 0.1
    growth: float = 1.6
    longest: float = 15.0
    lock_first: float = 0.05
    lock_last: float = 0.2
    most_tries: int = 0
    jitter: Callable[[], float] = field(default=random.random)
    tries: int = 0
    _looks: int = 0
    _began: float | None = None
    _exhausted: bool = False

    @classmethod
    def of(cls, settings: Settings, clock: Callable[[], float]) -> RetryPolicy:
        """The policy that a project has set."""
        return cls(
            settings.retry_for,
            clock,
            first=settings.retry_delay,
            longest=settings.retry_delay_longest,
            lock_first=settings.lock_timeout,
            lock_last=settings.lock_timeout_last,
            most_tries=settings.lock_tries,
        )

    def begin(self) -> None:
        """A new revision: count its tries from here."""
        self.tries = self._looks = 0
        self._began = None
        self._exhausted = False

    @property
    def waited(self) -> float:
        """Seconds since this revision first met a lock that it could not have."""
        return 0.0 if self._began is None else self.clock() - self._began

    @property
    def lock_timeout(self) -> float:
        """Seconds that the next try may queue for a lock; 0 is without limit."""
        grown = self.lock_first * self.growth ** min(self.tries, 100)
        return max(self.lock_first, min(grown, self.lock_last))

    def next_look(self) -> float | None:
        """Seconds until the next look whether the tables are free; None when time is up."""
        delay = self._delay(_LOOK_FIRST, self._looks, _LOOK_LONGEST)
        self._looks += 1
        return self._within(delay)

    def next_delay(self) -> float | None:
        """Seconds to wait before the next try, or None when there is none."""
        if self._exhausted:  # asked again about the same failure
            return None
        self.tries += 1
        delay = self._within(self._delay(self.first, self.tries - 1, self.longest))
        self._looks = 0
        self._exhausted = delay is None or 0 < self.most_tries <= self.tries
        return None if self._exhausted else delay

    def _delay(self, first: float, before: int, longest: float) -> float:
        # Half of it is random, so that deployers who were refused together come back apart.
        whole = min(first * self.growth ** min(before, 100), longest)
        return whole * (0.5 + 0.5 * self.jitter())

    def _within(self, delay: float) -> float | None:
        if self._began is None:
            self._began = self.clock()
        left = self.retry_for - self.waited
        return None if left <= 0 else min(delay, left)
