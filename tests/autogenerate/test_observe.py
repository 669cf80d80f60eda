"""The note that an autogenerate leaves for the header in `script.py.mako`."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

from tests.interpreter import running
from tests.project import Project, environment

TELL = (
    '# noted: ${alembic_guard.observations[0].recorded if alembic_guard else None}\n"""${message}'
)


def test_a_note_has_what_the_database_recorded(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a1", None, "pass")
    sqlite_project.alembic("upgrade", "head")
    mako = sqlite_project.read("migrations/script.py.mako")
    sqlite_project.write("migrations/script.py.mako", mako.replace('"""${message}', TELL))
    sqlite_project.alembic("revision", "--autogenerate", "-m", "x", "--rev-id", "b2")
    assert sqlite_project.read("migrations/versions/b2_x.py").startswith("# noted: ('a1',)\n")


@pytest.mark.parametrize("words", [["check"], ["revision", "--autogenerate", "-m", "x"]])
def test_a_failure_of_ours_leaves_alembic_its_work(
    sqlite_project: Project, words: list[str], tmp_path: object
) -> None:
    broken = """
        import alembic_guard.autogenerate.observe as module

        def fails(*_):
            raise RuntimeError("a dialect that nobody has tried")

        module.observe = fails
    """
    env = running(sqlite_project.path.parent / "site", broken)
    result = sqlite_project.alembic(*words, env=env)
    if words[0] == "check":
        assert "FAILED: New upgrade operations detected: [('add_table'" in result.stdout
    else:
        assert (result.returncode, len(sqlite_project.revisions())) == (0, 1)
        assert "a dialect that nobody has tried" in result.stderr


def test_without_a_revision_to_write_nothing_is_noted(sqlite_project: Project) -> None:
    program = dedent("""
        import sys
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext
        from models import Base
        from sqlalchemy import create_engine

        with create_engine("sqlite://").connect() as connection:
            context = MigrationContext.configure(connection)
            print(len(compare_metadata(context, Base.metadata)))
    """)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=sqlite_project.path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")
