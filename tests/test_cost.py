"""What the plugin costs whoever does not use it: two small modules, and nothing else.

Modules are counted, not milliseconds: the benchmark measures those (`nox -s bench`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import Project, environment

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
