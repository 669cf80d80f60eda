"""The round trip of a rehearsal: up, down and up again on a scratch database, compared in between.

It promises that what it says of a revision was seen on a real server, and says what it did not try.
It does not make the scratch database and prints nothing. Whether rows are there, so that the checks
of migrations mean something, is for the caller to know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alembic_guard.apply.cause import line_in, sentence
from alembic_guard.runtime.history import as_revision
from alembic_guard.runtime.recording import Recording
from alembic_guard.runtime.rehearsed import (
    AnotherSchema,
    DowngradeFailed,
    LeftBehind,
    RehearsalFailed,
    can_be_downgraded,
)
from alembic_guard.runtime.schema_facts import (
    Changes,
    Difference,
    Facts,
    changed,
    changes,
    differences,
    schema_facts,
)
from alembic_guard.runtime.sealed import Blocked
from alembic_guard.runtime.stopped import CheckFailed, Stopped
from alembic_guard.runtime.traced import Around, Failure, Traced

if TYPE_CHECKING:
    from alembic.script import Script
    from sqlalchemy import Connection

Check = Callable[[str, "Script", "Connection"], object]
"""Runs ``precheck`` or ``postcheck`` of a migration, by its name."""


@dataclass(frozen=True)
class Stage:
    """Runs revisions on the scratch database, one way.

    :param up: with ``upgrade()``; :param down: with ``downgrade()``.
    """

    up: Callable[[Sequence[Script], Around], Traced]
    down: Callable[[Sequence[Script], Around], Traced]


@dataclass(frozen=True)
class Rehearsal:
    """What came of it.

    :param recording: the first upgrade, statement by statement.
    :param stopped: what ended that, if something did.
    :param seen: what guards judge; each knows its revision.
    :param notes: what was not tried, in sentences.
    """

    recording: Recording
    stopped: Stopped | None = None
    seen: tuple[LeftBehind | DowngradeFailed | AnotherSchema, ...] = ()
    notes: tuple[str, ...] = ()


def rehearse(
    stage: Stage,
    pending: Sequence[Script],
    mask: Callable[[str], str],
    check: Check | None = None,
    *,
    round_trip: bool = True,
) -> Rehearsal:
    """Upgrade, downgrade and upgrade again.

    :param pending: in the order of application; :param check: runs a migration's own checks.
    :param round_trip: False upgrades once, for a history that is never taken back.
    """
    first = _First(check)
    try:
        done = stage.up(pending, first)
    except CheckFailed as failed:
        return Rehearsal(Recording((), ()), failed)
    if done.failure is not None:
        return _failed(done, done.failure, mask)
    if not round_trip:
        return Rehearsal(done.recording, notes=("forward_only: nothing is downgraded",))
    back, notes = _way_back(pending, first.done)
    trip = _RoundTrip(stage, mask, first.facts, first.done)
    seen = tuple(trip.run(back)) if back else ()
    return Rehearsal(done.recording, None, seen, (*notes, *trip.notes))


def _failed(done: Traced, failure: Failure, mask: Callable[[str], str]) -> Rehearsal:
    """A migration that a trace turned away is not at fault: what it did not do is a gap."""
    script, recording = failure.script, done.recording
    if _was_turned_away(failure.error):
        note = f"{script.revision} could not be run here: nothing is downgraded"
        return Rehearsal(recording, notes=(note,))
    gaps = [each for each in recording.gaps if each.revision != script.revision]
    stopped = RehearsalFailed(
        mask(sentence(failure.error)),
        revision=as_revision(script),
        line=line_in(failure.error, script.path),
    )
    return Rehearsal(Recording(recording.steps, tuple(gaps)), stopped)


def _was_turned_away(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, Blocked):
            return True
        error = error.__cause__ or error.__context__
    return False


def _way_back(
    pending: Sequence[Script], done: Mapping[str, Changes]
) -> tuple[list[Script], list[str]]:
    """The revisions that can be downgraded, newest first, and why the others are not."""
    back: list[Script] = []
    for script in reversed(pending):
        if not can_be_downgraded(script, bool(done[script.revision])):
            older = " and what is older" if len(back) + 1 < len(pending) else ""
            return back, [f"{script.revision} has no downgrade: it{older} is not downgraded"]
        back.append(script)
    return back, []


class _RoundTrip:
    """Down and up again.

    :param facts: the schema after the first upgrade; :param done: what each revision did to it.
    """

    def __init__(
        self,
        stage: Stage,
        mask: Callable[[str], str],
        facts: Facts,
        done: Mapping[str, Changes],
    ) -> None:
        self.notes: list[str] = []
        self._stage = stage
        self._mask = mask
        self._facts = facts
        self._done = done

    def run(self, back: Sequence[Script]) -> Iterator[LeftBehind | DowngradeFailed | AnotherSchema]:
        """Downgrade revisions, newest first, and upgrade them again."""
        down = _Compared(self._facts, self._done, back=True)
        failure = self._stage.down(back, down).failure
        for script in back:
            if found := down.found.get(script.revision):
                yield LeftBehind(as_revision(script), found)
        if failure is not None:
            name = failure.script.revision
            if _was_turned_away(failure.error):
                self.notes.append(f"the downgrade of {name} could not be run here")
            else:
                yield DowngradeFailed(as_revision(failure.script), *self._said(failure))
            self.notes.append("nothing is upgraded again")
            return
        again = _Compared(down.expected, self._done, known=down.known)
        failure = self._stage.up(back[::-1], again).failure
        for script in reversed(back):
            if found := again.found.get(script.revision):
                yield AnotherSchema(as_revision(script), found)
        if failure is not None:
            yield AnotherSchema(as_revision(failure.script), (), *self._said(failure))

    def _said(self, failure: Failure) -> tuple[str, int | None]:
        return self._mask(sentence(failure.error)), line_in(failure.error, failure.script.path)


@dataclass
class _First:
    """The first upgrade: what each revision does to the schema, and its own checks."""

    check: Check | None = None
    facts: Facts = field(default_factory=dict)
    done: dict[str, Changes] = field(default_factory=dict)

    def before(self, script: Script, connection: Connection) -> None:
        if self.check is not None:
            self.check("precheck", script, connection)
        if not self.done:
            self.facts = schema_facts(connection)

    def after(self, script: Script, connection: Connection) -> None:
        now = schema_facts(connection)
        self.done[script.revision] = changes(self.facts, now)
        self.facts = now
        if self.check is not None:
            self.check("postcheck", script, connection)


class _Compared:
    """A way through the same revisions, held against what the first upgrade did.

    :param expected: the schema that there should be when it begins.
    :param known: names of what is known to differ; it is said once.
    """

    def __init__(
        self,
        expected: Facts,
        done: Mapping[str, Changes],
        *,
        back: bool = False,
        known: set[str] | None = None,
    ) -> None:
        self.expected = expected
        self.known = set(known or ())
        self.found: dict[str, tuple[Difference, ...]] = {}
        self._done = done
        self._back = back

    def before(self, script: Script, connection: Connection) -> None:
        pass

    def after(self, script: Script, connection: Connection) -> None:
        self.expected = changed(self.expected, self._done[script.revision], back=self._back)
        differ = differences(self.expected, schema_facts(connection))
        self.found[script.revision] = tuple(one for one in differ if one.name not in self.known)
        self.known |= {one.name for one in differ}
