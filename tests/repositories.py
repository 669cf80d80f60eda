"""Real git repositories around real projects, driven by the real `git` command."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

# Nobody's own configuration and no hook's environment: a test says everything itself.
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_AUTHOR_DATE": "2026-03-01T10:00:00Z",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(path: Path, *words: str, check: bool = True) -> str:
    """Run `git WORDS` in a folder; what it wrote, without the last line's end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *words],
        cwd=path,
        env={**kept, **IDENTITY},
        capture_output=True,
        encoding="utf-8",
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.rstrip("\n")


def repository(path: Path, branch: str = "main") -> Path:
    """Make a folder a repository whose only commit holds what is in it, databases left out."""
    (path / ".gitignore").write_text("*.db\n__pycache__/\n")
    git(path, "init", "-q", "-b", branch)
    commit(path, "begin")
    return path


def commit(path: Path, subject: str) -> str:
    """Commit everything; the short id."""
    git(path, "add", "--all")
    git(path, "commit", "-q", "-m", subject)
    return git(path, "rev-parse", "--short", "HEAD")


def state(path: Path) -> dict[str, bytes]:
    """Every file of `.git` and its bytes, to assert that nothing was written, no lock left."""
    files = sorted((path / ".git").rglob("*"))
    return {str(file.relative_to(path)): file.read_bytes() for file in files if file.is_file()}


def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let our own git see no configuration of whoever runs the tests either."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"):
        monkeypatch.setenv(name, IDENTITY[name])
