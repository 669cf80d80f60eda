"""`guard-revision` runs every env.py as it is: once, with its own hooks, on its own databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from tests.commands.revising import (
    add_attribute,
    applied,
    body,
    configure,
    edit,
    refused,
    revise,
    settled,
    written,
)
from tests.project import Project

ADDED = "op.add_column('users', sa.Column('email', sa.String(length=50), nullable=True))"
TEMPLATES = ["generic", "async", "multidb", "pyproject", "pyproject_async"]


@pytest.fixture
def changed(sqlite_project: Project) -> Project:
    """A project on SQLite in which one column is to be written."""
    settled(sqlite_project)
    add_attribute(sqlite_project)
    return sqlite_project


def prepend(project: Project, lines: str) -> None:
    """Put lines in front of the functions of env.py."""
    edit(
        project,
        "migrations/env.py",
        "def run_migrations_offline",
        f"{lines}\ndef run_migrations_offline",
    )


def test_env_py_is_loaded_once(changed: Project) -> None:
    prepend(changed, 'open("loaded.txt", "a").write("once ")\n')
    applied(revise(changed))
    assert changed.read("loaded.txt") == "once "


# --- Hooks of the project's own -------------------------------------------------------------------

COOKBOOK = """
def process_revision_directives(context, revision, directives):
    if config.cmd_opts.autogenerate:
        script = directives[0]
        if script.upgrade_ops.is_empty():
            directives[:] = []
            print("No changes found skipping revision creation.")
"""


def test_the_hook_of_the_cookbook_that_drops_empty_revisions_still_works(changed: Project) -> None:
    prepend(changed, COOKBOOK)
    configure(changed, "process_revision_directives=process_revision_directives")
    applied(revise(changed, "--rev-id", "0002"))
    assert body(written(changed)[0]) == ADDED
    applied(changed.alembic("upgrade", "head"))
    said = refused(changed).splitlines()[0]
    assert said == f"error: empty-revision: Nothing differs between the models and {changed.url}."


REWRITER = """
from alembic.autogenerate import rewriter
from alembic.operations import ops

writer = rewriter.Rewriter()


@writer.rewrites(ops.AddColumnOp)
def comment(context, revision, operation):
    return [ops.ExecuteSQLOp("SELECT 1"), operation]
