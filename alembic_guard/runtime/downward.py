"""The way down: what ``alembic downgrade`` would revert, and targets that it gets wrong.

Alembic warns of a relative target where the database is at several heads, and takes one of them
(``alembic downgrade -1`` with two heads, 1.20.1: the first of the version table); here that is
refused. So is a target that is not below: Alembic says "Destination … is not a valid downgrade
target", or ``downgrade head`` at head does nothing.

Private names of Alembic, tried on 1.18.4, 1.19.1, 1.20.0 and 1.20.1: ``ScriptDirectory.
_downgrade_revs``, which ``alembic downgrade`` uses to turn a target into steps, and
``RevisionMap._parse_downgrade_target``, which tells the revision that a relative target means.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from alembic.script.revision import RangeNotAncestorError, ResolutionError
from alembic.util import CommandError

from alembic_guard.runtime.environment import Signal
from alembic_guard.runtime.history import Revision, as_revision, lineage, load
from alembic_guard.runtime.missing import UnknownRevision, unknown_revisions

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep
    from alembic.script import Script, ScriptDirectory

    from alembic_guard.runtime.environment import Call

_RELATIVE = re.compile(r"(?:(.+)@)?[+-]\d+")
"""Relative to where the database is; ``0003-1`` is relative to a revision, and means always one."""


class NoWayDown(Signal):
    """A target that cannot be gone down to from where a database is.

    :param said: Alembic's own sentence, "" where it would have gone somewhere.
    :param current: what the database recorded; :param applied: how many revisions it has.
    :param pending: whether the target is a revision that the database does not have.
    :param ambiguous: whether it means another revision for each of several heads.
    """

    def __init__(
        self,
        target: str,
        current: tuple[str, ...],
        *,
        applied: int,
        said: str = "",
        pending: bool = False,
        ambiguous: bool = False,
    ) -> None:
        super().__init__(target)
        self.target = target
        self.current = current
        self.applied = applied
        self.said = said
        self.pending = pending
        self.ambiguous = ambiguous


class WithoutDowngrade(Signal):
    """Files on the way that define no ``downgrade()``; Alembic stumbles over them as it plans."""

    def __init__(self, revisions: tuple[Revision, ...]) -> None:
        super().__init__()
        self.revisions = revisions


def downgrade_steps(
    script: ScriptDirectory, target: str, current: tuple[str, ...], call: Call | None = None
) -> list[RevisionStep]:
    """The steps from where a database is down to a target, as ``alembic downgrade`` takes them.

    :param target: ``-1``, ``base``, an identifier or the start of one, with or without a branch.
    :param current: what the database recorded.
    :param call: that database; it is looked at only where a revision of it has no file.
    :raises UnknownRevision: when the target, or what the database recorded, has no file.
    :raises NoWayDown: when the target is not below, or means several revisions.
    :raises WithoutDowngrade: when a revision on the way has no ``downgrade()``.
    """
    unknown_revisions(script, current, call)
    relative = _RELATIVE.fullmatch(target)
    applied = lineage(script, current)
    if relative and not relative[1] and len(current) > 1:
        raise NoWayDown(target, current, applied=len(applied), ambiguous=True)
    try:
        steps = list(script._downgrade_revs(target, current))  # type: ignore[arg-type]
    except CommandError as error:
        raise _refused(script, target, current, applied, error) from error
    except AssertionError as error:  # `blue@-1` where nothing of the branch is applied
        raise NoWayDown(target, current, applied=len(applied)) from error
    except AttributeError as error:
        way = script.iterate_revisions(current, target, select_for_downgrade=True)
        lacking = [one for one in way if not hasattr(one.module, "downgrade")]
        if not lacking:
            raise
        raise WithoutDowngrade(tuple(map(as_revision, lacking))) from error
    if not steps and _is_pending(script, target, applied):
        raise NoWayDown(target, current, applied=len(applied), pending=True)
    return steps


def pinned_downwards(
    script: ScriptDirectory, target: str, current: tuple[str, ...], _steps: object
) -> str:
    """The revision that a target means which is relative to where the database is; others stay."""
    relative = _RELATIVE.fullmatch(target)
    if relative is None:
        return target
    found = script.revision_map._parse_downgrade_target(current, target, True)[1]
    name = "base" if found is None or isinstance(found, str) else found.revision
    return f"{relative[1]}@{name}" if relative[1] else name


def _refused(
    script: ScriptDirectory,
    target: str,
    current: tuple[str, ...],
    applied: list[Script],
    error: CommandError,
) -> Signal:
    if isinstance(error.__cause__, ResolutionError):
        known = tuple(found.revision for found in load(script))
        return UnknownRevision(target, known=known, said=str(error))
    return NoWayDown(
        target,
        current,
        applied=len(applied),
        said=str(error),
        pending=isinstance(error.__cause__, RangeNotAncestorError),
        ambiguous="Ambiguous walk" in str(error),  # down from a merge
    )


def _is_pending(script: ScriptDirectory, target: str, applied: list[Script]) -> bool:
    """Whether a target names what the database does not have: Alembic may call it a place."""
    if target.rpartition("@")[2] == "base" or _RELATIVE.fullmatch(target):
        return False
    found = {one.revision for one in script.get_revisions(target)}
    return not found <= {one.revision for one in applied}
