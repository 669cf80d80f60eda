"""What the plugin costs whoever does not use it: two small modules, and nothing else.

Modules are counted, not milliseconds: the benchmark measures those (`nox -s bench`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.commands.revising import add_attribute, settled
from tests.project import Project, environment

# What reads a failure, the user's revision files or the history of git, and so takes its time.
FOR_THE_UNHEALTHY = {
    f"alembic_guard.{name}"
    for name in (
        "runtime.config_search",
        "runtime.env_text",
        "runtime.failed_url",
        "runtime.failure_kinds",
        "runtime.git_places",
        "runtime.git_search",
        "runtime.import_roots",
        "runtime.op_calls",
        "runtime.revision_files",
        "runtime.revision_syntax",
        "runtime.unset",
        "script.presence",
        "script.replay",
    )
}

EXPECTED = ["alembic_guard", "alembic_guard.plugin"]

# What a program may find loaded because of us: our modules, and the libraries that only we use.
REPORT = """
import atexit, json, sys

OURS = {"alembic_guard", "click", "filelock", "postgast", "sqlglot"}

@atexit.register
def report():
    loaded = sorted(name for name in sys.modules if name.split(".")[0] in OURS)
    print(json.dumps(loaded), file=open("loaded.json", "w"))

"""


def loaded_by(program: str, directory: Path) -> list[str]:
    """The modules that a program leaves loaded, read at its end, however it ends."""
    done = subprocess.run(
        [sys.executable, "-c", REPORT + program],
        cwd=directory,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    modules: list[str] = json.loads((directory / "loaded.json").read_text())
    return modules


def test_import_alembic_loads_two_of_our_modules(tmp_path: Path) -> None:
    assert loaded_by("import alembic", tmp_path) == EXPECTED


def test_a_program_that_imports_alembics_modules_loads_no_more(tmp_path: Path) -> None:
    program = "import alembic.autogenerate, alembic.command, alembic.config, alembic.context"
    assert loaded_by(program, tmp_path) == EXPECTED


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["upgrade", "--help"],
        ["branches"],
        ["heads"],
        ["history"],
        ["current"],
        ["show", "a1"],
        ["upgrade", "head"],
        ["upgrade", "head", "--sql"],
        ["stamp", "head"],
        ["merge", "heads", "-m", "both"],
        ["revision", "-m", "empty"],
    ],
    ids=" ".join,
)
def test_a_stock_command_loads_two_of_our_modules(
    sqlite_project: Project, words: list[str]
) -> None:
    sqlite_project.add_revision("a1", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    program = f"import alembic.config; alembic.config.main(argv={words!r})"
    assert loaded_by(program, sqlite_project.path) == EXPECTED


def test_a_healthy_project_loads_nothing_that_only_another_needs(sqlite_project: Project) -> None:
    settled(sqlite_project)
    add_attribute(sqlite_project)
    for words in (["guard-revision", "-m", "e-mail"], ["safe-upgrade"]):
        program = f"import alembic.config; alembic.config.main(argv={words!r})"
        loaded = loaded_by(program, sqlite_project.path)
        assert "alembic_guard.runtime.failure" in loaded  # every command has to know its classes
        assert FOR_THE_UNHEALTHY & {*loaded} == set()
    assert len(sqlite_project.heads_in_database()) == 1
    assert sqlite_project.heads_in_database() != ("0001",)


def test_what_a_healthy_project_does_not_load_is_there() -> None:
    assert all(find_spec(name) for name in FOR_THE_UNHEALTHY)
