"""The report for GitHub Actions: annotations, and no command that somebody slipped in."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.reports import Report, visible
from alembic_guard.reports.github import harmless, render
from tests.project import Project
from tests.reports.hostile import HOSTILE, findings, hostile, texts

FOUND = Finding(
    "several-heads",
    "There are two heads: 100% sure.",
    why="First.\nSecond: a, b.",
    next=("alembic guard-merge",),
    place=Place("migrations/a,1:x.py", 3),
)


@dataclass(frozen=True)
class Command:
    """What the runner makes of a line."""

    name: str
    properties: dict[str, str]
    data: str


def runner(line: str) -> Command | None:
    """How `actions/runner` reads a line (src/Runner.Common/ActionCommand.cs, both of its forms)."""
    line = line.lstrip()
    if line.startswith("::") and (end := line.find("::", 2)) > 0:
        name, _, listed = line[2:end].partition(" ")
        pairs = [pair.split("=", 1) for pair in listed.strip().split(",") if "=" in pair]
        known = {key: unescaped(value, "\r\n:,%") for key, value in pairs}
        return Command(name, known, unescaped(line[end + 2 :], "\r\n%"))
    if (match := re.search(r"##\[([^] ]*)[^]]*\](.*)", line)) is not None:
        return Command(match[1], {}, match[2])
    return None


def unescaped(text: str, marks: str) -> str:
    for mark in marks:
        text = text.replace(f"%{ord(mark):02X}", mark)
    return text


def commands(report: Report) -> list[Command]:
    lines = re.split(r"[\r\n]+", render(report))
    return [command for line in lines if (command := runner(line)) is not None]


def test_a_finding_is_an_annotation_at_its_line() -> None:
    assert render(Report("x", 1, [FOUND])) == (
        "::error file=migrations/a%2C1%3Ax.py,line=3,title=several-heads"
        "::There are two heads: 100%25 sure.%0AFirst.%0ASecond: a, b.%0Anext: alembic guard-merge\n"
    )
    assert commands(Report("x", 1, [FOUND])) == [
        Command(
            "error",
            {"file": "migrations/a,1:x.py", "line": "3", "title": "several-heads"},
            "There are two heads: 100% sure.\nFirst.\nSecond: a, b.\nnext: alembic guard-merge",
        )
    ]


@pytest.mark.parametrize(
    ("severity", "command"),
    [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.NOTE, "notice")],
)
def test_a_severity_has_its_command_and_what_is_allowed_is_a_notice(
    severity: Severity, command: str
) -> None:
    found = Finding("env-error", "Hm.", severity=severity, next=("go",))
    assert render(Report("x", 0, [found])) == f"::{command} title=env-error::Hm.%0Anext: go\n"
    assert render(Report("x", 0, [found.allow("known")])) == (
        "::notice title=env-error::Hm.%0Aallowed: known\n"
    )


def test_a_file_is_named_as_the_root_of_the_repository_sees_it() -> None:
    report = Report("x", 1, [Finding("env-error", "Hm.", place=Place("a/env.py"))], folder="api")
    assert render(report) == "::error file=api/a/env.py,title=env-error::Hm.\n"


def test_lines_are_plain_text_in_which_the_runner_sees_no_command() -> None:
    report = Report("x", 0, lines=["Done.", "a\n  ::set-env name=A::b", "c ##[error]d", "e::f"])
    assert render(report) == "Done.\na\n  \\::set-env name=A::b\nc ##\\[error]d\ne::f\n"
    assert commands(report) == []


def test_a_hostile_finding_is_one_annotation_and_no_other_command() -> None:
    (command,) = commands(Report("x", 1, [hostile()], lines=[HOSTILE]))
    assert command.name == "error"
    assert command.data.startswith(visible(HOSTILE))


@given(st.lists(findings, max_size=3), st.lists(texts, max_size=3))
def test_nothing_but_the_findings_is_ever_a_command(found: list[Finding], lines: list[str]) -> None:
    seen = commands(Report("x", 1, found, lines=lines))
    assert [command.properties["title"] for command in seen] == [each.name for each in found]
    for command, finding in zip(seen, found, strict=True):
        assert command.data.startswith(visible(finding.message))


@given(texts)
def test_a_line_without_the_marks_of_a_command_stays_as_it_is(text: str) -> None:
    if "::" not in text and "##[" not in text:
        assert harmless(text) == text


def test_the_command_writes_it_with_the_place_below_the_root_of_the_repository(
    sqlite_project: Project,
) -> None:
    (sqlite_project.path.parent / ".git").mkdir()
    sqlite_project.write("models.py", "import nowhere\n")
    result = sqlite_project.alembic("guard-revision", "-m", "x", "--format", "github")
    assert result.returncode == 1
    assert result.stdout.startswith(
        "::error file=project/models.py,line=1,title=env-import-error::"
    )
