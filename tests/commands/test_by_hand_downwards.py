"""``safe-downgrade --sql``: the way down as a script, run by the shell of the database."""

from __future__ import annotations

from tests.commands.downgrading import fill, reversible
from tests.commands.shells import run_by_shell, state
from tests.commands.upgrading import journal
from tests.project import Project


def down(project: Project, *words: str, status: int = 0) -> str:
    """The script of `safe-downgrade --sql`, alone on stdout."""
    result = project.alembic("safe-downgrade", "--sql", *words)
    assert result.returncode == status, result.output
    return result.stdout


def test_a_script_reverts_what_safe_downgrade_reverts(project: Project) -> None:
    reversible(project)
    before = state(project)
    text = down(project, "0001", "--allow", "all")
    assert state(project) == before  # nothing was changed by writing it
    done = run_by_shell(project, text)
    assert done.returncode == 0, done.stderr
    by_hand = state(project)
    assert (by_hand["heads"], "tags" in by_hand) == (("0001",), False)
    rows = journal(project, "revision", "direction", "status")
    assert rows[3:] == [("0003", "downgrade", "applied"), ("0002", "downgrade", "applied")]
    again = run_by_shell(project, text)
    assert (again.returncode != 0, state(project)) == (True, by_hand)
    assert "alembic_guard: this script goes on from 0003, and the database is" in again.stderr
    up_again = project.alembic("safe-upgrade")
    assert (up_again.returncode, project.heads_in_database()) == (0, ("0003",))


def test_a_script_downwards_says_where_it_goes_and_how_another_is_written(
    sqlite_project: Project,
) -> None:
    reversible(sqlite_project)
    result = sqlite_project.alembic("safe-downgrade", "-1", "--sql")
    assert result.stderr.splitlines()[-5:] == [
        "Current   0003",
        "Target    -1",
        "Reverts   1",
        "          0003 tags",
        "Wrote a script of 1 revision; nothing was changed.",
    ]
    assert "-- From      0003\n-- To        0002\n" in result.stdout
    assert "-- script does the rest: alembic safe-downgrade -1 --sql\n" in result.stdout


def test_what_refuses_a_downgrade_refuses_its_script(sqlite_project: Project) -> None:
    reversible(sqlite_project, email="pass")
    fill(sqlite_project, "INSERT INTO tags (id) VALUES (1)")
    result = sqlite_project.alembic("safe-downgrade", "0002", "--sql")
    assert (result.returncode, result.stdout) == (1, "")
    assert "error: loses-data (migrations/versions/0003_tags.py:" in result.stderr
    result = sqlite_project.alembic("safe-downgrade", "0001", "--sql")
    assert (result.returncode, result.stdout) == (1, "")
    assert "error: missing-downgrade (migrations/versions/0002_email.py): " in result.stderr
    down(sqlite_project, "0001", "--forward-only", "--allow", "loses-data")


def test_a_downgrade_that_needs_an_answer_has_no_script(sqlite_project: Project) -> None:
    reversible(sqlite_project, tags="op.get_bind().execute(sa.text('SELECT 1')).scalar()")
    result = sqlite_project.alembic("safe-downgrade", "0002", "--sql")
    assert (result.returncode, result.stdout) == (1, "")
    assert "error: not-renderable (migrations/versions/0003_tags.py:" in result.stderr
    assert "    next: alembic safe-downgrade 0002  # reverts it instead\n" in result.stderr


def test_from_to_downwards_needs_no_database(postgresql_project: Project) -> None:
    reversible(postgresql_project)
    online = down(postgresql_project, "0001")
    elsewhere = Project(postgresql_project.path, postgresql_project.url)
    result = elsewhere.alembic("safe-downgrade", "0003:0001", "--sql")
    assert result.returncode == 0, result.output
    assert "Note      no database was asked: what the way down loses is not known" in result.stderr
    assert [each for each in result.stdout.splitlines() if each.startswith(("ALTER", "DROP"))] == [
        each for each in online.splitlines() if each.startswith(("ALTER", "DROP"))
    ]
    assert run_by_shell(postgresql_project, result.stdout).returncode == 0
    assert postgresql_project.heads_in_database() == ("0001",)
    assert (
        "means nothing with --sql"
        in elsewhere.alembic("safe-downgrade", "-1", "--sql", "--restart").stderr
    )
