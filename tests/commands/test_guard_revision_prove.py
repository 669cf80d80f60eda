"""`guard-revision` runs what it writes elsewhere first, and says what it has seen there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from alembic_guard.runtime.scratch import LEFT
from tests import servers
from tests.commands.rehearsing import masked, nothing_left, scratch_databases, state
from tests.commands.revising import (
    add_attribute,
    applied,
    body,
    configure,
    edit,
    revise,
    settled,
    written,
)
from tests.project import Project
from tests.runtime.test_scratch import as_role

UP = '${upgrades if upgrades else "pass"}'
DOWN = '${downgrades if downgrades else "pass"}'
PROVED = "Proved    upgrade and downgrade on a scratch database.\n"
WRITTEN = "Generated migrations/versions/0002_change.py\n"
AGAIN = "alembic guard-revision -m change --rev-id 0002 --no-prove"
BY_HAND = f"    next: {AGAIN}  # writes it as it is, to be mended by hand\n"


def template(project: Project, old: str, new: str) -> None:
    """Let the project's template do something with what was rendered."""
    edit(project, "migrations/script.py.mako", old, new)


def proof(project: Project, *words: str, status: int = 0, **options: Any) -> str:
    """What is printed, without the database's name; nothing is done to it, and nothing is left.

    :param options: as for Project.alembic.
    """
    before, others = state(project), scratch_databases(project)
    result = revise(project, "--rev-id", "0002", "--prove", *words, **options)
    assert (result.returncode, state(project)) == (status, before), result.output
    assert "Traceback" not in result.output
    assert len(written(project)) == (not status)
    nothing_left(project, others)
    # other tests make and drop their own at the same time
    return re.sub(rf"^{LEFT}.*\n", "", masked(project, result.stdout), flags=re.MULTILINE)


def test_what_does_as_it_should_is_written(project: Project) -> None:
    settled(project)
    add_attribute(project)
    assert proof(project) == PROVED + WRITTEN


@pytest.mark.parametrize("kind", ["generic", "async"])
def test_a_first_migration_makes_no_file_of_the_database(
    sqlite_url: str, project_path: Path, kind: str
) -> None:
    project = Project.create(project_path, sqlite_url, kind)
    assert applied(revise(project, "--prove")).stdout.startswith(PROVED)
    assert not (project_path / "app.db").exists()


def test_each_of_several_databases_is_proved(sqlite_url: str, project_path: Path) -> None:
    project = Project.create(project_path, sqlite_url, "multidb")
    said = applied(revise(project, "--prove")).stdout
    assert re.findall(r"Proved .*/(\w+)\.db on a scratch database\.", said) == ["app", "second"]


def test_the_json_says_of_each_database_what_was_seen(sqlite_project: Project) -> None:
    said = applied(revise(sqlite_project, "--prove", "--format", "json")).stdout
    assert json.loads(said)["data"]["proved"] == [
        {"database": sqlite_project.url, "upgrade": True, "downgrade": True, "reason": None}
    ]


@pytest.mark.parametrize("off", ["--no-prove", "ALEMBIC_GUARD_PROVE"])
def test_nothing_is_run_where_that_is_switched_off(sqlite_project: Project, off: str) -> None:
    settled(sqlite_project)
    add_attribute(sqlite_project)
    template(sqlite_project, UP, "pass")
    words, env = ([off], {"ALEMBIC_GUARD_PROVE": "true"}) if off[0] == "-" else ([], {off: "no"})
    done = applied(revise(sqlite_project, "--rev-id", "0002", *words, env=env))
    assert done.stdout == WRITTEN


def test_an_operation_that_the_hook_of_env_py_takes_out_is_not_missed(
    sqlite_project: Project,
) -> None:
    project = settled(sqlite_project)
    add_attribute(project)
    configure(project, "process_revision_directives=hook")
    hook = """

def hook(context, revision, directives):
    for ops in (directives[0].upgrade_ops, directives[0].downgrade_ops):
        ops.ops[:] = [each for each in ops.ops if "Modify" not in type(each).__name__]
"""
    target = "target_metadata = Base.metadata\n"
    edit(project, "migrations/env.py", target, target + hook)
    table = '\n\nclass Note(Base):\n    __tablename__ = "notes"\n'
    column = "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    project.write("models.py", project.read("models.py") + table + column)
    assert proof(project) == PROVED + WRITTEN
    assert "email" not in body(written(project)[0])


