"""What a database is asked before anything is applied: by a program, on real servers."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.commands.revising import settled
from tests.commands.upgrading import history, masked_url, run
from tests.project import Project

ASK = """
from alembic.config import Config
from alembic_guard import guards
from alembic_guard.commands.standing import missing_tables, unrecorded_tables
from alembic_guard.runtime.environment import run_environment
from alembic_guard.runtime.history import as_revision, open_script, upgrade_steps

config = Config("alembic.ini")
script = open_script(config)

def migrating(call, plain):
    began = call.connection.in_transaction()
    steps = upgrade_steps(script, "heads", call.heads())
    pending = [as_revision(step.revision) for step in steps]
    for subject in (unrecorded_tables(config, script, call, pending), missing_tables(script, call)):
        for finding in guards.judge(subject):
            print(finding.severity.value, finding.name, finding.place, finding.message, sep="|")
            print(finding.why)
            print(*finding.next, sep="\\n")
    assert call.connection.in_transaction() == began

run_environment(config, script, lambda *_: (), migrating=migrating)
"""


def asked(project: Project) -> str:
    """What the guards say, having seen that nothing was written."""
    before = project.tables(), project.heads_in_database()
    done = run(project, ASK)
    assert done.returncode == 0, done.stderr
    assert (project.tables(), project.heads_in_database()) == before
    return done.stdout


def sql(project: Project, *statements: str) -> None:
    with project.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_tables_that_pending_revisions_create_are_named_with_the_revision_to_stamp(
    project: Project,
) -> None:
    history(project, 'op.add_column("users", sa.Column("age", sa.Integer()))')
    sql(project, "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50))")
    project.write(
        "app.py", "from models import Base\n\ndef start(e):\n    Base.metadata.create_all(e)"
    )
    assert asked(project) == (
        f"error|tables-without-history|migrations/versions/0001_step_1.py|{masked_url(project)} "
        "has users already, and no revision is recorded in alembic_version.\n"
        "Revision 0001 step 1 would fail, for it creates users. Something other than Alembic made "
        "them; create_all() is called at app.py:4. "
        "Their columns are those of revision 0001.\n"
        "alembic stamp 0001\n"
    )


def test_tables_that_match_no_revision_are_looked_up_in_the_history(
    sqlite_project: Project,
) -> None:
    history(sqlite_project)
    sql(sqlite_project, "CREATE TABLE users (id INTEGER PRIMARY KEY, other VARCHAR(50))")
    assert asked(sqlite_project).endswith(
        "Something other than Alembic made them, such as create_all(). "
        "They match no revision of the files.\n"
        "alembic history  # find the revision whose tables the database has\n"
        "alembic stamp REVISION\n"
    )


@pytest.mark.parametrize(
    "first",
    [
        'op.create_table("users", sa.Column("id", sa.Integer()), if_not_exists=True)',
        'op.execute("DROP TABLE users")\nop.create_table("users", sa.Column("id", sa.Integer()))',
        'if not sa.inspect(op.get_bind()).has_table("users"):\n    op.create_table("users")',
        'if sa.inspect(op.get_bind()).has_table("users"):\n    return\nop.create_table("users")',
        'op.create_table(name(), sa.Column("id", sa.Integer()))',
        'op.create_table("users", sa.Column("id", sa.Integer()), schema="other")',
    ],
)
def test_what_may_not_be_in_the_way_is_passed_over(sqlite_project: Project, first: str) -> None:
    sqlite_project.add_revision("0001", None, first)
    sql(sqlite_project, "CREATE TABLE users (id INTEGER PRIMARY KEY)")
    assert asked(sqlite_project) == ""


def test_tables_of_another_schema_of_the_search_path_are_not_in_the_way(
    postgresql_project: Project,
) -> None:
    history(postgresql_project)
    name = postgresql_project.url.rpartition("/")[2].partition("?")[0]
    sql(
        postgresql_project,
        "CREATE SCHEMA app",
        "CREATE TABLE public.users (id INTEGER PRIMARY KEY)",
        f'ALTER DATABASE "{name}" SET search_path = app, public',
    )
    assert asked(postgresql_project) == ""


def test_a_healthy_database_and_an_empty_one_are_passed_over(project: Project) -> None:
    assert asked(project) == ""
    settled(project)
    assert asked(project) == ""


def test_a_head_without_its_tables_is_named_with_the_schema_that_has_them(
    postgresql_project: Project,
) -> None:
    settled(postgresql_project)
    sql(postgresql_project, "CREATE SCHEMA app", "ALTER TABLE users SET SCHEMA app")
    assert asked(postgresql_project) == (
        f"warning|head-without-tables|None|{masked_url(postgresql_project)} is at head (0001) and "
        "does not have the table users in the schema public.\n"
        "The revisions create it. alembic_version is in the schema public. "
        "The schema app has them all.\n"
        "add to the URL: ?options=-csearch_path%3Dapp\n"
    )


def test_a_head_whose_tables_are_gone_is_stamped_base_and_upgraded(
    mariadb_project: Project,
) -> None:
    settled(mariadb_project)
    name = mariadb_project.url.rpartition("/")[2].partition("?")[0]
    sql(mariadb_project, "DROP TABLE users")
    said = asked(mariadb_project)
    # Other tests' databases on the server may have the tables: they are named, and excuse nothing.
    assert said.endswith(
        "check that the URL names the database that you mean\n"
        "alembic stamp base  # if the tables are gone\n"
        "alembic safe-upgrade  # makes them again\n"
    )
    assert said.startswith(
        f"error|head-without-tables|None|{masked_url(mariadb_project)} is at head (0001) and "
        f"does not have the table users in the schema {name}.\n"
        "The revisions create it. "
    )


def test_a_history_without_tables_claims_none(sqlite_project: Project) -> None:
    sqlite_project.add_revision("0001", None, "pass")
    sql(
        sqlite_project,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
        "INSERT INTO alembic_version VALUES ('0001')",
    )
    assert asked(sqlite_project) == ""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("op.create_table('users', sa.Column('id', sa.Integer))", "DROP TABLE users"),
        (
            "op.create_table('users', sa.Column('id', sa.Integer))",
            "CREATE SCHEMA app; ALTER TABLE users SET SCHEMA app",
        ),
        (
            "schema = None or 'app'\nop.execute('CREATE SCHEMA app')\n"
            "op.create_table('users', sa.Column('id', sa.Integer), schema=schema)",
            "SELECT 1",
        ),
    ],
)
def test_a_history_that_moves_its_tables_is_no_harm_at_head(
    postgresql_project: Project, first: str, second: str
) -> None:
    postgresql_project.add_revision("0001", None, first)
    postgresql_project.add_revision("0002", "0001", f'op.execute("{second}")')
    assert postgresql_project.alembic("upgrade", "head").returncode == 0
    for words in (["safe-upgrade"], ["guard-check", "--no-drift"]):
        result = postgresql_project.alembic(*words)
        assert (result.returncode, "head-without" in result.output) == (0, False), result.output
