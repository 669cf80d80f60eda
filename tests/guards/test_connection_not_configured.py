"""env.py gives Alembic no connection."""

from __future__ import annotations

from tests.commands.revising import edit, refused
from tests.project import Project

NEXT = (
    "    next: in migrations/env.py: with engine.connect() as connection: "
    "context.configure(connection=connection, target_metadata=target_metadata)\n"
)


def test_the_connection_is_none(sqlite_project: Project) -> None:
    edit(sqlite_project, "migrations/env.py", "connection=connection,", "connection=None,")
    assert refused(sqlite_project) == (
        "error: connection-not-configured (migrations/env.py:69): "
        "migrations/env.py gives Alembic no connection.\n"
        f"    Connection, url, or dialect_name is required.\n{NEXT}"
    )


def test_the_engine_is_none(sqlite_project: Project) -> None:
    edit(
        sqlite_project,
        "migrations/env.py",
        "    with connectable.connect()",
        "    connectable = None\n    with connectable.connect()",
    )
    assert refused(sqlite_project) == (
        "error: connection-not-configured (migrations/env.py:69): "
        "migrations/env.py gives Alembic no connection.\n"
        f"    'NoneType' object has no attribute 'connect'\n{NEXT}"
    )


def test_no_migrations_are_run(sqlite_project: Project) -> None:
    env = sqlite_project.read("migrations/env.py")
    sqlite_project.write("migrations/env.py", env.replace("context.run_migrations()", "pass"))
    assert refused(sqlite_project) == (
        "error: connection-not-configured (migrations/env.py): "
        "migrations/env.py gives Alembic no connection.\n"
        f"    env.py never called context.run_migrations() on a connection\n{NEXT}"
    )
