"""What the tests of the guards over revision files share."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent
from types import ModuleType

from alembic_guard.reports import Report
from alembic_guard.reports.text import render
from alembic_guard.runtime.revision_files import RevisionFiles
from tests.project import Project

VERSIONS = "migrations/versions"


def text(revision: str, down: object = None, body: str = "pass", **more: object) -> str:
    """A revision file of four lines and what `more` says; `body` is that of `upgrade`."""
    lines = {"revision": revision, "down_revision": down, **more}
    said = "".join(f"{name} = {value!r}\n" for name, value in lines.items())
    body = dedent(body).strip().replace("\n", "\n    ")
    return f"from alembic import op\n{said}def upgrade():\n    {body}\n"


def told(guard: ModuleType, texts: Mapping[str, str]) -> str:
    """What a guard says of files that nobody loaded, as a report shows it."""
    return render(Report("guard-check", 1, tuple(guard.judge(RevisionFiles.from_texts(texts)))))


def stopped(project: Project, *words: str) -> str:
    """What a command prints when it refuses, having seen that nothing was changed."""
    before = project.snapshot(), project.tables(), project.heads_in_database()
    result = project.alembic(*words)
    assert result.returncode == 1, result.output
    assert (project.snapshot(), project.tables(), project.heads_in_database()) == before
    assert "Traceback" not in result.output
    return result.stdout
