"""The server goes away, becomes read only or runs full in the middle: named, and finished later."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

from tests import servers
from tests.commands.upgrading import history, journal, masked_url, until
from tests.conftest import without_server
from tests.project import Project, Result

ONCE = """
import pathlib, time
if not pathlib.Path("once").exists():
    pathlib.Path("once").touch()
"""
WAIT = """
    while not pathlib.Path("go").exists():
        time.sleep(0.02)
"""
ADD = '\nop.add_column("users", sa.Column("age", sa.Integer()))'
END_OWN = {
    "postgresql": "SELECT pg_terminate_backend(pg_backend_pid())",
    "mariadb": "KILL CONNECTION_ID()",
}
END_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
    "ORDER BY pid = pg_backend_pid()"
)


def found(result: Result) -> tuple[int, str, list[str]]:
    """The status, the name and sentence of the first finding, and the lines below it."""
    assert "Traceback" not in result.output, result.output
    assert "s3cret" not in result.output
    said = result.stdout[result.stdout.index("error: ") :].splitlines()
    below = [line.strip() for line in said[1:] if line.startswith("    ")]
    return result.returncode, said[0].removeprefix("error: "), below


def finishes(project: Project, *heads: str) -> None:
    """Running it again does the rest."""
    result = project.alembic("safe-upgrade")
    assert (result.returncode, project.heads_in_database()) == (0, heads), result.output


@pytest.fixture(scope="module")
def own_server() -> Iterator[URL]:
    """A PostgreSQL that a test may restart and change the settings of."""
    try:
        binaries = servers.binaries()
        with servers.started(binaries) as url:
            yield url
    except servers.ServerMissing as missing:
        without_server(missing)


@pytest.fixture
def own_project(own_server: URL, project_path: Path) -> Iterator[Project]:
    """A project on it, with a password in its URL, which a server that trusts does not look at."""
    with servers.postgresql_database(own_server) as url:
        secret = url.set(password="s3cret").render_as_string(hide_password=False)
        with Project.create(project_path, secret) as project:
            yield project


def administer(server: URL, *statements: str) -> str:
    """Run statements outside of a transaction; the first column of the last one's row."""
    engine = create_engine(
        server.set(database="postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for statement in statements:
            result = connection.execute(text(statement))
        return str(result.scalar()) if result.returns_rows else ""


@pytest.mark.parametrize(
    ("database", "template"),
    [("postgresql", "generic"), ("postgresql", "async"), ("mariadb", "generic")],
)
def test_a_session_that_is_ended_is_a_lost_connection(
    request: pytest.FixtureRequest, project_path: Path, database: str, template: str
) -> None:
    url: str = request.getfixturevalue(f"{database}_url")
    with Project.create(project_path, url, template) as project:
        history(project, f'{ONCE}    op.execute("{END_OWN[database]}"){ADD}')

        status, sentence, below = found(project.alembic("safe-upgrade"))

        lost = f"The connection to {masked_url(project)} was lost in revision 0002 step 2: "
        assert (status, sentence.startswith(f"database-unreachable: {lost}")) == (3, True), sentence
        assert below[:4] == [
            "The server rolls back what a lost session had open.",
            "Applied before, and staying: 0001 step 1.",
            "next: alembic current  # when the server is back",
            "next: alembic safe-upgrade",
        ]
        assert journal(project, "revision", "status") == [("0001", "applied"), ("0002", "failed")]
        finishes(project, "0002")


def test_all_sessions_at_once_with_nothing_applied_is_status_1(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, f'{ONCE}    op.execute("{END_ALL}"){ADD}')
    project.alembic("upgrade", "0001")

    status, sentence, _ = found(project.alembic("safe-upgrade"))

    assert (status, sentence.partition(":")[0]) == (1, "database-unreachable")
    finishes(project, "0002")


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_is_restarted_in_the_middle(
    own_server: URL, own_project: Project, mode: str
) -> None:
    project = own_project
    history(project, f'{ONCE}    op.execute("SELECT pg_sleep(600)"){ADD}')
    upgrade = project.spawn("safe-upgrade")
    until((project.path / "once").exists)

    restart(own_server, mode)
    output, errors = upgrade.communicate(timeout=60)

    status, sentence, _ = found(Result(upgrade.returncode, output, errors))
    assert (status, sentence.partition(":")[0]) == (3, "database-unreachable"), output
    finishes(project, "0002")


def restart(server: URL, mode: str) -> None:
    """`pg_ctl restart`, which waits until the server is back."""
    data = Path(administer(server, "SHOW data_directory"))
    account = servers.unprivileged_account()
    binaries = servers.binaries()
    log = ("-l", str(data.parent / "server.log"))
    subprocess.run(
        [*servers.pg_ctl(binaries, data.parent), *log, "-m", mode, "restart"],
        cwd=data.parent,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **account,
    )


def test_a_server_that_becomes_read_only_in_the_middle(
    own_server: URL, own_project: Project
) -> None:
    project = own_project
    history(project, ONCE + WAIT, ADD.strip())
    upgrade = project.spawn("safe-upgrade")
    until((project.path / "once").exists)
    try:
        administer(
            own_server,
            "ALTER SYSTEM SET default_transaction_read_only = on",
            "SELECT pg_reload_conf()",
        )
        until(lambda: administer(own_server, "SHOW default_transaction_read_only") == "on")
        (project.path / "go").touch()
        output, errors = upgrade.communicate(timeout=60)
    finally:
        administer(
            own_server,
            "ALTER SYSTEM RESET default_transaction_read_only",
            "SELECT pg_reload_conf()",
        )

    status, sentence, below = found(Result(upgrade.returncode, output, errors))
    any_more = f"read-only-database: Nothing can be written to {masked_url(project)} any more"
    assert (status, sentence.startswith(any_more)) == (3, True), sentence
    assert below[0] == ("default_transaction_read_only is on; that comes from: configuration file.")
    assert (
        "next: ALTER SYSTEM SET default_transaction_read_only = off; SELECT pg_reload_conf();"
        in (below)
    )
    until(lambda: administer(own_server, "SHOW default_transaction_read_only") == "off")
    finishes(project, "0003")


def test_a_full_disk_of_sqlite_is_told_and_leaves_nothing(sqlite_project: Project) -> None:
    project = sqlite_project
    fill = (
        f'{ONCE}    op.execute("PRAGMA max_page_count = 20")\n'
        'op.execute("CREATE TABLE big AS SELECT zeroblob(1000000) AS x")'
    )
    history(project, fill)

    status, sentence, below = found(project.alembic("safe-upgrade"))

    assert (status, sentence) == (
        3,
        "migration-failed (migrations/versions/0002_step_2.py:23): Revision 0002 step 2 failed: "
        "database or disk is full [SQL: CREATE TABLE big AS SELECT zeroblob(1000000) AS x]",
    )
    assert below[2] == "next: alembic safe-upgrade  # when there is room on the disk"
    assert "big" not in project.tables()
    finishes(project, "0002")


@contextmanager
def small_disk(server: URL) -> Iterator[Path]:
    """A file system of 8 MB that the server may write to."""
    data = Path(administer(server, "SHOW data_directory"))
    disk = data.parent / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        disk.rmdir()
        pytest.skip("no file system can be mounted here")
    try:
        os.chown(disk, os.stat(data).st_uid, os.stat(data).st_gid)
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)
        disk.rmdir()


def test_a_full_disk_of_the_server_is_told_and_leaves_nothing(
    own_server: URL, own_project: Project
) -> None:
    project = own_project
    fill = (
        f"{ONCE}    op.execute(\"CREATE TABLE big TABLESPACE small AS SELECT repeat('x', 1000) "
        'FROM generate_series(1, 20000)")'
    )
    history(project, fill)
    with small_disk(own_server) as disk:
        administer(own_server, f"CREATE TABLESPACE small LOCATION '{disk}'")
        try:
            status, sentence, below = found(project.alembic("safe-upgrade"))
        finally:
            administer(own_server, "DROP TABLESPACE small")

    assert (status, "No space left on device [SQL: CREATE TABLE big" in sentence) == (3, True)
    assert "next: alembic safe-upgrade  # when there is room on the disk" in below
    assert "big" not in project.tables()
    finishes(project, "0002")
