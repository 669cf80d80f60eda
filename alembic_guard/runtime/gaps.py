"""What could not be recorded exactly, in words; no value of a migration's own is in them, save what
its exception says, with passwords masked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from alembic_guard.finding import Place
from alembic_guard.masking import Mask
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.swallowing import Repeated, Stopped
from alembic_guard.runtime.time_limit import TookTooLong
from alembic_guard.runtime.traces import frames_of, is_library

_SHOWN = 3
"""Of what was turned away in one revision, how much is told."""
_CHARACTERS = 200
"""Of what an exception says."""


@dataclass(frozen=True)
class Gap:
    """What could not be recorded exactly.

    :param revision: its identifier.
    :param place: where it is known; the line that raised.
    :param reason: why, in one sentence without a full stop.
    :param what: what was done instead, in the same form.
    :param traced: whether it was to be traced.
    """

    revision: str
    place: Place | None
    reason: str
    what: str
    traced: bool = False


def inexact(
    revision: str, file: str, blocked: Iterable[str], answers: Iterable[str]
) -> Iterator[Gap]:
    """Gaps of a revision whose function came to its end.

    :param file: of the revision.
    :param blocked: what was turned away, as words behind "it wanted to".
    :param answers: why those of the database are not what they would be.
    """
    blocked, answers = [*islice(blocked, _SHOWN)], [*dict.fromkeys(answers)]
    if not blocked and not answers:
        return
    place = Place(relative(file), None)
    for what in blocked:
        reason = Mask()(f"it wanted to {what}, which recording does not allow")
        yield Gap(revision, place, reason, "it was told that this is not permitted")
    for reason in answers:
        yield Gap(revision, place, reason, "what follows rests on that")


def raised(revision: str, file: str, name: str, error: BaseException, *, by_statement: bool) -> Gap:
    """The gap of a revision whose function raised.

    :param file: of the revision; :param name: of its function.
    :param by_statement: whether it was read from its text instead.
    """
    said = " ".join(str(error).partition("\n")[0].split())[:_CHARACTERS]
    if isinstance(error, (Stopped, Repeated)):
        reason = said
    elif isinstance(error, TookTooLong):
        reason = f"{name}() went on for too long"
    else:
        reason = f"{name}() raised {type(error).__name__}{': ' if said else ''}{said}"
    instead = (
        "it was read statement by statement from its text, both branches of each condition"
        if by_statement
        else "what follows that line is not known"
    )
    return Gap(revision, place_of(error, file), Mask()(reason), instead)


def place_of(error: BaseException, file: str) -> Place | None:
    """The innermost line of the revision's file that raised, else of the project's own code."""
    frames = [each for each in frames_of(error) if each.file == file or not is_library(each.file)]
    inside = [each for each in frames if each.file == file] or frames
    return Place(relative(inside[-1].file), inside[-1].line) if inside else None
