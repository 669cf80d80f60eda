"""A command collects garbage less often than the program that it is in, while it runs."""

from __future__ import annotations

import gc
import subprocess
import sys

from alembic_guard.runtime.collecting import fewer_collections
from tests.project import Project, environment

OWN = """
import gc
from alembic.config import main

gc.set_threshold(600, 11, 12)
main(["safe-upgrade"])
print("afterwards", gc.get_threshold(), gc.get_freeze_count())
"""


def test_a_program_has_its_own_settings_back(sqlite_project: Project) -> None:
    sqlite_project.add_revision(
        "a1",
        None,
        "print('meanwhile', gc.get_threshold(), gc.get_freeze_count() > 1000)",
        extra="import gc",
    )
    done = subprocess.run(
        [sys.executable, "-c", OWN],
        cwd=sqlite_project.path,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert "meanwhile (50000, 11, 12) True\n" in done.stderr
    assert done.stdout.endswith("afterwards (600, 11, 12) 0\n")


def test_what_a_program_has_frozen_stays_so() -> None:
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        with fewer_collections():
            assert gc.get_freeze_count() == before
        assert gc.get_freeze_count() == before
    finally:
        gc.unfreeze()
