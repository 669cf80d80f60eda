"""Plain `alembic revision --autogenerate` is judged as `guard-revision` would judge it.

That each guard refuses there is in tests/test_mako.py; here is what the judging itself decides.
"""

from __future__ import annotations

import pytest

from tests.project import Project

EMPTYING = """\
def emptied(context, revision, directives):
    directives[:] = []


"""


@pytest.fixture
def guarded(sqlite_project: Project) -> Project:
    sqlite_project.alembic("guard-init")
    sqlite_project.alembic("revision", "--autogenerate", "-m", "first", "--rev-id", "a1")
    sqlite_project.alembic("upgrade", "head")
    return sqlite_project


def names(stdout: str) -> list[str]:
    """The guards that refused, in the order in which they are said."""
    said = stdout.partition("FAILED: ")[2].splitlines()
    return [line.partition(":")[0] for line in said if not line.startswith("  ")]


def test_where_the_metadata_is_wrong_the_operations_that_follow_from_it_are_not_judged(
    guarded: Project,
) -> None:
    models = guarded.read("models.py")
    guarded.write("models.py", models.replace("class User(Base):", "class User:"))
    result = guarded.alembic("revision", "--autogenerate", "-m", "x")
    assert (result.returncode, names(result.stdout)) == (1, ["empty-metadata"])


def test_every_guard_that_refuses_is_said_at_once(guarded: Project) -> None:
    models = guarded.read("models.py").replace("name: Mapped", "full_name: Mapped")
    guarded.write("models.py", models)
    with guarded.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    result = guarded.alembic("revision", "--autogenerate", "-m", "x")
    assert (result.returncode, names(result.stdout)) == (
        1,
        ["drops-unowned-table", "looks-like-rename"],
    )


def test_what_the_projects_own_hook_leaves_is_what_is_judged(guarded: Project) -> None:
    env_py = guarded.read("migrations/env.py")
    hooked = env_py.replace(
        "target_metadata=target_metadata\n",
        "target_metadata=target_metadata,\nprocess_revision_directives=emptied,\n",
    ).replace("def run_migrations_online", f"{EMPTYING}def run_migrations_online")
    guarded.write("migrations/env.py", hooked)
    before = guarded.snapshot()
    result = guarded.alembic("revision", "--autogenerate", "-m", "x")
    assert (result.returncode, guarded.snapshot()) == (0, before)


def test_the_command_to_type_is_quoted_for_a_shell(guarded: Project) -> None:
    models = guarded.read("models.py").replace("name: Mapped", "full_name: Mapped")
    guarded.write("models.py", models)
    result = guarded.alembic("revision", "--autogenerate", "-m", "what's next")
    assert "alembic guard-revision -m 'what'\"'\"'s next' --rename users.name:full_name" in (
        result.stdout
    )
