"""The hooks in `script.py.mako`: plain `alembic revision` under guard, and still plain Alembic."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from alembic_guard import __version__
from tests.interpreter import without
from tests.project import Project, Result, environment

SEEN = f"# alembic_guard {__version__} judged this migration before it was written.\n"
NOT_SEEN = "# alembic_guard did not judge this migration: env.py turned its plugin off.\n"
HOOKS = '''\
# Checks of this migration's own, which `alembic safe-upgrade` runs in its transaction. To stop it,
# raise or return False: everything is rolled back.
#
# def precheck(connection):
#     """Before upgrade()."""
#
# def postcheck(connection):
#     """After upgrade()."""


'''
EMPTY = (
    "empty-revision: Nothing differs between the models and {url}.\n"
    "  Server defaults are not compared: context.configure(compare_server_default=True).\n"
    "  next: alembic revision -m MESSAGE  # for a migration written by hand\n"
)


@pytest.fixture
def guarded(sqlite_project: Project) -> Project:
    """A project with the hooks, and one revision that is applied."""
    assert sqlite_project.alembic("guard-init").returncode == 0
    assert plain(sqlite_project, "--rev-id", "a1").returncode == 0
    assert sqlite_project.alembic("upgrade", "head").returncode == 0
    return sqlite_project


def plain(project: Project, *words: str, env: dict[str, str] | None = None) -> Result:
    """`alembic revision --autogenerate`, as whoever does not know of us types it."""
    return project.alembic("revision", "--autogenerate", "-m", "x", *words, env=env)


def edit(project: Project, name: str, old: str, new: str) -> None:
    text = project.read(name)
    assert old in text
    project.write(name, text.replace(old, new))


def temporary(folder: Path) -> dict[str, str]:
    """A folder of its own for temporary files, to see what is left in it."""
    folder.mkdir()
    return {"TMPDIR": str(folder)}


# --- Refusals ------------------------------------------------------------------------------------


def test_an_empty_migration_is_refused_with_the_finding_itself(
    guarded: Project, tmp_path: Path
) -> None:
    before = guarded.snapshot()
    result = plain(guarded, "--rev-id", "b2", env=temporary(tmp_path / "tmp"))
    path = guarded.path / "migrations" / "versions" / "b2_x.py"
    assert (result.returncode, result.stdout) == (
        1,
        f"Generating {path} ...  FAILED\nFAILED: {EMPTY.format(url=guarded.url)}",
    )
    assert "Template rendering failed" not in result.output
    assert "Traceback" not in result.output
    assert guarded.snapshot() == before
    assert list((tmp_path / "tmp").iterdir()) == []


def test_raiseerr_shows_the_finding_as_the_error_that_was_raised(guarded: Project) -> None:
    result = guarded.alembic("--raiseerr", "revision", "--autogenerate", "-m", "x")
    assert result.returncode == 1
    assert "\nalembic_guard.errors.Refused: empty-revision: Nothing differs" in result.stderr
    assert "Template rendering failed" not in result.stderr


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (
            "drops-everything",
            'class User(Base):\n    __tablename__ = "users"',
            'class Other(Base):\n    __tablename__ = "others"\n    extra: Mapped[str]',
        ),
        ("looks-like-rename", "name: Mapped", "full_name: Mapped"),
        ("unnamed-constraint", "mapped_column(String(50))", "mapped_column(unique=True)"),
        ("empty-metadata", "class User(Base):", "class User:"),
    ],
    ids=lambda value: value if "-" in value else "",
)
def test_what_guard_revision_would_refuse_is_refused(
    guarded: Project, name: str, old: str, new: str
) -> None:
    edit(guarded, "models.py", old, new)
    before = guarded.snapshot()
    assert_refused_alike(guarded, name)
    assert guarded.snapshot() == before


def test_a_table_of_somebody_else_is_not_dropped(guarded: Project) -> None:
    with guarded.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    before = guarded.snapshot()
    assert_refused_alike(guarded, "drops-unowned-table")
    assert guarded.snapshot() == before


def assert_refused_alike(project: Project, name: str) -> None:
    """Under `guard-revision` and under plain Alembic: the same findings, in the same words."""
    guarded = project.alembic("guard-revision", "-m", "x", "--format", "json")
    stock = plain(project)
    assert (guarded.returncode, stock.returncode) == (1, 1), stock.output
    findings = json.loads(guarded.stdout)["findings"]
    assert [finding["name"] for finding in findings] == [name]
    lines = [f"FAILED: {name}: {findings[0]['message']}"]
    lines += [f"  {line}" for line in findings[0]["why"].splitlines()]
    lines += [f"  next: {command}" for command in findings[0]["next"]]
    assert stock.stdout.splitlines()[1:] == lines


def test_models_that_are_not_imported_are_refused_with_the_line_to_add(guarded: Project) -> None:
    guarded.write(
        "more.py",
        """
        from models import Base
        from sqlalchemy.orm import Mapped, mapped_column

        class Invoice(Base):
            __tablename__ = "invoices"
            id: Mapped[int] = mapped_column(primary_key=True)
        """,
    )
    before = guarded.snapshot()
    result = plain(guarded)
    assert result.returncode == 1
    assert "FAILED: models-not-imported: " in result.stdout
    assert "import more" in result.stdout
    assert guarded.snapshot() == before


@pytest.mark.parametrize("template", ["multidb", "async", "pyproject", "pyproject_async"])
def test_every_template_refuses(tmp_path: Path, template: str) -> None:
    path = tmp_path / "project"
    path.mkdir()
    project = Project.create(path, f"sqlite:///{path}/app.db", template)
    project.alembic("guard-init")
    written = plain(project)
    assert written.returncode == 0, written.output
    assert project.alembic("upgrade", "head").returncode == 0
    before = project.snapshot()
    assert plain(project).returncode == 1
    assert project.snapshot() == before


def test_a_change_in_one_of_several_databases_is_written(tmp_path: Path) -> None:
    path = tmp_path / "project"
    path.mkdir()
    project = Project.create(path, f"sqlite:///{path}/app.db", "multidb")
    project.alembic("guard-init")
    plain(project)
    project.alembic("upgrade", "head")
    with Project(path, project.second_url).connect() as connection:
        connection.exec_driver_sql("ALTER TABLE users RENAME COLUMN name TO other")
    written = plain(project, env={"ALEMBIC_GUARD_ALLOW": "looks-like-rename"})
    assert written.returncode == 0, written.output


# --- What is let through -------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["variable", "setting"])
def test_what_is_allowed_is_written_and_named_in_the_header(guarded: Project, how: str) -> None:
    env = {"ALEMBIC_GUARD_ALLOW": "empty-revision"} if how == "variable" else {}
    if how == "setting":
        edit(guarded, "alembic.ini", "# allow =", "allow = empty-revision")
    result = plain(guarded, "--rev-id", "b2", env=env)
    assert result.returncode == 0, result.output
    text = guarded.read("migrations/versions/b2_x.py")
    assert (
        f"\n{SEEN}"
        f"# error: empty-revision: Nothing differs between the models and {guarded.url}.\n"
        "#   allowed: --allow or the setting allow\n"
        "\n# revision identifiers, used by Alembic.\n"
    ) in text
    compile(text, "b2_x.py", "exec")


@pytest.mark.parametrize("words", [["revision", "-m", "x"], ["merge", "heads", "-m", "x"]])
def test_plain_revision_and_merge_still_write_and_say_nothing_of_a_judgement(
    guarded: Project, words: list[str]
) -> None:
    if words[0] == "merge":
        guarded.add_revision("b2", "a1", "pass")
        guarded.add_revision("c3", "a1", "pass")
    result = guarded.alembic(*words, "--rev-id", "d4")
    assert result.returncode == 0, result.output
    text = guarded.read("migrations/versions/d4_x.py")
    assert "judge" not in text
    assert f"\n\n{HOOKS}def upgrade() -> None:\n" in text


def test_plain_revision_with_revision_environment_still_writes(guarded: Project) -> None:
    edit(guarded, "alembic.ini", "[alembic]\n", "[alembic]\nrevision_environment = true\n")
    result = guarded.alembic("revision", "-m", "x", "--rev-id", "b2")
    assert result.returncode == 0, result.output
    assert "judge" not in guarded.read("migrations/versions/b2_x.py")


def test_an_autogenerate_that_is_right_is_written_with_header_and_hooks(
    sqlite_project: Project,
) -> None:
    sqlite_project.alembic("guard-init")
    assert plain(sqlite_project, "--rev-id", "a1").returncode == 0
    text = sqlite_project.read("migrations/versions/a1_x.py")
    assert f"\n\n{SEEN}\n# revision identifiers, used by Alembic.\n" in text
    assert f"\n\n{HOOKS}def upgrade() -> None:\n" in text


def test_guard_revision_judges_once_and_writes_the_same_header(sqlite_project: Project) -> None:
    sqlite_project.alembic("guard-init")
    result = sqlite_project.alembic("guard-revision", "-m", "x", "--rev-id", "a1")
    assert result.returncode == 0, result.output
    assert f"\n\n{SEEN}\n# revision" in sqlite_project.read("migrations/versions/a1_x.py")


def test_where_env_py_turns_the_plugin_off_the_header_says_so(guarded: Project) -> None:
    edit(
        guarded,
        "migrations/env.py",
        "target_metadata=target_metadata\n",
        "target_metadata=target_metadata,\n"
        'autogenerate_plugins=["alembic.autogenerate.*", "~alembic.autogenerate.guard"]\n',
    )
    result = plain(guarded, "--rev-id", "b2")
    assert result.returncode == 0, result.output
    assert f"\n\n{NOT_SEEN}\n# revision" in guarded.read("migrations/versions/b2_x.py")


def test_a_teammate_without_the_package_still_renders(guarded: Project, tmp_path: Path) -> None:
    env = without(tmp_path / "site", "alembic_guard", "click")
    result = plain(guarded, "--rev-id", "b2", env=env)
    assert result.returncode == 0, result.output
    text = guarded.read("migrations/versions/b2_x.py")
    assert "judge" not in text
    assert HOOKS not in text
    assert "guard-log" not in guarded.alembic("--help", env=env).stdout


def test_the_template_renders_byte_for_byte_as_before_for_a_teammate_without_the_package(
    sqlite_project: Project, tmp_path: Path
) -> None:
    env = without(tmp_path / "site", "alembic_guard")
    name = "migrations/versions/a1_x.py"
    assert plain(sqlite_project, "--rev-id", "a1", env=env).returncode == 0
    before = sqlite_project.read(name).splitlines()
    (sqlite_project.path / name).unlink()
    sqlite_project.alembic("guard-init")
    assert plain(sqlite_project, "--rev-id", "a1", env=env).returncode == 0
    after = sqlite_project.read(name).splitlines()
    assert [one for one in zip(before, after, strict=True) if one[0] != one[1]] == [
        (before[4], after[4])  # Create Date
    ]


# --- Other callers -------------------------------------------------------------------------------


def test_a_program_is_told_the_finding_on_stderr(guarded: Project) -> None:
    program = dedent("""
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        try:
            command.revision(Config("alembic.ini"), message="x", autogenerate=True)
        except CommandError as error:
            print(type(error).__name__)
    """)
    before = guarded.snapshot()
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=guarded.path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.splitlines()[-1] == "CommandError"
    assert f"\n{EMPTY.format(url=guarded.url)}" in done.stderr
    assert guarded.snapshot() == before


def test_a_template_that_is_wrong_itself_fails_as_in_plain_alembic(guarded: Project) -> None:
    edit(guarded, "migrations/script.py.mako", '"""${message}', '"""${nonsense.x}')
    result = plain(guarded)
    assert result.returncode == 255
    assert "FAILED: Template rendering failed; see " in result.stdout
