"""One JSON object on one stream, with the keys of DESIGN section 3."""

from __future__ import annotations

import json
from typing import Any

from alembic_guard.reports import Report

VERSION = 1
"""Grows when a key changes its meaning or goes."""


def render(report: Report, colour: bool = False) -> str:
    """The report as a JSON object; ``colour`` changes nothing."""
    document: dict[str, Any] = {
        "version": VERSION,
        "command": report.command,
        "exit_status": report.exit_status,
        "findings": [finding.as_json() for finding in report.findings],
        "data": report.data,
    }
    # ASCII: whoever reads it takes it for UTF-8, whatever stdout writes
    return json.dumps(document, indent=2, default=str) + "\n"
