"""For a comment on a pull request, and for ``$GITHUB_STEP_SUMMARY``: GitHub-flavoured Markdown.

Text from outside is shown as it is: it makes no list, no HTML, no link, and calls nobody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alembic_guard.finding import Finding
from alembic_guard.reports import Report, visible

_MARKS = re.compile(r"[\\`*_\[\]|~$]")
_AT_START = re.compile(r"^([-+=#>:]|\d+(?=[.)]))")
# GitHub looks for them after Markdown was read, so that a backslash is no help.
_CALLS = re.compile(r"(?<!\w)(@|#|GH-|https?:|www\.)(?=[\w/])", re.IGNORECASE)


def render(report: Report, colour: bool = False) -> str:
    """A heading that counts, the lines, and each finding whole; ``colour`` changes nothing."""
    parts = [f"### `alembic {report.command}`: {_summary(report.findings)}"]
    if report.lines:
        parts.append(fenced("\n".join(report.lines)))
    if rehearsal := report.data.get("rehearsal"):
        parts.append("\n".join(_rehearsal(rehearsal)))
    for finding in report.findings:
        parts += _whole(finding)
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Text in one line, every character of which stands for itself."""
    text = " ".join(visible(text).split())
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _CALLS.sub(r"\1&#8203;", _MARKS.sub(r"\\\g<0>", text))
    return _AT_START.sub(lambda match: f"&#{ord(match[0][0])};{match[0][1:]}", text)


def code(text: str) -> str:
    """Text as inline code, for which the fence is longer than any run of backticks in it."""
    text = visible(text).replace("\n", " ")
    fence = _fence(text, 1)
    space = " " if fence != "`" or text.strip() != text else ""
    return f"{fence}{space}{text}{space}{fence}"


def fenced(text: str, language: str = "text") -> str:
    """Text as a block of code."""
    text = visible(text)
    fence = _fence(text, 3)
    return f"{fence}{language}\n{text}\n{fence}"


def _rehearsal(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A table of what was rehearsed, a row a statement."""
    heads = ("revision", "line", "statement", "lock", "live rows", "time", "verdict")
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        locks = [_lock(table) for table in row["tables"]]
        counts = [_about(table["rows"]) for table in row["tables"]]
        sql = " ".join(row["statement"].split()).replace("|", "\\|")
        cells = [escaped(row["revision"]), str(row["line"] or ""), code(sql)]
        cells += ["<br>".join(locks), "<br>".join(counts)]
        cells += [f"{row['seconds'] * 1000:,.1f} ms", row["verdict"]]
        yield f"| {' | '.join(cells)} |"


def _about(rows: int | None) -> str:
    return "unknown" if rows is None else f"about {rows:,}"


def _lock(table: Mapping[str, Any]) -> str:
    """What a statement holds of a table; in brackets what was not measured."""
    name, lock = escaped(table["table"]), table["lock"]
    if lock is None:
        return name
    return f"{lock if table['measured'] else f'({lock})'} on {name}"


def _fence(text: str, shortest: int) -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    return "`" * max(shortest, longest + 1)


def _summary(findings: Sequence[Finding]) -> str:
    counted = Counter(_weight(finding) for finding in findings)
    return ", ".join(f"{number} {weight}" for weight, number in counted.items()) or "no findings"


def _weight(finding: Finding) -> str:
    return "allowed" if finding.allowed is not None else finding.severity.value


def _whole(finding: Finding) -> Iterator[str]:
    where = f" {code(str(finding.place))}" if finding.place else ""
    yield f"#### {_weight(finding)}: [{finding.name}]({finding.docs}){where}"
    yield escaped(finding.message)
    if finding.why:
        yield fenced(finding.why) if "\n" in finding.why.strip() else escaped(finding.why)
    if finding.allowed is not None:
        yield f"Allowed: {escaped(finding.allowed)}"
    elif finding.next:
        yield fenced("\n".join(finding.next), "sh")
