"""What the tests of ``safe-upgrade --rehearse`` share: a history to rehearse, and what is left."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text

from alembic_guard.runtime.scratch_names import PREFIX
from tests.commands.upgrading import masked_url, plain, until
from tests.project import Project
from tests.runtime.recorded_project import contents

USERS = """
op.create_table(
    "users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(50))
)
"""
ROWS = "INSERT INTO users (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')"


def applied(project: Project) -> None:
    """A revision 0001 that is applied, and three users."""
    project.add_revision("0001", None, USERS, 'op.drop_table("users")')
    done = project.alembic("safe-upgrade")
    assert done.returncode == 0, done.output
    with project.connect() as connection:
        connection.execute(text(ROWS))


def pending(project: Project, upgrade: str, downgrade: str = "pass", extra: str = "") -> None:
    """A revision 0002 that is not applied."""
    project.add_revision("0002", "0001", upgrade, downgrade, extra=extra)


def rehearsed(project: Project, *words: str, status: int = 0, **options: Any) -> str:
    """What a rehearsal prints, without what chance decides; it has changed nothing."""
    before, others = state(project), scratch_databases(project)
    done = project.alembic("safe-upgrade", "--rehearse", *words, **options)
    assert done.returncode == status, done.output
    assert "Traceback" not in done.output
    assert state(project) == before
    nothing_left(project, others)
    return masked(project, done.stdout)


def state(project: Project) -> dict[str, Any] | None:
    """Every table and its rows; None for a file that is not there, and is not made by asking."""
    file = make_url(project.url).database or ""
    if project.url.startswith("sqlite") and not Path(file).exists():
        return None
    return contents(project)


def nothing_left(project: Project, others: set[str]) -> None:
    """No scratch database stays; those that other tests make meanwhile go by themselves.

    :param others: those that there were before.
    """
    new = scratch_databases(project) - others
    until(lambda: not new & scratch_databases(project), seconds=60)


def masked(project: Project, output: str) -> str:
    """Output without times, versions and the name of the database."""
    output = re.sub(r" +\d+\.\d (?:ms|s)\b", " TIME", output)
    return plain(output).replace(masked_url(project), "URL")


def scratch_databases(project: Project) -> set[str]:
    """Those that there are now; of SQLite the folders, and elsewhere those of other tests too."""
    if project.url.startswith("sqlite"):
        return {path.name for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*")}
    listed = "SELECT schema_name FROM information_schema.schemata"
    if project.url.startswith("postgresql"):
        listed = "SELECT datname FROM pg_database"
    with project.connect() as connection:
        return {each for each in connection.scalars(text(listed)) if each.startswith(PREFIX)}
