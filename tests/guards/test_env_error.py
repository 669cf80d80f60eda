"""env.py raised something that no other guard knows."""

from __future__ import annotations

import pytest

from tests.commands.revising import edit, refused
from tests.project import Project


@pytest.mark.parametrize(
    ("line", "raised", "number"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero", 21),
        ("raise ValueError", "ValueError", 21),
        ("import sys; sys.exit('stop')", "SystemExit: stop", 21),
        ("print(", "SyntaxError: '(' was never closed (env.py, line 21)", 21),
    ],
)
def test_env_py_raises(sqlite_project: Project, line: str, raised: str, number: int) -> None:
    models = "from models import Base"
    edit(sqlite_project, "migrations/env.py", models, f"{line}\n{models}")
    assert refused(sqlite_project) == (
        f"error: env-error (migrations/env.py:{number}): migrations/env.py raises {raised}.\n"
        "    It was raised while Alembic ran env.py.\n"
        "    next: alembic --raiseerr current  # the whole traceback\n"
    )


def test_what_env_py_imports_raises(sqlite_project: Project) -> None:
    sqlite_project.write("models.py", "\n\nBase = {}['models']\n")
    said = refused(sqlite_project).splitlines()[0]
    assert said == "error: env-error (models.py:1): models.py raises KeyError: 'models'."


def test_env_py_is_not_there(sqlite_project: Project) -> None:
    (sqlite_project.path / "migrations" / "env.py").unlink()
    assert refused(sqlite_project) == (
        "error: env-error: migrations/env.py is not there.\n"
        "    Alembic runs it for every command that needs a database.\n"
        "    next: git checkout -- migrations/env.py\n"
        "    next: or take the one that alembic init makes elsewhere\n"
    )
