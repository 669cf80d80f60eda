"""The README and the pages are true: what they show is run, what the code knows is generated."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from alembic_guard import COMMANDS
from tests.project import Project, alembic_command, environment, escaped
from tests.repositories import git, repository

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SHOWN_URL = "sqlite:///app.db"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"`(alembic (?:guard|safe)-[^`]*)`")


@dataclass
class Reader:
    """Follows a page in an empty directory, on one database."""

    folder: Path
    url: str

    def follow(self, page: str) -> None:
        """Do what each block says, and compare what it shows."""
        for kind, text in _BLOCK.findall(page):
            if kind == "console":
                self._console(text)
            elif kind in ("python", "ini", "sql") and text.startswith(("# ", "-- ")):
                self._file(text)

    def _file(self, text: str) -> None:
        head, _, body = text.partition("\n")
        name, _, old = head.removeprefix("# ").removeprefix("-- ").partition(", in place of: ")
        path = self.folder / name
        body = body.replace(SHOWN_URL, escaped(self.url))
        if not old:
            path.write_text(text, "utf-8")
            return
        before = path.read_text("utf-8")
        assert before.count(old) == 1, (name, old)
        path.write_text(before.replace(old, body.strip()), "utf-8")

    def _console(self, text: str) -> None:
        for shown in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, output = shown.partition("\n")
            status, said = self._run(command)
            assert status == (1 if "error:" in output else 0), said
            if output:
                assert without_chance(said, self.url) == without_chance(output, SHOWN_URL)

    def _run(self, command: str) -> tuple[int, str]:
        words = shlex.split(command)
        assert words[0] == "alembic"
        done = subprocess.run(
            [*alembic_command(), *words[1:]],
            cwd=self.folder,
            env=environment({"ALEMBIC_GUARD_PROVE": "true"}),
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout or done.stderr


def without_chance(output: str, url: str) -> str:
    """Output with what differs from run to run, and from database to database, taken out."""
    for pattern, name in (
        (re.escape(url), "URL"),
        (r"\((SQLite|PostgreSQL|MariaDB) [\d.]+\)", "(SERVER)"),
        (r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])", "ID"),
        (r"\b\d+ ms\b", "N ms"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "TIME"),
        (r"by \S+@\S+,", "by WHO,"),
        (r"(\.py:)\d+", r"\1N"),
        (r"^(ok +driver) .*$", r"\1"),
        (r"^(ok +server) .*$", r"\1"),
        (r"^(ok +versions) .*$", r"\1"),
        # of MariaDB alone, which is compared by Alembic
        (r"^ +Server defaults are not compared: .*\n", ""),
    ):
        output = re.sub(pattern, name, output, flags=re.MULTILINE)
    return output


def test_the_readme_does_what_it_says_on_every_database(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    url = SHOWN_URL if database_url.startswith("sqlite") else database_url

    Reader(folder, url).follow((ROOT / "README.md").read_text("utf-8"))


def test_the_readme_opens_with_the_two_commands_that_do_all_the_set_up() -> None:
    shell = [
        text for kind, text in _BLOCK.findall((ROOT / "README.md").read_text()) if kind == "sh"
    ]

    assert shell[:2] == ["pip install nox && nox -s demo\n", "nox -s tests\n"]


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")

    assert "-s demo tests" in script
    assert "pip install --quiet nox" in script


def test_the_demo_runs_to_its_end(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "demo.py"), str(tmp_path / "demo")],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"The demo ran to its end in {tmp_path / 'demo'}." in done.stdout


def test_generated_pages_are_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"],
        env=environment(),
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (0, "")


def commands_in_prose() -> Iterator[tuple[str, str]]:
    """Each command of ours that a page shows in running text, with placeholders filled in."""
    for page in PAGES:
        prose = _BLOCK.sub("", page.read_text("utf-8"))
        for command in _COMMAND.findall(prose):
            filled = (
                command.replace("[REVISION]", "head")
                .replace("MESSAGE", "text")
                .replace("--explain NAME", "--explain empty-revision")
                .replace("NAME", "empty-revision")
            )
            yield str(page.relative_to(ROOT)), filled


@pytest.mark.parametrize("command", sorted({command for _, command in commands_in_prose()}))
def test_a_command_in_the_text_is_one_that_can_be_typed(
    command: str, sqlite_project: Project
) -> None:
    if "origin/main" in command:
        repository(sqlite_project.path)
        git(sqlite_project.path, "update-ref", "refs/remotes/origin/main", "HEAD")

    result = sqlite_project.alembic(*shlex.split(command)[1:])

    assert result.returncode in (0, 1), result.output


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = [
        (str(page.relative_to(ROOT)), target)
        for page in PAGES
        for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []


def test_every_command_has_its_page_and_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert [name for name in COMMANDS if f"docs/commands/{name}.md" not in readme] == []


def test_the_python_page_is_a_program_that_runs(sqlite_project: Project) -> None:
    blocks = _BLOCK.findall((ROOT / "docs" / "python.md").read_text())
    programs = [text for kind, text in blocks if kind == "python"]
    assert len(programs) == 2
    sqlite_project.write("program.py", "\n".join(programs))

    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=sqlite_project.path,
        env=environment(),
        capture_output=True,
        text=True,
    )

    assert (done.returncode, sqlite_project.tables()) == (
        0,
        ["alembic_guard_journal", "alembic_version", "users"],
    ), done.stderr
    assert "add_email.py" in done.stdout


def test_the_checks_on_the_hooks_page_run_around_a_migration(sqlite_project: Project) -> None:
    (checks,) = (
        text
        for kind, text in _BLOCK.findall((ROOT / "docs" / "hooks.md").read_text())
        if kind == "python"
    )
    sqlite_project.add_revision(
        "0001",
        None,
        'op.create_table("users", sa.Column("id", sa.Integer()), sa.Column("email", sa.Text()))',
    )
    sqlite_project.add_revision("0002", "0001", "pass", extra=checks, message="checked")

    refused = sqlite_project.alembic("safe-upgrade")

    assert (refused.returncode, sqlite_project.heads_in_database()) == (3, ("0001",))
    assert "error: postcheck-failed" in refused.stdout
