"""`not-proved`: a note, with the reason and what would help."""

from __future__ import annotations

from sqlalchemy import make_url, text

from tests.commands.revising import add_attribute, edit, settled
from tests.commands.test_guard_revision_prove import AGAIN, DOWN, PROVED, UP, WRITTEN, proof
from tests.project import Project

WHY = "    It is proved by running it on a scratch database, and never on this one.\n"
OFF = f"    next: {AGAIN}  # or prove = false in the settings\n"


def test_a_read_only_server_makes_no_scratch_database(postgresql_project: Project) -> None:
    project = settled(postgresql_project)
    add_attribute(project)
    name = make_url(project.url).database
    with project.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    said = proof(project)
    assert said.startswith(WRITTEN)
    assert said.partition("note: ")[2] == (
        "not-proved: The migration was not proved for URL: no database can be made on URL: "
        f"cannot execute CREATE DATABASE in a read-only transaction.\n{WHY}"
        "    next: ALTER ROLE postgres CREATEDB;  # as an administrator of the server\n"
        '    next: dev_url = "…"  # in the settings: a server where databases may be made\n'
        f"{OFF}"
    )


def test_a_migration_that_wants_to_reach_something_else_is_not_run(
    sqlite_project: Project,
) -> None:
    project = settled(sqlite_project)
    add_attribute(project)
    outside = "    import urllib.request\n    urllib.request.urlopen('http://127.0.0.1:9/')"
    edit(project, "migrations/script.py.mako", UP, f"{UP}\n{outside}")
    said = proof(project)
    assert said.startswith(f"{WRITTEN}note: not-proved: The migration was not proved for URL: ")
    assert said.endswith(f"\n{WHY}{OFF}")


def test_the_way_back_may_be_what_could_not_be_tried(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    add_attribute(project)
    outside = "    import subprocess\n    subprocess.run(['true'])"
    edit(project, "migrations/script.py.mako", DOWN, f"{DOWN}\n{outside}")
    said = proof(project)
    assert said.startswith(f"Proved    upgrade on a scratch database.\n{WRITTEN}note: not-proved: ")
    assert ": its downgrade could not be run there: Blocked: " in said


def test_what_fails_where_the_schema_is_not_the_live_one_is_no_harm_of_the_migration(
    postgresql_project: Project,
) -> None:
    project = settled(postgresql_project)
    add_attribute(project)
    with project.connect() as connection:
        connection.execute(text("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'"))
    instead = (
        "The schema can't be copied (pg_dump is not on PATH): the history is run from its "
        "beginning.\n"
    )
    without = {"PATH": str(project.path)}
    assert proof(project, env=without).startswith(f"{instead}{PROVED}{WRITTEN}")
    (project.path / "migrations/versions/0002_change.py").unlink()
    edit(project, "migrations/script.py.mako", UP, f'{UP}\n    op.execute("SELECT one()")')
    said = proof(project, env=without)
    assert said.startswith(f"{instead}{WRITTEN}")
    assert said.partition("note: not-proved: ")[2] == (
        "The migration was not proved for URL: the schema can't be copied (pg_dump is not on "
        "PATH): the history is run from its beginning, and there it failed: "
        "function one() does not exist [SQL: SELECT one()].\n"
        f"{WHY}{OFF}"
    )
