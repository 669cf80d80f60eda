"""For people: each finding as severity, name, place and one sentence; why; what to type next."""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.reports import Report, visible

ALLOWED = "allowed"
"""Stands where the severity would: what was let through is no error of this run."""

_COLOURS = {"error": "31;1", "warning": "33;1", "note": "36;1", ALLOWED: "36;1"}


def render(report: Report, colour: bool = False) -> str:
    """The report as text.

    :param colour: whether to write ANSI colours.
    """
    lines = [*report.lines]
    for finding in report.findings:
        lines += _finding(finding, colour)
    return "".join(f"{line}\n" for line in lines)


def weight(finding: Finding) -> str:
    """The first word of a finding: its severity, or that it was let through."""
    return ALLOWED if finding.allowed is not None else finding.severity.value


def _finding(finding: Finding, colour: bool) -> Iterator[str]:
    head = f"{weight(finding)}: {finding.name}"
    if colour:
        head = f"\033[{_COLOURS[weight(finding)]}m{head}\033[0m"
    place = f" ({finding.place})" if finding.place else ""
    yield head + _within(f"{place}: {finding.message}")
    for line in visible(finding.why).splitlines():
        yield f"    {line}".rstrip()
    if finding.allowed:
        yield f"    allowed: {_within(finding.allowed)}"
        return
    # A rule says one body of upgrade() for each revision that it takes, oldest first.
    several = len(finding.next) if "/rules/" in finding.docs else 1
    for number, command in enumerate(finding.next, start=1):
        if several == 1 and "\n" not in command:
            yield f"    next: {visible(command)}"
        else:  # code, on lines of its own so that it can be copied
            yield "    next:" if several == 1 else f"    next, revision {number} of {several}:"
            yield from (f"        {line}".rstrip() for line in visible(command).splitlines())


def _within(text: str) -> str:
    """Text that may have several lines, none of which looks like a finding of its own."""
    return visible(text).replace("\n", "\n    ")
