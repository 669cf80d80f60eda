"""Owners, which `guard-revision` compares where the setting `compare_owners` says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, make_url, text

from tests import servers
from tests.commands.revising import applied, body, edit, revise, settled, written
from tests.guards.test_not_compared import warned
from tests.project import Project

ON = {"ALEMBIC_GUARD_COMPARE_OWNERS": "true", "ALEMBIC_GUARD_SQL_OBJECTS": "db/objects"}


@pytest.fixture
def role(postgresql_project: Project) -> Iterator[str]:
    """A role that things can be given to."""
    name = servers.unique_name()
    with postgresql_project.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name}"))
        connection.execute(text(f"GRANT CREATE, USAGE ON SCHEMA public TO {name}"))
    yield name
    with postgresql_project.connect() as connection:
        connection.execute(text(f"DROP OWNED BY {name} CASCADE"))
        connection.execute(text(f"DROP ROLE {name}"))


def owners(project: Project) -> dict[str, str]:
    """Whose the table and the view of a database are."""
    with project.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT relname, pg_get_userbyid(relowner) FROM pg_class "
                "WHERE relname IN ('users', 'named')"
            )
        )
        return {name: owner for name, owner in rows.all()}


def owned_by(project: Project, role: str) -> Project:
    """A settled project whose model says whose its table is, and a file whose its view."""
    settled(project)
    line = f'    __table_args__ = {{"info": {{"owner": "{role}"}}}}\n'
    edit(project, "models.py", "    id: ", f"{line}    id: ")
    view = "CREATE VIEW named AS SELECT id FROM users"
    project.write("db/objects/named.sql", f"{view};\nALTER VIEW named OWNER TO {role};")
    return project


def test_what_the_models_say_is_written_proved_and_found_again(
    postgresql_project: Project, role: str
) -> None:
    project = owned_by(postgresql_project, role)

    result = applied(revise(project, "--prove", env=ON))

    assert "Proved    upgrade and downgrade on a scratch database." in result.stdout
    assert body(written(project)[0]) == (
        "op.execute('CREATE VIEW named AS SELECT id FROM users')\n"
        f"op.execute('ALTER TABLE users OWNER TO {role}')\n"
        f"op.execute('ALTER VIEW named OWNER TO {role}')"
    )
    user = make_url(project.url).username or ""
    assert body(written(project)[0], "downgrade") == (
        f"op.execute('ALTER TABLE users OWNER TO {user}')\nop.execute('DROP VIEW named')"
    )
    applied(project.alembic("safe-upgrade", "--allow", "access-change", env=ON))
    assert owners(project) == {"users": role, "named": role}
    assert applied(project.alembic("guard-check", env=ON)).stdout.endswith("no guard refuses.\n")


def test_another_owner_is_drift_only_where_owners_are_compared(
    postgresql_project: Project, role: str
) -> None:
    project = owned_by(postgresql_project, role)
    with project.connect() as connection:
        connection.execute(text("CREATE VIEW named AS SELECT id FROM users"))

    off = project.alembic("guard-check", env={**ON, "ALEMBIC_GUARD_COMPARE_OWNERS": "false"})
    on = project.alembic("guard-check", env=ON)

    assert (off.returncode, on.returncode) == (0, 1), off.output
    assert "changes the owner of table users" in on.output
    assert "changes the owner of view named" in on.output


def test_a_role_that_is_not_there_is_named_and_nothing_is_given_to_it(
    postgresql_project: Project,
) -> None:
    project = owned_by(postgresql_project, "nobody_at_all")

    result = applied(revise(project, "--prove", env=ON))

    assert [line for line in warned(result.output) if line.startswith("warning")] == [
        f"warning: not-compared: the owner of {thing} was not compared: "
        'there is no role "nobody_at_all" on this server.'
        for thing in ("view named", "table users")
    ]
    assert body(written(project)[0]) == "op.execute('CREATE VIEW named AS SELECT id FROM users')"


def test_whoever_is_no_superuser_gives_to_a_role_that_it_is_a_member_of(
    postgresql_project: Project, postgresql_server: URL, role: str
) -> None:
    project, deployer = owned_by(postgresql_project, role), servers.unique_name()
    with project.connect() as connection:
        connection.execute(text(f"CREATE ROLE {deployer} LOGIN CREATEDB"))
        connection.execute(text(f"GRANT {role} TO {deployer}"))
        connection.execute(text(f"GRANT CREATE ON SCHEMA public TO {deployer}"))
        connection.execute(
            text(f"GRANT CREATE ON DATABASE {make_url(project.url).database} TO {deployer}")
        )
        for table in ("users", "alembic_version"):
            connection.execute(text(f"ALTER TABLE {table} OWNER TO {deployer}"))
    plain = project.url
    own = make_url(plain).set(username=deployer).render_as_string(hide_password=False)
    edit(project, "alembic.ini", plain, own)
    try:
        result = applied(revise(project, "--prove", env=ON))
    finally:
        with project.connect() as connection:
            connection.execute(text(f"DROP OWNED BY {deployer} CASCADE"))
            connection.execute(text(f"DROP ROLE {deployer}"))

    assert "Proved    upgrade and downgrade on a scratch database." in result.stdout
