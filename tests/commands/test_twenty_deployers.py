"""Twenty deployers start at the same moment: one applies, nineteen succeed without work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.commands.upgrading import history, journal
from tests.project import Project, environment

DEPLOYERS = 20

# Each is a process of its own, forked when everything is imported: so they start within
# milliseconds of each other, and do not spend 20 seconds of a busy machine on imports first.
PROGRAM = """
    import os, sys

    import aiomysql, aiosqlite, asyncpg, psycopg, pymysql, sqlite3
    import sqlalchemy.dialects.mysql, sqlalchemy.dialects.postgresql, sqlalchemy.dialects.sqlite
    import sqlalchemy.ext.asyncio
    from alembic.config import CommandLine
    import alembic_guard.commands.safe_upgrade, alembic_guard.commands.lint_before

    sys.path.insert(0, ".")
    children = []
    for number in range({deployers}):
        child = os.fork()
        if child == 0:
            output = os.open(f"out{{number}}", os.O_WRONLY | os.O_CREAT)
            os.dup2(output, 1)
            os.dup2(output, 2)
            status = 70
            try:
                CommandLine(prog="alembic").main(["safe-upgrade"])
                status = 0
            except SystemExit as end:
                status = end.code or 0
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        children.append(child)
    ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    print(*ends)
"""
CONCURRENTLY = (
    "with op.get_context().autocommit_block():\n"
    '    op.create_index("ix_users_name", "users", ["name"], postgresql_concurrently=True)'
)
PLAIN = 'op.create_index("ix_users_name", "users", ["name"])'
FILL = """op.get_bind().execute(sa.text("INSERT INTO users (id, name) VALUES (1, 'Ada')"))"""


@pytest.mark.parametrize("template", ["generic", "async"])
def test_of_twenty_one_applies_and_nineteen_succeed_without_work(
    database_url: str, project_path: Path, template: str
) -> None:
    """Psycopg and asyncpg, pymysql and aiomysql, sqlite3 and aiosqlite."""
    with Project.create(project_path, database_url, template) as project:
        index = CONCURRENTLY if database_url.startswith("postgresql") else PLAIN
        history(project, FILL, index)
        project.write("program.py", PROGRAM.format(deployers=DEPLOYERS))

        done = subprocess.run(
            [sys.executable, "program.py"],
            cwd=project.path,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=300,
        )

        said = [(project.path / f"out{number}").read_text() for number in range(DEPLOYERS)]
        assert done.stdout.split() == ["0"] * DEPLOYERS, (done.stderr, *said)
        ends = [line for out in said for line in out.splitlines() if line.startswith("Done: ")]
        assert sorted(ends) == [
            "Done: 3 revisions applied.",
            *["Done: nothing to apply."] * (DEPLOYERS - 1),
        ]
        assert journal(project, "revision", "status") == [
            ("0001", "applied"),
            ("0002", "applied"),
            ("0003", "applied"),
        ]
        with project.connect() as connection:
            assert connection.execute(text("SELECT id, name FROM users")).all() == [(1, "Ada")]
