"""Deployers behind a real PgBouncer, in both of its modes and with both kinds of driver."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from alembic_guard.runtime.database import Database
from tests.commands.upgrading import history, said, until
from tests.poolers import Pooler
from tests.project import Project

CONCURRENTLY = (
    "with op.get_context().autocommit_block():\n"
    '    op.create_index("ix", "users", ["name"], postgresql_concurrently=True)'
)
INSERT = "op.execute(\"INSERT INTO users (id, name) VALUES ({}, 'a')\")"
LOCKS = """
    SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
     WHERE locktype = 'advisory' AND d.datname = current_database()
"""
HELD = "import pathlib, time\npathlib.Path('running').touch()\ntime.sleep(600)"


@contextmanager
def behind(url: URL, direct: str, path: Path, template: str = "generic") -> Iterator[Project]:
    """A project whose env.py connects through a pooler; the test itself looks past it."""
    through = url.render_as_string(hide_password=False)
    with Project.create(path, through, template) as project:
        yield replace(project, url=direct)


def left_in_sessions(pooler: URL) -> list[tuple[str, str]]:
    """What is set for the session that the pooler hands out next, beside what clients ask for."""
    engine = create_engine(pooler, poolclass=NullPool, connect_args={"prepare_threshold": None})
    query = "SELECT name, setting FROM pg_settings WHERE source = 'session' AND name <> :not"
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), {"not": "client_encoding"})]


@pytest.mark.parametrize("template", ["generic", "async"])
@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_deployers_behind_a_pooler_keep_to_one_at_a_time(
    pooler: Pooler, postgresql_url: str, project_path: Path, mode: str, template: str
) -> None:
    url = pooler(mode)
    with behind(url, postgresql_url, project_path, template) as project:
        history(project, CONCURRENTLY, *map(INSERT.format, range(6)))

        deployers = [project.spawn("safe-upgrade") for _ in range(3)]
        ends = [(one.communicate(timeout=120), one.returncode) for one in deployers]

        assert [status for _, status in ends] == [0, 0, 0], ends
        done = [line for (out, _), _ in ends for line in out.splitlines() if line[:5] == "Done:"]
        assert sorted(done) == [
            "Done: 8 revisions applied.",
            "Done: nothing to apply.",
            "Done: nothing to apply.",
        ]
        with project.connect() as connection:
            assert connection.scalar(text(LOCKS)) == 0
    assert left_in_sessions(url) == []


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_a_holder_that_is_killed_behind_a_pooler_frees_the_lock_at_once(
    pooler: Pooler, postgresql_url: str, project_path: Path, mode: str
) -> None:
    with behind(pooler(mode), postgresql_url, project_path) as project:
        history(project, HELD)
        holder = project.spawn("safe-upgrade")
        until(lambda: (project.path / "running").exists())
        project.add_revision("0002", "0001", "pass", message="step 2")
        waiting = project.spawn("safe-upgrade")
        said(waiting, "Waiting for another deployer (pid ")

        holder.send_signal(signal.SIGKILL)
        began = time.monotonic()
        said(waiting, "Applied   0002")
        freed = time.monotonic() - began

        assert (waiting.wait(60), project.heads_in_database()) == (0, ("0002",))
    assert freed < 10  # a poll a second, on a machine that is busy


def test_an_autocommit_block_that_would_set_its_limit_for_others_is_refused(
    pooler: Pooler, postgresql_url: str, project_path: Path
) -> None:
    name = make_url(postgresql_url).database
    with behind(pooler("transaction"), postgresql_url, project_path) as project:
        with project.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {name} SET lock_timeout = '3s'"))
        history(project, CONCURRENTLY)

        refused = project.alembic("safe-upgrade")
        past = make_url(postgresql_url)
        past_it = f"postgresql://{past.host}:{past.port}"
        result = project.alembic("safe-upgrade", "--migration-url", past_it)

        assert (refused.returncode, result.returncode) == (3, 0), refused.output + result.output
        lines = refused.stdout.splitlines()
        first = next(number for number, line in enumerate(lines) if line.startswith("error: "))
        assert lines[first + 1] == (
            "    An autocommit block needs lock_timeout off, it is 3s here, and what is set for a "
            "session would reach others."
        )
        assert lines[first].startswith("error: pooled-connection: Revision 0002 step 2 cannot run ")


def test_what_a_followed_connection_has_chosen_is_chosen_for_each_transaction_alone(
    pooler: Pooler, postgresql_url: str
) -> None:
    url = pooler("transaction", default_pool_size=1)
    engine = create_engine(url, poolclass=NullPool, connect_args={"prepare_threshold": None})
    direct = create_engine(postgresql_url, poolclass=NullPool)
    path = "SELECT current_setting('search_path')"
    with direct.connect() as chosen:
        chosen.execute(text("SET search_path = pg_catalog"))
        with engine.connect() as connection:
            database = Database(connection)
        database.follow(chosen)
        with database.beside() as side:
            seen = side.ask(lambda found: found.scalar(text(path)))
            side.ask(lambda found: found.rollback())
    with engine.connect() as connection:
        after = connection.scalar(text(path))
    assert (seen, after) == ("pg_catalog", '"$user", public')


def test_the_lock_outlives_the_server_s_limit_on_idle_transactions(
    pooler: Pooler, postgresql_url: str, project_path: Path
) -> None:
    name = make_url(postgresql_url).database
    limit = f"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '700ms'"
    with behind(pooler("transaction"), postgresql_url, project_path) as project:
        with project.connect() as connection:
            connection.execute(text(limit))
        history(project, 'op.execute("SELECT pg_sleep(2)")', "pass")

        result = project.alembic("safe-upgrade")

    assert result.returncode == 0, result.output
