"""The request to run env.py once more: what it holds open can't be kept."""

from __future__ import annotations

from alembic_guard.runtime.environment import Signal


class WholeRunAgain(Signal):
    """env.py's own transaction has to be begun again.

    :param delay: seconds to wait first.
    """

    def __init__(self, delay: float) -> None:
        super().__init__()
        self.delay = delay
