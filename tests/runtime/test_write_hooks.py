"""How post-write hooks end is seen; what is made of it is tested with the command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory, write_hooks

from alembic_guard.runtime.write_hooks import HookEnd, run_write_hooks
from tests.project import Project


@pytest.fixture
def script(sqlite_project: Project) -> ScriptDirectory:
    return ScriptDirectory.from_config(Config(str(sqlite_project.path / "alembic.ini")))


def hook(name: str, code: str) -> dict[str, str]:
    """A hook that runs Python code, as Alembic holds it."""
    options = {
        "type": "exec",
        "executable": sys.executable,
        "options": f"-c '{code}' REVISION_SCRIPT_FILENAME",
    }
    return {"_hook_name": name, **options}


def test_a_hook_that_ends_well_is_not_spoken_of(script: ScriptDirectory, tmp_path: Path) -> None:
    script.hooks = [hook("quiet", "pass")]
    assert run_write_hooks(script, tmp_path / "a.py") == []


def test_every_hook_is_run_and_each_that_failed_is_named(
    script: ScriptDirectory, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    missing = {"_hook_name": "missing", "type": "nonsense"}
    script.hooks = [hook("one", "exit(1)"), missing, hook("two", "pass"), hook("three", "exit(3)")]
    words = [f"-c {code!r} {path}" for code in ("exit(1)", "exit(3)")]
    assert run_write_hooks(script, path) == [
        HookEnd("one", f"{sys.executable} {words[0]}", 1),
        HookEnd(
            "missing", "", None, "could not be run: No formatter with name 'nonsense' registered"
        ),
        HookEnd("three", f"{sys.executable} {words[1]}", 3),
    ]


def test_alembic_keeps_its_own_subprocess(script: ScriptDirectory, tmp_path: Path) -> None:
    script.hooks = [hook("one", "exit(1)")]
    run_write_hooks(script, tmp_path / "a.py")
    assert vars(write_hooks)["subprocess"] is subprocess
