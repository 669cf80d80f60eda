"""`not-compared`: what could not be made of the models, and where nothing could be."""

from __future__ import annotations

from sqlalchemy import URL, make_url, text

from tests import servers
from tests.commands.revising import add_attribute, body, edit, revise, settled, written
from tests.project import Project

CHECK = '    __table_args__ = (CheckConstraint("{text}", name="users_name"),)\n\n    id: '


def with_check(project: Project, words: str) -> Project:
    """A settled project whose model has a CHECK that the database lacks."""
    settled(project)
    edit(project, "models.py", "    id: ", CHECK.format(text=words))
    edit(project, "models.py", "import String", "import CheckConstraint, String")
    return project


def read_only(project: Project) -> None:
    """Let every session of the project's database be read-only from now on."""
    name = make_url(project.url).database
    with project.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))


def warned(output: str) -> list[str]:
    """The warning and what stands below it."""
    lines = output.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("warning: not-comp")]
    found = []
    for number in starts:
        found.append(lines[number])
        for line in lines[number + 1 :]:
            if not line.startswith("    "):
                break
            found.append(line)
    return found


def test_a_table_that_the_server_refuses_is_named_and_nothing_of_it_is_proposed(
    postgresql_project: Project,
) -> None:
    project = with_check(postgresql_project, "no_such(name)")
    with project.connect() as connection:
        connection.execute(text("ALTER TABLE users ADD CHECK (name <> '')"))

    result = revise(project, "--allow", "empty-revision")

    assert warned(result.output) == [
        "warning: not-compared: table users was not compared: "
        "function no_such(character varying) does not exist.",
        "    It is taken neither for missing nor for the same: only what Alembic sees is proposed.",
    ]
    assert (result.returncode, body(written(project)[0])) == (0, "pass")


def test_where_nothing_can_be_made_alembic_stands_alone_and_says_what_would_help(
    postgresql_project: Project,
) -> None:
    project = with_check(postgresql_project, "name <> ''")
    read_only(project)
    name = make_url(project.url).database

    result = revise(project, "--allow", "empty-revision")

    assert warned(result.output) == [
        f"warning: not-compared: {project.url} was compared by Alembic alone: "
        "cannot execute CREATE TABLE in a read-only transaction.",
        "    Expressions, defaults, views and their like were not looked at.",
        '    next: dev_url = "…"  # in the settings of alembic_guard: a PostgreSQL to make the '
        "models in",
        f"    next: GRANT CREATE, TEMPORARY ON DATABASE {name} TO postgres;  "
        "# unless it is a standby, or read-only",
    ]


def test_a_second_database_takes_the_models_where_the_first_is_read_only(
    postgresql_project: Project, postgresql_server: URL
) -> None:
    project = with_check(postgresql_project, "name <> ''")
    read_only(project)

    with servers.postgresql_database(postgresql_server) as second:
        result = revise(project, env={"ALEMBIC_GUARD_DEV_URL": second.render_as_string(False)})

    assert warned(result.output) == []
    assert body(written(project)[0]) == (
        "op.create_check_constraint('users_name', 'users', sa.text(\"name <> ''\"))"
    )


def test_an_engine_in_autocommit_is_compared_beside_and_left_without_a_trace(
    postgresql_project: Project,
) -> None:
    project = with_check(postgresql_project, "name <> ''")
    pool = "poolclass=pool.NullPool,"
    edit(project, "migrations/env.py", pool, f"{pool} isolation_level='AUTOCOMMIT',")

    result = revise(project)

    assert (result.returncode, warned(result.output)) == (0, [])
    with project.connect() as connection:
        left = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'guard%'"
        assert connection.execute(text(left)).all() == []


def with_many(project: Project, count: int, more: str = "") -> Project:
    """A settled project whose models have more tables."""
    settled(project)
    many = f"for n in range({count}): Table(f't{{n}}', Base.metadata, Column('id', Integer))"
    project.write("models.py", f"{project.read('models.py')}\n{many}\n{more}\n")
    names = "import DDL, Column, Integer, String, Table, event"
    edit(project, "models.py", "import String", names)
    return project


def test_new_tables_that_would_take_the_locks_of_everybody_are_made_in_turns(
    postgresql_project: Project,
) -> None:
    project = with_many(postgresql_project, 600)

    result = revise(project)

    assert (result.returncode, warned(result.output)) == (0, [])
    assert body(written(project)[0]).count("op.create_table(") == 600


def test_models_that_would_take_the_locks_of_everybody_are_not_made(
    postgresql_project: Project,
) -> None:
    all_ = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO pg_monitor"
    listen = f"event.listen(Base.metadata, 'after_create', DDL('{all_}'))"
    project = with_many(postgresql_project, 1500, listen)

    result = revise(project)

    assert (result.returncode, warned(result.output)[0].partition(": to make ")[2]) == (
        0,
        "1501 tables at once takes about 13509 locks, and the server has 6400 for everybody.",
    )


def test_what_the_server_refuses_meanwhile_is_said_and_alembic_stands_alone(
    postgresql_project: Project,
) -> None:
    project, role = with_check(postgresql_project, "name <> ''"), servers.unique_name()
    add_attribute(project)
    with project.connect() as connection:
        connection.execute(text("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC"))
        connection.execute(text(f"CREATE ROLE {role}"))
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {role}"))
    configuring = "        context.configure(\n            connection=connection"
    taking = f"        connection.exec_driver_sql('SET ROLE {role}')\n        connection.commit()\n"
    edit(project, "migrations/env.py", configuring, taking + configuring)
    try:
        result = revise(project)
    finally:
        with project.connect() as connection:
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))

    assert warned(result.output)[:1] == [
        f"warning: not-compared: {project.url} was compared by Alembic alone: "
        "the server says 'permission denied for language plpgsql'."
    ]
    assert "op.add_column" in body(written(project)[0])