def test_a_renamed_column_keeps_its_comment(postgresql_project: Project) -> None:
    project = settled(postgresql_project)
    with project.connect() as connection:
        connection.execute(text("COMMENT ON COLUMN users.name IS 'what''s said'"))
    column = 'full: Mapped[str] = mapped_column(String(50), comment="what\'s said")'
    edit(project, "models.py", "name: Mapped[str] = mapped_column(String(50))", column)
    said = proof(project, "--rename", "users.name:full")
    assert said.startswith(PROVED + WRITTEN)


def test_privileges_that_a_scratch_database_lacks_are_not_held_against_a_draft(
    postgresql_project: Project,
) -> None:
    project = settled(postgresql_project)
    grant = "GRANT SELECT ON users TO PUBLIC"
    with project.connect() as connection:
        connection.execute(text(grant))
    project.write("objects/grants.sql", f"{grant};\n")
    with open(project.path / "alembic.ini", "a", encoding="utf-8") as ini:
        ini.write("\n[alembic_guard]\nsql_objects = objects\n")
    add_attribute(project)
    assert proof(project) == PROVED + WRITTEN


def test_a_value_of_an_enum_and_an_autocommit_block_are_proved(
    postgresql_project: Project,
) -> None:
    project = settled(postgresql_project)
    with project.connect() as connection:
        connection.execute(text("CREATE TYPE mood AS ENUM ('a')"))
        connection.execute(text("ALTER TABLE users ADD mood mood"))
    edit(project, "models.py", "import String", "import Enum, String")
    enum = 'mood: Mapped[str | None] = mapped_column(Enum("a", "b", name="mood"))'
    add_attribute(project, enum)
    block = "with op.get_context().autocommit_block():\n        "
    template(project, UP, f"{block}op.execute('VACUUM users')\n    {UP}")
    assert proof(project, "--allow", "all") == PROVED + WRITTEN
    assert "ADD VALUE 'b'" in body(written(project)[0])


def test_with_forward_only_nothing_is_downgraded(sqlite_project: Project) -> None:
    settled(sqlite_project)
    add_attribute(sqlite_project)
    template(sqlite_project, DOWN, "raise RuntimeError")
    env = {"ALEMBIC_GUARD_FORWARD_ONLY": "yes"}
    done = applied(revise(sqlite_project, "--rev-id", "0002", "--prove", env=env))
    assert done.stdout == f"Proved    upgrade on a scratch database.\n{WRITTEN}"


def test_what_raises_is_refused_with_its_line(project: Project) -> None:
    settled(project)
    add_attribute(project)
    template(project, UP, f'{UP}\n    raise ValueError("no")')
    assert proof(project, status=1) == (
        "error: migration-failed: Revision 0002 change failed: ValueError: no\n"
        "    It ran on the scratch database; this one is unchanged.\n"
        f'    The line is: raise ValueError("no")\n{BY_HAND}'
    )


def test_what_fails_over_a_view_of_nobody_is_seen_before_it_is_written(
    postgresql_project: Project,
) -> None:
    project = settled(postgresql_project)
    with project.connect() as connection:
        connection.execute(text("ALTER TABLE users ADD old INTEGER"))
        connection.execute(text("CREATE VIEW aged AS SELECT old FROM users"))
    assert (
        "error: migration-failed: Revision 0002 change failed: cannot drop column old of table "
        "users because other objects depend on it" in proof(project, status=1)
    )


def test_a_downgrade_that_leaves_something_is_refused(sqlite_project: Project) -> None:
    settled(sqlite_project)
    add_attribute(sqlite_project)
    template(sqlite_project, DOWN, 'op.execute("SELECT 1")')
    said = proof(sqlite_project, "--allow", "upgrade-differs-after-downgrade", status=1)
    assert said.startswith(
        "error: downgrade-leaves-changes: "
        "The downgrade of 0002 change does not bring back the schema of before.\n"
        "    After it column users.email is there, and was not.\n    next: "
    )


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_where_no_database_may_be_made_dev_url_is_where_it_is(
    request: pytest.FixtureRequest, server: str, project_path: Path
) -> None:
    project = settled(request.getfixturevalue(f"{server}_project"))
    with as_role(project, f"prove_{servers.unique_name()[-8:]}") as own:
        role = make_url(own.url).username
        if server == "postgresql":
            with project.connect() as connection:
                connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"))
        escaped = project.url.replace("%", "%%")
        edit(project, "alembic.ini", escaped, own.url)
        add_attribute(project)
        alone = applied(revise(project, "--prove"))
        elsewhere = {"ALEMBIC_GUARD_DEV_URL": project.url.replace("root@", "root:@")}
        written(project)[0].unlink()
        there = applied(revise(project, "--prove", env=elsewhere))
    assert "note: not-proved: The migration was not proved for " in alone.stdout
    assert "no database can be made on " in alone.stdout
    assert there.stdout.startswith(PROVED), there.output
