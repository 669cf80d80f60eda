"""``safe-upgrade`` says what it is about to do, and understands every target of Alembic's."""

from __future__ import annotations

import json

import pytest

from tests.commands.upgrading import history, journal, masked_url, plain
from tests.project import Project, Result


def test_it_says_what_it_does_and_how_long_it_took(project: Project) -> None:
    history(project, "pass")

    result = project.alembic("safe-upgrade")

    assert (result.returncode, plain(result.stdout)) == (
        0,
        f"Database  {masked_url(project)} (SERVER)\n"
        "Current   no revision\n"
        "Target    head\n"
        "Pending   2\n"
        "          0001 step 1\n"
        "          0002 step 2\n"
        "Applied   0001 step 1 (N ms)\n"
        "Applied   0002 step 2 (N ms)\n"
        "Done: 2 revisions applied.\n",
    )
    assert project.heads_in_database() == ("0002",)


def test_a_plan_changes_nothing(project: Project) -> None:
    history(project)
    before = project.snapshot()
    is_file = project.url.startswith("sqlite")

    result = project.alembic("safe-upgrade", "--plan")

    assert not (project.path / "app.db").exists()
    assert (result.returncode, plain(result.stdout)) == (
        0,
        f"Database  {masked_url(project)} (SERVER)\n"
        "Current   no revision\n"
        "Target    head\n"
        "Pending   1\n"
        "          0001 step 1\n"
        + ("Note      app.db does not exist yet: the upgrade makes it\n" if is_file else "")
        + "Nothing was changed: this is the plan.\n",
    )
    assert (project.tables(), project.snapshot()) == ([], before)


def test_at_head_nothing_is_written_and_no_lock_is_taken(project: Project) -> None:
    history(project)
    project.alembic("upgrade", "head")
    before = project.snapshot()

    result = project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout.splitlines()[-2:]) == (
        0,
        ["Pending   nothing", "Done: nothing to apply."],
    )
    assert (project.tables(), project.snapshot()) == (["alembic_version", "users"], before)


@pytest.mark.parametrize(
    ("target", "reached"),
    [("head", "0003"), ("heads", "0003"), ("+1", "0001"), ("+2", "0002"), ("0002", "0002")],
)
def test_targets_mean_what_they_mean_in_alembic(
    sqlite_project: Project, target: str, reached: str
) -> None:
    history(sqlite_project, "pass", "pass")

    result = sqlite_project.alembic("safe-upgrade", target)

    assert (result.returncode, sqlite_project.heads_in_database()) == (0, (reached,))


def test_a_branch_and_the_start_of_an_identifier_are_targets(sqlite_project: Project) -> None:
    sqlite_project.add_revision("aaaa1111", None, "pass", branch_labels="blue")
    sqlite_project.add_revision("bbbb2222", None, "pass", branch_labels="red")

    by_branch = sqlite_project.alembic("safe-upgrade", "blue@head")
    by_start = sqlite_project.alembic("safe-upgrade", "bbbb")

    assert (by_branch.returncode, by_start.returncode) == (0, 0)
    assert sqlite_project.heads_in_database() == ("aaaa1111", "bbbb2222")


def test_several_heads_are_named_where_one_is_needed(sqlite_project: Project) -> None:
    sqlite_project.add_revision("0001", None, "pass", message="first")
    sqlite_project.add_revision("0002", "0001", "pass", message="mine")
    sqlite_project.add_revision("0003", "0001", "pass", message="yours")

    result = sqlite_project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout) == (
        1,
        "error: several-heads: The history has 2 heads, and 'head' needs one.\n"
        "    0002 mine (migrations/versions/0002_mine.py)\n"
        "    0003 yours (migrations/versions/0003_yours.py)\n"
        "    next: alembic merge -m 'merge 0002 and 0003' 0002 0003  # join them\n"
        "    next: alembic safe-upgrade heads  # apply all of them\n",
    )
    assert sqlite_project.tables() == []
    assert sqlite_project.alembic("safe-upgrade", "heads").returncode == 0
    assert sqlite_project.heads_in_database() == ("0002", "0003")


