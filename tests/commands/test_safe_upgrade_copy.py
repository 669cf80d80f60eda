"""SQLite revisions that leave their transaction: a failure is undone, unless others wrote."""

from __future__ import annotations

import re
import shlex
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.test_safe_upgrade_interrupted import interrupted
from tests.commands.upgrading import change_env, history, journal, until
from tests.project import Project, environment

PARTS = """
op.execute("PRAGMA foreign_keys = OFF")
op.create_table("pets", sa.Column("id", sa.Integer(), primary_key=True))
op.execute("UPDATE users SET name = 'changed'")
op.get_bind().connection.commit()
"""
FAILING = PARTS + 'op.execute("INSERT INTO nowhere VALUES (1)")'
WAITING = PARTS + "import pathlib, time\npathlib.Path('running').touch()\ntime.sleep(60)"
SOMEBODY_ELSE = """
import sqlite3
with sqlite3.connect("app.db") as other:
    other.execute("INSERT INTO users VALUES (2, 'theirs')")
other.close()
"""
COPY = "app.db.before-0002.alembic-guard"
MODES = pytest.mark.parametrize("mode", ["delete", "wal"])


def started(project: Project, upgrade: str, mode: str = "delete") -> None:
    """A database with a row, and a revision after it."""
    history(project, upgrade)
    assert project.alembic("safe-upgrade", "0001").returncode == 0
    with closing(sqlite3.connect(project.path / "app.db")) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.execute("INSERT INTO users VALUES (1, 'ada')")
        connection.commit()


def content(project: Project) -> list[str]:
    """The schema and the rows, but for the journal's."""
    with closing(sqlite3.connect(project.path / "app.db")) as connection:
        return [
            line for line in connection.iterdump() if 'INTO "alembic_guard_journal"' not in line
        ]


def copies(project: Project) -> list[str]:
    """What lies beside the database, from before a revision."""
    return sorted(path.name for path in project.path.iterdir() if "before" in path.name)


def run(project: Project, command: str) -> None:
    """Run a command that was printed, in a shell."""
    done = subprocess.run(command, shell=True, cwd=project.path, env=environment())
    assert done.returncode == 0


@MODES
@pytest.mark.parametrize("template", ["generic", "async"])
def test_a_failure_in_the_middle_leaves_the_database_as_it_was(
    sqlite_url: str, project_path: Path, template: str, mode: str
) -> None:
    with Project.create(project_path, sqlite_url, template) as project:
        started(project, FAILING, mode)
        before = content(project)

        result = project.alembic("safe-upgrade")

        assert (result.returncode, content(project), copies(project)) == (1, before, [])
        assert "\nPut back  the database as it was before 0002\n" in result.stdout
        assert "partly-applied" not in result.stdout
        assert journal(project, "revision", "status") == [("0001", "applied"), ("0002", "failed")]


def test_a_success_leaves_no_copy(sqlite_project: Project) -> None:
    started(sqlite_project, PARTS)
    result = sqlite_project.alembic("safe-upgrade")
    assert (result.returncode, copies(sqlite_project)) == (0, []), result.output
    assert "pets" in sqlite_project.tables()


def test_a_revision_that_stays_in_its_transaction_is_not_copied(sqlite_project: Project) -> None:
    looking = "import pathlib\npathlib.Path('seen').write_text(str([*pathlib.Path().iterdir()]))"
    started(sqlite_project, looking)
    assert sqlite_project.alembic("safe-upgrade").returncode == 0
    assert COPY not in sqlite_project.read("seen")


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_an_interruption_puts_it_back(sqlite_project: Project, by: signal.Signals) -> None:
    project = sqlite_project
    started(project, WAITING)
    before = content(project)
    upgrade = project.spawn("safe-upgrade")
    until(lambda: (project.path / "running").exists(), 60)

    status, _ = interrupted(upgrade, by)

    assert (status, content(project), copies(project)) == (130, before, [])


