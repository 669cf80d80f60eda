"""`invalid-index-left`: what a failed CREATE INDEX CONCURRENTLY left is named, and not touched."""

from __future__ import annotations

from sqlalchemy import text

from tests.commands.upgrading import history
from tests.project import Project, Result

CONCURRENTLY = (
    "with op.get_context().autocommit_block():\n"
    '    op.create_index("{name}", "users", ["name"], postgresql_concurrently=True)'
)


def with_invalid_index(project: Project, *upgrades: str) -> Result:
    """Upgrade a database in which somebody else's index of users is invalid."""
    history(project, *upgrades)
    assert project.alembic("upgrade", "0001").returncode == 0
    with project.connect() as connection:
        connection.execute(text("CREATE INDEX ix_left ON users (name)"))
        invalid = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_left'::regclass"
        connection.execute(text(invalid))
    return project.alembic("safe-upgrade")


def is_invalid(project: Project) -> bool:
    """Whether it is still there, and as it was."""
    query = "SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass('ix_left')"
    with project.connect() as connection:
        return bool(connection.scalar(text(query)))


def test_a_revision_that_creates_an_index_of_that_name_is_refused(
    postgresql_project: Project,
) -> None:
    result = with_invalid_index(postgresql_project, CONCURRENTLY.format(name="ix_left"))

    assert (result.returncode, result.stdout[result.stdout.index("error: ") :]) == (
        1,
        "error: invalid-index-left (migrations/versions/0002_step_2.py): The index public.ix_left "
        "of public.users is invalid: a CREATE INDEX CONCURRENTLY has left it.\n"
        "    Revision 0002 step 2 creates an index of that name, and would fail on it.\n"
        "    next: DROP INDEX CONCURRENTLY public.ix_left;\n",
    )
    assert is_invalid(postgresql_project)


def test_what_the_finding_says_lets_the_upgrade_through(postgresql_project: Project) -> None:
    with_invalid_index(postgresql_project, CONCURRENTLY.format(name="ix_left"))
    with postgresql_project.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("DROP INDEX CONCURRENTLY public.ix_left"))

    result = postgresql_project.alembic("safe-upgrade")

    assert (result.returncode, "invalid-index-left" in result.stdout) == (0, False), result.output


def test_any_other_is_a_warning_and_stays(postgresql_project: Project) -> None:
    result = with_invalid_index(postgresql_project, CONCURRENTLY.format(name="ix_other"))

    assert result.returncode == 0, result.output
    assert (
        "warning: invalid-index-left: The index public.ix_left of public.users is invalid: "
        "a CREATE INDEX CONCURRENTLY has left it.\n"
        "    Every write keeps it up to date, and no query reads it.\n"
        "    next: DROP INDEX CONCURRENTLY public.ix_left;\n"
    ) in result.stdout
    assert is_invalid(postgresql_project)
