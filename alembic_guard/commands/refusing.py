"""Turns whatever stopped a command into findings and an exit status: the one place that does.

What the floors below raise are events with facts; the guards put them into words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from typing import Any

from alembic.util import CommandError

from alembic_guard import guards
from alembic_guard.errors import GaveUpWaiting, GuardError, Refused, StoppedPartWay
from alembic_guard.finding import Finding
from alembic_guard.masking import Mask
from alembic_guard.reports import masked_finding
from alembic_guard.runtime.downward import NoWayDown, WithoutDowngrade
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import (
    BrokenHistory,
    NoConfiguration,
    SeveralHeads,
)
from alembic_guard.runtime.missing import UnknownRevision
from alembic_guard.runtime.stopped import AnotherDeployer, Applied, LockNotGranted, Stopped

EVENTS = (
    EnvironmentFailed,
    NoConfiguration,
    BrokenHistory,
    UnknownRevision,
    SeveralHeads,
    NoWayDown,
    WithoutDowngrade,
    Stopped,
    CommandError,
)


@contextmanager
def refusing(mask: Mask, data: dict[str, Any] | None = None) -> Iterator[None]:
    """What stops the block comes out as a :class:`GuardError` without passwords.

    :param data: goes into the report, as far as the block filled it.
    :raises GuardError: for every event of the floors below.
    """
    try:
        yield
    except GuardError as error:
        raise _masked(error, mask, data) from error.__cause__
    except EVENTS as event:
        raise _masked(error_for(event), mask, data) from event


def masked_progress(progress: Callable[[str], None] | None, mask: Mask) -> Callable[[str], None]:
    """A progress callback that gets no password; does nothing where there is none.

    A line that nobody reads any more (``| head -1``) stops no upgrade.
    """

    def say(line: str) -> None:
        if progress is not None:
            with suppress(OSError):
                progress(mask(line))

    return say


def error_for(event: Exception, applied: Sequence[Applied] = ()) -> GuardError:
    """The error that a command ends with.

    :param event: one of :data:`EVENTS`.
    :param applied: what is in a database for good, whatever the event was.
    """
    findings = guards.judge(event)
    if applied or (isinstance(event, Stopped) and event.changed):
        return StoppedPartWay([_with_what_stays(findings[0], applied), *findings[1:]])
    if isinstance(event, AnotherDeployer | LockNotGranted):
        return GaveUpWaiting(findings)
    return Refused(findings)


def part_way(error: GuardError, stays: Stopped) -> GuardError:
    """The same refusal, which says what is in a database for good if anything is.

    :param stays: what was done before it, in another database of the same run.
    """
    if not stays.changed:
        return error
    first, *rest = error.findings
    findings = [_with_what_stays(first, stays.applied), *guards.judge(stays), *rest]
    return StoppedPartWay(findings, error.data)


def _with_what_stays(finding: Finding, applied: Sequence[Applied]) -> Finding:
    if not applied:
        return finding
    stays = ", ".join(str(one.revision) for one in applied)
    done = "Applied before, and staying" if applied[0].direction == "upgrade" else "Reverted before"
    return replace(finding, why=f"{finding.why}\n{done}: {stays}.".strip())


def _masked(error: GuardError, mask: Mask, data: dict[str, Any] | None) -> GuardError:
    once = cache(mask)  # many findings share their path and their reason
    findings = [masked_finding(finding, once) for finding in error.findings]
    return type(error)(findings, {**(data or {}), **error.data})
