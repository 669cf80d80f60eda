"""The report for people: severity, name, place, one sentence; why; what to type next."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.reports import Report
from alembic_guard.reports.text import render
from tests.reports.hostile import hostile

FOUND = Finding(
    "several-heads",
    "There are two heads.",
    why="First.\n\nSecond.",
    next=("alembic guard-merge", "alembic heads"),
    place=Place("migrations/a1.py", 3),
)


def test_a_finding_is_whole() -> None:
    assert render(Report("x", 1, [FOUND])) == (
        "error: several-heads (migrations/a1.py:3): There are two heads.\n"
        "    First.\n"
        "\n"
        "    Second.\n"
        "    next: alembic guard-merge\n"
        "    next: alembic heads\n"
    )


def test_lines_come_before_findings_and_nothing_is_added() -> None:
    note = Finding("env-error", "Hm.", severity=Severity.NOTE)
    assert render(Report("x", 0, [note], lines=["Done."])) == "Done.\nnote: env-error: Hm.\n"
    assert render(Report("x", 0)) == ""


def test_what_is_allowed_has_its_reason_instead_of_commands() -> None:
    assert render(Report("x", 0, [FOUND.allow("--allow")])) == (
        "allowed: several-heads (migrations/a1.py:3): There are two heads.\n"
        "    First.\n"
        "\n"
        "    Second.\n"
        "    allowed: --allow\n"
    )


def test_colour_is_on_severity_and_name_only() -> None:
    for severity, code in (("ERROR", 31), ("WARNING", 33), ("NOTE", 36)):
        found = Finding("env-error", "Hm.", severity=Severity[severity])
        assert render(Report("x", 0, [found]), colour=True) == (
            f"\033[{code};1m{severity.lower()}: env-error\033[0m: Hm.\n"
        )


def test_a_hostile_finding_does_nothing_to_a_terminal_and_fakes_no_other() -> None:
    text = render(Report("x", 1, [hostile()]))
    first, *others = text.splitlines()
    assert first.startswith("error: several-heads (a|b")
    assert {line[:4] for line in others} == {"    "}
    assert "\x1b" not in text
    assert r"\x1b[2J" in text
