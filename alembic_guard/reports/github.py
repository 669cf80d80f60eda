"""For GitHub Actions: each finding as an annotation beside the line that it is about.

The runner takes commands out of everything that a step prints: a line that begins with ``::``, and
``##[`` anywhere in a line (``actions/runner``, ``src/Runner.Common/ActionCommand.cs``). Text from
outside is written so that it is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.reports import Report, visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, colour: bool = False) -> str:
    """The report's lines as plain text, then an annotation a finding; ``colour`` changes nothing.

    What was let through is a notice.
    """
    lines = [harmless(line) for text in report.lines for line in visible(text).splitlines()]
    lines += [_annotation(report, finding) for finding in report.findings]
    return "".join(f"{line}\n" for line in lines)


def harmless(line: str) -> str:
    """A line in which the runner sees no command: its marks are broken by a backslash."""
    return re.sub(r"^(\s*)::", r"\1\\::", line).replace("##[", "##\\[")


def _annotation(report: Report, finding: Finding) -> str:
    command = "notice" if finding.allowed is not None else _COMMANDS[finding.severity]
    properties = {}
    if finding.place is not None:
        properties["file"] = report.in_repository(finding.place.path)
        if finding.place.line is not None:
            properties["line"] = str(finding.place.line)
    properties["title"] = finding.name
    said = ",".join(f"{key}={_escaped(value, '%:,')}" for key, value in properties.items())
    message = "\n".join(_sentences(finding))
    return f"::{command} {said}::{_escaped(message, '%')}"


def _sentences(finding: Finding) -> Iterator[str]:
    yield finding.message
    yield from finding.why.splitlines()
    if finding.allowed is not None:
        yield f"allowed: {finding.allowed}"
        return
    for command in finding.next:
        yield f"next: {command}"


def _escaped(text: str, marks: str) -> str:
    """As the runner unescapes it: ``%`` last there, and so first here."""
    text = visible(text)
    for mark in [*marks, "\n"]:
        text = text.replace(mark, f"%{ord(mark):02X}")
    return text
