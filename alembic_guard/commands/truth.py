"""What an upgrade has left in a database, read back on a new connection at its end.

Before it, the same is read, so that only what this run has left is told: two queries each time, on
PostgreSQL alone. It also looks where a run stopped in the middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic_guard import guards
from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.environment import Call
from alembic_guard.runtime.history import Revision, relative
from alembic_guard.runtime.invalid_indexes import (
    InvalidIndex,
    LeftIndex,
    LeftIndexes,
    invalid_indexes,
)
from alembic_guard.runtime.source import allowances
from alembic_guard.runtime.unvalidated import LeftUnvalidated, Unvalidated, unvalidated
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection


@dataclass
class Truth:
    """One upgrade of any number of databases.

    :param findings: where what is found goes; each thing once.
    """

    script: ScriptDirectory
    settings: Settings
    findings: list[Finding]
    _before: dict[int, frozenset[InvalidIndex | Unvalidated]] = field(default_factory=dict)

    def before(self, call: Call) -> None:
        """Read what is so already; once, however often env.py is run."""
        if call.number not in self._before and call.connection.dialect.name == "postgresql":
            with call.reading() as connection:
                self._before[call.number] = frozenset(_seen(connection))

    def after(self, number: int, connection: Connection, applied: Sequence[Revision]) -> None:
        """Judge what is new.

        :param number: of the call; :param applied: the revisions that this run has come to.
        """
        before = self._before.get(number)
        if before is None or not applied:
            return
        new = [each for each in _seen(connection) if each not in before]
        for finding in self._judged(new, applied):
            if finding not in self.findings:
                self.findings.append(finding)

    def _judged(
        self, new: Sequence[InvalidIndex | Unvalidated], applied: Sequence[Revision]
    ) -> Iterator[Finding]:
        indexes = [each for each in new if isinstance(each, InvalidIndex) and not each.building]
        yield from self._guarded(LeftIndexes(tuple(map(LeftIndex, indexes))))
        for each in new:
            if isinstance(each, Unvalidated) and not self._validated_later(each, applied):
                left = _blamed(each, applied)
                for finding in self._guarded(left):
                    yield _allowed_in_file(finding, left.revision)

    def _guarded(self, subject: Any) -> list[Finding]:
        return guards.judge(subject, self.settings.allow)

    def _validated_later(self, each: Unvalidated, applied: Sequence[Revision]) -> bool:
        """Whether a revision that this run has not come to says so, in SQL, by its name."""
        done = {revision.id for revision in applied}
        texts = (
            _text(script.path)
            for script in self.script.walk_revisions()
            if script.revision not in done
        )
        return any(each.name in text and "VALIDATE CONSTRAINT" in text.upper() for text in texts)


def _seen(connection: Connection) -> Iterator[InvalidIndex | Unvalidated]:
    yield from invalid_indexes(connection)
    yield from unvalidated(connection)


def _blamed(each: Unvalidated, applied: Sequence[Revision]) -> LeftUnvalidated:
    for revision in reversed(applied):
        for number, line in enumerate(_text(revision.path).splitlines(), start=1):
            if each.name in line:
                return LeftUnvalidated(each, revision, number)
    return LeftUnvalidated(each, applied[-1])


def _allowed_in_file(finding: Finding, revision: Revision) -> Finding:
    """The same, let through if the revision's file says so, with a reason."""
    place = finding.place
    shown = None if place is None else Place(str(relative(place.path)), place.line)
    for allowance in allowances(revision.path):
        if allowance.reason and allowance.covers(finding, (place, shown)):
            return replace(finding, allowed=allowance.reason)
    return finding


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", errors="replace")
    except OSError:
        return ""
