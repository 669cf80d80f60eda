"""env.py raised something that no other guard knows."""

from __future__ import annotations

import subprocess

import pytest

from tests.guards.failing import SECRET, failing, in_env_py
from tests.project import Project

NEXT = "    next: alembic --raiseerr current  # the whole traceback\n"


@pytest.mark.parametrize(
    ("line", "raised"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise ValueError", "ValueError"),
        ("import sys; sys.exit('stop')", "SystemExit: stop"),
        (
            "open('no-such-file')",
            "FileNotFoundError: [Errno 2] No such file or directory: 'no-such-file'",
        ),
        ("int('x')", "ValueError: invalid literal for int() with base 10: 'x'"),
    ],
)
def test_env_py_raises(sqlite_project: Project, line: str, raised: str) -> None:
    assert failing(in_env_py(sqlite_project, line)) == (
        f"error: env-error (migrations/env.py:21): migrations/env.py raises {raised}.\n"
        f"    It was raised while Alembic ran env.py.\n{NEXT}"
    )


def test_env_py_is_no_python(sqlite_project: Project) -> None:
    assert failing(in_env_py(sqlite_project, "print(")) == (
        "error: env-error (migrations/env.py:21): migrations/env.py raises SyntaxError: "
        "'(' was never closed.\n"
        "    It was raised while Alembic ran env.py.\n"
        "    next: python migrations/env.py\n"
    )


def test_what_env_py_imports_is_no_python(sqlite_project: Project) -> None:
    sqlite_project.write("models.py", "class User:\n    id = (1\n")
    assert failing(sqlite_project) == (
        "error: env-error (models.py:2): models.py raises SyntaxError: '(' was never closed.\n"
        "    It was imported by way of migrations/env.py:21.\n"
        "    next: python models.py\n"
    )


def test_an_installed_package_that_is_no_python_is_told_by_who_imports_it(
    sqlite_project: Project,
) -> None:
    sqlite_project.write("vendor/site-packages/broken.py", "print 'old'\n")
    path = {"PYTHONPATH": str(sqlite_project.path / "vendor" / "site-packages")}
    said = failing(in_env_py(sqlite_project, "import broken"), env=path)
    assert said.startswith(
        "error: env-error (migrations/env.py:21): migrations/env.py raises SyntaxError: "
    )


def test_what_env_py_imports_raises(sqlite_project: Project) -> None:
    sqlite_project.write("models.py", "Base = {}['models']\n")
    assert failing(sqlite_project) == (
        "error: env-error (models.py:1): models.py raises KeyError: 'models'.\n"
        f"    It was imported by way of migrations/env.py:21.\n{NEXT}"
    )


def test_a_variable_that_is_about_no_database(sqlite_project: Project) -> None:
    lines = ["import os", "KEY = os.environ['API_KEY']"]
    said = "migrations/env.py reads the variable API_KEY, which is not set.\n"
    assert failing(in_env_py(sqlite_project, *lines)) == (
        f"error: env-error (migrations/env.py:22): {said}"
        "    No .env of the project defines it.\n"
        "    next: export API_KEY=VALUE\n"
    )
    sqlite_project.write(".env", f"API_KEY={SECRET}\n")
    assert failing(sqlite_project).splitlines()[1] == (
        "    .env:1 defines it, and nothing loads that file."
    )


def test_env_py_is_not_there(sqlite_project: Project) -> None:
    (sqlite_project.path / "migrations" / "env.py").unlink()
    for command in (["safe-upgrade"], ["guard-revision", "-m", "x"], ["guard-log"]):
        assert failing(sqlite_project, *command) == (
            "error: env-error (migrations/env.py): migrations/env.py is not there.\n"
            "    Alembic runs it for every command that needs a database.\n"
            '    next: (cd "$(mktemp -d)" && alembic init new '
            '&& cp new/env.py "$OLDPWD"/migrations/env.py)\n'
        )


def test_env_py_that_git_has_is_taken_from_there(sqlite_project: Project) -> None:
    project = sqlite_project
    for words in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *words], cwd=project.path, check=True)
    (project.path / "migrations" / "env.py").unlink()
    command = failing(project).splitlines()[-1].removeprefix("    next: ")
    assert command == "git checkout -- migrations/env.py"
    subprocess.run(["sh", "-c", command], cwd=project.path, check=True)
    assert project.alembic("safe-upgrade").returncode == 0
