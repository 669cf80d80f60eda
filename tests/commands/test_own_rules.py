"""A project's own rules are named, allowed, enabled and explained like ours."""

from __future__ import annotations

import json

import pytest

from tests.project import Project

RULE = '''
    """A table is made on Friday."""

    from alembic_guard.ddl.actions import CreateTable
    from alembic_guard.rules import Harm

    JUDGES = CreateTable
    OPT_IN = {opt_in}


    def judge(action, run):
        yield Harm(f"{{action.table}} would be made.")
'''
OWN = {"ALEMBIC_GUARD_RULES": "house"}
JSON = ("guard-lint", "--no-database", "--format", "json")


@pytest.fixture
def project(sqlite_project: Project) -> Project:
    """A table, and a package with one rule of the project's own."""
    create = 'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))'
    sqlite_project.add_revision("0001", None, create)
    sqlite_project.write("house/__init__.py", "")
    sqlite_project.write("house/no_fridays.py", RULE.format(opt_in=False))
    return sqlite_project


def found(project: Project, *words: str, **env: str) -> list[tuple[str, bool]]:
    result = project.alembic(*JSON, *words, env={**OWN, **env})
    findings = json.loads(result.stdout)["findings"]
    return [(each["name"], each["allowed"] is not None) for each in findings]


def test_it_is_let_through_by_its_name(project: Project) -> None:
    assert found(project) == [("no-fridays", False)]
    assert found(project, "--allow", "no-fridays") == [("no-fridays", True)]
    assert found(project, ALEMBIC_GUARD_ALLOW="no-fridays") == [("no-fridays", True)]


def test_it_judges_only_where_it_is_enabled_if_it_says_so(project: Project) -> None:
    project.write("house/no_fridays.py", RULE.format(opt_in=True))
    assert found(project) == []
    assert found(project, "--enable", "no-fridays") == [("no-fridays", False)]
    assert found(project, ALEMBIC_GUARD_ENABLE="no-fridays") == [("no-fridays", False)]


def test_it_judges_plain_sql(project: Project) -> None:
    project.write("change.sql", "CREATE TABLE x (id bigint PRIMARY KEY)")
    words = ("guard-lint", "--sql", "change.sql", "--format", "json")
    result = project.alembic(*words, env=OWN)
    (finding,) = json.loads(result.stdout)["findings"]
    assert (result.returncode, finding["name"]) == (1, "no-fridays")


def test_it_is_listed_and_explained(project: Project) -> None:
    listed = project.alembic("guard-lint", "--list", env=OWN)
    assert listed.stdout.endswith("Rules of your own:\n  no-fridays: A table is made on Friday.\n")
    explained = project.alembic("guard-lint", "--explain", "no-fridays", env=OWN)
    assert explained.stdout == "no-fridays: A table is made on Friday.\n"


@pytest.mark.parametrize(
    ("setting", "what"), [("allow", "guard or rule"), ("enable", "rule")], ids=["allow", "enable"]
)
def test_a_name_that_nobody_has_is_refused(project: Project, setting: str, what: str) -> None:
    variable = {f"ALEMBIC_GUARD_{setting.upper()}": "no-friday"}
    result = project.alembic("guard-lint", env={**OWN, **variable})
    said = f"there is no {what} 'no-friday'; did you mean 'no-fridays'?"
    assert (result.returncode, result.stdout.splitlines()[0]) == (
        2,
        f"error: bad-setting: {setting}: {said}",
    )
    typed = project.alembic("guard-lint", f"--{setting}", "no-friday", env=OWN)
    assert (typed.returncode, typed.stderr.splitlines()[-1]) == (
        2,
        f"Error: Invalid value for '--{setting}': {said}",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def (", "can't be imported: SyntaxError: invalid syntax (no_fridays.py, line 1)."),
        ("1 / 0", "can't be imported: ZeroDivisionError: division by zero."),
        ("JUDGES = 'x'\ndef judge(*_): ...", "is no rule: it has no JUDGES or no judge()."),
    ],
    ids=["syntax", "raises", "no-class"],
)
@pytest.mark.parametrize("words", [[], ["--list"], ["--allow", "no-fridays"]])
def test_a_broken_one_is_no_traceback(
    project: Project, text: str, said: str, words: list[str]
) -> None:
    project.write("house/no_fridays.py", text)
    result = project.alembic("guard-lint", *words, env=OWN)
    assert (result.returncode, "Traceback" in result.output) == (2, False)
    assert said in result.output
