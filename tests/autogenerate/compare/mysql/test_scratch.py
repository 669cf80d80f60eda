"""The scratch database of a MariaDB: nothing of it stays, and nobody waits for it."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
    text,
)
from sqlalchemy.pool import NullPool

from alembic_guard.runtime.comparing.comparison import NotCompared
from alembic_guard.runtime.comparing.mysql.comparison import compared
from alembic_guard.runtime.comparing.mysql.scratch import in_scratch
from alembic_guard.settings import Settings
from tests.autogenerate.changes import metadata_of, written
from tests.autogenerate.compare.mysql.states import ck, t
from tests.autogenerate.compare.rows import Item, both, column, ddl, table

SETTINGS = Settings()


def own(engine: Engine) -> str:
    """A name for a scratch database that no other test has."""
    return f"own_{engine.url.database}"


def named(engine: Engine) -> Settings:
    """Settings that say it."""
    return replace(SETTINGS, scratch_database=own(engine))


def stands(engine: Engine) -> bool:
    """Whether there is a database of that name."""
    with engine.connect() as connection:
        return own(engine) in connection.exec_driver_sql("SHOW DATABASES").scalars().all()


def models() -> MetaData:
    return metadata_of(t(column("a", Integer), ck("a > 0", "c")))


@pytest.fixture
def live(empty: Callable[[], Engine]) -> Engine:
    """A database that lacks a CHECK."""
    engine = empty()
    with engine.begin() as connection:
        metadata_of(t(column("a", Integer))).create_all(connection)
    return engine


@pytest.fixture
def poor(live: Engine) -> Iterator[Engine]:
    """A user who has all rights on the database, and none to make another."""
    name = f"poor_{live.url.database}"
    with live.begin() as connection:
        connection.exec_driver_sql(f"CREATE OR REPLACE USER {name}@'127.0.0.1'")
        connection.exec_driver_sql(f"GRANT ALL ON `{live.url.database}`.* TO {name}@'127.0.0.1'")
    url = live.url.set(username=name, password=None)
    engine = create_engine(url, poolclass=NullPool, connect_args={"ssl_disabled": True})
    yield engine
    engine.dispose()
    with live.begin() as connection:
        connection.exec_driver_sql(f"DROP USER {name}@'127.0.0.1'")


def differing(engine: Engine, settings: Settings = SETTINGS) -> list[str]:
    with engine.connect() as connection:
        found = compared(connection, [models()], lambda _: True, settings)
    return [str(thing) for thing in found.differences]


def fk_to(name: str) -> Item:
    """A column that refers to a table."""
    return lambda: Column("other", ForeignKey(f"{name}.id"))


def by_text(engine: Engine, settings: Settings = SETTINGS) -> NotCompared:
    """Why the text was compared, in place of what the server makes of the models."""
    with engine.connect() as connection:
        found = compared(connection, [models()], lambda _: True, settings)
    assert found.by_text is not None
    return found.by_text


def test_it_is_dropped_when_all_is_compared(live: Engine) -> None:
    assert differing(live, named(live)) == ["check c of t"]
    assert not stands(live)


def test_it_has_the_name_that_is_set(live: Engine) -> None:
    def name(side: Connection, name: str) -> tuple[str, str]:
        return name, str(side.exec_driver_sql("SELECT DATABASE()").scalar_one())

    with live.connect() as connection:
        assert in_scratch(connection, named(live), name) == (own(live), own(live))


def test_a_database_that_is_there_already_is_not_touched(live: Engine) -> None:
    name = own(live)
    with live.begin() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        connection.exec_driver_sql(f"CREATE TABLE {name}.kept (a INT)")
    try:
        refused = by_text(live, named(live))
        with live.connect() as connection:
            tables = connection.exec_driver_sql(f"SHOW TABLES FROM {name}").scalars().all()
        assert tables == ["kept"]
    finally:
        with live.begin() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
    assert (refused.reason, refused.ways) == (
        f"the database {name} is there already, and may be somebody's",
        (f"DROP DATABASE {name};  # if a process that was killed has left it",),
    )


def test_who_may_make_none_is_told_what_to_grant(poor: Engine) -> None:
    refused = by_text(poor)
    said = refused.reason.partition(" for the models: ")
    assert said[0] == "no database can be made beside it"
    user = f"'{poor.url.username}'@'127.0.0.1'"
    assert f"Access denied for user {user}" in said[2]
    assert refused.ways == (
        (
            rf"GRANT ALL ON `alembic\_guard\_scratch\_%`.* TO {user};"
            "  # as an administrator of the server"
        ),
        'dev_url = "…"  # in the settings of alembic_guard: a server where one may be made',
    )


def test_who_is_granted_that_may_compare(poor: Engine, live: Engine) -> None:
    grant = by_text(poor).ways[0].partition(";")[0]
    with live.begin() as connection:
        connection.exec_driver_sql(grant.replace("%", "%%"))
    with poor.connect() as connection:
        found = compared(connection, [models()], lambda _: True, SETTINGS)
    assert ([*map(str, found.differences)], found.by_text) == (["check c of t"], None)


def test_who_may_make_no_temporary_table_either_is_not_compared(poor: Engine, live: Engine) -> None:
    with live.begin() as connection:
        for word in ("REVOKE ALL ON {} FROM {}", "GRANT SELECT, SHOW VIEW ON {} TO {}"):
            user = f"{poor.url.username}@'127.0.0.1'"
            connection.exec_driver_sql(word.format(f"`{live.url.database}`.*", user))
    with pytest.raises(NotCompared) as refused:
        differing(poor)
    assert refused.value.reason.startswith("no database can be made beside it for the models: ")
    grant, comment = refused.value.ways[-1].split("  # ")
    assert comment == "to compare by text, at least"
    with live.begin() as connection:
        connection.exec_driver_sql(grant)
    assert differing(poor) == ["check c of t"]


def test_who_may_make_a_database_and_no_temporary_table_may_compare(
    poor: Engine, live: Engine
) -> None:
    user = f"{poor.url.username}@'127.0.0.1'"
    rights = "SELECT, INSERT, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW"
    with live.begin() as connection:
        connection.exec_driver_sql(f"REVOKE ALL ON `{live.url.database}`.* FROM {user}")
        for name in (live.url.database, r"alembic\_guard\_scratch\_%%"):
            connection.exec_driver_sql(f"GRANT {rights} ON `{name}`.* TO {user}")
    with poor.connect() as connection:
        found = compared(connection, [models()], lambda _: True, SETTINGS)
        assert ([*map(str, found.differences)], found.by_text) == (["check c of t"], None)
        assert "ADD CONSTRAINT `c`" in written(connection, models()).upgrade


def test_the_second_server_takes_the_models(poor: Engine, live: Engine) -> None:
    url = live.url.render_as_string(hide_password=False)
    assert differing(poor, replace(SETTINGS, dev_url=url)) == ["check c of t"]


def test_an_error_inside_leaves_nothing(live: Engine) -> None:
    def fails(_side: Connection, _name: str) -> None:
        raise LookupError

    with live.connect() as connection, pytest.raises(LookupError):
        in_scratch(connection, named(live), fails)
    assert not stands(live)


def test_ctrl_c_in_the_middle_of_a_statement_leaves_nothing(live: Engine) -> None:
    def waits(side: Connection, _name: str) -> None:
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        side.exec_driver_sql("SELECT SLEEP(20)")

    with live.connect() as connection, pytest.raises(KeyboardInterrupt):
        in_scratch(connection, named(live), waits)
    assert not stands(live)


def test_no_lock_stays_on_a_table(live: Engine) -> None:
    with live.connect() as connection:
        compared(connection, [models()], lambda _: True, SETTINGS)
        with live.connect() as other:
            other.exec_driver_sql("SET SESSION lock_wait_timeout = 1")
            other.exec_driver_sql("ALTER TABLE t ADD COLUMN b INT")


def test_it_waits_for_no_transaction(live: Engine) -> None:
    with live.connect() as other:
        other.exec_driver_sql("INSERT INTO t VALUES (1, 1)")
        assert differing(live) == ["check c of t"]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("CREATE TABLE {live}.stolen (a INT)", "it wants to use the database {live}"),
        ("DROP DATABASE {live}", "it wants to DROP DATABASE, which is the server's"),
        ("SET GLOBAL max_connections = 5", "it wants to SET GLOBAL, which is the server's"),
        (
            "CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO DELETE FROM t",
            "an event would be run by the server, also in a scratch database",
        ),
    ],
)
def test_what_reaches_beyond_it_is_not_run(live: Engine, statement: str, reason: str) -> None:
    name = str(live.url.database)
    metadata = models()
    ddl(statement.format(live=name))(metadata)
    with live.connect() as connection:
        found = compared(connection, [metadata], lambda _: True, SETTINGS)
        tables = connection.execute(text("SHOW TABLES")).scalars().all()
    assert [each.reason for each in found.unknown] == [reason.format(live=name)]
    assert tables == ["t"]


def test_a_table_of_another_database_is_not_made(live: Engine) -> None:
    metadata = models()
    Table("made", metadata, Column("id", Integer, primary_key=True), schema="guard_no_such")
    with live.connect() as connection:
        found = compared(connection, [metadata], lambda _: True, SETTINGS)
    assert found.unknown == ()
    assert [str(each) for each in found.differences] == ["check c of t"]


def test_what_the_server_refuses_is_unknown_and_the_rest_is_compared(live: Engine) -> None:
    metadata = models()
    Table("bad", metadata, Column("a", Integer, server_default=text("no_such()")))
    ddl("CREATE VIEW v AS SELECT * FROM gone")(metadata)
    with live.connect() as connection:
        found = compared(connection, [metadata], lambda _: True, SETTINGS)
    view = "CREATE VIEW v AS SELECT * FROM gone"
    assert [each.source for each in found.unknown] == ["table bad", view]
    assert [str(each) for each in found.differences] == ["check c of t"]


def test_only_tables_of_which_a_temporary_one_does_not_say_all_are_made(live: Engine) -> None:
    key = column("id", Integer, primary_key=True)
    state = both(
        table("same", key),
        table("viewed", key),
        table("pointing", key, fk_to("same")),
        table("changed", key, fk_to("same"), column("a", Integer)),
    )
    with live.begin() as connection:
        metadata_of(state).create_all(connection)
        connection.exec_driver_sql("ALTER TABLE changed DROP COLUMN a")
    made: list[str] = []

    def note(_c: object, _cursor: object, sql: str, *_: object) -> None:
        made.extend(re.findall(r"^\s*CREATE TABLE `?(\w+)", sql))

    metadata = models()
    both(state, table("new", key, column("a", Integer)))(metadata)
    ddl("CREATE VIEW v AS SELECT id FROM viewed")(metadata)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        with live.connect() as connection:
            found = compared(connection, [metadata], lambda _: True, SETTINGS)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sorted(made) == ["changed", "viewed"]
    assert [str(each) for each in found.differences if each.kind != "column"] == [
        "check c of t",
        "primary key PRIMARY of new",
        "table new",
        "view v",
    ]


def test_what_alembic_would_do_is_tried_on_temporary_tables(live: Engine) -> None:
    metadata = models()
    both(
        table("new", column("id", Integer, primary_key=True)),
        table("pointing", column("id", Integer, primary_key=True), fk_to("new")),
    )(metadata)
    made: list[str] = []

    def note(_c: object, _cursor: object, sql: str, *_: object) -> None:
        made.extend(re.findall(r"^\s*(CREATE TABLE \w+)", sql))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with live.connect() as connection:
            found = written(connection, metadata)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert "op.create_table('new'" in found.upgrade
    assert "op.create_table('pointing'" in found.upgrade
    assert sorted(made) == ["CREATE TABLE pointing"]
