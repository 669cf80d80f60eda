"""An identifier that the version table of this very database would not take."""

from __future__ import annotations

import pytest
from alembic.migration import MigrationContext
from sqlalchemy import text

from alembic_guard import guards
from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.history import Revision
from alembic_guard.runtime.version_column import version_column
from tests.commands.upgrading import masked_url
from tests.project import Project

LONG = "2026_01_01_add_the_number_of_the_invoice"
PATH = f"migrations/versions/{LONG}_step.py"

WIDEN = {
    "postgresql": "ALTER TABLE alembic_version ALTER COLUMN version_num TYPE VARCHAR(64);",
    "mariadb": "ALTER TABLE alembic_version MODIFY version_num VARCHAR(64) NOT NULL;",
}


def found(project: Project, *revisions: str) -> list[Finding]:
    pending = [Revision(name, "step", f"migrations/versions/{name}_step.py") for name in revisions]
    with project.connect() as connection:
        context = MigrationContext.configure(connection)
        return guards.judge(version_column(context, pending))


def kind(project: Project) -> str:
    return project.url.partition("+")[0].partition(":")[0]


servers = pytest.mark.parametrize("database_url", ["postgresql", "mariadb"], indirect=True)


@servers
def test_it_is_refused_with_the_statement_that_widens_the_column(project: Project) -> None:
    project.add_revision("0001", None, "pass", message="step")
    assert project.alembic("upgrade", "head").returncode == 0
    expected = Finding(
        "long-revision-id",
        f"The identifier {LONG} has 40 characters, and alembic_version.version_num takes 32.",
        why=f"The migration would run, and fail when it is recorded in {masked_url(project)}.",
        next=(f'in {PATH}: revision = "{LONG[:32]}"', WIDEN[kind(project)]),
        revision=LONG,
        place=Place(PATH),
    )
    assert found(project, "0001", "x" * 32, LONG) == [expected]


@servers
def test_with_that_statement_it_is_applied(project: Project) -> None:
    project.add_revision("0001", None, "pass", message="step")
    project.alembic("upgrade", "head")
    with project.connect() as connection:
        connection.execute(text(found(project, LONG)[0].next[1]))
    assert found(project, LONG) == []
    project.add_revision(LONG, "0001", "pass", message="step")
    assert project.alembic("safe-upgrade").returncode == 0
    assert project.heads_in_database() == (LONG,)


@servers
def test_before_there_is_a_version_table_it_can_be_made_wide_enough(project: Project) -> None:
    (finding,) = found(project, LONG)
    statement = "CREATE TABLE alembic_version (version_num VARCHAR(64) NOT NULL PRIMARY KEY);"
    assert (finding.message, finding.next[1]) == (
        f"The identifier {LONG} has 40 characters, and alembic_version.version_num will take 32.",
        f"{statement}  # before the first upgrade",
    )
    assert project.tables() == []
    with project.connect() as connection:
        connection.execute(text(statement))
    project.add_revision(LONG, None, "pass", message="step")
    assert project.alembic("safe-upgrade").returncode == 0


def test_sqlite_takes_it_and_other_databases_would_not(sqlite_project: Project) -> None:
    assert found(sqlite_project, LONG) == [
        Finding(
            "long-revision-id",
            f"The identifier {LONG} has 40 characters, and alembic_version.version_num will take "
            "32.",
            why="SQLite takes it; most other databases fail at the end of the migration.",
            next=(f'in {PATH}: revision = "{LONG[:32]}"',),
            severity=Severity.WARNING,
            revision=LONG,
            place=Place(PATH),
        )
    ]


def test_a_longer_one_gets_a_column_that_is_as_wide(postgresql_project: Project) -> None:
    (finding,) = found(postgresql_project, "x" * 100)
    assert "VARCHAR(100)" in finding.next[1]


def test_the_table_is_named_with_its_schema(postgresql_project: Project) -> None:
    pending = [Revision(LONG, "step", PATH)]
    with postgresql_project.connect() as connection:
        options = {"version_table": "Versions", "version_table_schema": "ops"}
        context = MigrationContext.configure(connection, opts=options)
        (finding,) = guards.judge(version_column(context, pending))
    assert 'ops."Versions".version_num will take 32' in finding.message


def test_safe_upgrade_refuses_before_anything_is_applied(mariadb_project: Project) -> None:
    create = 'op.create_table("t", sa.Column("a", sa.Integer()))'
    mariadb_project.add_revision(LONG, None, create, message="step")
    before = mariadb_project.snapshot()
    result = mariadb_project.alembic("safe-upgrade")
    assert (result.returncode, result.stdout[result.stdout.index("error: ") :]) == (
        1,
        f"error: long-revision-id ({PATH}): The identifier {LONG} has 40 characters, and "
        "alembic_version.version_num will take 32.\n"
        "    The migration would run, and fail when it is recorded in "
        f"{masked_url(mariadb_project)}.\n"
        f'    next: in {PATH}: revision = "{LONG[:32]}"\n'
        "    next: CREATE TABLE alembic_version (version_num VARCHAR(64) NOT NULL PRIMARY KEY);  "
        "# before the first upgrade\n",
    )
    assert (mariadb_project.snapshot(), mariadb_project.tables()) == (before, [])
