"""What the tests of a failing environment share: run a command, see that it changed nothing."""

from __future__ import annotations

from collections.abc import Mapping

from tests.project import Project, escaped

SECRET = "secret-word"
LINE_OF_URL = 89
"""Where `alembic init` writes `sqlalchemy.url` into alembic.ini."""
MODELS = "from models import Base"


def failing(project: Project, *words: str, env: Mapping[str, str] | None = None) -> str:
    """What a command prints when it refuses: it changes nothing and shows no password."""
    before = project.snapshot(), project.tables()
    result = project.alembic(*(words or ("safe-upgrade",)), env=env)
    assert result.returncode == 1, result.output
    assert (SECRET in result.output, "Traceback" in result.output) == (False, False)
    assert (project.snapshot(), project.tables()) == before
    return result.stdout


def with_url(project: Project, url: str) -> Project:
    """Write a URL into alembic.ini, just as it is given."""
    lines = project.read("alembic.ini").splitlines()
    changed = [f"sqlalchemy.url = {url}" if "sqlalchemy.url" in line else line for line in lines]
    project.write("alembic.ini", "\n".join(changed) + "\n")
    return project


def with_real_url(project: Project, url: str) -> Project:
    """Write a URL into alembic.ini, escaped as the file wants it."""
    return with_url(project, escaped(url))


def in_env_py(project: Project, *lines: str) -> Project:
    """Put lines into env.py, from line 21 on, above the import of the models."""
    env_py = project.read("migrations/env.py")
    assert env_py.count(MODELS) == 1
    project.write("migrations/env.py", env_py.replace(MODELS, "\n".join([*lines, MODELS])))
    return project
