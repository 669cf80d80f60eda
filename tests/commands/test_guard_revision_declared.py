"""Objects that a project declares beside its models: `.sql` files, and `alembic_utils`."""

from __future__ import annotations

from sqlalchemy import text

from tests.commands.revising import body, edit, revise, settled, written
from tests.project import Project, Result

OBJECTS = {"ALEMBIC_GUARD_SQL_OBJECTS": "db/objects"}
VIEW = "CREATE VIEW named AS SELECT id FROM users WHERE name <> '';"
FUNCTIONS = """\
-- two functions; the second is only text to PostgreSQL
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS $body$ SELECT n * 2; $body$;

CREATE FUNCTION thrice(n int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN n * 3;  -- it's 100% right
END
$$;
"""


def with_files(project: Project, **files: str) -> Project:
    """A settled project with files below `db/objects`."""
    settled(project)
    for name, sql in files.items():
        project.write(f"db/objects/{name}.sql", sql)
    return project


def upgraded(project: Project) -> Result:
    result = project.alembic("safe-upgrade", "--allow", "drops-everything", env=OBJECTS)
    assert result.returncode == 0, result.output
    return result


def test_files_below_a_folder_are_migrated_in_plain_alembic(postgresql_project: Project) -> None:
    project = with_files(postgresql_project, functions=FUNCTIONS)
    project.write("db/objects/views/named.sql", VIEW)

    result = revise(project, env=OBJECTS)

    assert result.returncode == 0, result.output
    assert body(written(project)[0]) == (
        "op.execute(\n"
        "'-- two functions; the second is only text to PostgreSQL\\n'\n"
        "'CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS $body$ SELECT n * 2; $body$'\n"
        ")\n"
        "op.execute(\n"
        "'CREATE FUNCTION thrice(n int) RETURNS int LANGUAGE plpgsql AS $$\\n'\n"
        "'BEGIN\\n'\n"
        '"  RETURN n * 3;  -- it\'s 100% right\\n"\n'
        "'END\\n'\n"
        "'$$'\n"
        ")\n"
        "op.execute(\"CREATE VIEW named AS SELECT id FROM users WHERE name <> ''\")"
    )
    upgraded(project)
    again = revise(project, env=OBJECTS)
    assert "empty-revision" in again.output
    assert project.alembic("guard-check", env=OBJECTS).returncode == 0


def test_a_folder_that_is_not_there_is_named(postgresql_project: Project) -> None:
    project = settled(postgresql_project)

    result = revise(project, "--allow", "empty-revision", env=OBJECTS)

    assert (
        "warning: not-compared: sql_objects = db/objects was not compared: "
        "there is no such folder.\n" in result.output
    )


def test_what_does_not_parse_is_unknown_and_said_with_its_file(postgresql_project: Project) -> None:
    project = with_files(postgresql_project, bad="CREATE VIEW named AS SELEC 1;")
    with project.connect() as connection:
        connection.execute(text("CREATE VIEW named AS SELECT 1 AS a"))

    result = revise(project, "--allow", "empty-revision", env=OBJECTS)

    assert (
        "warning: not-compared: db/objects/bad.sql: CREATE VIEW named AS SELEC 1 was not compared: "
        'syntax error at or near "SELEC".\n' in result.output
    )
    assert body(written(project)[0]) == "pass"


def test_entities_of_alembic_utils_are_migrated_without_it(postgresql_project: Project) -> None:
    project = settled(postgresql_project)
    imports = (
        "from alembic_utils.pg_view import PGView\n"
        "from alembic_utils.replaceable_entity import register_entities\n"
    )
    edit(project, "models.py", "from sqlalchemy import", f"{imports}from sqlalchemy import")
    entity = 'PGView("public", "named", "SELECT id FROM users")'
    project.write("models.py", project.read("models.py") + f"\nregister_entities([{entity}])\n")

    result = revise(project)

    assert result.returncode == 0, result.output
    file = written(project)[0]
    assert body(file) == 'op.execute(\'CREATE VIEW "public"."named" AS SELECT id FROM users\')'
    assert "alembic_utils" not in file.read_text("utf-8")
    upgraded(project)
    assert project.alembic("guard-check").returncode == 0
