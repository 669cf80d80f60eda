"""`interrupted`: Ctrl-C in the middle of an upgrade rolls its revision back and says so."""

from __future__ import annotations

import signal

from tests.project import Project


def test_an_interrupted_upgrade_names_the_revision_and_leaves_nothing_of_it(
    sqlite_project: Project,
) -> None:
    sqlite_project.add_revision(
        "0001",
        None,
        """
        op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))
        os.kill(os.getpid(), signal.SIGINT)
        """,
        message="users",
        extra="import os, signal",
    )
    process = sqlite_project.spawn("safe-upgrade")
    stdout, _ = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGINT
    assert stdout.endswith(
        "error: interrupted: Interrupted at revision 0001 users.\n"
        "    What was running was rolled back.\n"
        "    next: alembic safe-upgrade\n"
    )
    assert "users" not in sqlite_project.tables()
    assert sqlite_project.heads_in_database() == ()
