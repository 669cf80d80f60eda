"""One deployer at a time, on every database, with real processes."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from alembic_guard.runtime.database import Database
from alembic_guard.runtime.lock import DeployerLock, deployer_lock
from tests.commands.upgrading import change_env, history, journal, said, until
from tests.project import Project

SLOW = "import pathlib, time\npathlib.Path('running').touch()\ntime.sleep({})"
HELD = (
    "import pathlib, time\npathlib.Path('running').touch()\n"
    "while not pathlib.Path('go').exists(): time.sleep(0.02)"
)


def held_lock(project: Project) -> DeployerLock:
    """The deployer lock of a project's history, taken by this process."""
    engine = create_engine(project.url, poolclass=NullPool)
    with engine.connect() as connection:
        database = Database(connection)
        lock = deployer_lock(database, database.key(None, "alembic_version"))
    assert lock is not None
    assert lock.try_acquire()
    return lock


def running(project: Project) -> bool:
    """Whether a deployer is in the middle of the slow migration."""
    return (project.path / "running").exists()


def test_a_hard_limit_on_waiting_ends_with_status_4_and_names_the_holder(
    project: Project,
) -> None:
    history(project)
    lock = held_lock(project)
    before = project.snapshot()

    try:
        result = project.alembic("safe-upgrade", "--wait", "500ms")
    finally:
        lock.release()

    refused = result.stdout.splitlines()
    holder = {"postgresql": "pid ", "mysql": "connection ", "mariadb": "connection "}
    named = holder.get(project.url.split("+")[0], "lock file ")
    assert result.returncode == 4
    assert any(line.startswith("error: another-deployer: Another deployer is") for line in refused)
    assert any(line.startswith(f"    Held by {named}") for line in refused), result.stdout
    assert (project.tables(), project.snapshot() == before) == ([], "lock file" not in named)


def test_a_holder_that_is_killed_frees_the_lock_at_once(project: Project) -> None:
    history(project, SLOW.format(60))
    holder = project.spawn("safe-upgrade")
    until(lambda: running(project))

    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    project.add_revision("0002", "0001", "pass", message="step 2")
    result = project.alembic("safe-upgrade", "--wait", "5s")

    assert (result.returncode, project.heads_in_database()) == (0, ("0002",))
    assert journal(project, "revision", "status") == [
        ("0001", "applied"),
        ("0002", "started"),
        ("0002", "applied"),
    ]


def test_a_waiting_deployer_says_so_and_ends_well_once_the_other_is_done(
    project: Project,
) -> None:
    history(project, HELD)
    first = project.spawn("safe-upgrade")
    until(lambda: running(project))

    second = project.spawn("safe-upgrade")
    said(second, "Waiting for another deployer (")
    (project.path / "go").touch()

    output, _ = second.communicate(timeout=60)
    assert (first.wait(60), second.returncode) == (0, 0)
    assert output.splitlines() == [
        "Nothing left to do: another deployer has applied it meanwhile.",
        "Done: nothing to apply.",
    ]


def test_the_lock_file_of_sqlite_is_removed(sqlite_project: Project) -> None:
    history(sqlite_project)

    assert sqlite_project.alembic("safe-upgrade").returncode == 0
    assert list(sqlite_project.path.glob("*.lock")) == []


@pytest.mark.parametrize(
    "options",
    [
        'isolation_level="AUTOCOMMIT"',
        'isolation_level="REPEATABLE READ"',
        "pool_size=1, max_overflow=0, pool_timeout=2",
    ],
)
def test_whatever_the_engine_says_the_lock_is_exclusive(
    postgresql_project: Project, options: str
) -> None:
    project = postgresql_project
    pool = "" if "pool_size" in options else ", poolclass=pool.NullPool"
    change_env(project, "poolclass=pool.NullPool", options + pool)
    history(project, SLOW.format(1))

    deployers = [project.spawn("safe-upgrade") for _ in range(3)]
    ends = [(deployer.communicate(timeout=60)[0], deployer.returncode) for deployer in deployers]

    lines = [line for output, _ in ends for line in output.splitlines()]
    assert sorted(line for line in lines if line.startswith("Done")) == [
        "Done: 2 revisions applied.",
        "Done: nothing to apply.",
        "Done: nothing to apply.",
    ]


def test_an_index_built_concurrently_does_not_wait_for_a_waiting_deployer(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(
        project,
        HELD,
        "with op.get_context().autocommit_block():\n"
        '    op.create_index("ix", "users", ["name"], postgresql_concurrently=True)',
    )
    first = project.spawn("safe-upgrade")
    until(lambda: running(project))

    second = project.spawn("safe-upgrade")
    said(second, "Waiting for another deployer (")
    (project.path / "go").touch()

    assert (first.wait(60), second.wait(60)) == (0, 0)
    assert project.heads_in_database() == ("0003",)


def test_histories_that_share_a_database_have_locks_of_their_own(
    postgresql_project: Project, tmp_path: Path
) -> None:
    with create_engine(postgresql_project.url, poolclass=NullPool).connect() as connection:
        database = Database(connection)
        keys = {
            database.key(None, "alembic_version"),
            database.key("public", "alembic_version"),
            database.key("billing", "alembic_version"),
            database.key(None, "billing_version"),
        }

    assert len(keys) == 3  # "public" is the default schema: the first two are one history


@pytest.mark.parametrize("template", ["async", "pyproject_async"])
def test_deployers_with_async_drivers_keep_to_one_at_a_time(
    database_url: str, project_path: Path, template: str
) -> None:
    with Project.create(project_path, database_url, template) as project:
        history(project, SLOW.format(1))

        deployers = [project.spawn("safe-upgrade") for _ in range(3)]
        ends = [(one.communicate(timeout=60), one.returncode) for one in deployers]

    assert [status for _, status in ends] == [0, 0, 0], ends
    assert sorted(said[0].splitlines()[-1] for said, _ in ends) == [
        "Done: 2 revisions applied.",
        "Done: nothing to apply.",
        "Done: nothing to apply.",
    ]
