"""A proof that is interrupted leaves neither a scratch database nor a file."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.commands.rehearsing import scratch_databases, state
from tests.commands.revising import add_attribute, edit, settled, written
from tests.commands.test_safe_upgrade_rehearse_interrupted import SLEEP, ended, where_it_sleeps
from tests.commands.upgrading import until
from tests.project import Project

UP = '${upgrades if upgrades else "pass"}'


@pytest.mark.parametrize(
    ("server", "template", "number"),
    [
        ("postgresql", "generic", signal.SIGINT),
        ("postgresql", "async", signal.SIGINT),
        ("mariadb", "generic", signal.SIGTERM),
    ],
)
def test_nothing_is_left_when_a_proof_is_interrupted(
    request: pytest.FixtureRequest,
    project_path: Path,
    server: str,
    template: str,
    number: signal.Signals,
) -> None:
    url = request.getfixturevalue(f"{server}_url")
    with Project.create(project_path, url, template) as project:
        settled(project)
        add_attribute(project)
        statement = SLEEP[server].format(f"slept_{os.getpid()}_{time.time_ns()}")
        edit(project, "migrations/script.py.mako", UP, f'op.execute("{statement}")\n    {UP}')
        before = state(project)
        revision = project.spawn("guard-revision", "-m", "change", "--prove")
        until(lambda: where_it_sleeps(project, server, statement) or revision.poll(), 120)
        (name,) = where_it_sleeps(project, server, statement)
        assert name in scratch_databases(project)
        revision.send_signal(number)
        output, error = ended(revision)
        assert revision.returncode == 130, output + error
        assert "Interrupted; nothing was applied.\n" in error
        assert "Traceback" not in output + error
        assert name not in scratch_databases(project)
        assert (state(project), written(project)) == (before, [])
