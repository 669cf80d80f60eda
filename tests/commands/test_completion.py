"""Completion in a shell: asked as the shell asks, through the environment."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from alembic_guard import COMMANDS, guards, rules
from tests.project import Project, alembic_command, environment

STOCK = {"branches", "check", "current", "downgrade", "heads", "history", "revision", "upgrade"}


def complete(project: Project, words: str) -> list[str]:
    """What bash would offer for the last word."""
    number = len(words.split(" ")) - 1
    variables = {
        "_ALEMBIC_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(number),
    }
    result = project.alembic(env=variables)
    assert (result.returncode, result.stderr) == (0, "")
    return [line.partition(",")[2] for line in result.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "alembic guard-",
            [
                *("guard-check", "guard-doctor", "guard-init"),
                *("guard-lint", "guard-log", "guard-revision"),
            ],
        ),
        ("alembic up", ["upgrade"]),
        ("alembic -c other.ini -x a=b safe", ["safe-downgrade", "safe-upgrade"]),
        ("alembic safe-downgrade --allow loses", ["loses-data"]),
        ("alembic --rais", ["--raiseerr"]),
        ("alembic guard-init --", ["--check", "--remove", "--format", "--output", "--help"]),
        ("alembic guard-log --format ", ["text", "sarif", "markdown", "json", "github"]),
        ("alembic guard-revision --allow empty", ["empty-metadata", "empty-revision"]),
        ("alembic safe-upgrade --allow al", ["all"]),
        ("alembic safe-upgrade --explain empty-r", ["empty-revision"]),
        ("alembic safe-upgrade --explain al", []),
        ("alembic safe-upgrade --reh", ["--rehearse"]),
        ("alembic safe-upgrade --rehearse --sh", ["--shadow-url"]),
        ("alembic upgrade --s", []),
    ],
)
def test_words_are_completed(sqlite_project: Project, words: str, expected: list[str]) -> None:
    assert complete(sqlite_project, words) == expected


def test_every_command_is_offered_ours_and_alembics(sqlite_project: Project) -> None:
    offered = complete(sqlite_project, "alembic ")
    assert offered == sorted(offered)
    assert set(offered) >= {*STOCK, *COMMANDS}


def test_every_guard_and_every_rule_is_offered(sqlite_project: Project) -> None:
    expected = [*guards.names(), *rules.names(), "all"]
    assert complete(sqlite_project, "alembic guard-revision --allow ") == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_asks_by_the_same_variable(
    sqlite_project: Project, shell: str
) -> None:
    result = sqlite_project.alembic(env={"_ALEMBIC_COMPLETE": f"{shell}_source"})
    assert (result.returncode, result.stderr) == (0, "")
    assert f"_ALEMBIC_COMPLETE={shell}_complete" in result.stdout


def test_bash_itself_completes(sqlite_project: Project) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    program = """
        eval "$(_ALEMBIC_COMPLETE=bash_source alembic)"
        COMP_WORDS=(alembic guard-i) COMP_CWORD=1
        _alembic_completion alembic
        echo "${COMPREPLY[@]}"
    """
    path = f"{alembic_command()[0].rpartition('/')[0]}:/usr/bin:/bin"
    done = subprocess.run(
        [bash, "--norc", "-c", program],
        cwd=sqlite_project.path,
        env=environment({"PATH": path}),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout == "guard-init\n", done.stderr


@pytest.mark.parametrize("instruction", ["nonsense", "tcsh_source"])
def test_an_instruction_that_nobody_knows_ends_with_status_1(
    sqlite_project: Project, instruction: str
) -> None:
    result = sqlite_project.alembic("heads", env={"_ALEMBIC_COMPLETE": instruction})
    assert (result.returncode, result.stdout) == (1, "")


def test_an_empty_variable_asks_for_nothing(sqlite_project: Project) -> None:
    result = sqlite_project.alembic("guard-log", env={"_ALEMBIC_COMPLETE": ""})
    assert (result.returncode, result.stdout.startswith("Journal of ")) == (0, True)