"""


def test_what_a_rewriter_makes_of_it_is_what_is_written(changed: Project) -> None:
    prepend(changed, REWRITER)
    configure(changed, "process_revision_directives=writer")
    applied(revise(changed))
    assert body(written(changed)[0]) == f"op.execute('SELECT 1')\n{ADDED}"


def test_what_a_hook_of_the_project_adds_is_judged_too(changed: Project) -> None:
    lines = (
        "from alembic.operations import ops\n"
        "def drop(context, revision, directives):\n"
        '    directives[0].upgrade_ops.ops.append(ops.DropTableOp("billing"))\n\n'
    )
    prepend(changed, lines)
    configure(changed, "process_revision_directives=drop")
    assert refused(changed).startswith(
        "error: drops-unowned-table: The migration would drop billing, "
        "which no revision of this history created.\n"
    )


def test_an_identifier_that_a_hook_of_the_project_gives_is_kept(changed: Project) -> None:
    lines = "def number(context, revision, directives):\n    directives[0].rev_id = '0002'\n\n"
    prepend(changed, lines)
    configure(changed, "process_revision_directives=number")
    applied(revise(changed))
    assert [path.name for path in written(changed)] == ["0002_change.py"]


def test_on_version_apply_of_env_py_is_called_for_what_upgrade_applies(changed: Project) -> None:
    prepend(
        changed,
        'def note(*, step, **_):\n    print(step.up_revision_id, file=open("a.txt", "w"))\n',
    )
    configure(changed, "on_version_apply=note")
    applied(revise(changed, "--rev-id", "0002"))
    assert not (changed.path / "a.txt").exists()
    add_attribute(changed, "age: Mapped[int | None]")
    applied(revise(changed, "--upgrade"))
    assert changed.read("a.txt") == "0002\n"


def test_env_py_sees_the_options_that_recipes_ask_for(changed: Project) -> None:
    lines = "opts = config.cmd_opts\nprint(opts.autogenerate, opts.message, opts.rev_id, opts.sql,"
    prepend(changed, f'{lines} file=open("opts.txt", "w"))\n')
    applied(revise(changed, "--rev-id", "0002"))
    assert changed.read("opts.txt") == "True change 0002 False\n"


# --- Templates ------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_first_revision_is_written_and_applied(
    sqlite_url: str, project_path: Path, template: str
) -> None:
    project = Project.create(project_path, sqlite_url, template)
    result = applied(revise(project, "--rev-id", "0001"))
    assert result.stdout == "Generated migrations/versions/0001_change.py\n"
    applied(project.alembic("safe-upgrade"))
    assert project.heads_in_database() == ("0001",)
    assert "users" in project.tables()
    assert refused(project).startswith("error: empty-revision: Nothing differs ")


@pytest.mark.parametrize("database_url", ["postgresql", "mariadb"], indirect=True)
def test_an_async_environment_on_a_server(database_url: str, project_path: Path) -> None:
    project = settled(Project.create(project_path, database_url, "async"))
    where = make_url(project.configured_url).render_as_string()
    said = refused(project).splitlines()[0]
    assert said == f"error: empty-revision: Nothing differs between the models and {where}."
    add_attribute(project)
    applied(revise(project))
    assert body(written(project)[0]) == ADDED


def test_each_database_of_an_environment_is_judged(sqlite_url: str, project_path: Path) -> None:
    project = Project.create(project_path, sqlite_url, "multidb")
    applied(revise(project, "--rev-id", "0001"))
    applied(project.alembic("safe-upgrade"))
    second = Project(project.path, project.second_url)
    with second.connect() as connection:
        connection.execute(text("CREATE TABLE billing (id INTEGER)"))
    again = "alembic guard-revision -m change"
    assert refused(project) == (
        "error: drops-unowned-table: The migration would drop billing, "
        "which no revision of this history created.\n"
        f"    It is in {project.second_url} and not in the models: another application's, or one "
        "that was made by hand.\n"
        "    next: in env.py: context.configure(include_name=lambda name, type_, parents: "
        'type_ != "table" or name != "billing", …)\n'
        f"    next: {again} --allow drops-unowned-table  # it is yours, and it may go\n"
    )


def test_what_is_wrong_with_the_models_of_two_databases_is_said_once(
    sqlite_url: str, project_path: Path
) -> None:
    project = Project.create(project_path, sqlite_url, "multidb")
    model = 'class Order(Base):\n    __tablename__ = "orders"\n    id: Mapped[int]\n'
    project.write(
        "orders.py", f"from models import Base\nfrom sqlalchemy.orm import Mapped\n\n{model}"
    )
    assert refused(project) == (
        "error: models-not-imported (orders.py:4): orders.py declares orders, "
        "and migrations/env.py never imports it.\n"
        "    Autogenerate would leave it out.\n"
        "    next: in migrations/env.py, above line 40 (target_metadata = …): import orders\n"
    )


# --- Where it looks -------------------------------------------------------------------------------


def test_the_version_table_may_be_in_a_schema_of_its_own(postgresql_project: Project) -> None:
    project = postgresql_project
    with project.connect() as connection:
        connection.execute(text("CREATE SCHEMA meta"))
    settled(project, schema="meta")
    configure(project, 'version_table_schema="meta", include_schemas=True')
    assert refused(project).startswith("error: empty-revision: Nothing differs ")
    add_attribute(project)
    applied(revise(project))
    assert body(written(project)[0]) == ADDED
    assert project.tables() == ["users"]


def test_the_version_table_may_be_in_the_default_schema_by_its_name(
    postgresql_project: Project,
) -> None:
    project = settled(postgresql_project)
    configure(project, 'version_table_schema="public", include_schemas=True')
    assert refused(project).startswith("error: empty-revision: Nothing differs ")


def test_models_in_several_schemas(postgresql_project: Project) -> None:
    project = settled(postgresql_project)
    with project.connect() as connection:
        connection.execute(text("CREATE SCHEMA app"))
        connection.execute(text("CREATE TABLE app.billing (id INTEGER)"))
    configure(project, "include_schemas=True")
    add_attribute(project)
    said = refused(project).splitlines()[0]
    assert said == (
        "error: drops-unowned-table: The migration would drop app.billing, "
        "which no revision of this history created."
    )


def test_the_password_of_the_database_is_masked(postgresql_url: str, project_path: Path) -> None:
    url = make_url(postgresql_url).set(password="correct-horse")  # the server trusts everybody
    project = Project.create(project_path, url.render_as_string(hide_password=False))
    settled(project)
    result = revise(project)
    masked = url.render_as_string()
    assert result.stdout.splitlines()[0] == (
        f"error: empty-revision: Nothing differs between the models and {masked}."
    )
    assert "correct-horse" not in result.output


# --- Nothing is written to a database -------------------------------------------------------------


def test_the_database_stays_as_it_was(project: Project) -> None:
    applied(revise(project))
    assert project.tables() == []


def test_a_database_file_that_is_not_there_yet_stays_empty(sqlite_project: Project) -> None:
    applied(revise(sqlite_project))
    file = sqlite_project.path / "app.db"
    assert not file.exists() or file.read_bytes() == b""


def test_a_role_that_may_only_read_is_enough(postgresql_project: Project) -> None:
    project = settled(postgresql_project)
    configure(project, "compare_server_default=True")
    env = project.read("migrations/env.py")
    read_only = (
        'connect_args={"options": "-c default_transaction_read_only=on"},\n        poolclass='
    )
    project.write("migrations/env.py", env.replace("poolclass=", read_only, 1))
    add_attribute(project)
    applied(revise(project))
