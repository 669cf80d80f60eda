"""SARIF 2.1.0, which GitHub code scanning, GitLab and editors read.

Beyond what the standard asks, it keeps to what GitHub needs to show a result ("SARIF support for
code scanning"): every result has a location, and a ``primaryLocationLineHash`` by which it is known
again. A finding without a place of its own is shown at the top of the config file. Paths are
relative to the root of the repository.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from alembic_guard import __version__
from alembic_guard.catalogue import Entry, entries
from alembic_guard.finding import DOCS, Finding, Place
from alembic_guard.reports import Report, visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LONGEST = 1024
"""Characters of a description that GitHub takes."""
_NOT_RUN = {2, 70, 130}
"""Exit statuses with which nothing was judged: wrong usage, a defect, an interruption."""


def render(report: Report, colour: bool = False) -> str:
    """The report as a SARIF log with one run; ``colour`` changes nothing."""
    run = {
        "tool": {"driver": _driver(report)},
        "automationDetails": {"id": f"alembic {report.command}/"},
        "invocations": [
            {
                "executionSuccessful": report.exit_status not in _NOT_RUN,
                "exitCode": report.exit_status,
            }
        ],
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": [*_results(report)],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _driver(report: Report) -> dict[str, Any]:
    """The tool: every guard, and the rules that found something, for there are many of those."""
    found = {finding.name for finding in report.findings}
    rules = entries("alembic_guard.rules").items()
    told = [
        *entries("alembic_guard.guards").values(),
        *(entry for name, entry in rules if name in found),
    ]
    return {
        "name": "alembic_guard",
        "semanticVersion": __version__,
        "informationUri": DOCS,
        "rules": [_rule(entry) for entry in told],
    }


def _rule(entry: Entry) -> dict[str, Any]:
    text = inspect.getdoc(entry.load()) or ""
    examples = [("Bad", entry.bad), ("Good", entry.good)]
    blocks = [f"**{title}**\n\n```text\n{script}\n```" for title, script in examples if script]
    return {
        "id": entry.name,
        "shortDescription": {"text": entry.title[:_LONGEST]},
        "fullDescription": {"text": (entry.why or entry.title)[:_LONGEST]},
        "help": {
            "text": text,
            "markdown": "\n\n".join([entry.title, entry.why, f"**Fix.** {entry.fix}", *blocks]),
        },
        "helpUri": Finding(entry.name, entry.title).docs,
    }


def _results(report: Report) -> Iterator[dict[str, Any]]:
    seen = Counter[str]()
    for finding in report.findings:
        print_of = _fingerprint(finding)
        seen[print_of] += 1
        yield _result(report, finding, f"{print_of}:{seen[print_of]}")


def _result(report: Report, finding: Finding, fingerprint: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.name,
        "level": finding.severity.value,
        "message": {"text": _message(finding)},
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
        "properties": {"next": [*finding.next], "revision": finding.revision},
    }
    place = finding.place or (Place(report.config) if report.config else None)
    if place is not None:
        result["locations"] = [{"physicalLocation": _location(report, place)}]
    if finding.allowed is not None:
        result["suppressions"] = [{"kind": "external", "justification": finding.allowed}]
    return result


def _location(report: Report, place: Place) -> dict[str, Any]:
    path = report.in_repository(place.path)
    uri = quote(path, errors="replace")
    if PurePath(place.path).is_absolute():  # C:/… has no slash of its own
        artifact = {"uri": f"file:///{uri.lstrip('/')}"}
    else:
        artifact = {"uri": uri, "uriBaseId": "SRCROOT"}
    # line 1 stands for the whole file: GitHub asks for a line
    return {"artifactLocation": artifact, "region": {"startLine": place.line or 1}}


def _message(finding: Finding) -> str:
    parts = [finding.message, finding.why, *(f"next: {command}" for command in finding.next)]
    # a closing bracket before an opening parenthesis would make a link (SARIF 3.11.6)
    return visible("\n".join(part for part in parts if part)).replace("](", "] (")


def _fingerprint(finding: Finding) -> str:
    """Known again although lines moved above it: what is said of which file, not in which line."""
    path = finding.place.path if finding.place else ""
    said = "\0".join([finding.name, path, finding.revision or "", finding.message])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]
