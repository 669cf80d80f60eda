"""A revision without a way back is refused before anything is reverted."""

from __future__ import annotations

from tests.commands.downgrading import reversible
from tests.guards.failing import failing
from tests.project import Project


def test_a_downgrade_that_does_nothing(sqlite_project: Project) -> None:
    reversible(sqlite_project, email="pass")
    assert failing(sqlite_project, "safe-downgrade", "base").partition("error: ")[2] == (
        "missing-downgrade (migrations/versions/0002_email.py): "
        "downgrade() of 0002 email does nothing, and its upgrade() did something.\n"
        "    The database would not have the revision any more, and what it made would stay: the "
        "next upgrade would meet it.\n"
        "    next: write downgrade() in migrations/versions/0002_email.py\n"
        "    next: alembic safe-downgrade base --allow missing-downgrade  "
        "# what it made may stay\n"
    )
    allowed = sqlite_project.alembic("safe-downgrade", "-2", "--allow", "missing-downgrade")
    assert (allowed.returncode, sqlite_project.heads_in_database()) == (0, ("0001",))


def test_a_project_that_is_forward_only_may_do_nothing(sqlite_project: Project) -> None:
    reversible(sqlite_project, email="pass")
    plan = ("safe-downgrade", "-2", "--plan")
    forward_only = {"ALEMBIC_GUARD_FORWARD_ONLY": "yes"}
    assert failing(sqlite_project, *plan) == failing(
        sqlite_project, *plan, "--no-forward-only", env=forward_only
    )
    done = sqlite_project.alembic("safe-downgrade", "-2", env=forward_only)
    assert (done.returncode, sqlite_project.heads_in_database()) == (0, ("0001",))
    assert done.stdout.partition("Done: ")[2] == (
        "2 revisions reverted.\n"
        "allowed: missing-downgrade (migrations/versions/0002_email.py): "
        "downgrade() of 0002 email does nothing, and its upgrade() did something.\n"
        "    The database would not have the revision any more, and what it made would stay: the "
        "next upgrade would meet it.\n"
        "    allowed: the setting forward_only\n"
    )
    assert sqlite_project.alembic("stamp", "0002").returncode == 0
    assert sqlite_project.alembic("safe-downgrade", "-1", "--forward-only").returncode == 0


def test_one_that_raises_is_never_allowed(sqlite_project: Project) -> None:
    reversible(sqlite_project, email='raise NotImplementedError("no way back")')
    assert failing(sqlite_project, "safe-downgrade", "base", "--allow", "all").partition("error: ")[
        2
    ] == (
        "missing-downgrade (migrations/versions/0002_email.py:23): "
        "downgrade() of 0002 email raises NotImplementedError: it cannot be reverted.\n"
        "    Nothing below it can be reached by a downgrade.\n"
        "    next: write downgrade() in migrations/versions/0002_email.py\n"
        "    next: alembic safe-downgrade 0002  # the lowest that can be reached\n"
    )
    assert sqlite_project.alembic("safe-downgrade", "0002").returncode == 0


def test_one_that_is_not_there(sqlite_project: Project) -> None:
    reversible(sqlite_project)
    path = sqlite_project.revisions()[1]
    path.write_text(path.read_text().replace("def downgrade(", "def downwards("))
    assert failing(sqlite_project, "safe-downgrade", "base", "--allow", "all") == (
        "error: missing-downgrade (migrations/versions/0002_email.py): "
        "migrations/versions/0002_email.py defines no downgrade(): 0002 email cannot be "
        "reverted.\n"
        "    Nothing below it can be reached by a downgrade.\n"
        "    next: write downgrade() in migrations/versions/0002_email.py\n"
        "    next: alembic safe-downgrade 0002  # the lowest that can be reached\n"
    )
    first = sqlite_project.revisions()[0]
    first.write_text(first.read_text().replace("def downgrade(", "def downwards("))
    assert "0001" not in failing(sqlite_project, "safe-downgrade", "-2")  # it is not on the way
    assert sqlite_project.alembic("safe-downgrade", "0002").returncode == 0


def test_an_upgrade_that_asks_first_did_something_all_the_same(sqlite_project: Project) -> None:
    sqlite_project.add_revision(
        "0001",
        None,
        "if not sa.inspect(op.get_bind()).has_table('tags'):\n"
        "    op.create_table('tags', sa.Column('id', sa.Integer))",
        message="tags",
    )
    sqlite_project.alembic("safe-upgrade")
    assert "error: missing-downgrade " in failing(sqlite_project, "safe-downgrade", "base")


def test_a_merge_and_an_upgrade_that_did_nothing_need_none(sqlite_project: Project) -> None:
    for name, down in (("aaaa", None), ("bbbb", None), ("cccc", ("aaaa", "bbbb"))):
        sqlite_project.add_revision(name, down, "pass")
    sqlite_project.alembic("safe-upgrade")
    assert sqlite_project.alembic("safe-downgrade", "base").returncode == 0
    assert sqlite_project.heads_in_database() == ()
