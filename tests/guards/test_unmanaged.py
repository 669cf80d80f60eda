"""`unmanaged`: what a database has and nobody declares is said once, and can be left unsaid."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, text

from tests import servers
from tests.commands.revising import add_attribute, configure, edit, revise, settled
from tests.project import Project

OBJECTS = (
    "CREATE VIEW named AS SELECT id FROM users",
    "CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n * 2'",
    "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER audited AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION audit()",
)
NEXT = "    next: alembic guard-revision --adopt\n"


def with_objects(project: Project, *statements: str) -> Project:
    """A settled project, to whose database somebody has done something by hand."""
    settled(project)
    with project.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    return project


def noted(project: Project, *words: str, **options: Any) -> str:
    """What `guard-revision` says of it, "" where it says nothing."""
    output = revise(project, "--allow", "empty-revision", *words, **options).stdout
    found = output.partition("note: unmanaged: ")[2]
    return "".join(found.partition("\n")[:2]) + (NEXT if NEXT in found else "")


def test_what_nobody_declares_is_named_in_one_line(postgresql_project: Project) -> None:
    project = with_objects(postgresql_project, *OBJECTS)

    assert noted(project) == (
        f"4 objects of {project.url} are in no model: function audit(), function twice(integer), "
        f"trigger audited of users, view named.\n{NEXT}"
    )


def test_guard_check_says_it_once_and_refuses_nothing(postgresql_project: Project) -> None:
    project = with_objects(postgresql_project, *OBJECTS[:1])

    result = project.alembic("guard-check")

    said = f"note: unmanaged: 1 object of {project.url} is in no model: view named.\n{NEXT}"
    assert (result.returncode, result.stdout.count("unmanaged"), said in result.stdout) == (
        0,
        1,
        True,
    )


def test_of_many_the_first_five_are_named(postgresql_project: Project) -> None:
    project = with_objects(
        postgresql_project, *(f"CREATE SEQUENCE s{number}" for number in range(7))
    )

    assert noted(project) == (
        f"7 objects of {project.url} are in no model: sequence s0, sequence s1, sequence s2, "
        f"sequence s3, sequence s4, and 2 more.\n{NEXT}"
    )


def test_the_setting_allow_leaves_it_unsaid(postgresql_project: Project) -> None:
    project = with_objects(postgresql_project, *OBJECTS)

    assert noted(project, env={"ALEMBIC_GUARD_ALLOW": "unmanaged"}) == ""
    checked = project.alembic("guard-check", env={"ALEMBIC_GUARD_ALLOW": "unmanaged"})
    assert "unmanaged" not in checked.output


def test_a_kind_of_which_something_is_declared_is_managed(postgresql_project: Project) -> None:
    project = with_objects(postgresql_project, *OBJECTS)
    project.write("db/objects/named.sql", "CREATE VIEW named AS SELECT id FROM users")
    project.write("db/objects/audited.sql", f"{OBJECTS[2]};\n{OBJECTS[3]}")

    result = revise(project, env={"ALEMBIC_GUARD_SQL_OBJECTS": "db/objects"})

    assert "unmanaged" not in result.output
    assert "DROP FUNCTION twice(integer)" in project.read(str(project.revisions()[-1]))


def test_members_of_extensions_and_what_is_left_out_are_not_among_it(
    postgresql_project: Project,
) -> None:
    project = with_objects(
        postgresql_project,
        *OBJECTS[:2],
        "CREATE EXTENSION citext",
        "CREATE TABLE theirs (id integer)",
        "CREATE RULE kept AS ON DELETE TO theirs DO INSTEAD NOTHING",
    )
    configure(project, "include_object=lambda item, name, kind, *_: kind != 'view'")

    assert noted(project, "--allow", "drops-unowned-table") == (
        f"2 objects of {project.url} are in no model: extension citext, "
        f"function twice(integer).\n{NEXT}"
    )


def test_what_another_role_owns_is_not_among_it(
    postgresql_project: Project, postgresql_server: URL
) -> None:
    project, role = settled(postgresql_project), servers.unique_name()
    with project.connect() as connection:
        connection.execute(text(f"CREATE ROLE {role}"))
        for statement in OBJECTS:
            connection.exec_driver_sql(statement)
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {role}"))
        connection.execute(text(f"ALTER VIEW named OWNER TO {role}"))
    configuring = "        context.configure(\n            connection=connection"
    taking = f"        connection.exec_driver_sql('SET ROLE {role}')\n        connection.commit()\n"
    edit(project, "migrations/env.py", configuring, taking + configuring)
    try:
        said = noted(project)
    finally:
        with project.connect() as connection:
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))

    assert said == f"1 object of {project.url} is in no model: view named.\n{NEXT}"


def test_views_and_triggers_of_a_sqlite_are_named(sqlite_project: Project) -> None:
    project = with_objects(
        sqlite_project,
        "CREATE VIEW named AS SELECT id FROM users",
        "CREATE TRIGGER audited AFTER INSERT ON users BEGIN SELECT 1; END",
    )

    assert noted(project) == (
        f"2 objects of {project.url} are in no model: trigger audited of users, view named.\n{NEXT}"
    )


def test_nothing_is_said_where_everything_is_in_the_models(project: Project) -> None:
    settled(project)
    add_attribute(project)

    assert "unmanaged" not in revise(project).output
