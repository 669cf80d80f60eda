"""A revision below what is applied, which Alembic skips: told by the journal and the database."""

from __future__ import annotations

import re

import pytest
from alembic.config import Config

from alembic_guard import guards
from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.history import as_revision, open_script
from alembic_guard.runtime.recorded import oldest_first
from tests.commands.upgrading import journal
from tests.guards.recording import (
    JOURNAL,
    applied,
    below,
    execute,
    history_of,
    numbered,
    remove,
    replace,
    tabled,
)
from tests.project import Project

BY_HAND = "alembic upgrade 0001:000x --sql  # what to run by hand otherwise"


@pytest.fixture
def three(sqlite_project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """0001, 0002 and 0003, applied with our own command."""
    monkeypatch.chdir(sqlite_project.path)
    numbered(sqlite_project, "0001", "0002", "0003")
    applied(sqlite_project)
    return sqlite_project


def insert(project: Project, revision: str, above: str | None, under: str) -> None:
    """Put a revision between two others."""
    tabled(project, revision, down=above)
    below(project, under, revision)


def found(project: Project, *allow: str) -> list[Finding]:
    found = guards.judge(history_of(project), allow)
    return [one for one in found if one.name == "revision-below-database"]


def proved(project: Project) -> list[str | None]:
    """The revisions of which it is proved."""
    return [one.revision for one in found(project) if one.severity is Severity.ERROR]


# --- Proved --------------------------------------------------------------------------------------


def test_a_file_between_two_that_are_applied_is_refused_with_the_lines_that_repair_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.path)
    numbered(project, "0001", "0002", "0003")
    applied(project)
    insert(project, "000x", "0001", "0002")
    assert found(project) == [
        Finding(
            "revision-below-database",
            "migrations/versions/000x_step.py was added below 0002 step, which this database has "
            "applied, so Alembic never runs it here.",
            why="000x is not on record, and the database lacks what it makes; it runs only where "
            "the database begins below it.",
            next=(
                'in migrations/versions/000x_step.py: down_revision = "0003"',
                'in migrations/versions/0002_step.py: down_revision = "0001"',
                BY_HAND,
            ),
            revision="000x",
            place=found(project)[0].place,
        )
    ]
    assert str(found(project)[0].place) == "migrations/versions/000x_step.py"


def test_with_the_lines_of_the_finding_it_is_applied(three: Project) -> None:
    insert(three, "000x", "0001", "0002")
    below(three, "000x", "0003")
    below(three, "0002", "0001")
    assert found(three) == []
    applied(three)
    assert three.heads_in_database() == ("000x",)


def test_with_its_sql_run_by_hand_nothing_is_said(three: Project) -> None:
    insert(three, "000x", "0001", "0002")
    (finding,) = found(three)
    assert finding.next[-1] == BY_HAND
    sql = three.alembic(*BY_HAND.partition("  #")[0].split()[1:]).stdout
    for statement in filter(str.strip, re.sub("--.*", "", sql).split(";")):
        execute(three, statement)
    assert (found(three), three.heads_in_database()) == ([], ("0003",))


def test_once_let_through_it_is_on_record(three: Project) -> None:
    insert(three, "000x", "0001", "0002")
    (finding,) = found(three, "revision-below-database")
    assert not finding.refuses
    numbered(three, "0004", down="0003")
    applied(three, "--allow", "revision-below-database")
    assert found(three) == []


def test_two_that_were_added_together_are_moved_together(three: Project) -> None:
    tabled(three, "000x", "000y", down="0001")
    below(three, "0002", "000y")
    assert {one.revision: one.next[:-1] for one in found(three)} == {
        "000x": ('in migrations/versions/000x_step.py: down_revision = "0003"',),
        "000y": ('in migrations/versions/0002_step.py: down_revision = "0001"',),
    }


def test_a_file_below_the_very_first(three: Project) -> None:
    insert(three, "000x", None, "0001")
    (finding,) = found(three)
    assert finding.next == (
        'in migrations/versions/000x_step.py: down_revision = "0003"',
        "in migrations/versions/0001_step.py: down_revision = None",
    )


def test_a_branch_that_is_merged_into_what_is_applied(three: Project) -> None:
    tabled(three, "000x", down="0001")
    replace(three, "0003", "down_revision = '0002'", "down_revision = ('0002', '000x')")
    (finding,) = found(three)
    assert finding.next[:-1] == (
        'in migrations/versions/000x_step.py: down_revision = "0003"',
        'in migrations/versions/0003_step.py: down_revision = ("0002", "0001")',
    )


def test_a_dependency_that_is_added_to_what_is_applied(three: Project) -> None:
    tabled(three, "000x")
    replace(three, "0003", "depends_on = None", "depends_on = '000x'")
    assert proved(three) == ["000x"]


