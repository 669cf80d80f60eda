"""For people: each finding as severity, name, place and one sentence; why; what to type next."""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.reports import Report

_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.NOTE: "36;1"}


def render(report: Report, colour: bool = False) -> str:
    """The report as text.

    :param colour: whether to write ANSI colours.
    """
    lines = [*report.lines]
    for finding in report.findings:
        lines += _finding(finding, colour)
    return "".join(f"{line}\n" for line in lines)


def _finding(finding: Finding, colour: bool) -> Iterator[str]:
    head = f"{finding.severity.value}: {finding.name}"
    if colour:
        head = f"\033[{_COLOURS[finding.severity]}m{head}\033[0m"
    place = f" ({finding.place})" if finding.place else ""
    yield f"{head}{place}: {finding.message}"
    for line in finding.why.splitlines():
        yield f"    {line}".rstrip()
    if finding.allowed:
        yield f"    allowed: {finding.allowed}"
        return
    for command in finding.next:
        yield f"    next: {command}"
