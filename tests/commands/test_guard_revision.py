"""`alembic guard-revision` as a whole: its words, its reports, its exit status, its Python face."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import alembic_guard
from alembic_guard import Refused, Revised, StoppedPartWay, WrongUsage
from tests.commands.revising import add_attribute, applied, edit, refused, revise, settled, written
from tests.project import Project, environment

DOCS = "https://alembic-guardrails.readthedocs.io/en/stable/guards"


@pytest.fixture
def changed(sqlite_project: Project) -> Project:
    """A project in which one column is to be written."""
    settled(sqlite_project)
    add_attribute(sqlite_project)
    return sqlite_project


def usage_error(project: Project, *words: str) -> str:
    """The last line on stderr of a command that was typed wrongly, having changed nothing."""
    before = project.snapshot(), project.tables()
    result = project.alembic("guard-revision", *words)
    assert (result.returncode, result.stdout) == (2, "")
    assert (project.snapshot(), project.tables()) == before
    return result.stderr.splitlines()[-1]


def assigned(path: Path, name: str) -> str:
    """What a migration assigns to one of its four names."""
    (line,) = [line for line in path.read_text().splitlines() if line.startswith(f"{name}: ")]
    return line.partition(" = ")[2]


# --- The options of `alembic revision` ------------------------------------------------------------


def test_the_options_of_alembic_revision_mean_what_they_mean_there(changed: Project) -> None:
    changed.add_revision("aaaa", "0001", "pass")
    applied(changed.alembic("upgrade", "head"))
    words = "--head 0001 --splice --branch-label side --rev-id 0002 --depends-on aaa"
    applied(revise(changed, *words.split(), "--version-path", "migrations/versions"))
    file = changed.path / "migrations" / "versions" / "0002_change.py"
    names = ("revision", "down_revision", "branch_labels", "depends_on")
    expected = ["'0002'", "'0001'", "('side',)", "'aaaa'"]
    assert [assigned(file, name) for name in names] == expected


def test_the_next_command_repeats_what_was_typed(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    edit(project, "models.py", "    name: ", "    full_name: ")
    words = "--rev-id 0002 --depends-on 0001 --allow empty-revision --no-merge"
    again = f"alembic guard-revision -m change {words}"
    assert refused(project, *words.split()).splitlines()[2:] == [
        f"    next: {again} --rename users.name:full_name",
        f"    next: {again} --no-rename  # it is none",
    ]


@pytest.mark.parametrize("option", ["--head", "--depends-on"])
def test_a_revision_that_does_not_exist(changed: Project, option: str) -> None:
    changed.add_revision("abcdef12", "0001", "pass")  # not applied: what was typed is read first
    assert refused(changed, option, "abcdef99") == (
        "error: missing-revision: There is no revision 'abcdef99'. Did you mean abcdef12?\n"
        "    Can't locate revision identified by 'abcdef99'\n"
        "    next: alembic history  # what there is\n"
    )


def test_the_beginning_of_a_revision_names_it(changed: Project) -> None:
    applied(revise(changed, "--head", "00", "--rev-id", "0002"))
    assert assigned(written(changed)[0], "down_revision") == "'0001'"


def test_a_folder_that_is_no_version_location(changed: Project) -> None:
    assert refused(changed, "--version-path", "elsewhere") == (
        "error: refused-by-alembic: Path elsewhere is not represented in current version "
        "locations.\n"
        "    That is Alembic's own sentence.\n"
        "    next: alembic --raiseerr …  # where it comes from\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Error: Missing option '-m' / '--message'."),
        (
            ["-m", "x", "--allow", "empty-revison"],
            "Error: Invalid value for '--allow': there is no guard or rule 'empty-revison'; "
            "did you mean 'empty-revision'?",
        ),
        (
            ["-m", "x", "--merge", "--head", "0001"],
            "Error: --merge and --head contradict each other: build on one head, or join all.",
        ),
        (
            ["-m", "x", "--format", "xml"],
            "Error: Invalid value for '--format': 'xml' is not one of 'text', 'sarif', "
            "'markdown', 'json', 'github'.",
        ),
        (["-m", "x", "surplus"], "Error: Got unexpected extra argument (surplus)"),
    ],
)
def test_words_that_are_wrong(changed: Project, words: list[str], said: str) -> None:
    assert usage_error(changed, *words) == said


# --- Reports --------------------------------------------------------------------------------------


def test_json_holds_the_merge_and_the_revision(changed: Project) -> None:
    changed.add_revision("aaa", "0001", "pass", message="ann")
    changed.add_revision("bbb", "0001", "pass", message="bob")
    applied(changed.alembic("upgrade", "heads"))
    report = json.loads(applied(revise(changed, "--rev-id", "0002", "--format", "json")).stdout)
    (merge,) = [path for path in written(changed) if "merge" in path.name]
    assert report == {
        "version": 1,
        "command": "guard-revision",
        "exit_status": 0,
        "findings": [],
        "data": {
            "revisions": [
                {
                    "revision": merge.name[:12],
                    "message": "merge aaa (ann) and bbb (bob)",
                    "path": f"migrations/versions/{merge.name}",
                },
                {
                    "revision": "0002",
                    "message": "change",
                    "path": "migrations/versions/0002_change.py",
                },
            ],
            "applied": [],
            "proved": [],
        },
    }


def test_json_of_a_refusal(sqlite_project: Project) -> None:
    assert json.loads(refused(settled(sqlite_project), "--format", "json")) == {
        "version": 1,
        "command": "guard-revision",
        "exit_status": 1,
        "findings": [
            {
                "name": "empty-revision",
                "severity": "error",
                "message": f"Nothing differs between the models and {sqlite_project.url}.",
                "why": "",
                "next": ["alembic revision -m MESSAGE  # for a migration written by hand"],
                "revision": None,
                "path": None,
                "line": None,
                "allowed": None,
                "docs": f"{DOCS}/empty-revision/",
            }
        ],
        "data": {},
    }


def test_what_was_allowed_is_in_the_report(sqlite_project: Project) -> None:
    words = ["--allow", "empty-revision", "--rev-id", "0002", "--format", "json"]
    report = json.loads(applied(revise(settled(sqlite_project), *words)).stdout)
    (finding,) = report["findings"]
    assert (finding["name"], finding["allowed"]) == (
        "empty-revision",
        "--allow or the setting allow",
    )
    assert [found["revision"] for found in report["data"]["revisions"]] == ["0002"]


def test_the_report_goes_to_a_file(changed: Project) -> None:
    result = revise(changed, "--rev-id", "0002", "--format", "json", "--output", "report.json")
    assert (result.returncode, result.stdout) == (0, "")
    (revision,) = json.loads(changed.read("report.json"))["data"]["revisions"]
    assert revision["path"] == "migrations/versions/0002_change.py"


def test_what_env_py_prints_is_not_in_the_report(changed: Project) -> None:
    line = 'import os; print("from env.py"); os.write(1, b"from env.py"); os.system("echo env.py")'
    edit(
        changed,
        "migrations/env.py",
        "def run_migrations_offline",
        f"{line}\ndef run_migrations_offline",
    )
    result = applied(revise(changed, "--rev-id", "0002"))
    assert result.stdout == "Generated migrations/versions/0002_change.py\n"
    assert result.stderr.count("env.py") == 3


# --- --upgrade ------------------------------------------------------------------------------------


def test_a_refusal_after_an_upgrade_says_what_was_applied(changed: Project) -> None:
    applied(revise(changed, "--rev-id", "0002"))
    result = revise(changed, "--upgrade", "--format", "json")
    assert result.returncode == 3
    report = json.loads(result.stdout)
    assert report["exit_status"] == 3
    (finding,) = report["findings"]
    assert (finding["name"], finding["why"].splitlines()[-1]) == (
        "empty-revision",
        "Applied before, and staying: 0002 change.",
    )
    (done,) = report["data"]["applied"]
    assert (done["revision"], done["database"]) == ("0002", changed.url)
    assert changed.heads_in_database() == ("0002",)


def test_a_refusal_without_anything_to_apply_is_a_refusal(changed: Project) -> None:
    edit(changed, "models.py", "    email: Mapped[str | None] = mapped_column(String(50))\n", "")
    result = revise(changed, "--upgrade")
    assert result.returncode == 1
    assert "staying" not in result.stdout


def test_wrong_words_are_seen_before_anything_is_applied(changed: Project) -> None:
    applied(revise(changed, "--rev-id", "0002"))
    assert revise(changed, "--upgrade", "--rename", "nonsense").returncode == 2
    assert revise(changed, "--upgrade", "--head", "nonsense").returncode == 1
    assert changed.heads_in_database() == ("0001",)


def test_an_upgrade_that_fails_is_reported_as_one(changed: Project) -> None:
    changed.add_revision("0002", "0001", "raise ValueError('no')")
    result = revise(changed, "--upgrade")
    assert result.returncode == 1
    assert "error: migration-failed (migrations/versions/0002_revision_0002.py:" in result.stdout


# --- The Python API -------------------------------------------------------------------------------

PROGRAM = """
import json, sys
from alembic.config import Config
from alembic.util import CommandError
import alembic_guard

