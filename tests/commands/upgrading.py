"""What the tests of ``safe-upgrade`` share: small histories, the journal, somebody who blocks."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

from tests.project import Project, environment

USERS = (
    'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), '
    'sa.Column("name", sa.String(50)))'
)


def history(project: Project, *upgrades: str) -> None:
    """Revisions 0001, 0002… with these bodies; the first creates ``users``."""
    down = None
    for number, upgrade in enumerate((USERS, *upgrades), start=1):
        revision = f"{number:04}"
        project.add_revision(revision, down, upgrade, message=f"step {number}")
        down = revision


def as_modelled(project: Project) -> None:
    """Let the model ``User`` be what the first revision of :func:`history` creates."""
    models = project.read("models.py")
    assert "name: Mapped[str] " in models
    project.write("models.py", models.replace("name: Mapped[str] ", "name: Mapped[str | None] "))


def journal(project: Project, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of every row of the journal, oldest first; no rows where there is no journal."""
    if "alembic_guard_journal" not in project.tables():
        return []
    with project.connect() as connection:
        query = f"SELECT {', '.join(columns)} FROM alembic_guard_journal ORDER BY id"
        return [tuple(row) for row in connection.execute(text(query))]


def columns(project: Project, table: str) -> list[str]:
    """The names of the columns of a table."""
    with project.connect() as connection:
        return [column["name"] for column in inspect(connection).get_columns(table)]


def masked_url(project: Project) -> str:
    """The project's URL as a report shows it."""
    return make_url(project.configured_url).render_as_string(hide_password=True)


def plain(output: str) -> str:
    """Output without durations and server versions."""
    output = re.sub(r"\((?:SQLite|PostgreSQL|MariaDB) [\d.]+\)", "(SERVER)", output)
    return re.sub(r"\d+ ms\b", "N ms", output)


def change_env(project: Project, old: str, new: str) -> None:
    """Replace a text that is in env.py."""
    env = project.read("migrations/env.py")
    assert old in env
    project.write("migrations/env.py", env.replace(old, new))


def run(project: Project, program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the project."""
    project.write("program.py", program)
    return subprocess.run(
        [sys.executable, "program.py"],
        cwd=project.path,
        env=environment(),
        capture_output=True,
        text=True,
    )


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def said(process: subprocess.Popen[str], words: str) -> None:
    """Read what a process says until it says this."""
    assert process.stdout is not None
    while words not in (line := process.stdout.readline()):
        assert line, "it ended"


@contextmanager
def blocking(project: Project, statement: str, **connect_args: Any) -> Iterator[Any]:
    """An open transaction that has run a statement, in the middle of which the block runs."""
    engine = create_engine(project.url, poolclass=NullPool, connect_args=connect_args)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.execute(text(statement))
        yield connection
        connection.rollback()
