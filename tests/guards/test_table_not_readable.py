"""The role may connect, and may not read the version table: table-not-readable."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text

from tests.guards.failing import SECRET, failing, with_real_url
from tests.project import Project

CREATE = "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"


@pytest.fixture
def reader(project: Project) -> Iterator[Project]:
    """The project as a role that may connect and was granted no table."""
    url = make_url(project.url)
    name = f"reader_{(url.database or '')[-16:]}"
    postgresql = url.get_backend_name() == "postgresql"
    create = (
        f"CREATE ROLE {name} LOGIN PASSWORD" if postgresql else f"CREATE USER {name} IDENTIFIED BY"
    )
    with project.connect() as connection:
        connection.execute(text(CREATE))
        connection.execute(text(f"{create} '{SECRET}'"))
        if not postgresql:
            connection.execute(text("CREATE TABLE own (id INTEGER)"))
            connection.execute(text(f"GRANT SELECT ON own TO {name}"))
    login = url.set(username=name, password=SECRET)
    yield with_real_url(project, login.render_as_string(hide_password=False))
    with project.connect() as connection:
        connection.execute(text(f"DROP {'ROLE' if postgresql else 'USER'} {name}"))


@pytest.mark.parametrize("database_url", ["postgresql", "mariadb"], indirect=True)
def test_a_role_that_may_not_read_the_version_table(reader: Project) -> None:
    url = make_url(reader.url)
    name = f"reader_{(url.database or '')[-16:]}"
    mariadb = url.get_backend_name() != "postgresql"
    table = f"{url.database}.alembic_version" if mariadb else "alembic_version"
    said = failing(reader)
    server = said.splitlines()[1].strip()
    shown = url.set(username=name, password=SECRET).render_as_string(hide_password=True)
    grantee = f"'{name}'@'%'" if mariadb else name
    assert said == (
        f"error: table-not-readable (alembic.ini:89): The role {name} may not read "
        f"the table {table}.\n"
        f"    {server}\n"
        f"    The URL is {shown}, from alembic.ini:89.\n"
        f"    next: as its owner: GRANT SELECT ON {table} TO {grantee}\n"
    )
    assert server.startswith(
        f"The server says: SELECT command denied to user '{name}'@"
        if mariadb
        else "The server says: permission denied for table alembic_version."
    )
    assert failing(reader, "guard-revision", "-m", "x") == said


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_role_that_may_read_the_version_table_alone_can_check(reader: Project) -> None:
    """The journal is of no concern to a role that only looks: nothing is compared."""
    name = f"reader_{(make_url(reader.url).database or '')[-16:]}"
    with reader.connect() as connection:
        connection.execute(text("CREATE TABLE alembic_guard_journal (id INTEGER)"))
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {name}"))
    result = reader.alembic("guard-check")
    assert (result.returncode, "not-readable" in result.output) == (0, False), result.output
    with reader.connect() as connection:
        connection.execute(text(f"REVOKE ALL ON alembic_version FROM {name}"))