lines = []
try:
    config = Config("alembic.ini")
    done = alembic_guard.guard_revision(config, "change", progress=lines.append, **{})
except alembic_guard.GuardError as error:
    assert isinstance(error, CommandError)
    found = [finding.name for finding in error.findings]
    print(json.dumps([type(error).__name__, error.exit_status, found, str(error)]))
else:
    print(json.dumps([type(done).__name__, done.as_json(), len(done.findings), lines]))
"""


def run_program(project: Project, **options: object) -> list[object]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("**{}", f"**{options!r}")],
        cwd=project.path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    values: list[object] = json.loads(done.stdout)
    return values


def test_a_program_gets_what_was_written(changed: Project) -> None:
    path = "migrations/versions/0002_change.py"
    data = {
        "revisions": [{"revision": "0002", "message": "change", "path": path}],
        "applied": [],
        "proved": [],
    }
    assert run_program(changed, rev_id="0002") == ["Revised", data, 0, [f"Generated {path}"]]


def test_a_program_gets_an_error_of_alembics_kind(sqlite_project: Project) -> None:
    project = settled(sqlite_project)
    assert run_program(project) == [
        "Refused",
        1,
        ["empty-revision"],
        f"empty-revision: Nothing differs between the models and {project.url}.\n"
        "  next: alembic revision -m MESSAGE  # for a migration written by hand",
    ]


def test_a_program_is_told_of_wrong_words(changed: Project) -> None:
    kind, status, found, _ = run_program(changed, rename=["nonsense"])
    assert (kind, status, found) == ("WrongUsage", 2, ["looks-like-rename"])
    kind, status, found, _ = run_program(changed, allow=["nonsense"])
    assert (kind, status, found) == ("WrongUsage", 2, ["bad-setting"])


def test_a_program_learns_what_was_applied_before_a_refusal(changed: Project) -> None:
    applied(revise(changed, "--rev-id", "0002"))
    assert run_program(changed, upgrade=True)[:3] == ["StoppedPartWay", 3, ["empty-revision"]]


def test_a_head_that_is_named_leaves_nothing_to_join(changed: Project) -> None:
    changed.add_revision("aaa", "0001", "pass")
    changed.add_revision("bbb", "0001", "pass")
    applied(changed.alembic("upgrade", "heads"))
    _, data, *_ = run_program(changed, head="aaa", merge=True, rev_id="0002")
    assert [each["revision"] for each in data["revisions"]] == ["0002"]  # type: ignore[index,call-overload]


def test_what_the_api_returns_and_raises_is_public() -> None:
    names = {"guard_revision", "Revised", "GuardError", "Refused", "WrongUsage", "StoppedPartWay"}
    assert names <= set(alembic_guard.__all__)
    assert (Revised.__name__, Refused.exit_status) == ("Revised", 1)
    assert (WrongUsage.exit_status, StoppedPartWay.exit_status) == (2, 3)
