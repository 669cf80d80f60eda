"""What the tests of the history's guards share: a real history, and what a database recorded."""

from __future__ import annotations

import re

from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from alembic_guard.apply.journal import Journal
from alembic_guard.runtime.history import open_script
from alembic_guard.runtime.recorded import RecordedHistory, recorded_history
from tests.project import Project

JOURNAL = "alembic_guard_journal"


def numbered(project: Project, *revisions: str, down: str | None = None) -> None:
    """Revisions above one another, each of which runs a statement that names it."""
    for revision in revisions:
        project.add_revision(revision, down, f"op.execute(\"SELECT '{revision}'\")", message="step")
        down = revision


def tabled(project: Project, *revisions: str, down: str | None = None) -> None:
    """Revisions above one another, each of which makes a table of its name."""
    for revision in revisions:
        upgrade = f'op.create_table("t{revision}", sa.Column("id", sa.Integer))'
        project.add_revision(
            revision, down, upgrade, f'op.drop_table("t{revision}")', message="step"
        )
        down = revision


def applied(project: Project, *words: str) -> None:
    """Apply everything, with our own command."""
    result = project.alembic("safe-upgrade", *words)
    assert result.returncode == 0, result.output


def replace(project: Project, revision: str, old: str, new: str) -> None:
    """Edit a revision's file."""
    name = f"migrations/versions/{revision}_step.py"
    source = project.read(name)
    assert old in source
    project.write(name, source.replace(old, new))


def below(project: Project, revision: str, down: str) -> None:
    """Edit what a revision is above."""
    name = f"migrations/versions/{revision}_step.py"
    source = re.sub(r"(?m)^down_revision = .*$", f"down_revision = {down!r}", project.read(name))
    project.write(name, source)


def remove(project: Project, *revisions: str) -> None:
    for revision in revisions:
        (project.path / "migrations" / "versions" / f"{revision}_step.py").unlink()


def execute(project: Project, statement: str) -> None:
    """Change the database behind everybody's back."""
    with project.connect() as connection:
        connection.execute(text(statement))


def history_of(project: Project, *, frozen: bool = False) -> RecordedHistory:
    """What the database recorded, held against the files; the project is the working directory."""
    script = open_script(Config(str(project.path / "alembic.ini")))
    with project.connect() as connection:
        context = MigrationContext.configure(connection)
        on_record = Journal(context, JOURNAL).checksums(connection)
        return recorded_history(context, script, on_record, frozen=frozen)
