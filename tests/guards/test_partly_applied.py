"""`partly-applied`: what a failed migration had already committed is listed, after the failure."""

from __future__ import annotations

from tests.project import Project


def test_what_mariadb_committed_before_the_failure_is_listed_after_it(
    mariadb_project: Project,
) -> None:
    mariadb_project.add_revision(
        "0001",
        None,
        """
        op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))
        op.execute("INSERT INTO nowhere VALUES (1)")
        """,
        message="users",
    )
    result = mariadb_project.alembic("safe-upgrade")
    assert result.returncode == 3
    first, second = (line for line in result.stdout.splitlines() if line.startswith("error: "))
    assert first.startswith("error: migration-failed (")
    assert second == (
        "error: partly-applied (migrations/versions/0001_users.py): "
        "A part of revision 0001 users stays in the database, and is not recorded."
    )
    assert "    done: CREATE TABLE users" in result.stdout
    assert result.stdout.endswith(
        "    next: alembic safe-upgrade  # goes on with the next statement, if the file stays as "
        "it is\n"
        "    next: alembic safe-upgrade --restart  # when these are undone by hand: it begins "
        "anew\n"
        "    next: alembic stamp 0001  # or this, when the revision is finished by hand\n"
    )
    assert "users" in mariadb_project.tables()
    assert mariadb_project.heads_in_database() == ()
