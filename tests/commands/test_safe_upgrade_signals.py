"""SIGINT and SIGTERM amid a statement: it ends, in the database as well, and at once."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.commands.upgrading import change_env, history, journal, until
from tests.project import Project

RUNNING = "import pathlib\npathlib.Path('running').touch()\n"
ENDLESS = {
    "sqlite": "CREATE TABLE late AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
    " SELECT x FROM c LIMIT 1 OFFSET 100000000000",
    "postgresql": "CREATE TABLE late AS SELECT 1 FROM pg_sleep(600)",
    "mariadb": "CREATE TABLE late AS SELECT SLEEP(600)",
}
SIGNALS = pytest.mark.parametrize(
    ("template", "by"),
    [("generic", signal.SIGINT), ("generic", signal.SIGTERM), ("async", signal.SIGTERM)],
)

SWALLOWING = """
import pathlib, time
pathlib.Path("running").touch()
while True:
    try:
        time.sleep(600)
    except BaseException:
        pathlib.Path("swallowed").touch()
"""


def endless(project: Project) -> str:
    """A revision whose only statement runs until somebody ends it."""
    return f'{RUNNING}op.execute("{ENDLESS[project.url.partition("+")[0].partition(":")[0]]}")'


def ended(process: subprocess.Popen[str]) -> tuple[int, list[str], str]:
    """The status, the finding, and what was said on stderr."""
    output, errors = process.communicate(timeout=60)
    said = output[output.index("error: ") :].splitlines() if "error: " in output else []
    return process.returncode, said[:3], errors


def sessions(project: Project) -> list[str]:
    """The statements that the server runs in the project's database, but for this one."""
    queries = {
        "postgresql": "SELECT query FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND state <> 'idle'",
        "mariadb": "SELECT info FROM information_schema.processlist WHERE db = DATABASE() "
        "AND id <> CONNECTION_ID()",
    }
    with project.connect() as connection:
        query = queries.get(project.url.partition("+")[0])
        return [] if query is None else list(connection.scalars(text(query)))


@SIGNALS
def test_a_statement_that_runs_ends_in_the_database_too(
    database_url: str, project_path: Path, template: str, by: signal.Signals
) -> None:
    with Project.create(project_path, database_url, template) as project:
        history(project, endless(project))
        project.alembic("upgrade", "0001")
        upgrade = project.spawn("safe-upgrade")
        until((project.path / "running").exists)
        if "sqlite" not in database_url:
            until(lambda: any("late" in (said or "") for said in sessions(project)))

        upgrade.send_signal(by)
        status, said, errors = ended(upgrade)

        assert (status, said, "Traceback" in errors) == (
            130,
            [
                "error: interrupted: Interrupted at revision 0002 step 2.",
                "    What was running was rolled back.",
                "    next: alembic safe-upgrade",
            ],
            False,
        ), errors
        until(lambda: sessions(project) == [])
        assert [name for name in project.tables() if name == "late"] == []
        assert journal(project, "revision", "status") == [
            ("0001", "adopted"),
            ("0002", "interrupted"),
        ]
        assert [path.name for path in project.path.glob("*.lock")] == []


@pytest.mark.skipif(
    importlib.util.find_spec("psycopg2") is None, reason="psycopg2 is not installed"
)
def test_a_driver_that_hears_nothing_is_told_to_cancel(postgresql_project: Project) -> None:
    project = postgresql_project
    ini = project.read("alembic.ini")
    project.write("alembic.ini", ini.replace("postgresql+psycopg:", "postgresql+psycopg2:"))
    history(project, endless(project))
    upgrade = project.spawn("safe-upgrade")
    until(lambda: any("late" in said for said in sessions(project)))

    upgrade.send_signal(signal.SIGTERM)
    status, said, errors = ended(upgrade)

    assert (status, said[1:], "Traceback" in errors) == (
        3,
        [
            "    What was running was rolled back.",
            "    Applied before, and staying: 0001 step 1.",
        ],
        False,
    ), errors
    assert "late" not in project.tables()


@SIGNALS
@pytest.mark.parametrize(("before", "expected"), [(0, 130), (1, 3)])
def test_a_second_signal_ends_at_once(
    sqlite_url: str,
    project_path: Path,
    template: str,
    by: signal.Signals,
    before: int,
    expected: int,
) -> None:
    with Project.create(project_path, sqlite_url, template) as project:
        history(project, SWALLOWING)
        if not before:
            project.alembic("upgrade", "0001")
        upgrade = project.spawn("safe-upgrade")
        until((project.path / "running").exists)
        upgrade.send_signal(by)
        if template == "generic":  # in the other one the event loop keeps it to itself
            until((project.path / "swallowed").exists)
        with pytest.raises(subprocess.TimeoutExpired):
            upgrade.wait(1)

        upgrade.send_signal(by)

        status, said, errors = ended(upgrade)
        assert (status, said, errors.splitlines()[-1], "Traceback" in errors) == (
            expected,
            [],
            "Interrupted again: ended at once, without cleaning up.",
            False,
        )


def test_a_signal_that_a_wrapper_forwards_counts_once(postgresql_project: Project) -> None:
    project = postgresql_project
    history(project, endless(project))
    upgrade = project.spawn("safe-upgrade", "--retry-for", "1s")
    until(lambda: any("late" in said for said in sessions(project)))

    upgrade.send_signal(signal.SIGTERM)
    upgrade.send_signal(signal.SIGINT)

    status, _, errors = ended(upgrade)
    assert (status, "Interrupted again" in errors) == (3, False)


def test_an_env_py_with_its_own_transaction_leaves_nothing_of_it(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    change_env(project, "connectable.connect()", "connectable.begin()")
    history(project, endless(project))
    upgrade = project.spawn("safe-upgrade")
    until(lambda: any("late" in said for said in sessions(project)))

    upgrade.send_signal(signal.SIGTERM)

    assert ended(upgrade)[:2] == (
        130,
        [
            "error: interrupted: Interrupted at revision 0002 step 2.",
            "    What was running was rolled back.",
            "    next: alembic safe-upgrade",
        ],
    )
    until(lambda: sessions(project) == [])
    assert [status for (status,) in journal(project, "status")] == ["interrupted", "interrupted"]
