"""Ctrl-C, a server that hangs up, a reader that has gone: what is said is what is there."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.commands.test_safe_upgrade_deployers import held_lock
from tests.commands.upgrading import blocking, change_env, history, journal, said, until
from tests.project import Project, alembic_command, environment

SLEEPING = "import pathlib, time\npathlib.Path('running').touch()\ntime.sleep(60)"
ASLEEP_IN_THE_SERVER = (
    "import pathlib\npathlib.Path('running').touch()\nop.execute('SELECT pg_sleep(60)')"
)
IMPORT = "from alembic import context"
TEMPLATES = pytest.mark.parametrize("template", ["generic", "async"])


def interrupted(
    process: subprocess.Popen[str], by: signal.Signals = signal.SIGINT
) -> tuple[int, str]:
    """Press Ctrl-C; the status and the first line of what it found."""
    process.send_signal(by)
    output, _ = process.communicate(timeout=10)
    findings = [line for line in output.splitlines() if line.startswith("error: ")]
    return process.returncode, findings[0] if findings else ""


@TEMPLATES
def test_ctrl_c_ends_the_wait_for_another_deployer(
    database_url: str, project_path: Path, template: str
) -> None:
    with Project.create(project_path, database_url, template) as project:
        history(project)
        lock = held_lock(Project(project.path, project.url))
        try:
            upgrade = project.spawn("safe-upgrade")
            said(upgrade, "Waiting for another deployer")
            assert interrupted(upgrade) == (130, "error: interrupted: Interrupted.")
        finally:
            lock.release()
        assert project.tables() == []


@TEMPLATES
def test_ctrl_c_ends_the_wait_for_a_lock(
    postgresql_url: str, project_path: Path, template: str
) -> None:
    with Project.create(project_path, postgresql_url, template) as project:
        history(project, 'op.add_column("users", sa.Column("age", sa.Integer()))')
        project.alembic("upgrade", "0001")
        with blocking(project, "SELECT * FROM users"):
            upgrade = project.spawn("safe-upgrade")
            said(upgrade, "waiting outside the queue")
            assert interrupted(upgrade) == (
                130,
                "error: interrupted: Interrupted at revision 0002 step 2.",
            )
        assert journal(project, "revision", "status") == [
            ("0001", "adopted"),
            ("0002", "interrupted"),
        ]


@TEMPLATES
def test_sigterm_is_like_ctrl_c(postgresql_url: str, project_path: Path, template: str) -> None:
    with Project.create(project_path, postgresql_url, template) as project:
        project.add_revision("0001", None, ASLEEP_IN_THE_SERVER, message="slow")
        upgrade = project.spawn("safe-upgrade")
        until(lambda: (project.path / "running").exists())
        assert interrupted(upgrade, signal.SIGTERM) == (
            130,
            "error: interrupted: Interrupted at revision 0001 slow.",
        )
        assert journal(project, "revision", "status") == [("0001", "interrupted")]


def test_sigterm_leaves_no_lock_file_of_sqlite(sqlite_project: Project) -> None:
    sqlite_project.add_revision("0001", None, SLEEPING, message="slow")
    upgrade = sqlite_project.spawn("safe-upgrade")
    until(lambda: (sqlite_project.path / "running").exists())
    assert interrupted(upgrade, signal.SIGTERM)[0] == 130
    assert journal(sqlite_project, "status") == [("interrupted",)]
    assert [path for path in sqlite_project.path.iterdir() if "lock" in path.name] == []


def test_sigterm_ends_what_a_shell_runs_in_the_background(sqlite_project: Project) -> None:
    sqlite_project.add_revision("0001", None, SLEEPING, message="slow")
    in_background = subprocess.Popen(
        ["sh", "-c", f"{shlex.join([*alembic_command(), 'safe-upgrade'])} & echo $!; wait $!"],
        cwd=sqlite_project.path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    sqlite_project.spawned.append(in_background)
    assert in_background.stdout is not None
    pid = int(in_background.stdout.readline())
    until(lambda: (sqlite_project.path / "running").exists())
    os.kill(pid, signal.SIGTERM)
    output, _ = in_background.communicate(timeout=20)
    assert (in_background.returncode, "error: interrupted" in output) == (130, True)


def test_ctrl_c_between_two_runs_of_env_py_ends_its_rows(postgresql_project: Project) -> None:
    project = postgresql_project
    change_env(project, "connectable.connect()", "connectable.begin()")
    history(project, 'op.add_column("users", sa.Column("age", sa.Integer()))')
    project.alembic("upgrade", "0001")
    with blocking(project, "SELECT * FROM users"):
        upgrade = project.spawn("safe-upgrade")
        said(upgrade, "waiting outside the queue")
        assert interrupted(upgrade)[0] == 130
    assert [status for (status,) in journal(project, "status")] == ["adopted", "interrupted"]


@TEMPLATES
def test_ctrl_c_in_an_async_or_sync_migration_is_status_130(
    postgresql_url: str, project_path: Path, template: str
) -> None:
    with Project.create(project_path, postgresql_url, template) as project:
        project.add_revision("0001", None, ASLEEP_IN_THE_SERVER, message="slow")
        upgrade = project.spawn("safe-upgrade")
        until(lambda: (project.path / "running").exists())
        assert interrupted(upgrade) == (
            130,
            "error: interrupted: Interrupted at revision 0001 slow.",
        )
        assert journal(project, "revision", "status") == [("0001", "interrupted")]
        assert project.alembic("safe-upgrade", "--plan").returncode == 0


def test_ctrl_c_right_after_a_commit_counts_the_revision_as_applied(project: Project) -> None:
    history(project, "pass")
    change_env(
        project,
        "    with connectable.connect() as connection:",
        "    import os, signal\n"
        "    commit = connectable.dialect.do_commit\n"
        "    def commit_and_interrupt(raw):\n"
        "        commit(raw)\n"
        "        cursor = raw.cursor()\n"
        "        try:\n"
        "            cursor.execute('SELECT version_num FROM alembic_version')\n"
        "            applied = cursor.fetchone()\n"
        "        except Exception:\n"
        "            applied = None\n"
        "        raw.rollback()\n"
        "        if applied:\n"
        "            connectable.dialect.do_commit = commit\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "    connectable.dialect.do_commit = commit_and_interrupt\n"
        "    with connectable.connect() as connection:",
    )

    result = project.alembic("safe-upgrade")

    assert (result.returncode, project.heads_in_database()) == (3, ("0001",))
    assert "    Applied before, and staying: 0001 step 1.\n" in result.stdout
    assert journal(project, "revision", "status") == [("0001", "applied")]


def test_a_server_that_hangs_up_in_the_middle_is_no_traceback(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(
        project,
        "with op.get_context().autocommit_block():\n    op.execute('SELECT 1')\n"
        "op.execute('SELECT pg_terminate_backend(pg_backend_pid())')",
    )

    result = project.alembic("safe-upgrade")

    assert (result.returncode, "Traceback" in result.output) == (3, False)
    assert " was lost in revision 0002 step 2: " in result.stdout
    assert journal(project, "revision", "status") == [("0001", "applied"), ("0002", "failed")]
    assert project.alembic("safe-upgrade", "0001").returncode == 0


def test_a_lost_deployer_lock_stops_before_the_next_revision(postgresql_project: Project) -> None:
    project = postgresql_project
    kill = (
        "op.execute(\"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
        'AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")'
    )
    history(project, kill, "pass")

    result = project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout[result.stdout.index("error: ") :]) == (
        3,
        "error: deployer-lock-lost: The deployer lock was lost before revision 0003 step 3.\n"
        "    The connection that held it was closed; another deployer may have begun meanwhile.\n"
        "    Applied before, and staying: 0001 step 1, 0002 step 2.\n"
        "    next: alembic guard-log\n"
        "    next: alembic safe-upgrade\n",
    )
    assert project.heads_in_database() == ("0002",)


def test_a_reader_that_has_seen_enough_stops_no_upgrade(sqlite_project: Project) -> None:
    history(sqlite_project, *["import time\ntime.sleep(0.05)"] * 3)

    upgrade = sqlite_project.spawn("safe-upgrade")
    assert upgrade.stdout is not None
    upgrade.stdout.readline()
    upgrade.stdout.close()
    upgrade.stdout = None
    _, errors = upgrade.communicate(timeout=30)

    assert (upgrade.returncode, sqlite_project.heads_in_database()) == (0, ("0004",)), errors


def test_a_migration_that_exits_has_failed(sqlite_project: Project) -> None:
    history(sqlite_project, "import sys\nsys.exit(0)")

    result = sqlite_project.alembic("safe-upgrade")

    assert result.returncode == 3
    assert "Revision 0002 step 2 failed: SystemExit: 0\n" in result.stdout
    assert journal(sqlite_project, "revision", "status") == [
        ("0001", "applied"),
        ("0002", "failed"),
    ]


def test_a_kill_in_env_pys_own_transaction_leaves_the_start_on_record(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    change_env(project, "connectable.connect()", "connectable.begin()")
    history(project, SLEEPING)
    upgrade = project.spawn("safe-upgrade")
    until(lambda: (project.path / "running").exists())

    upgrade.send_signal(signal.SIGKILL)
    upgrade.communicate()

    assert project.heads_in_database() == ()
    with project.connect() as connection:
        rows = connection.execute(text("SELECT revision, status FROM alembic_guard_journal"))
        assert sorted(map(tuple, rows)) == [("0001", "started"), ("0002", "started")]


@pytest.mark.parametrize(
    ("words", "again"),
    [
        ("safe-upgrade", "safe-upgrade"),
        ("safe-upgrade --rehearse", "safe-upgrade --rehearse"),
        ("safe-upgrade +1 --verify", "safe-upgrade +1 --verify"),
        ("safe-upgrade --backup 'my copies'", "safe-upgrade --backup 'my copies'"),
        ("safe-downgrade -1 --restart", "safe-downgrade -1 --restart"),
        ("safe-upgrade --sql", None),
    ],
)
def test_the_next_command_is_the_one_that_was_interrupted(
    sqlite_project: Project, words: str, again: str | None
) -> None:
    history(sqlite_project)
    change_env(sqlite_project, IMPORT, f"{SLEEPING}\n{IMPORT}")
    process = sqlite_project.spawn(*shlex.split(words))
    until(lambda: (sqlite_project.path / "running").exists())
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert [line for line in output.splitlines() if "next: " in line] == (
        [] if again is None else [f"    next: alembic {again}"]
    )


def test_a_relative_target_counts_from_what_is_done_already(sqlite_project: Project) -> None:
    history(sqlite_project, SLEEPING)
    upgrade = sqlite_project.spawn("safe-upgrade", "+2")
    until(lambda: (sqlite_project.path / "running").exists())
    upgrade.send_signal(signal.SIGINT)
    output, _ = upgrade.communicate(timeout=20)
    assert (upgrade.returncode, sqlite_project.heads_in_database()) == (3, ("0001",))
    again = "    next: alembic safe-upgrade +2  # counts from where the database is now\n"
    assert output.endswith(again)
