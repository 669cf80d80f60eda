"""`constraint-not-validated`, and what else the end of an upgrade reads back from the database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from tests.commands.upgrading import history
from tests.project import Project

NOT_VALID = (
    "op.execute(\"ALTER TABLE users ADD CONSTRAINT named CHECK (name <> '') NOT VALID\"){comment}"
)
WITHOUT_LINT = {"ALEMBIC_GUARD_LINT_ON_UPGRADE": "off"}


def warnings(project: Project, *words: str) -> list[str]:
    """What a successful upgrade warned of."""
    result = project.alembic("safe-upgrade", *words, env=WITHOUT_LINT)
    assert result.returncode == 0, result.output
    lines = result.output.splitlines()
    first = [number for number, line in enumerate(lines) if line.startswith("warning: ")]
    return [line for number in first for line in lines[number : number + 3]]


def test_a_constraint_that_is_left_is_a_warning_with_what_validates_it(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, NOT_VALID.format(comment=""))

    assert warnings(project) == [
        "warning: constraint-not-validated (migrations/versions/0002_step_2.py:19): "
        "Revision 0002 step 2 has left named of public.users NOT VALID.",
        "    Rows that were there before may break it, and no later revision validates it.",
        "    next: ALTER TABLE public.users VALIDATE CONSTRAINT named;",
    ]
    assert warnings(project) == []
    with project.connect() as connection:
        connection.execute(text("ALTER TABLE public.users VALIDATE CONSTRAINT named"))


def test_one_that_a_later_revision_validates_or_that_is_declared_is_none(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    comment = "  # guard: allow(constraint-not-validated) the old names are kept"
    history(
        project,
        NOT_VALID.format(comment=""),
        'op.execute("ALTER TABLE users VALIDATE CONSTRAINT named")',
        NOT_VALID.format(comment=comment).replace("named", "kept"),
    )

    assert warnings(project, "0002") == []
    assert warnings(project, "0003") == []
    result = project.alembic("safe-upgrade", "--format", "json", env=WITHOUT_LINT)
    assert '"allowed": "the old names are kept"' in result.stdout


def test_an_invalid_index_that_a_revision_swallowed_is_told(postgresql_project: Project) -> None:
    project = postgresql_project
    history(
        project,
        "op.execute(\"INSERT INTO users VALUES (1, 'a'), (2, 'a')\")",
        """
        with op.get_context().autocommit_block():
            try:
                op.execute("CREATE UNIQUE INDEX CONCURRENTLY ux ON users (name)")
            except Exception:
                pass
        """,
    )

    assert warnings(project) == [
        "warning: invalid-index-left: The index public.ux of public.users is invalid: "
        "a CREATE INDEX CONCURRENTLY has left it.",
        "    Every write keeps it up to date, and no query reads it.",
        "    next: DROP INDEX CONCURRENTLY public.ux;",
    ]


def test_it_is_told_where_the_run_stopped_too(postgresql_url: str, project_path: Path) -> None:
    with Project.create(project_path, postgresql_url, "async") as project:
        history(project, NOT_VALID.format(comment=""), "raise ValueError('no')")

        result = project.alembic("safe-upgrade", env=WITHOUT_LINT)

    assert (result.returncode, "warning: constraint-not-validated" in result.stdout) == (3, True)
