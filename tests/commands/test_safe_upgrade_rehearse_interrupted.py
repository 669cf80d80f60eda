"""A rehearsal that is interrupted leaves no scratch database, whichever signal it was."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.commands.rehearsing import scratch_databases, state
from tests.commands.upgrading import until
from tests.project import Project

ASLEEP = {
    "postgresql": "SELECT datname FROM pg_stat_activity WHERE state = 'active' AND query LIKE :it",
    "mariadb": "SELECT db FROM information_schema.processlist WHERE info LIKE :it",
}
SLEEP = {"postgresql": "SELECT pg_sleep(600) AS {}", "mariadb": "SELECT SLEEP(600) AS {}"}


def where_it_sleeps(project: Project, server: str, statement: str) -> list[Any]:
    with project.connect() as connection:
        return list(connection.scalars(text(ASLEEP[server]), {"it": statement}))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("server", "template"),
    [("postgresql", "generic"), ("postgresql", "async"), ("mariadb", "generic")],
)
def test_nothing_is_left_when_a_statement_is_interrupted(
    request: pytest.FixtureRequest,
    project_path: Path,
    server: str,
    template: str,
    number: signal.Signals,
) -> None:
    url = request.getfixturevalue(f"{server}_url")
    with Project.create(project_path, url, template) as project:
        statement = SLEEP[server].format(f"slept_{os.getpid()}_{time.time_ns()}")
        project.add_revision("0001", None, f'op.execute("{statement}")')
        before = state(project)
        rehearsal = project.spawn("safe-upgrade", "--rehearse")
        until(lambda: where_it_sleeps(project, server, statement) or rehearsal.poll(), 120)
        (name,) = where_it_sleeps(project, server, statement)
        assert name in scratch_databases(project)
        rehearsal.send_signal(number)
        output, error = ended(rehearsal)
        assert rehearsal.returncode == 130, output + error
        assert "error: interrupted: Interrupted.\n" in output
        assert "Traceback" not in output + error
        assert name not in scratch_databases(project)
        assert state(project) == before


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    return process.communicate(timeout=120)
