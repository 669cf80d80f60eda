"""`safe_upgrade()` in a program: many at once, under asyncio, and it is left as it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.upgrading import history, journal, run
from tests.project import Project, environment

THREADS = """
    import threading

    from alembic.config import Config

    import alembic_guard

    applied, failed = [], []

    def migrate():
        try:
            done = alembic_guard.safe_upgrade(Config("alembic.ini"))
            applied.append([one.revision.id for one in done.applied])
        except BaseException as error:
            failed.append(repr(error))

    threads = [threading.Thread(target=migrate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(applied), failed)
"""

STATE = """
    import json
    import logging
    import signal
    import sys
    import threading

    import alembic_guard
    from alembic.config import Config

    logging.basicConfig(level=logging.ERROR)
    signal.signal(signal.SIGTERM, lambda *_: None)
    app = logging.getLogger("app")

    def state():
        handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
        loggers = [(each.level, each.disabled, len(each.handlers)) for each in (app, logging.root)]
        return handlers, loggers, [*sys.path], threading.active_count()

    def same(target):
        before, error = state(), None
        try:
            alembic_guard.safe_upgrade(Config("alembic.ini"), target)
        except alembic_guard.GuardError as failed:
            error = failed.findings[0].name
        return state() == before, error

    print(same("0001"), same("head"))
    thread = threading.Thread(target=lambda: print(same("head")))
    thread.start()
    thread.join()
"""

ASYNC = """
    import asyncio

    from alembic.config import Config

    import alembic_guard

    async def main():
        config, lines = Config("alembic.ini"), []
        try:
            alembic_guard.safe_upgrade(config)
        except alembic_guard.GuardError as error:
            finding = error.findings[0]
            print(error.exit_status, finding.name, finding.message, *finding.next)
        first, second = await asyncio.gather(
            asyncio.to_thread(alembic_guard.safe_upgrade, config, progress=lines.append),
            asyncio.get_running_loop().run_in_executor(None, alembic_guard.safe_upgrade, config),
        )
        print(sorted([len(first.applied), len(second.applied)]), lines[0].split()[0])

    asyncio.run(main(), debug=True)
"""


@pytest.mark.parametrize("template", ["generic", "async"])
def test_threads_of_processes_at_once_apply_everything_once(
    database_url: str, project_path: Path, template: str
) -> None:
    with Project.create(project_path, database_url, template) as project:
        history(project, "import time\ntime.sleep(0.3)")
        project.write("program.py", THREADS)
        workers = [
            subprocess.Popen(
                [sys.executable, "program.py"],
                cwd=project.path,
                env=environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        said = sorted(worker.communicate(timeout=100)[0] for worker in workers)

        assert said == [
            "[[], [], ['0001', '0002']] []\n",
            "[[], [], []] []\n",
        ]
        assert journal(project, "revision", "status") == [("0001", "applied"), ("0002", "applied")]


def test_the_program_is_left_as_it_was_after_success_and_failure(sqlite_project: Project) -> None:
    history(sqlite_project, "raise ValueError('no')")

    done = run(sqlite_project, STATE)

    assert (done.returncode, done.stdout) == (
        0,
        "(True, None) (True, 'migration-failed')\n(True, 'migration-failed')\n",
    ), done.stderr


def test_an_event_loop_that_runs_is_named_and_a_thread_of_it_works(
    sqlite_url: str, project_path: Path
) -> None:
    with Project.create(project_path, sqlite_url, "async") as project:
        history(project)

        done = run(project, ASYNC)

    assert (done.returncode, "never awaited" in done.stderr) == (0, False), done.stderr
    assert done.stdout == (
        "1 running-event-loop migrations/env.py starts an event loop, and was run inside of one. "
        "await asyncio.to_thread(alembic_guard.safe_upgrade, config)\n"
        "[0, 1] Database\n"
    )
