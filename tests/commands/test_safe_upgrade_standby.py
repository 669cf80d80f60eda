"""A real standby: refused while it follows, and gone on with once it was promoted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests import servers, standbys
from tests.commands.test_safe_upgrade_faults import ADD, ONCE, WAIT, administer, found
from tests.commands.upgrading import columns, history, journal, plain, until
from tests.conftest import without_server
from tests.project import Project, Result

BLOCK = """
with op.get_context().autocommit_block():
    op.create_index("by_name", "users", ["name"], postgresql_concurrently=True)
"""
OWN = ("Applied", "Resuming", "Done")


@pytest.fixture
def pair() -> Iterator[tuple[URL, URL]]:
    """A primary with an empty database, and its hot standby; URLs of that database."""
    try:
        binaries = servers.binaries()
        with servers.started(binaries) as primary:
            administer(primary, "CREATE DATABASE shop")
            with standbys.standby(primary) as standby:
                yield primary.set(database="shop"), standby.set(database="shop")
    except servers.ServerMissing as missing:
        without_server(missing)


def both(primary: URL, standby: URL) -> str:
    """The URL of a pair: whichever of the two takes writes."""
    hosts = f"host=127.0.0.1:{primary.port}&host=127.0.0.1:{standby.port}"
    return f"postgresql+psycopg://postgres@/shop?{hosts}&target_session_attrs=read-write"


def follows(primary: URL, standby: URL) -> None:
    """Wait until the standby has done all that the primary has."""
    written = administer(primary, "SELECT pg_current_wal_flush_lsn()")
    done = f"SELECT pg_last_wal_replay_lsn() >= '{written}'"
    until(lambda: administer(standby, done) == "True")


def promote(standby: URL) -> None:
    """Make a primary of it; returns when it takes writes."""
    assert administer(standby, "SELECT pg_promote()") == "True"


@contextmanager
def in_the_middle(project: Project) -> Iterator[list[Result]]:
    """An upgrade that waits in 0002 while the block runs; what it left is in the list then."""
    upgrade = project.spawn("safe-upgrade")
    until((project.path / "once").exists)
    left: list[Result] = []
    yield left
    (project.path / "go").touch()
    output, errors = upgrade.communicate(timeout=60)
    left.append(Result(upgrade.returncode, output, errors))


def said(result: Result) -> list[str]:
    """What was applied, and from where it went on."""
    return [line for line in plain(result.stdout).splitlines() if line.startswith(OWN)]


def on(server: URL, project: Project) -> tuple[list[str], list[str]]:
    """The columns of `users` and the revisions that a server holds."""
    own = Project(project.path, server.render_as_string(hide_password=False))
    return columns(own, "users"), [*own.heads_in_database()]


def test_a_hot_standby_is_refused(pair: tuple[URL, URL], project_path: Path) -> None:
    primary, standby = pair
    with Project.create(project_path, standby.render_as_string()) as project:
        history(project)

        status, sentence, below = found(project.alembic("safe-upgrade"))

        assert (status, sentence) == (
            1,
            f"read-only-database: Nothing can be written to {standby.render_as_string()}.",
        )
        assert below[:2] == [
            "The server is a replica: it is in recovery, and takes no writes.",
            "next: in the URL: the host of the primary  # alembic current -v says which URL is "
            "used",
        ]
        project.url = primary.render_as_string()
        assert project.tables() == []


def test_an_upgrade_ends_on_the_standby_that_was_promoted_in_the_middle(
    pair: tuple[URL, URL], project_path: Path
) -> None:
    primary, standby = pair
    with Project.create(project_path, both(primary, standby)) as project:
        history(project, f"{ONCE}{WAIT}{ADD}")
        home = standbys.home(primary)
        with in_the_middle(project) as left:
            follows(primary, standby)
            standbys.stop(home)

        status, sentence, below = found(left[0])
        assert (status, sentence.split(":")[0]) == (3, "database-unreachable"), left[0].output
        assert "was lost in revision 0002 step 2: " in sentence
        assert below == [
            "The server rolls back what a lost session had open.",
            "Applied before, and staying: 0001 step 1.",
            "next: alembic current  # when the server is back",
            "next: alembic safe-upgrade",
        ]

        status, sentence, below = found(project.alembic("safe-upgrade"))  # nobody is primary
        assert (status, sentence) == (
            1,
            "database-unreachable (alembic.ini:89): None of the hosts "
            f"127.0.0.1:{primary.port} and 127.0.0.1:{standby.port} can be used as the URL asks "
            "(target_session_attrs=read-write).",
        )
        assert below == [
            f"127.0.0.1:{primary.port}: Connection refused; 127.0.0.1:{standby.port}: session is "
            "read-only.",
            below[1],
            f"next: pg_isready -h 127.0.0.1 -p {primary.port}",
            f"next: pg_isready -h 127.0.0.1 -p {standby.port}",
            "next: correct the URL in alembic.ini:89",
        ]

        promote(standby)
        result = project.alembic("safe-upgrade")
        assert result.returncode == 0, result.output
        assert said(result) == ["Applied   0002 step 2 (N ms)", "Done: 1 revision applied."]
        assert on(standby, project) == (["id", "name", "age"], ["0002"])


def test_what_was_committed_before_the_promotion_is_not_done_twice(
    pair: tuple[URL, URL], project_path: Path
) -> None:
    """The new primary is there already when the upgrade notices; it is asked what stayed."""
    primary, standby = pair
    with Project.create(project_path, both(primary, standby)) as project:
        history(project, f"{BLOCK.strip()}{ONCE}{WAIT}{ADD}")
        home = standbys.home(primary)
        with in_the_middle(project) as left:
            follows(primary, standby)
            standbys.stop(home)
            promote(standby)

        status, sentence, below = found(left[0])
        assert (status, sentence.split(":")[0]) == (3, "database-unreachable"), left[0].output
        assert "done: CREATE INDEX CONCURRENTLY by_name ON users (name)" in below
        assert on(standby, project) == (["id", "name"], ["0001"])

        result = project.alembic("safe-upgrade")
        assert result.returncode == 0, result.output
        assert [line.partition(";")[0] for line in said(result)] == [
            "Resuming  0002: 1 statement was done before it failed",
            "Applied   0002 step 2 (N ms)",
            "Done: 1 revision applied.",
        ]
        assert on(standby, project) == (["id", "name", "age"], ["0002"])
        project.url = standby.render_as_string()
        rows = journal(project, "revision", "status")
        assert rows == [("0001", "applied"), ("0002", "failed"), ("0002", "applied")]


def test_what_the_standby_never_received_is_applied_again(
    pair: tuple[URL, URL], project_path: Path
) -> None:
    """It was behind: an upgrade that had ended is done again, as the database does not hold it."""
    primary, standby = pair
    with Project.create(project_path, both(primary, standby)) as project:
        history(project, ADD.strip())
        assert project.alembic("safe-upgrade", "0001").returncode == 0
        follows(primary, standby)
        administer(standby, "ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()")
        receiving = "SELECT count(*) FROM pg_stat_wal_receiver"
        until(lambda: administer(standby, receiving) == "0")

        assert project.alembic("safe-upgrade").returncode == 0
        standbys.stop(standbys.home(primary))
        promote(standby)
        assert on(standby, project) == (["id", "name"], ["0001"])

        result = project.alembic("safe-upgrade")
        assert result.returncode == 0, result.output
        assert said(result) == ["Applied   0002 step 2 (N ms)", "Done: 1 revision applied."]
        assert on(standby, project) == (["id", "name", "age"], ["0002"])
