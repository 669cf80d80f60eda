"""`alembic guard-doctor`: what is wrong shows in the line of the check that it belongs to."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from tests.commands.upgrading import history, masked_url
from tests.guards.failing import with_real_url
from tests.guards.test_table_not_readable import reader  # noqa: F401 - a fixture
from tests.project import Project

SECRET = "s3cret"
FIRST = "migrations/versions/0001_step_1.py"


@pytest.fixture
def healthy(sqlite_project: Project) -> Project:
    """One revision, which is applied."""
    history(sqlite_project)
    assert sqlite_project.alembic("safe-upgrade").returncode == 0
    return sqlite_project


def examined(project: Project, status: int, name: str) -> tuple[str, str]:
    """The lines of one check, and the first lines of the findings; nothing was changed."""
    before = project.snapshot(), project.tables(), project.heads_in_database()
    result = project.alembic("guard-doctor")
    assert (project.snapshot(), project.tables(), project.heads_in_database()) == before
    assert result.returncode == status, result.output
    assert SECRET not in result.output
    assert "Traceback" not in result.output
    lines = result.stdout.splitlines()
    checks = [line for line in lines if re.match(rf"\w+ +{name}( |$)", line)]
    heads = [line for line in lines if re.match(r"(error|warning|note): ", line)]
    return "\n".join(checks), "\n".join(heads)


def execute(project: Project, *statements: str) -> None:
    with create_engine(project.url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_a_password_in_the_config_is_a_warning_about_the_configuration(
    postgresql_project: Project,
) -> None:
    url = make_url(postgresql_project.url).set(password=SECRET)
    project = with_real_url(postgresql_project, url.render_as_string(hide_password=False))
    shown = url.render_as_string(hide_password=True)
    assert examined(project, 0, "configuration") == (
        "warning  configuration   alembic.ini, script location migrations, password-in-config",
        f"warning: password-in-config (alembic.ini:89): alembic.ini holds the password of {shown} "
        "(sqlalchemy.url in [alembic]).",
    )


def test_a_program_that_silences_its_own_loggers_is_a_note_about_the_configuration(
    healthy: Project,
) -> None:
    healthy.write("app.py", "from alembic import command\n\ncommand.upgrade(None, 'head')\n")
    assert examined(healthy, 0, "configuration") == (
        "note     configuration   alembic.ini, script location migrations, loggers-disabled",
        "note: loggers-disabled (migrations/env.py:15): app.py:3 runs command.upgrade() in "
        "process, and migrations/env.py:15 disables the loggers of the program.",
    )


def test_a_duplicate_is_an_error_of_the_revision_files(healthy: Project) -> None:
    healthy.add_revision("0001", None, "pass", message="other")
    check, finding = examined(healthy, 1, "revision files")
    assert check == "error    revision files  duplicate-revision"
    assert finding.startswith("error: duplicate-revision (")


def test_a_read_only_database_is_an_error_of_the_server(postgresql_project: Project) -> None:
    project = postgresql_project
    name = make_url(project.url).database
    execute(project, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    check, finding = examined(project, 1, "server")
    assert re.fullmatch(r"error    server          PostgreSQL [\d.]+, read-only-database", check)
    assert finding == (
        f"error: read-only-database: Nothing can be written to {masked_url(project)}."
    )


def test_create_all_beside_the_revisions_is_a_warning_about_the_metadata(healthy: Project) -> None:
    healthy.write("app.py", "from models import Base\n\ndef go(e): Base.metadata.create_all(e)\n")
    assert examined(healthy, 0, "metadata") == (
        "warning  metadata        1 table in the models, 1 in the database, tables-without-history",
        "warning: tables-without-history (app.py:3): app.py:3 calls create_all(), beside the "
        "revisions.",
    )


def test_a_revision_without_a_file_is_an_error_of_the_history(healthy: Project) -> None:
    execute(healthy, "UPDATE alembic_version SET version_num = 'beef'")
    assert examined(healthy, 1, "history") == (
        "error    history         at beef, missing-revision",
        f"error: missing-revision: {masked_url(healthy)} is at beef, and no revision file here "
        "defines it.",
    )


def test_the_database_of_another_project_is_an_error_of_the_history(healthy: Project) -> None:
    execute(
        healthy,
        "UPDATE alembic_version SET version_num = 'beef'",
        "DROP TABLE users",
        "DROP TABLE alembic_guard_journal",
        "CREATE TABLE invoices (id INTEGER)",
    )
    assert examined(healthy, 1, "history") == (
        "error    history         at beef, foreign-history",
        f"error: foreign-history: {masked_url(healthy)} belongs to another project: "
        "alembic_version is at beef, of which no file here knows.",
    )


def test_an_edited_revision_is_a_warning_about_the_history(healthy: Project) -> None:
    healthy.write(FIRST, healthy.read(FIRST).replace("String(50)", "String(80)"))
    check, finding = examined(healthy, 0, "history")
    assert check == "warning  history         at 0001, nothing pending, edited-after-applied"
    assert finding.startswith(
        f"warning: edited-after-applied ({FIRST}): {FIRST} was edited after this database applied "
    )


@pytest.mark.parametrize("database_url", ["postgresql", "mariadb"], indirect=True)
def test_a_version_table_that_the_role_may_not_read_is_an_error_of_the_history(
    reader: Project,  # noqa: F811
) -> None:
    result = reader.alembic("guard-doctor")
    checks = re.findall(r"^(\w+) +(env.py|URL|server|metadata|history)\b", result.stdout, re.M)
    assert (result.returncode, checks) == (
        1,
        [("ok", "env.py"), ("ok", "URL"), ("ok", "server"), ("error", "history")],
    )
    assert "\nerror: table-not-readable (alembic.ini:89): The role reader_" in result.stdout


def test_an_env_py_that_fails_at_its_end_does_not_hide_what_was_seen(healthy: Project) -> None:
    healthy.write("migrations/env.py", healthy.read("migrations/env.py") + "\nraise OSError('x')\n")
    result = healthy.alembic("guard-doctor")
    checks = re.findall(r"^(\w+) +(env.py|server|metadata|history)\b", result.stdout, re.M)
    assert (result.returncode, checks) == (
        1,
        [
            ("ok", "env.py"),
            ("ok", "server"),
            ("ok", "metadata"),
            ("ok", "history"),
            ("error", "env.py"),
        ],
    )
