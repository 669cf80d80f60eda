"""`guard-revision` and `guard-check` on a MariaDB: what Alembic does not see there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from tests.commands.revising import applied, body, edit, revise, settled, written
from tests.project import Project

CHECK = "    __table_args__ = (CheckConstraint(\"name <> ''\", name='named'),)\n\n    id: "
VIEW = """

event.listen(Base.metadata, "after_create", DDL("CREATE VIEW adults AS SELECT id FROM users"))
"""


@pytest.fixture
def ahead(mariadb_project: Project) -> Project:
    """Models that have a CHECK and a view more than the database."""
    return look_ahead(mariadb_project)


def look_ahead(project: Project) -> Project:
    settled(project)
    edit(project, "models.py", "    id: ", CHECK)
    edit(project, "models.py", "import String", "import DDL, CheckConstraint, String, event")
    project.write("models.py", project.read("models.py") + VIEW)
    return project


@pytest.fixture
def ahead_async(mariadb_url: str, project_path: Path) -> Iterator[Project]:
    """The same with an async driver."""
    with Project.create(project_path, mariadb_url, "async") as project:
        yield look_ahead(project)


def databases(project: Project) -> list[str]:
    """Those that are the user's, or ours."""
    with project.connect() as connection:
        return list(connection.execute(text("SHOW DATABASES LIKE 'own\\_%'")).scalars())


def test_a_migration_of_what_alembic_does_not_see_goes_both_ways(ahead: Project) -> None:
    name = f"own_{make_url(ahead.url).database}"
    env = {"ALEMBIC_GUARD_SCRATCH_DATABASE": name}

    applied(revise(ahead, env=env))
    (file,) = written(ahead)
    assert body(file) == (
        "op.execute(\"ALTER TABLE `users` ADD CONSTRAINT `named` CHECK (name <> '')\")\n"
        "op.execute('CREATE VIEW adults AS SELECT id FROM users')"
    )
    assert body(file, "downgrade") == (
        "op.execute('DROP VIEW `adults`')\n"
        "op.execute('ALTER TABLE `users` DROP CONSTRAINT `named`')"
    )
    applied(ahead.alembic("upgrade", "head"))
    applied(ahead.alembic("guard-check", env=env))
    applied(ahead.alembic("downgrade", "0001"))
    assert name not in databases(ahead)


def test_an_async_env_is_compared_as_well(ahead_async: Project) -> None:
    applied(revise(ahead_async))
    (file,) = written(ahead_async)
    assert body(file) == (
        "op.execute(\"ALTER TABLE `users` ADD CONSTRAINT `named` CHECK (name <> '')\")\n"
        "op.execute('CREATE VIEW adults AS SELECT id FROM users')"
    )


def test_drift_that_alembic_does_not_see_is_found(ahead: Project) -> None:
    result = ahead.alembic("guard-check")
    assert result.returncode == 1
    assert "adds check named of users" in result.output
    assert "adds view adults" in result.output


@contextmanager
def poor(project: Project) -> Iterator[str]:
    """Let a project's user have rights on its own database only; how MariaDB names that user."""
    url = make_url(project.url)
    user = f"poor_{url.database}"
    with project.connect() as connection:
        connection.execute(text(f"CREATE USER {user}@'127.0.0.1'"))
        connection.execute(text(f"GRANT ALL ON `{url.database}`.* TO {user}@'127.0.0.1'"))
    own = url.set(username=user, password=None).render_as_string(False)
    edit(project, "alembic.ini", project.url, own)
    try:
        yield f"'{user}'@'127.0.0.1'"
    finally:
        with project.connect() as connection:
            connection.execute(text(f"DROP USER {user}@'127.0.0.1'"))


def test_who_may_make_no_database_is_compared_by_text_and_told_what_to_grant(
    ahead: Project,
) -> None:
    with poor(ahead) as user:
        before = applied(ahead.alembic("guard-check", "--allow", "drift"))
        result = applied(revise(ahead))
        applied(ahead.alembic("upgrade", "head"))
        after = applied(ahead.alembic("guard-check"))
        applied(ahead.alembic("downgrade", "0001"))
    (file,) = written(ahead)
    assert body(file) == (
        "op.execute(\"ALTER TABLE `users` ADD CONSTRAINT `named` CHECK (name <> '')\")\n"
        "op.execute('CREATE VIEW adults AS SELECT id FROM users')"
    )
    for each in (before, result, after):
        assert "was compared by text: no database can be made beside it" in each.output
        assert f"GRANT ALL ON `alembic\\_guard\\_scratch\\_%`.* TO {user};" in each.output
    assert "adds check named of users" in before.output
    assert "warning: not-compared: view adults was not compared: " in after.output
    assert "view adults was not compared" not in before.output + result.output
