"""How the guards of a subject are found: by its class, and without importing all others."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from alembic_guard import guards
from tests.project import environment

PAGES = guards.catalogue()


@pytest.mark.parametrize("name", PAGES)
def test_the_text_of_a_guard_names_every_class_that_it_judges(name: str) -> None:
    judges = PAGES[name].load().JUDGES
    kinds = judges if isinstance(judges, tuple) else (judges,)
    assert {kind.__name__ for kind in kinds} <= guards._of(PAGES[name])


def test_a_subject_loads_no_guard_but_its_own() -> None:
    program = """
import sys
from alembic_guard import guards
from alembic_guard.guards._subjects import Taken
guards.judge(Taken("a.py"))
loaded = {name.removeprefix("alembic_guard.guards.") for name in sys.modules if ".guards." in name}
print(sorted(name for name in loaded if not name.startswith("_")))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("['duplicate_revision']\n", "")


@pytest.mark.parametrize("name", PAGES)
def test_a_guard_that_is_not_always_an_error_says_so_on_its_page(name: str) -> None:
    said = re.findall(r"Severity\.(WARNING|NOTE)", PAGES[name].source)
    assert not said or "SEVERITY" in vars(PAGES[name].load())