def test_heads_that_are_kept_apart_are_applied_and_not_joined(sqlite_project: Project) -> None:
    sqlite_project.add_revision("0001", None, "pass", message="mine", branch_labels="blue")
    sqlite_project.add_revision("0002", None, "pass", message="yours", branch_labels="red")

    result = sqlite_project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout) == (
        1,
        "error: several-heads: The history has 2 heads, and 'head' needs one.\n"
        "    0001 mine (migrations/versions/0001_mine.py)\n"
        "    0002 yours (migrations/versions/0002_yours.py)\n"
        "    They are kept apart on purpose: 0001 (branch blue; from base 0001), "
        "0002 (branch red; from base 0002).\n"
        "    next: alembic safe-upgrade heads  # apply all of them\n",
    )
    assert sqlite_project.tables() == []


def test_a_revision_that_does_not_exist_is_refused_with_the_nearest(
    sqlite_project: Project,
) -> None:
    history(sqlite_project)

    result = sqlite_project.alembic("safe-upgrade", "00001")

    assert (result.returncode, result.stdout.splitlines()[0]) == (
        1,
        "error: missing-revision: There is no revision '00001'. Did you mean 0001?",
    )
    assert sqlite_project.tables() == []


def test_a_revision_of_the_database_that_no_file_defines_is_named(project: Project) -> None:
    history(project, "pass")
    project.alembic("upgrade", "head")
    project.revisions()[-1].unlink()

    result = project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout) == (
        1,
        f"error: missing-revision: {project.url} is at 0002, "
        "and no revision file here defines it.\n"
        "    The file was deleted or renamed, is on a branch that is not checked out here, or "
        "the database belongs to another project.\n"
        "    If the file is lost, stamp --purge records another revision in its place. What "
        "the lost one did to the tables stays, and its downgrade is gone.\n"
        "    next: alembic history  # what this checkout has\n"
        "    next: alembic stamp --purge REVISION  "
        "# REVISION: the newest whose changes the database has\n",
    )


def test_quiet_is_silent_but_for_failures(sqlite_project: Project) -> None:
    history(sqlite_project, 'raise ValueError("no")')

    good = sqlite_project.alembic("-q", "safe-upgrade", "0001")
    bad = sqlite_project.alembic("-q", "safe-upgrade")

    assert (good.returncode, good.stdout) == (0, "")
    assert (bad.returncode, bad.stdout.splitlines()[0]) == (
        1,
        "error: migration-failed (migrations/versions/0002_step_2.py:19): "
        "Revision 0002 step 2 failed: ValueError: no",
    )


def test_json_has_the_plan_and_what_was_applied(sqlite_project: Project) -> None:
    history(sqlite_project)

    result = sqlite_project.alembic("safe-upgrade", "--format", "json", "--allow", "all")

    report = json.loads(result.stdout)
    (database,) = report["data"]["databases"]
    (applied,) = report["data"]["applied"]
    revision = {
        "revision": "0001",
        "message": "step 1",
        "path": "migrations/versions/0001_step_1.py",
    }
    assert database.pop("server").startswith("SQLite 3.")
    assert applied.pop("milliseconds") >= 0
    url = sqlite_project.url
    assert report == {
        "version": 1,
        "command": "safe-upgrade",
        "exit_status": 0,
        "findings": [],
        "data": {
            "databases": [
                {
                    "database": url,
                    "current": [],
                    "target": "head",
                    "pending": [revision],
                    "notes": [],
                    "backup": None,
                }
            ],
            "applied": [{"database": url, **revision}],
            "allowed": [],
        },
    }
    assert journal(sqlite_project, "allowed") == [(None,)]


def test_what_a_server_cannot_do_is_said(sqlite_project: Project, mariadb_url: str) -> None:
    history(sqlite_project)
    words = ("safe-upgrade", "--plan", "--cancel-blockers-after", "5s", "--statement-timeout", "9s")
    nobody = (
        "Note      cancel_blockers_after has no effect: queries are cancelled on PostgreSQL alone"
    )

    on_sqlite = notes(sqlite_project.alembic(*words))
    sqlite_project.write(
        "alembic.ini",
        sqlite_project.read("alembic.ini").replace(sqlite_project.url, mariadb_url),
    )

    assert (len(on_sqlite), on_sqlite[-1]) == (3, nobody)
    assert on_sqlite[-2].startswith("Note      statement_timeout has no effect: SQLite 3.")
    assert notes(sqlite_project.alembic(*words)) == [nobody]


def notes(result: Result) -> list[str]:
    return [line for line in result.stdout.splitlines() if line.startswith("Note ")]
