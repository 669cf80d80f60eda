"""What the tests of ``safe-downgrade`` share: a history with a way back."""

from __future__ import annotations

from tests.commands.upgrading import USERS
from tests.project import Project

EMAIL = 'op.add_column("users", sa.Column("email", sa.String(50)))'
NO_EMAIL = 'op.drop_column("users", "email")'
TAGS = 'op.create_table("tags", sa.Column("id", sa.Integer(), primary_key=True))'
NO_TAGS = 'op.drop_table("tags")'


def reversible(project: Project, *, email: str = NO_EMAIL, tags: str = NO_TAGS) -> None:
    """Revisions 0001 to 0003, applied: a table, a column of it, another table.

    :param email: the body of ``downgrade()`` of 0002; :param tags: that of 0003.
    """
    project.add_revision("0001", None, USERS, 'op.drop_table("users")', message="users")
    project.add_revision("0002", "0001", EMAIL, email, message="email")
    project.add_revision("0003", "0002", TAGS, tags, message="tags")
    result = project.alembic("safe-upgrade")
    assert result.returncode == 0, result.output


def fill(project: Project, *statements: str) -> None:
    """Run SQL in the project's database, and commit it."""
    with project.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