def test_a_rebase_of_what_is_applied_here_onto_what_is_not(three: Project) -> None:
    tabled(three, "theirs", down="0002")
    below(three, "0003", "theirs")
    assert proved(three) == ["theirs"]


def test_what_plain_alembic_applied_before_is_on_record_too(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sqlite_project.path)
    numbered(sqlite_project, "0001", "0002")
    sqlite_project.alembic("upgrade", "head")
    numbered(sqlite_project, "0003", down="0002")
    applied(sqlite_project)
    insert(sqlite_project, "000x", "0001", "0002")
    assert proved(sqlite_project) == ["000x"]


# --- By the commands ------------------------------------------------------------------------------


def test_safe_upgrade_refuses_before_it_would_put_it_on_record(project: Project) -> None:
    numbered(project, "0001", "0002")
    applied(project)
    insert(project, "000x", "0001", "0002")
    numbered(project, "0003", down="0002")
    before = (project.snapshot(), journal(project, "revision", "status"))
    result = project.alembic("safe-upgrade")
    assert (result.returncode, result.stdout[result.stdout.index("error: ") :]) == (
        1,
        "error: revision-below-database (migrations/versions/000x_step.py): "
        "migrations/versions/000x_step.py was added below 0002 step, which this database has "
        "applied, so Alembic never runs it here.\n"
        "    000x is not on record, and the database lacks what it makes; it runs only where the "
        "database begins below it.\n"
        '    next: in migrations/versions/000x_step.py: down_revision = "0003"\n'
        '    next: in migrations/versions/0002_step.py: down_revision = "0001"\n'
        f"    next: {BY_HAND}\n",
    )
    assert (project.snapshot(), journal(project, "revision", "status")) == before
    assert project.heads_in_database() == ("0002",)


def test_guard_check_finds_it_with_nothing_pending(sqlite_project: Project) -> None:
    numbered(sqlite_project, "0001", "0002")
    applied(sqlite_project)
    insert(sqlite_project, "000x", "0001", "0002")
    result = sqlite_project.alembic("guard-check")
    assert result.returncode == 1
    assert "error: revision-below-database (migrations/versions/000x_step.py): " in result.stdout


def test_a_column_that_is_missing_is_proof_too(three: Project) -> None:
    execute(three, "CREATE TABLE users (id INTEGER)")
    column = 'op.add_column("users", sa.Column("name", sa.String(50)))'
    three.add_revision("000x", "0001", column, message="step")
    below(three, "0002", "000x")
    assert proved(three) == ["000x"]
    execute(three, "ALTER TABLE users ADD COLUMN name VARCHAR(50)")
    assert found(three) == []


# --- Not so, for the database has it --------------------------------------------------------------


def test_a_rebase_with_plain_alembic_is_no_harm(project: Project) -> None:
    """Down, theirs put below mine, and up again: plain Alembic writes no journal."""
    tabled(project, "0001", "mine")
    applied(project)
    assert project.alembic("downgrade", "-1").returncode == 0
    tabled(project, "theirs", down="0001")
    below(project, "mine", "theirs")
    assert project.alembic("upgrade", "head").returncode == 0
    for words in (("guard-check", "--no-drift"), ("safe-upgrade",)):
        result = project.alembic(*words)
        assert (result.returncode, "below" in result.output) == (0, False), result.output
    tabled(project, "0003", down="mine")
    applied(project)
    rows = journal(project, "revision", "status")
    assert ("theirs", "adopted") in rows


def test_what_was_dropped_again_since_is_no_proof(three: Project) -> None:
    insert(three, "000x", "0001", "0002")
    three.add_revision("0004", "0003", 'op.execute("DROP TABLE t000x")', message="step")
    execute(three, "UPDATE alembic_version SET version_num = '0004'")
    assert [one.severity for one in found(three)] == [Severity.WARNING]


def test_what_a_condition_decides_is_no_proof(three: Project) -> None:
    insert(three, "000x", "0001", "0002")
    replace(three, "000x", "    op.create", "    if sa.func:\n        op.create")
    assert [one.severity for one in found(three)] == [Severity.WARNING]


def test_a_file_that_does_nothing_misses_nothing(three: Project) -> None:
    three.add_revision("000x", "0001", "pass", message="step")
    below(three, "0002", "000x")
    assert found(three) == []


