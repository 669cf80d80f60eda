"""The report for code scanning: valid against the published schema, whatever is found.

`sarif-2.1.0-rtm.5.json` is the schema as SchemaStore publishes it and `@microsoft/jest-sarif`
1.0.0-beta.0 ships it, unchanged.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from alembic_guard import __version__, guards
from alembic_guard.finding import DOCS, Finding, Place, Severity
from alembic_guard.reports import Report
from alembic_guard.reports.sarif import SCHEMA, render
from alembic_guard.rules import catalogue
from tests.project import Project
from tests.reports.hostile import HOSTILE, findings, hostile, texts

PUBLISHED = json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
URI = re.compile(r"(?:file:///)?[\w.~/!$&'()*+,;=:@%-]*", re.ASCII)  # RFC 3986, without its queries
FOUND = Finding(
    "several-heads",
    "There are two heads.",
    why="Because.",
    next=("alembic guard-merge",),
    revision="a1",
    place=Place("migrations/a 1.py", 3),
)


def run_of(report: Report) -> dict[str, Any]:
    """The one run of a log that is valid."""
    log = json.loads(render(report))
    assert [error.message for error in Draft4Validator(PUBLISHED).iter_errors(log)] == []
    assert (log["$schema"], log["version"]) == (SCHEMA, "2.1.0")
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_a_result_is_whole() -> None:
    (result,) = run_of(Report("guard-check", 1, [FOUND], folder="api"))["results"]
    assert result == {
        "ruleId": "several-heads",
        "level": "error",
        "message": {"text": "There are two heads.\nBecause.\nnext: alembic guard-merge"},
        "partialFingerprints": {"primaryLocationLineHash": "e7bb5572f8003a33:1"},
        "properties": {"next": ["alembic guard-merge"], "revision": "a1"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "api/migrations/a%201.py",
                        "uriBaseId": "SRCROOT",
                    },
                    "region": {"startLine": 3},
                }
            }
        ],
    }


def test_a_run_names_the_tool_the_command_and_its_exit_status() -> None:
    run = run_of(Report("guard-check", 1, [FOUND]))
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("alembic_guard", __version__)
    assert driver["informationUri"] == DOCS
    assert run["automationDetails"] == {"id": "alembic guard-check/"}
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]


@pytest.mark.parametrize("status", [2, 70, 130])
def test_a_command_that_could_not_judge_was_not_executed_successfully(status: int) -> None:
    (invocation,) = run_of(Report("guard-check", status))["invocations"]
    assert invocation == {"executionSuccessful": False, "exitCode": status}


def test_every_guard_is_a_rule_with_what_github_asks_for() -> None:
    rules = run_of(Report("guard-check", 0))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [*guards.catalogue()]
    for rule in rules:
        entry = guards.catalogue()[rule["id"]]
        assert rule["shortDescription"] == {"text": entry.title}
        assert entry.why.startswith(rule["fullDescription"]["text"])
        assert entry.fix in rule["help"]["text"]
        assert entry.fix in rule["help"]["markdown"]
        assert rule["helpUri"] == f"{DOCS}guards/{entry.name}/"


def test_a_rule_that_found_something_is_told_with_its_page() -> None:
    report = Report("guard-lint", 1, [Finding("drop-table", "Dropping t loses its rows.")])
    rules = run_of(report)["tool"]["driver"]["rules"]
    entry = catalogue()["drop-table"]
    assert [rule["id"] for rule in rules] == [*guards.catalogue(), "drop-table"]
    assert rules[-1]["shortDescription"] == {"text": entry.title}
    assert entry.fix in rules[-1]["help"]["text"]
    assert rules[-1]["helpUri"] == f"{DOCS}rules/drop-table/"


@pytest.mark.parametrize("severity", Severity)
def test_a_severity_is_a_level(severity: Severity) -> None:
    (result,) = run_of(Report("x", 0, [Finding("env-error", "Hm.", severity=severity)]))["results"]
    assert result["level"] == severity.value


def test_what_is_allowed_is_suppressed_and_keeps_its_level() -> None:
    (result,) = run_of(Report("x", 0, [FOUND.allow("known")]))["results"]
    assert result["level"] == "error"
    assert result["suppressions"] == [{"kind": "external", "justification": "known"}]


def test_a_finding_without_a_place_is_shown_in_the_config_file() -> None:
    nowhere = Finding("env-error", "Hm.")
    (result,) = run_of(Report("x", 1, [nowhere], folder="api", config="alembic.ini"))["results"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "api/alembic.ini", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 1},
    }
    (result,) = run_of(Report("x", 1, [nowhere]))["results"]
    assert "locations" not in result


def test_a_file_outside_of_the_working_directory_has_its_whole_address() -> None:
    found = Finding("env-error", "Hm.", place=Place("/srv/a b/env.py", 2))
    (result,) = run_of(Report("x", 1, [found], folder="api"))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "file:///srv/a%20b/env.py"
    }


def test_a_finding_is_known_again_when_lines_moved_above_it() -> None:
    moved = Finding("several-heads", "There are two heads.", place=Place("a.py", 9))
    before = Finding("several-heads", "There are two heads.", place=Place("a.py", 3))
    other = Finding("several-heads", "There are three heads.", place=Place("a.py", 3))
    prints = [
        run_of(Report("x", 1, [each]))["results"][0]["partialFingerprints"]
        for each in (before, moved, other)
    ]
    assert prints[0] == prints[1] != prints[2]


def test_two_of_the_same_are_told_apart_by_their_number() -> None:
    results = run_of(Report("x", 1, [FOUND, FOUND]))["results"]
    first, second = (each["partialFingerprints"]["primaryLocationLineHash"] for each in results)
    assert (first.endswith(":1"), second) == (True, f"{first[:-1]}2")


def test_a_hostile_finding_is_valid_and_no_link() -> None:
    (result,) = run_of(Report("x", 1, [hostile()], lines=[HOSTILE]))["results"]
    assert "](" not in result["message"]["text"]


@given(st.lists(findings, max_size=3), texts, st.none() | texts)
def test_whatever_is_found_the_log_is_valid(
    found: list[Finding], folder: str, config: str | None
) -> None:
    run = run_of(Report("x", 1, found, folder=folder, config=config))
    for result in run["results"]:
        for location in result.get("locations", []):
            assert URI.fullmatch(location["physicalLocation"]["artifactLocation"]["uri"])


def test_the_command_writes_it_for_a_project_in_a_folder_of_a_repository(
    sqlite_project: Project,
) -> None:
    (sqlite_project.path.parent / ".git").mkdir()
    sqlite_project.write("models.py", "import nowhere\n")
    words = ["guard-revision", "-m", "x", "--format", "sarif", "--output", "guard.sarif"]
    assert sqlite_project.alembic(*words).returncode == 1
    log = json.loads(sqlite_project.read("guard.sarif"))
    assert [*Draft4Validator(PUBLISHED).iter_errors(log)] == []
    (result,) = log["runs"][0]["results"]
    assert result["ruleId"] == "env-import-error"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "project/models.py", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 1},
    }
