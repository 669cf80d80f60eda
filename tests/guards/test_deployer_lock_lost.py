"""`deployer-lock-lost`: an upgrade whose lock went away stops before the next revision."""

from __future__ import annotations

from tests.commands.upgrading import journal
from tests.project import Project

END_THE_HOLDER = """
op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))
op.execute(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""


def test_an_upgrade_that_lost_its_lock_stops_before_the_next_revision(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    project.add_revision("0001", None, END_THE_HOLDER, message="users")
    project.add_revision("0002", "0001", 'op.drop_table("users")', message="no users")
    result = project.alembic("safe-upgrade")
    assert result.returncode == 3
    found = result.stdout[result.stdout.index("error: ") :]
    assert found == (
        "error: deployer-lock-lost: The deployer lock was lost before revision 0002 no users.\n"
        "    The connection that held it was closed; another deployer may have begun meanwhile.\n"
        "    Applied before, and staying: 0001 users.\n"
        "    next: alembic guard-log\n"
        "    next: alembic safe-upgrade\n"
    )
    assert "users" in project.tables()
    assert project.heads_in_database() == ("0001",)
    assert journal(project, "revision", "status") == [("0001", "applied")]
