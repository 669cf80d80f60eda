"""The options that several commands share."""

from __future__ import annotations

import pytest

from alembic_guard import guards
from alembic_guard.commands.options import FORMATS
from tests.project import Project


def test_every_module_of_reports_is_a_format_and_text_comes_first() -> None:
    assert FORMATS == ["text", "sarif", "markdown", "json", "github"]


def test_an_unknown_format_is_refused(sqlite_project: Project) -> None:
    result = sqlite_project.alembic("guard-log", "--format", "xml")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == (
        "Error: Invalid value for '--format': "
        "'xml' is not one of 'text', 'sarif', 'markdown', 'json', 'github'."
    )


@pytest.mark.parametrize("command", ["guard-revision", "safe-upgrade"])
def test_explain_prints_the_page_of_a_guard_and_needs_nothing_else(
    sqlite_project: Project, command: str
) -> None:
    entry = guards.catalogue()["empty-revision"]
    result = sqlite_project.alembic(command, "--explain", "empty-revision")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(
        f"empty-revision: {entry.title}\n\n{entry.why}\n\nFix: {entry.fix}\n\nBad:\n\n    "
    )
    assert "\nGood:\n\n    " in result.stdout


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("emty-revision", "; did you mean 'empty-revision'?"),
        ("xyzzy", "."),
        ("all", "."),
    ],
)
def test_explain_refuses_a_name_that_no_guard_has(
    sqlite_project: Project, name: str, hint: str
) -> None:
    result = sqlite_project.alembic("safe-upgrade", "--explain", name)
    assert (result.returncode, result.stderr.splitlines()[-1]) == (
        2,
        f"Error: Invalid value for '--explain': there is no guard or rule {name!r}{hint}",
    )


def test_all_lets_every_guard_through_that_can_be(sqlite_project: Project) -> None:
    sqlite_project.alembic("guard-revision", "-m", "first")
    sqlite_project.alembic("safe-upgrade")
    result = sqlite_project.alembic("guard-revision", "-m", "second", "--allow", "all")
    assert result.returncode == 0, result.output
    assert "    allowed: --allow or the setting allow\n" in result.stdout


@pytest.mark.parametrize(
    ("option", "variable"),
    [("--lock-timeout", "ALEMBIC_GUARD_LOCK_TIMEOUT"), ("--wait", "ALEMBIC_GUARD_WAIT")],
)
def test_the_help_names_the_variable_of_an_option(
    sqlite_project: Project, option: str, variable: str
) -> None:
    text = " ".join(sqlite_project.alembic("safe-upgrade", "--help").stdout.split())
    assert f"{option} DURATION" in text
    assert f"[env var: {variable}]" in text


def test_an_option_wins_over_its_variable(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a1", None, "pass")
    variable = {"ALEMBIC_GUARD_LOCK_TIMEOUT": "soon"}
    assert sqlite_project.alembic("safe-upgrade", env=variable).returncode == 2
    result = sqlite_project.alembic("safe-upgrade", env={"ALEMBIC_GUARD_LOCK_TIMEOUT": "1s"})
    assert result.returncode == 0


def test_an_allowance_that_can_allow_nothing_is_said_to_be_none(sqlite_project: Project) -> None:
    result = sqlite_project.alembic("safe-upgrade", "--allow", "another-deployer")
    assert (result.returncode, result.stderr.splitlines()[0]) == (
        0,
        "warning: --allow another-deployer: nothing lets that through",
    )
