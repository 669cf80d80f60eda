"""`guard-revision` and `guard-check` on a MariaDB: what Alembic does not see there."""

from __future__ import annotations

from collections.abc import Iterator
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


def test_who_may_make_no_database_is_told_what_to_grant(ahead: Project) -> None:
    url = make_url(ahead.url)
    user = f"poor_{url.database}"
    with ahead.connect() as connection:
        connection.execute(text(f"CREATE USER {user}@'127.0.0.1'"))
        connection.execute(text(f"GRANT ALL ON `{url.database}`.* TO {user}@'127.0.0.1'"))
    try:
        poor = url.set(username=user, password=None).render_as_string(False)
        edit(ahead, "alembic.ini", ahead.url, poor)
        result = revise(ahead, "--allow", "empty-revision")
    finally:
        with ahead.connect() as connection:
            connection.execute(text(f"DROP USER {user}@'127.0.0.1'"))
    assert "was compared by Alembic alone: no database can be made beside it" in result.output
    assert f"GRANT ALL ON `alembic\\_guard\\_scratch\\_%`.* TO '{user}'@'127.0.0.1';" in (
        result.output
    )
