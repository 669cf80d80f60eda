"""The report for programs: the keys of DESIGN section 3, and nothing else."""

from __future__ import annotations

import json
from datetime import datetime, timezone

from hypothesis import given
from hypothesis import strategies as st

from alembic_guard.finding import DOCS, Finding, Place, Severity
from alembic_guard.reports import Report
from alembic_guard.reports.json import render
from tests.reports.hostile import HOSTILE, findings, hostile, texts


def test_a_report_is_one_object_with_the_keys_of_the_design() -> None:
    finding = Finding(
        "several-heads",
        "Größer.",
        why="Because.",
        next=("alembic heads",),
        severity=Severity.WARNING,
        revision="a1",
        place=Place("a.py", 3),
        allowed="known",
    )
    text = render(Report("guard-log", 3, [finding], {"x": [1]}, ["for people"]))
    assert text.endswith("}\n")
    assert text.isascii()
    assert json.loads(text) == {
        "version": 1,
        "command": "guard-log",
        "exit_status": 3,
        "findings": [
            {
                "name": "several-heads",
                "severity": "warning",
                "message": "Größer.",
                "why": "Because.",
                "next": ["alembic heads"],
                "revision": "a1",
                "path": "a.py",
                "line": 3,
                "allowed": "known",
                "docs": f"{DOCS}guards/several-heads/",
            }
        ],
        "data": {"x": [1]},
    }


def test_what_is_missing_is_null() -> None:
    (finding,) = json.loads(render(Report("x", 0, [Finding("env-error", "Hm.")])))["findings"]
    assert [finding[key] for key in ("revision", "path", "line", "allowed")] == [None] * 4
    assert (finding["why"], finding["next"]) == ("", [])


def test_a_value_that_json_does_not_know_is_its_text() -> None:
    when = datetime(2026, 1, 1, tzinfo=timezone.utc)
    text = render(Report("x", 0, data={"when": when}))
    assert json.loads(text)["data"] == {"when": "2026-01-01 00:00:00+00:00"}


def test_a_hostile_finding_says_the_same_after_it_was_read_again() -> None:
    (finding,) = json.loads(render(Report("x", 1, [hostile()])))["findings"]
    said = (finding["message"], finding["why"], *finding["next"], finding["path"])
    assert said == (HOSTILE, HOSTILE, HOSTILE, HOSTILE)


@given(st.lists(findings, max_size=3), st.dictionaries(texts, texts))
def test_whatever_is_found_it_is_one_object(found: list[Finding], data: dict[str, str]) -> None:
    document = json.loads(render(Report("x", 1, found, data)))
    assert [each["message"] for each in document["findings"]] == [each.message for each in found]
    assert document["data"] == data
