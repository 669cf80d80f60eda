"""A package of the same name from somebody else is named, and how to be rid of it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.project import Project
from tests.runtime.distributions import distribution


def test_a_distribution_with_our_package_is_named(sqlite_project: Project, tmp_path: Path) -> None:
    files = ["alembic_guard/__init__.py", "alembic_guard/rules.py"]
    env = distribution(tmp_path / "site", "alembic-guard", "0.3.1", record=files)
    before = sqlite_project.snapshot()
    result = sqlite_project.alembic("guard-doctor", "--format", "json", env=env)
    assert result.returncode == 1
    (finding,) = json.loads(result.stdout)["findings"]
    assert finding == {
        "name": "conflicting-distribution",
        "severity": "error",
        "message": "alembic-guard 0.3.1 installs a package alembic_guard too, "
        "over that of alembic-guardrails.",
        "why": "Which of their files are in that folder depends on which was installed last.",
        "next": ["pip uninstall alembic-guard && pip install --force-reinstall alembic-guardrails"],
        "revision": None,
        "path": None,
        "line": None,
        "allowed": None,
        "docs": "https://alembic-guardrails.readthedocs.io/en/stable/guards/"
        "conflicting-distribution/",
    }
    assert sqlite_project.snapshot() == before


def test_a_distribution_whose_package_only_begins_alike_is_none(
    sqlite_project: Project, tmp_path: Path
) -> None:
    files = ["alembic_guardian/__init__.py", "x/alembic_guard/__init__.py"]
    env = distribution(tmp_path / "site", "alembic-guard", "0.3.1", record=files)
    result = sqlite_project.alembic("guard-doctor", env=env)
    assert (result.returncode, "conflicting" in result.stdout) == (0, False)
