"""`journal-not-writable`: a role that may not create the journal is told what a DBA has to run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text

from tests.project import Project, Result
from tests.servers import unique_name


@pytest.fixture
def role(postgresql_project: Project) -> Iterator[str]:
    """A role that may log in and use the schema, and create nothing in it."""
    name = unique_name()
    with postgresql_project.connect() as connection:
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
    yield name
    with postgresql_project.connect() as connection:
        connection.execute(text(f"DROP OWNED BY {name}"))
        connection.execute(text(f"DROP ROLE {name}"))


@pytest.fixture
def project(postgresql_project: Project, role: str) -> Project:
    """A project that connects as the role, with a revision that needs no table of its own."""
    postgresql_project.add_revision("0001", None, "pass", message="nothing")
    theirs = make_url(postgresql_project.url).set(username=role)
    ini = postgresql_project.read("alembic.ini")
    ini = ini.replace(postgresql_project.url, theirs.render_as_string(hide_password=False))
    postgresql_project.write("alembic.ini", ini)
    return postgresql_project


def test_a_role_that_may_not_create_the_journal_gets_the_ddl_for_a_dba(project: Project) -> None:
    before = project.snapshot()
    result = project.alembic("safe-upgrade")
    assert result.returncode == 1
    said, ddl, remedy = parts(result)
    assert said == (
        "error: journal-not-writable: The role may not create or write the journal "
        "alembic_guard_journal: permission denied for schema public.\n"
        "    A DBA can make it, and grant SELECT, INSERT, UPDATE and DELETE on it, "
        "USAGE on alembic_guard_journal_id_seq:\n"
    )
    assert ddl.startswith("    CREATE TABLE alembic_guard_journal (\n")
    assert remedy == "    next: [alembic_guard] journal = false  # in alembic.ini: do without it\n"
    assert (project.snapshot(), project.tables()) == (before, [])


def test_with_the_ddl_and_the_rights_that_are_named_the_upgrade_works(
    project: Project, role: str
) -> None:
    _, ddl, _ = parts(project.alembic("safe-upgrade"))
    with project.connect() as connection:
        connection.execute(text(ddl))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        for table in ("alembic_guard_journal", "alembic_version"):
            rights = f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}"
            connection.execute(text(rights))
        sequence = "SEQUENCE alembic_guard_journal_id_seq"
        connection.execute(text(f"GRANT USAGE ON {sequence} TO {role}"))
    result = project.alembic("safe-upgrade")
    assert result.returncode == 0, result.output
    assert project.heads_in_database() == ("0001",)


def parts(result: Result) -> tuple[str, str, str]:
    """The refusal: what is said, the DDL, and the next command."""
    found = result.stdout[result.stdout.index("error: ") :]
    ddl, remedy = found.index("    CREATE TABLE"), found.index("    next: ")
    return found[:ddl], found[ddl:remedy], found[remedy:]
