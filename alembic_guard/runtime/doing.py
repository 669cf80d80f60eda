"""A Step while it happens: what is known of it grows with each of its statements.

And the frames that lead to a statement, where its line is looked for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from alembic.operations.ops import MigrateOperation

from alembic_guard.finding import Place
from alembic_guard.runtime.step import Measured, Step


@dataclass(eq=False)
class Doing:
    """A Step while it happens.

    :param directive: None for SQL that no directive owns.
    :param rebuilds: key of the table that batch mode rebuilds for it.
    :param session: whether its SQL came beside Alembic's operations.
    """

    revision: str
    directive: MigrateOperation | None = None
    place: Place | None = None
    called_from: Place | None = None
    transaction: int | None = None
    session: bool = False
    rebuilds: str | None = None
    assumption: str = ""
    sql: list[str] = field(default_factory=list)
    measured: Measured | None = None

    def step(self) -> Step:
        """What a rule judges."""
        return Step(
            self.directive,
            tuple(self.sql),
            self.place,
            self.transaction,
            self.revision,
            self.called_from,
            self.assumption,
            self.measured,
            self.session,
            self.rebuilds,
        )


def frames_below(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames below this one; ``op.run_async()`` leaves them for those of another greenlet."""
    while frame is not None:
        yield frame
        frame = frame.f_back
    greenlet: Any = sys.modules.get("greenlet")
    running = greenlet.getcurrent().parent if greenlet is not None else None
    while running is not None:
        frame = running.gr_frame
        while frame is not None:
            yield frame
            frame = frame.f_back
        running = running.parent
