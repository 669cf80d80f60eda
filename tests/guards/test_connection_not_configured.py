"""env.py gives Alembic no connection: each way in which it fails to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.revising import edit
from tests.commands.upgrading import change_env
from tests.guards.failing import failing
from tests.project import Project

CONFIGURE = (
    "with engine.connect() as connection: "
    "context.configure(connection=connection, target_metadata=target_metadata)"
)
ENV_PY = "migrations/env.py"


def expected(line: int, said: str, raised: str) -> str:
    return (
        f"error: connection-not-configured ({ENV_PY}:{line}): {ENV_PY} {said}.\n"
        f"    {raised}\n"
        f"    next: in {ENV_PY}:{line}: {CONFIGURE}\n"
    )


def test_the_connection_is_none(sqlite_project: Project) -> None:
    edit(sqlite_project, ENV_PY, "connection=connection,", "connection=None,")
    assert failing(sqlite_project) == expected(
        69,
        "gives context.configure() no connection",
        "Exception: Connection, url, or dialect_name is required.",
    )


@pytest.mark.parametrize("instead", ['dialect_name="sqlite"', 'url="sqlite:///app.db"'])
def test_there_is_a_dialect_or_a_url_and_no_connection(
    sqlite_project: Project, instead: str
) -> None:
    edit(sqlite_project, ENV_PY, "connection=connection,", f"{instead},")
    assert failing(sqlite_project) == expected(
        74,
        "gives context.configure() a dialect or a URL, and no connection",
        "AssertionError.",
    )


@pytest.mark.parametrize(
    ("connect", "attribute"),
    [
        ("with connectable.connect() as connection", "connect"),
        ("with connectable.begin() as connection", "begin"),
        ("if connectable.execute('SELECT 1')", "execute"),
    ],
)
def test_the_engine_is_none(sqlite_project: Project, connect: str, attribute: str) -> None:
    old = "    with connectable.connect() as connection"
    edit(sqlite_project, ENV_PY, old, f"    connectable = None\n    {connect}")
    assert failing(sqlite_project) == expected(
        69,
        f"asks None for {attribute}(), where a connection or an engine ought to be",
        f"AttributeError: 'NoneType' object has no attribute '{attribute}'",
    )


def test_migrations_are_run_before_anything_is_configured(sqlite_project: Project) -> None:
    sqlite_project.write(ENV_PY, "from alembic import context\n\ncontext.run_migrations()\n")
    assert failing(sqlite_project) == expected(
        3, "runs migrations before it has called context.configure()", "AssertionError."
    )


def test_no_migrations_are_run(sqlite_project: Project) -> None:
    change_env(sqlite_project, "context.run_migrations()", "pass")
    said = (
        f"error: connection-not-configured ({ENV_PY}): "
        f"{ENV_PY} ended without calling context.run_migrations().\n"
        f"    next: in {ENV_PY}: with context.begin_transaction(): context.run_migrations()\n"
    )
    for command in (["safe-upgrade"], ["guard-revision", "-m", "x"], ["guard-log"]):
        assert failing(sqlite_project, *command) == said


def test_a_coroutine_that_nothing_awaits(sqlite_url: str, project_path: Path) -> None:
    project = Project.create(project_path, sqlite_url, "async")
    run = "asyncio.run(run_async_migrations())"
    change_env(project, run, "run_async_migrations()")
    assert failing(project) == (
        f"error: connection-not-configured ({ENV_PY}): {ENV_PY} ended without running "
        "migrations: line 85 calls run_async_migrations() without await.\n"
        f"    next: in {ENV_PY}: {run}\n"
    )


def test_none_of_something_else_is_no_connection(sqlite_project: Project) -> None:
    edit(sqlite_project, ENV_PY, "= Base.metadata", "= None.metadata")
    assert failing(sqlite_project).splitlines()[0] == (
        f"error: env-error ({ENV_PY}:23): {ENV_PY} raises AttributeError: "
        "'NoneType' object has no attribute 'metadata'."
    )
