"""`guard-revision` by a role that may make nothing, or temporary tables only, in the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text

from tests import servers
from tests.commands.revising import EMAIL, add_attribute, applied, body, edit, revise, written
from tests.guards.test_not_compared import warned, with_check
from tests.project import Project

VIEW = """

from sqlalchemy import DDL, event

event.listen(Base.metadata, "after_create", DDL("CREATE VIEW named AS SELECT id FROM users"))
"""
MADE = "op.add_column('users', sa.Column('email', sa.String(length=50), nullable=True))"
CHECKED = "op.create_check_constraint('users_name', 'users', sa.text(\"name <> ''\"))"


@pytest.fixture
def role(postgresql_project: Project) -> Iterator[str]:
    """Who runs the project: the owner of its tables, without a right to the database."""
    project, name = postgresql_project, servers.unique_name()
    url = make_url(project.url)
    with_check(project, "name <> ''")
    add_attribute(project, EMAIL)
    with project.connect() as connection:
        connection.execute(text(f"REVOKE ALL ON DATABASE {url.database} FROM PUBLIC"))
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
        connection.execute(text(f"GRANT CONNECT ON DATABASE {url.database} TO {name}"))
        for table in ("users", "alembic_version"):
            connection.execute(text(f"ALTER TABLE {table} OWNER TO {name}"))
    plain, own = (each.render_as_string(False) for each in (url, url.set(username=name)))
    edit(project, "alembic.ini", plain, own)
    yield name
    with project.connect() as connection:
        connection.execute(text(f"DROP OWNED BY {name} CASCADE"))
        connection.execute(text(f"DROP ROLE {name}"))


def allow(project: Project, role: str, right: str) -> None:
    """Give a role a right to the project's database."""
    name = make_url(project.url).database
    with project.connect() as connection:
        connection.execute(text(f"GRANT {right} ON DATABASE {name} TO {role}"))


def test_without_any_right_alembic_stands_alone_and_the_grant_is_said(
    postgresql_project: Project, role: str
) -> None:
    project = postgresql_project
    name = make_url(project.url).database

    result = applied(revise(project, "--prove"))

    first, *_, last = warned(result.output)
    assert first.endswith(
        f"was compared by Alembic alone: permission denied to create temporary tables in database "
        f'"{name}".'
    )
    assert last == (
        f"    next: GRANT CREATE, TEMPORARY ON DATABASE {name} TO {role};  "
        "# unless it is a standby, or read-only"
    )
    assert "not-proved: " in result.output, result.output
    assert "permission denied to create database" in result.output
    assert body(written(project)[0]) == MADE


def test_that_grant_is_what_it_needs(postgresql_project: Project, role: str) -> None:
    allow(postgresql_project, role, "CREATE, TEMPORARY")

    result = applied(revise(postgresql_project))

    assert warned(result.output) == []
    assert body(written(postgresql_project)[0]) == f"{MADE}\n{CHECKED}"


def test_temporary_tables_are_enough_for_tables(postgresql_project: Project, role: str) -> None:
    allow(postgresql_project, role, "TEMPORARY")

    result = applied(revise(postgresql_project))

    assert warned(result.output) == []
    assert body(written(postgresql_project)[0]) == f"{MADE}\n{CHECKED}"


def test_a_schema_is_enough_for_what_is_typed(postgresql_project: Project, role: str) -> None:
    project = postgresql_project
    project.write("models.py", project.read("models.py") + VIEW)
    allow(project, role, "CREATE")

    result = applied(revise(project))

    assert warned(result.output) == []
    view = "op.execute('CREATE VIEW named AS SELECT id FROM users')"
    assert body(written(project)[0]) == f"{MADE}\n{CHECKED}\n{view}"
