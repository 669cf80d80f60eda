"""The Bad and the Good of every guard's page are run: a Bad is found, a Good is not.

The notation is described in `alembic_guard/catalogue.py`.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alembic_guard import guards
from alembic_guard.catalogue import Entry
from tests.project import Project, Result, environment

URL = "sqlite:///app.db"
PAGES = guards.catalogue()

# Their harm needs a server, a role, a kill or a git repository, which no script on SQLite has.
COVERED_ELSEWHERE = {
    "autocommit-connection": "tests/guards/test_autocommit_connection.py",
    "defect": "tests/commands/test_invoke.py",
    "deployer-lock-lost": "tests/guards/test_deployer_lock_lost.py",
    "disk-too-small": "tests/guards/test_disk_too_small.py",
    "interrupted": "tests/guards/test_interrupted.py",
    "constraint-not-validated": "tests/guards/test_constraint_not_validated.py",
    "running-event-loop": "tests/commands/test_in_process.py",
    "moved-meanwhile": "tests/commands/test_safe_upgrade_meanwhile.py",
    "invalid-index-left": "tests/guards/test_invalid_index_left.py",
    "journal-not-writable": "tests/guards/test_journal_not_writable.py",
    "not-adopted": "tests/commands/test_guard_revision_adopt.py",
    "not-compared": "tests/guards/test_not_compared.py",
    "partly-applied": "tests/guards/test_partly_applied.py",
    "pooled-connection": "tests/guards/test_pooled_connection.py",
    "removes-enum-value": "tests/guards/test_removes_enum_value.py",
    "root-without-venv": "tests/guards/test_root_without_venv.py",
    "table-in-long-transaction": "tests/guards/test_table_in_long_transaction.py",
    "unmanaged": "tests/guards/test_unmanaged.py",
    "columns-in-another-order": "tests/guards/test_columns_in_another_order.py",
    "removes-attribute": "tests/guards/test_removes_attribute.py",
    "unsafe-declaration": "tests/guards/test_unsafe_declaration.py",
    "wraparound-vacuum-running": "tests/guards/test_wraparound_vacuum_running.py",
    "revision-not-in-git": "tests/guards/test_revision_not_in_git.py",
    "wrong-usage": "tests/commands/test_invoke.py",
    "table-not-readable": "tests/guards/test_table_not_readable.py",
}
WITH_EXAMPLES = [name for name, page in PAGES.items() if page.bad]

_INSTRUCTION = re.compile(r"# (file|edit|remove): (.+)|([$&]) (.+)")


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project in which every example starts."""
    path = tmp_path_factory.mktemp("healthy")
    project = Project.create(path, URL)
    project.add_revision(
        "0001",
        None,
        """
        op.create_table(
            "users",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("name", sa.String(50), nullable=False),
        )
        """,
        'op.drop_table("users")',
        message="users",
    )
    assert project.alembic("safe-upgrade").returncode == 0
    return path


@pytest.fixture
def project(healthy: Path, tmp_path: Path) -> Iterator[Project]:
    path = shutil.copytree(healthy, tmp_path / "project")
    with Project(path, URL) as project:
        yield project


def blocks(script: str) -> Iterator[tuple[str, str, str]]:
    """The instructions of a script: verb, what follows it, and the lines below (of a file)."""
    verb, rest, below = "", "", list[str]()
    for line in script.splitlines():
        match = _INSTRUCTION.fullmatch(line)
        if match is None:
            assert verb == "file", f"no instruction: {line!r}"
            below.append(line)
            continue
        if verb:
            yield verb, rest, "\n".join(below)
        verb, rest, below = match[1] or match[3], match[2] or match[4], []
    yield verb, rest, "\n".join(below)


def perform(script: str, project: Project) -> list[Result]:
    """Follow a script; what its `$` commands left behind, in order."""
    results = []
    for verb, rest, below in blocks(script):
        if verb == "$":
            results.append(run(rest, project))
        elif verb == "&":
            start(rest, project)
        else:
            change(verb, rest, below, project)
    return results


def change(verb: str, rest: str, below: str, project: Project) -> None:
    name, _, said = rest.partition(": ")
    if verb == "file":
        project.write(name, below + "\n")
    elif verb == "remove":
        (project.path / name).unlink()
    else:
        old, new = (part.replace("\\n", "\n") for part in said.split(" -> ", 1))
        text = project.read(name)
        assert old in text, f"{name} does not hold {old!r}"
        project.write(name, text.replace(old, new, 1))


def run(line: str, project: Project) -> Result:
    program, *words = shlex.split(line)
    if program == "alembic":
        return project.alembic(*words)
    assert program == "python"
    done = subprocess.run(
        [sys.executable, *words],
        cwd=project.path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def start(line: str, project: Project) -> None:
    program, *words = shlex.split(line)
    assert program == "python"
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=project.path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    project.spawned.append(process)
    assert process.stdout is not None
    assert process.stdout.readline(), "it ended without a word"


def reported(page: Entry, result: Result) -> set[str]:
    """The severities under which a command reported the name of a page."""
    return set(re.findall(rf"^(\w+): {page.name}\b", result.output, re.MULTILINE))


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_bad_of_a_page_is_found_by_its_last_command(name: str, project: Project) -> None:
    *before, last = perform(PAGES[name].bad, project)
    assert [result.output for result in before if result.returncode] == []
    severities = reported(PAGES[name], last)
    assert len(severities) == 1, last.output
    assert (last.returncode != 0) == (severities == {"error"}), last.output


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_good_of_a_page_ends_well_and_does_not_report_it(name: str, project: Project) -> None:
    results = perform(PAGES[name].good, project)
    assert [result.output for result in results if result.returncode] == []
    assert [result.output for result in results if reported(PAGES[name], result)] == []


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_a_bad_and_a_good_do_their_work_by_the_same_command(name: str) -> None:
    bad, good = (
        [rest for verb, rest, _ in blocks(script) if verb == "$"][-1].split()[:2]
        for script in (PAGES[name].bad, PAGES[name].good)
    )
    assert bad == good


def test_every_page_has_both_examples_or_is_covered_elsewhere() -> None:
    without = {name for name, page in PAGES.items() if not (page.bad and page.good)}
    assert without == set(COVERED_ELSEWHERE)


@pytest.mark.parametrize("name", COVERED_ELSEWHERE)
def test_what_is_covered_elsewhere_is(name: str) -> None:
    assert name in (Path(__file__).parent.parent / COVERED_ELSEWHERE[name]).read_text()