def test_of_a_file_that_does_not_show_what_it_makes_it_only_warns(three: Project) -> None:
    numbered(three, "000x", down="0001")
    below(three, "0002", "000x")
    assert found(three) == [
        Finding(
            "revision-below-database",
            "migrations/versions/000x_step.py is below 0002 step, which this database has applied, "
            "and is not on record itself: if nobody applied it with plain Alembic, it never runs "
            "here.",
            why="Its file does not show what to look for in the database. The next safe-upgrade "
            "that applies something takes it for applied, as Alembic does.",
            next=(
                "if the database lacks its changes, put it on top:",
                'in migrations/versions/000x_step.py: down_revision = "0003"',
                'in migrations/versions/0002_step.py: down_revision = "0001"',
            ),
            severity=Severity.WARNING,
            revision="000x",
            place=found(three)[0].place,
        )
    ]


# --- Not so ---------------------------------------------------------------------------------------


def test_what_plain_alembic_applied_since_is_above_what_is_on_record(three: Project) -> None:
    numbered(three, "0004", "0005", down="0003")
    assert three.alembic("upgrade", "head").returncode == 0
    assert found(three) == []


def test_a_branch_and_a_merge_that_plain_alembic_applied_since(three: Project) -> None:
    numbered(three, "side", down="0001")
    three.add_revision("merge", ("0003", "side"), "pass", message="step")
    assert three.alembic("upgrade", "head").returncode == 0
    assert found(three) == []


def test_what_has_a_row_in_the_version_table_was_applied(three: Project) -> None:
    numbered(three, "side", "side2", down="0001")
    assert three.alembic("upgrade", "heads").returncode == 0
    below(three, "0003", "side2")
    below(three, "side", "0002")
    assert three.heads_in_database() == ("0003", "side2")
    assert found(three) == []


def test_a_pending_revision_below_a_pending_one(three: Project) -> None:
    numbered(three, "0004", "0005", down="0003")
    assert found(three) == []


def test_without_a_journal_nothing_is_proved(three: Project) -> None:
    insert(three, "000x", "0001", "0002")
    execute(three, f"DROP TABLE {JOURNAL}")
    assert found(three) == []


def test_a_revision_under_another_identifier_is_the_same(three: Project) -> None:
    source = three.read("migrations/versions/0002_step.py")
    remove(three, "0002")
    three.write("migrations/versions/renamed.py", source.replace("= '0002'", "= 'renamed'"))
    below(three, "0003", "renamed")
    assert found(three) == []


# --- Not known ------------------------------------------------------------------------------------


def test_a_squashed_history_is_a_note(three: Project) -> None:
    remove(three, "0001", "0002")
    insert(three, "squashed", None, "0003")
    assert found(three) == [
        Finding(
            "revision-below-database",
            "1 revision is below what this database has applied, and not on record: squashed.",
            why="Files of revisions that were recorded there are gone, such as 0001: they may "
            "stand for them. The next safe-upgrade takes them for applied, as Alembic does.",
            next=("alembic guard-log --all  # what is on record",),
            severity=Severity.NOTE,
        )
    ]


def test_after_squashing_a_new_file_above_is_still_proved(three: Project) -> None:
    remove(three, "0001")
    below(three, "0002", None)  # type: ignore[arg-type]
    insert(three, "000x", "0002", "0003")
    assert proved(three) == ["000x"]


def test_a_journal_that_lost_its_first_rows_proves_nothing_of_what_is_below(three: Project) -> None:
    execute(three, f"DELETE FROM {JOURNAL} WHERE revision <> '0003'")
    (finding,) = found(three)
    assert (finding.severity, finding.message, finding.why) == (
        Severity.NOTE,
        "2 revisions are below what this database has applied, and not on record: 0001, 0002.",
        "The journal does not begin with its first row, so rows of theirs may be deleted. The next "
        "safe-upgrade takes them for applied, as Alembic does.",
    )


# --- Cost -----------------------------------------------------------------------------------------


def test_the_work_grows_with_the_revisions_and_not_with_the_merges(three: Project) -> None:
    """Counted, not timed: how often the files are looked at for what is below them."""
    down: str | tuple[str, str] = "0003"
    for number in range(60):  # each rung of the ladder is a fork and a merge
        three.add_revision(f"l{number}", down, "pass", message="step")
        three.add_revision(f"r{number}", down, "pass", message="step")
        down = (f"l{number}", f"r{number}")
    three.add_revision("top", down, "pass", message="step")
    script = open_script(Config(str(three.path / "alembic.ini")))
    files = {one.revision: one for one in script.walk_revisions()}

    class Counting(dict):  # type: ignore[type-arg]
        asked = 0

        def __getitem__(self, name: str) -> object:
            Counting.asked += 1
            return super().__getitem__(name)

    ordered = [one.revision for one in oldest_first(Counting(files), ["top"])]
    assert (len(ordered), set(ordered)) == (len(files), set(files))
    places = {name: place for place, name in enumerate(ordered)}
    assert all(
        places[down] < places[name] for name, one in files.items() for down in as_revision(one).down
    )
    assert Counting.asked < 5 * len(files)
