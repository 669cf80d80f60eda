"""`unsafe-declaration`: what a declared object may not bring along, by file and statement."""

from __future__ import annotations

from sqlalchemy import text

from tests.commands.revising import revise, settled, written
from tests.project import Project

OBJECTS = {"ALEMBIC_GUARD_SQL_OBJECTS": "db/objects"}
WHY = "    What is declared is run in scratch whenever models are compared; this was not run.\n"


def test_a_statement_that_does_more_than_declare_is_named_with_its_file_and_not_run(
    postgresql_project: Project,
) -> None:
    project = settled(postgresql_project)
    project.write("db/objects/a.sql", "CREATE VIEW v AS SELECT 1 AS a; COMMIT;")
    project.write("db/objects/b.sql", "CREATE ROLE guard_declared_role;")
    project.write("db/objects/c.sql", "CREATE VIEW elsewhere.v AS SELECT 1 AS a;")
    with project.connect() as connection:
        connection.execute(text("CREATE SCHEMA elsewhere"))

    result = revise(project, env=OBJECTS)

    assert (
        "error: unsafe-declaration: db/objects/a.sql: it controls a transaction: COMMIT\n"
        f"{WHY}    next: take the statement out of db/objects/a.sql\n"
        "error: unsafe-declaration: db/objects/b.sql: it is about a role, which all databases of "
        "the server share: CREATE ROLE guard_declared_role\n"
        f"{WHY}    next: take the statement out of db/objects/b.sql\n"
        "error: unsafe-declaration: db/objects/c.sql: it is about the schema elsewhere, which is "
        "not among the models': CREATE VIEW elsewhere.v AS SELECT 1 AS a\n"
        f"{WHY}    next: take the statement out of db/objects/c.sql\n"
    ) in result.output
    assert (result.returncode, written(project)) == (1, [])
    with project.connect() as connection:
        made = "SELECT relname FROM pg_class WHERE relname = 'v'"
        assert connection.execute(text(made)).all() == []


def test_guard_check_refuses_it_too(postgresql_project: Project) -> None:
    project = settled(postgresql_project)
    project.write("db/objects/a.sql", "ALTER SYSTEM SET work_mem = '1GB';")

    result = project.alembic("guard-check", env=OBJECTS)

    assert (
        "error: unsafe-declaration: db/objects/a.sql: it is about the server, not about this "
        "database: ALTER SYSTEM SET work_mem = '1GB'\n" in result.output
    )
    assert result.returncode == 1
