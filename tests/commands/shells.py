"""Scripts for a DBA, run as a DBA runs them: by the shell of the database, as a process."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from alembic.config import Config
from sqlalchemy import MetaData, inspect, make_url, text

from alembic_guard import UpgradeScript, upgrade_script
from tests.project import Project

SHELLS = {"postgresql": "psql", "mariadb": "mariadb", "mysql": "mariadb", "sqlite": "sqlite3"}


def script(project: Project, revision: str = "head", **options: object) -> UpgradeScript:
    """The script of a project, made in this process."""
    return upgrade_script(Config(str(project.path / "alembic.ini")), revision, **options)  # type: ignore[arg-type]


def run_by_shell(project: Project, sql: str) -> subprocess.CompletedProcess[str]:
    """Run a script on the project's database."""
    url = make_url(project.url)
    shell = SHELLS[url.get_backend_name()]
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    words = {
        "psql": ["-X", "-q", url.set(drivername="postgresql").render_as_string(False)],
        "mariadb": [f"--host={url.host}", f"--port={url.port}", f"--user={url.username}"],
        "sqlite3": [str(url.database)],
    }[shell]
    if shell == "mariadb":
        words += [f"--password={url.password or ''}", str(url.database)]
    file = Path(project.path, "script.sql")
    file.write_text(sql, "utf-8")
    with file.open(encoding="utf-8") as stdin:
        return subprocess.run(
            [shell, *words], stdin=stdin, capture_output=True, text=True, timeout=120
        )


def state(project: Project) -> dict[str, object]:
    """Everything that an upgrade leaves: tables, columns, indexes, rows, heads, the journal."""
    found: dict[str, object] = {"heads": project.heads_in_database()}
    journal = (
        "revision, message, direction, status, version_table, checksum, normal_form, tries, "
        "versions, allowed, error"
    )
    with project.connect() as connection:
        inspector = inspect(connection)
        for table in sorted(inspector.get_table_names()):
            if table == "alembic_guard_journal_statements":  # of an upgrade that may be resumed
                continue
            columns = [(one["name"], str(one["type"])) for one in inspector.get_columns(table)]
            indexes = sorted(str(one["name"]) for one in inspector.get_indexes(table))
            picked = journal if table == "alembic_guard_journal" else "*"
            rows = connection.execute(text(f"SELECT {picked} FROM {table}"))
            found[table] = (columns, indexes, sorted(map(repr, rows)))
    return found


def emptied(project: Project) -> None:
    """Drop every table."""
    with project.connect() as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        metadata.drop_all(connection)
