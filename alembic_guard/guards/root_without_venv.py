"""Alembic runs as root, on the Python of the system.

What ``pip`` installs there, or a migration writes, belongs to root, and an upgrade of the system may
take it away. Containers and CI jobs are left out: nobody else uses their Python.

Fix: make a virtual environment for the project, and run Alembic from there as a user of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.installation import Installation

JUDGES = Installation
SEVERITY = "note"


def judge(found: Installation) -> Iterator[Finding]:
    """Note it."""
    if found.root and not found.virtual_environment and not found.container:
        yield Finding(
            "root-without-venv",
            f"Alembic runs as root, on the system's Python {found.python}.",
            why="What is installed or written belongs to root, and the system may replace it.",
            next=(
                "python -m venv .venv && . .venv/bin/activate && pip install alembic-guardrails",
            ),
            severity=Severity.NOTE,
        )