@MODES
def test_what_others_wrote_is_kept_and_the_copy_is_named(
    sqlite_project: Project, mode: str
) -> None:
    project = sqlite_project
    started(project, PARTS + SOMEBODY_ELSE + 'op.execute("INSERT INTO nowhere VALUES (1)")', mode)
    before = content(project)

    result = project.alembic("safe-upgrade")

    assert (result.returncode, copies(project)) == (3, [COPY]), result.output
    assert any("'theirs'" in line for line in content(project))
    said = result.stdout[result.stdout.index("error: partly-applied") :]
    lines = said.splitlines()
    file, path = (project.path / name for name in ("app.db", COPY))
    assert lines[0] == (
        "error: partly-applied (migrations/versions/0002_step_2.py): "
        "A part of revision 0002 step 2 stays in the database, and is not recorded."
    )
    assert lines[1] == (
        "    The database was not put back as it was before, for others may have written since; "
        f"the copy from before is {path}."
    )
    assert "    done: CREATE TABLE pets" in said
    restore = re.search(rf"    next: (.* {file} && rm {path})  # loses what others", said)
    assert restore is not None, said
    again = project.alembic("safe-upgrade")
    assert f"Note      a run of 0002 did not end well; a copy from before: {path}\n" in again.stdout
    assert (again.returncode, copies(project)) == (1, [COPY]), again.output
    run(project, restore[1])
    assert (content(project), copies(project)) == (before, [])


def killed(project: Project) -> None:
    """A run that was killed in the middle of a revision."""
    upgrade = project.spawn("safe-upgrade")
    until(lambda: (project.path / "running").exists(), 60)
    upgrade.kill()
    upgrade.communicate()
    assert (copies(project), "pets" in project.tables()) == ([COPY], True)


def test_a_killed_run_is_continued_and_its_copy_is_named_until_it_is_applied(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    started(project, WAITING.replace("time.sleep(60)", "time.sleep(0 if WAITED else 60)"))
    file = project.path / "migrations/versions/0002_step_2.py"
    file.write_text(file.read_text().replace("WAITED", "pathlib.Path('waited').exists()"))
    killed(project)
    project.write("waited", "")

    result = project.alembic("safe-upgrade")

    note = f"a run of 0002 did not end well; a copy from before: {project.path / COPY}"
    assert (result.returncode, copies(project)) == (0, []), result.output
    assert f"\nNote      {note}\n" in result.stdout


def test_without_a_journal_a_killed_run_is_found_by_the_next_which_names_the_copy(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    started(project, WAITING)
    project.write("alembic.ini", project.read("alembic.ini") + "\n[alembic_guard]\njournal = no\n")
    before = content(project)
    killed(project)
    file, path = (project.path / name for name in ("app.db", COPY))

    planned = project.alembic("safe-upgrade", "--plan")
    refused = project.alembic("safe-upgrade")

    said = refused.stdout[refused.stdout.index("error: ") :]
    assert (planned.returncode, said in planned.stdout) == (1, True)
    first, why, restore, remove = said.splitlines()[:4]
    assert (refused.returncode, first, why) == (
        1,
        f"error: partly-applied: An earlier run ended in revision 0002, and a part of it may be in "
        f"{file}.",
        f"    It leaves its transaction, so a copy was made before it: {path}.",
    )
    assert remove == (
        f"    next: rm {shlex.quote(str(path))}  # or this, when the database is right as it is"
    )
    run(project, restore.removeprefix("    next: ").partition("  #")[0])
    assert (content(project), copies(project)) == (before, [])
    project.add_revision("0002", "0001", PARTS, message="step 2")
    assert project.alembic("safe-upgrade").returncode == 0


def test_a_copy_from_before_what_is_applied_is_removed(sqlite_project: Project) -> None:
    project = sqlite_project
    started(project, "pass")
    (project.path / "app.db.before-0001.alembic-guard").touch()
    result = project.alembic("safe-upgrade")
    assert (result.returncode, copies(project)) == (0, []), result.output


def test_in_env_pys_own_transaction_the_copy_is_named(sqlite_project: Project) -> None:
    project = sqlite_project
    started(project, FAILING)
    change_env(project, "connectable.connect()", "connectable.begin()")
    before = content(project)

    result = project.alembic("safe-upgrade")

    assert (result.returncode, copies(project)) == (3, [COPY]), result.output
    restore = re.search(r"    next: (.*-c .*)  # loses what others wrote since", result.stdout)
    assert restore is not None
    run(project, restore[1])
    assert (content(project), copies(project)) == (before, [])
