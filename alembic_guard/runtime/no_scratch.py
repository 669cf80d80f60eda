"""Why there is no scratch database."""

from __future__ import annotations


class NoScratch(Exception):
    """There can be no scratch database.

    :param reason: why, in one sentence without a full stop.
    :param next: what to do, as commands.
    """

    rehearsal = False
    """Whether it was for ``safe-upgrade --rehearse``, and not for a trace."""

    def __init__(self, reason: str, *next: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.next = next
