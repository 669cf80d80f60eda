"""A file that does something else than when the database got it."""

from __future__ import annotations

import getpass
import re
import socket
import subprocess

import pytest

from alembic_guard import guards
from alembic_guard.finding import Finding
from tests.commands.upgrading import journal
from tests.guards.recording import (
    JOURNAL,
    applied,
    below,
    execute,
    history_of,
    numbered,
    replace,
)
from tests.project import Project

ME = ["-c", "user.name=me", "-c", "user.email=me@example.com"]
BY = f"{getpass.getuser()}@{socket.gethostname()}"


@pytest.fixture
def edited(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Two revisions, applied, of which the first was edited then."""
    monkeypatch.chdir(project.path)
    numbered(project, "0001", "0002")
    applied(project)
    replace(project, "0001", "SELECT '0001'", "SELECT '1'")
    return project


def found(project: Project, *allow: str, frozen: bool = False) -> list[Finding]:
    return guards.judge(history_of(project, frozen=frozen), allow)


def said(finding: Finding) -> str:
    """The whole of it, with a time in place of the time."""
    text = "\n".join([finding.severity.value, finding.message, finding.why, *finding.next])
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "WHEN", text)


def test_an_edit_is_a_warning_that_says_when_and_by_whom_it_was_applied(edited: Project) -> None:
    (finding,) = found(edited)
    assert said(finding) == (
        "warning\n"
        "migrations/versions/0001_step.py was edited after this database applied it on WHEN by "
        f"{BY}.\n"
        "The database has what the file said then; a new one gets what it says now.\n"
        "git log -p -- migrations/versions/0001_step.py\n"
        "alembic guard-revision -m MESSAGE  # the change as a revision of its own"
    )
    assert (finding.revision, str(finding.place)) == ("0001", "migrations/versions/0001_step.py")


def test_an_edit_that_is_not_committed_is_shown_and_taken_back_by_git(edited: Project) -> None:
    """Followed: after the second line, nothing is said."""
    replace(edited, "0001", "SELECT '1'", "SELECT '0001'")
    path = "migrations/versions/0001_step.py"
    for words in (["init", "-q"], ["add", path], [*ME, "commit", "-qm", "it"]):
        subprocess.run(["git", *words], check=True)
    replace(edited, "0001", "SELECT '0001'", "SELECT '1'")
    result = edited.alembic("guard-check")
    lines = [line.strip() for line in result.stdout.splitlines() if "next: git" in line]
    assert lines == [
        f"next: git diff HEAD -- {path}",
        f"next: git checkout HEAD -- {path}  # to take the edit back",
        f"next: git log -p -- {path}",
    ]
    subprocess.run(["git", "checkout", "-q", "HEAD", "--", path], check=True)
    assert found(edited) == []


def test_applications_with_tables_of_their_own_do_not_read_each_other_s_rows(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sqlite_project.path)
    numbered(sqlite_project, "0001", "0002")
    applied(sqlite_project)
    env_py = sqlite_project.read("migrations/env.py")
    configured = "connection=connection, version_table='other',"
    sqlite_project.write("migrations/env.py", env_py.replace("connection=connection,", configured))
    replace(sqlite_project, "0001", "SELECT '0001'", "SELECT 'other'")
    applied(sqlite_project)
    result = sqlite_project.alembic(
        "guard-check", "--no-drift", env={"ALEMBIC_GUARD_FROZEN": "true"}
    )
    assert (result.returncode, "edited-after" in result.output) == (0, False), result.output
    assert journal(sqlite_project, "version_table", "revision") == [
        ("alembic_version", "0001"),
        ("alembic_version", "0002"),
        ("other", "0001"),
        ("other", "0002"),
    ]


def test_a_journal_without_the_column_of_the_version_table_works_on(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sqlite_project.path)
    numbered(sqlite_project, "0001")
    applied(sqlite_project)
    execute(sqlite_project, f"ALTER TABLE {JOURNAL} DROP COLUMN version_table")
    numbered(sqlite_project, "0002", down="0001")
    applied(sqlite_project)
    replace(sqlite_project, "0002", "SELECT '0002'", "SELECT '2'")
    assert [one.revision for one in found(sqlite_project)] == ["0002"]


def test_rows_from_before_the_column_are_everybody_s(edited: Project) -> None:
    execute(edited, f"UPDATE {JOURNAL} SET version_table = NULL")
    assert [one.revision for one in found(edited)] == ["0001"]


def test_where_the_history_is_frozen_it_is_an_error_that_nothing_allows(edited: Project) -> None:
    (finding,) = found(edited, "edited-after-applied", "all", frozen=True)
    assert (said(finding).partition("\n")[0], finding.refuses) == ("error", True)


def test_what_plain_alembic_applied_is_compared_with_when_it_was_put_on_record(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sqlite_project.path)
    numbered(sqlite_project, "0001")
    sqlite_project.alembic("upgrade", "head")
    numbered(sqlite_project, "0002", down="0001")
    applied(sqlite_project)
    replace(sqlite_project, "0001", "SELECT '0001'", "SELECT '1'")
    (finding,) = found(sqlite_project)
    assert said(finding).splitlines()[1] == (
        "migrations/versions/0001_step.py was edited after this database had it: that was put on "
        f"record on WHEN by {BY}."
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n\ndef downgrade", "\n\n\n# nothing to do\ndef downgrade"),
        ("op.execute(", "op.execute(  # once\n        "),
        ('"""step', '"""another message'),
        ("def upgrade() -> None:", 'def upgrade():\n    """Once."""'),
        ("down_revision = None", "down_revision: str | None = None"),
    ],
)
def test_what_is_written_otherwise_and_does_the_same_is_no_edit(
    sqlite_project: Project, old: str, new: str
) -> None:
    numbered(sqlite_project, "0001")
    applied(sqlite_project)
    replace(sqlite_project, "0001", old, new)
    assert found(sqlite_project) == found(sqlite_project, frozen=True) == []


def test_another_place_in_the_history_is_no_edit(sqlite_project: Project) -> None:
    numbered(sqlite_project, "0001", "0002", "0003")
    applied(sqlite_project)
    below(sqlite_project, "0003", "0001")
    below(sqlite_project, "0002", "0003")
    execute(sqlite_project, "UPDATE alembic_version SET version_num = '0002'")
    assert found(sqlite_project) == []


def test_a_revision_that_is_no_longer_applied_may_be_edited(edited: Project) -> None:
    assert edited.alembic("downgrade", "base").returncode == 0
    assert found(edited) == []


def test_a_revision_that_was_applied_again_is_compared_with_the_last_time(edited: Project) -> None:
    edited.alembic("downgrade", "base")
    applied(edited)
    assert found(edited) == []


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {JOURNAL} SET normal_form = '0:f00'",
        f"UPDATE {JOURNAL} SET normal_form = NULL",
        f"ALTER TABLE {JOURNAL} DROP COLUMN normal_form",
    ],
)
def test_what_cannot_be_compared_is_a_note(edited: Project, statement: str) -> None:
    execute(edited, statement)
    assert [said(finding) for finding in found(edited, frozen=True)] == [
        "note\n"
        "The file of 1 revision changed after this database had it, and what it did then cannot be "
        "compared: 0001.\n"
        "The journal has no normal form of them that this version knows; the change may be one of "
        "formatting only.\n"
        "git log -p -- migrations/versions/0001_step.py"
    ]


def test_several_that_cannot_be_compared_are_one_note(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sqlite_project.path)
    numbered(sqlite_project, *"abcdefg")
    applied(sqlite_project)
    execute(sqlite_project, f"UPDATE {JOURNAL} SET normal_form = NULL")
    for revision in "abcdefg":
        replace(sqlite_project, revision, "SELECT", "select")
    (finding,) = found(sqlite_project)
    assert finding.message == (
        "The files of 7 revisions changed after this database had them, and what they did then "
        "cannot be compared: a, b, c, d, e …."
    )


def test_without_a_journal_nothing_is_said(sqlite_project: Project) -> None:
    numbered(sqlite_project, "0001")
    applied(sqlite_project)
    execute(sqlite_project, f"DROP TABLE {JOURNAL}")
    replace(sqlite_project, "0001", "SELECT '0001'", "SELECT '1'")
    assert found(sqlite_project) == []


def test_safe_upgrade_warns_and_goes_on_unless_the_history_is_frozen(project: Project) -> None:
    numbered(project, "0001")
    applied(project)
    replace(project, "0001", "SELECT '0001'", "SELECT '1'")
    numbered(project, "0002", down="0001")
    before = project.snapshot()
    frozen = project.alembic("safe-upgrade", "--allow", "all", env={"ALEMBIC_GUARD_FROZEN": "true"})
    message = "edited-after-applied (migrations/versions/0001_step.py): "
    assert (frozen.returncode, f"error: {message}" in frozen.stdout) == (1, True)
    assert (project.snapshot(), project.heads_in_database()) == (before, ("0001",))
    warned = project.alembic("safe-upgrade")
    assert (warned.returncode, f"warning: {message}" in warned.output) == (0, True)
    assert project.heads_in_database() == ("0002",)
