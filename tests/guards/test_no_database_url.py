"""env.py has no URL to connect to: the option, or the variable that it reads."""

from __future__ import annotations

import pytest

from tests.commands.revising import edit, refused
from tests.project import Project

WHY = (
    "    The option is missing or empty, or the variable that env.py reads is not in the "
    "environment.\n"
)
URL = "postgresql+psycopg://user@host/database"


def test_the_option_is_missing(sqlite_project: Project) -> None:
    edit(sqlite_project, "alembic.ini", "sqlalchemy.url =", "was.url =")
    assert refused(sqlite_project) == (
        "error: no-database-url (migrations/env.py:62): migrations/env.py finds no database URL: "
        f"sqlalchemy.url is not set.\n{WHY}    next: in alembic.ini: sqlalchemy.url = {URL}\n"
    )


@pytest.mark.parametrize("read", ['os.environ["DATABASE_URL"]', 'os.environ["APP_DSN"]'])
def test_the_variable_is_not_set(sqlite_project: Project, read: str) -> None:
    models = "from models import Base"
    edit(sqlite_project, "migrations/env.py", models, f"import os; {read}\n{models}")
    name = read.split('"')[1]
    assert refused(sqlite_project) == (
        "error: no-database-url (migrations/env.py:21): migrations/env.py finds no database URL: "
        f"{name} is not set.\n{WHY}    next: export {name}={URL}\n"
    )


def test_the_variable_that_is_not_set_is_put_into_the_config(sqlite_project: Project) -> None:
    line = 'import os; config.set_main_option("sqlalchemy.url", os.getenv("DATABASE_URL"))'
    models = "from models import Base"
    edit(sqlite_project, "migrations/env.py", models, f"{line}\n{models}")
    assert refused(sqlite_project).startswith(
        "error: no-database-url (migrations/env.py:21): migrations/env.py finds no database URL: "
    )
