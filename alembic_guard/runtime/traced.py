"""What a trace comes to, and who may look at the scratch database while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from alembic_guard.runtime.recording import Recording

if TYPE_CHECKING:
    from alembic.script import Script
    from sqlalchemy import Connection


class Around(Protocol):
    """Looks at the scratch database around each revision, in its transaction, on its connection.

    What it executes is no step. What it raises ends the revision as if that had raised it; a
    ``Signal`` ends the trace.
    """

    def before(self, script: Script, connection: Connection) -> None:
        """The revision is about to run."""

    def after(self, script: Script, connection: Connection) -> None:
        """It has run."""


@dataclass(frozen=True)
class Failure:
    """The revision that ended a trace, and what it raised."""

    script: Script
    error: BaseException


@dataclass(frozen=True)
class Traced:
    """What revisions did; from the one that failed on, what they would do."""

    recording: Recording
    failure: Failure | None = None
