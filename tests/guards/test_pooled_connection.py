"""A real PgBouncer between us and the server: seen when it pools by transaction, and only then."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from alembic_guard import guards
from alembic_guard.finding import Severity
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.live import LiveConnection, live_connection
from tests.commands.upgrading import masked_url
from tests.guards.connecting import found, look
from tests.poolers import Pooler
from tests.project import Project

# psycopg prepares nothing then, so that the pooler itself stays usable for the test.
OPTIONS = {"connect_args": {"prepare_threshold": None}}


def test_a_pooler_by_transaction_is_a_warning_with_what_was_seen(
    pooler: Pooler, postgresql_url: str
) -> None:
    url = pooler("transaction")
    (finding,) = found(url, **OPTIONS)
    (pid,) = look(url, **OPTIONS).pooled
    assert (finding.name, finding.severity) == ("pooled-connection", Severity.WARNING)
    assert finding.message == (
        f"{url.render_as_string()} is a pooler that hands out its connections by the transaction."
    )
    assert finding.why == (
        f"Two connections met the same server process {pid}. What env.py or an autocommit block "
        "sets for its session does not last, and may reach others."
    )
    server = make_url(postgresql_url)
    assert finding.next == (
        f"alembic safe-upgrade --migration-url postgresql://{server.host}:{server.port}"
        "  # past the pooler",
    )


def test_one_that_hands_out_its_connections_in_turn(pooler: Pooler) -> None:
    url = pooler("transaction", server_round_robin=1, min_pool_size=3)
    assert look(url, **OPTIONS).pooled != ()


def test_one_with_a_single_connection_does_not_wait_for_itself(pooler: Pooler) -> None:
    url = pooler("transaction", default_pool_size=1, query_wait_timeout=5)
    assert len(look(url, **OPTIONS).pooled) == 1


def test_a_pooler_by_session_is_no_harm(pooler: Pooler) -> None:
    assert found(pooler("session"), **OPTIONS) == []


def test_a_connection_to_the_server_itself_is_none(postgresql_url: str) -> None:
    assert look(postgresql_url).pooled == ()


def test_it_is_seen_through_an_asynchronous_driver(pooler: Pooler) -> None:
    url = pooler("transaction").set(drivername="postgresql+asyncpg")

    async def asked() -> LiveConnection:
        options = {"statement_cache_size": 0, "prepared_statement_name_func": unnamed}
        engine = create_async_engine(url, poolclass=NullPool, connect_args=options)
        async with engine.connect() as connection:
            return await connection.run_sync(lambda one: live_connection(Database(one), one))

    assert [one.name for one in guards.judge(asyncio.run(asked()))] == ["pooled-connection"]


def unnamed() -> str:
    return ""


def test_safe_upgrade_says_so_and_works_behind_it(
    pooler: Pooler, postgresql_project: Project
) -> None:
    url = pooler("transaction")
    project = replace(postgresql_project, url=url.render_as_string())
    ini = project.read("alembic.ini").replace(postgresql_project.url, project.url)
    project.write("alembic.ini", ini)
    project.add_revision("0001", None, "pass")
    result = project.alembic("safe-upgrade")
    said = f"warning: pooled-connection: {masked_url(project)} is a pooler that hands out its "
    assert (result.returncode, said in result.output) == (0, True), result.output
    assert postgresql_project.heads_in_database() == ("0001",)
