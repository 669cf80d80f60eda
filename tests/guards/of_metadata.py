"""A metadata for the guards of it, healthy but for what a test says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from alembic_guard import guards
from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import LoadedMetadata

HEALTHY = LoadedMetadata(
    given=True,
    tables=frozenset({"users"}),
    undeclared=(),
    env_py="migrations/env.py",
    url="postgresql://u:***@h/db",
    revisions=1,
    recorded=("0001",),
    live=frozenset({"users"}),
)


def here(path: str) -> Path:
    """A path as runtime gives it, which a finding shows relative."""
    return Path.cwd() / path


def findings(**changes: Any) -> list[Finding]:
    """What the guards say of a healthy metadata with some changes."""
    return guards.judge(replace(HEALTHY, **changes))


def said(finding: Finding) -> tuple[str, str, str, str, tuple[str, ...]]:
    """Name, place, message, cause and next commands."""
    return (
        f"{finding.severity.value}: {finding.name}",
        str(finding.place),
        finding.message,
        finding.why,
        finding.next,
    )
