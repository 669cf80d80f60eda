"""When to try again: one policy for a lock that was not granted.

A policy answers small questions about time that is handed to it; it never sleeps itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class RetryPolicy:
    """Growing delays with jitter, until a deadline.

    :param retry_for: seconds from the first failure until there is no further try.
    :param first: seconds before the second try; each delay is ``growth`` times the one before.
    :param longest: seconds that a delay never exceeds.
    :param clock: seconds, monotonic.
    """

    retry_for: float
    clock: Callable[[], float]
    first: float = 0.1
    growth: float = 1.6
    longest: float = 15.0
    jitter: Callable[[], float] = field(default=random.random)
    tries: int = 0
    _began: float | None = None
    _exhausted: bool = False

    def begin(self) -> None:
        """A new revision: count its tries from here."""
        self.tries = 0
        self._began = None
        self._exhausted = False

    @property
    def waited(self) -> float:
        """Seconds since the first failure of this revision."""
        return 0.0 if self._began is None else self.clock() - self._began

    def next_delay(self) -> float | None:
        """Seconds to wait before the next try, or None when there is none."""
        if self._exhausted:  # asked again about the same failure
            return None
        if self._began is None:
            self._began = self.clock()
        self.tries += 1
        # Half of it is random, so that deployers who were refused together come back apart.
        whole = min(self.first * self.growth ** (self.tries - 1), self.longest)
        delay = whole * (0.5 + 0.5 * self.jitter())
        left = self.retry_for - self.waited
        self._exhausted = left <= 0
        return None if self._exhausted else min(delay, left)
