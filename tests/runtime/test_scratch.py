"""A scratch database looks like the live one, and is gone afterwards, whatever happened."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

from alembic_guard.runtime import scratch as scratch_module
from alembic_guard.runtime import scratch_names
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.scratch import NoScratch, scratch
from alembic_guard.runtime.scratch_names import PREFIX
from tests import servers
from tests.project import Project
from tests.runtime.recorded_project import contents

SCHEMA = [
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50) DEFAULT '100%')",
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id))",
    "CREATE INDEX ix_users_name ON users (name)",
    "CREATE VIEW named AS SELECT name FROM users",
    "CREATE VIEW again AS SELECT name FROM named",
    "INSERT INTO users VALUES (1, 'ann')",
]


def make(project: Project) -> None:
    with project.connect() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))


@contextmanager
def scratched(project: Project, **options: Any) -> Iterator[Engine]:
    engine = create_engine(project.url, poolclass=NullPool)
    options = {"say": print, **options}
    with engine.connect() as connection:
        with scratch(Database(connection), connection, **options) as made:
            yield made
        assert not connection.in_transaction()


def databases(project: Project) -> set[str]:
    """The scratch databases that there are; of SQLite the folders."""
    if project.url.startswith("sqlite"):
        return {path.name for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*")}
    listed = "SELECT schema_name FROM information_schema.schemata"
    if project.url.startswith("postgresql"):
        listed = "SELECT datname FROM pg_database"
    with project.connect() as connection:
        return {each for each in connection.scalars(text(listed)) if each.startswith(PREFIX)}


def name_of(engine: Engine) -> str:
    name = str(engine.url.database)
    return Path(name).parent.name if engine.dialect.name == "sqlite" else name


def test_it_has_the_schema_of_the_live_one_and_leaves_that_as_it_was(project: Project) -> None:
    make(project)
    before = contents(project)
    with scratched(project) as engine:
        with engine.connect() as connection:
            seen = inspect(connection)
            assert sorted(seen.get_table_names()) == ["notes", "users"]
            assert sorted(seen.get_view_names()) == ["again", "named"]
            assert [each["name"] for each in seen.get_indexes("users")] == ["ix_users_name"]
            assert len(seen.get_foreign_keys("notes")) == 1
            rows = connection.scalar(text("SELECT count(*) FROM users"))
            assert rows == (1 if engine.dialect.name == "sqlite" else 0)
            connection.execute(text("DROP VIEW again"))
            connection.execute(text("INSERT INTO users VALUES (2, 'bob')"))
            connection.commit()
        assert name_of(engine) in databases(project)
    assert name_of(engine) not in databases(project)
    assert contents(project) == before


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_it_is_gone_when_something_raises(project: Project, error: type[BaseException]) -> None:
    made: list[Engine] = []

    def leave_a_session_and_raise() -> None:
        with scratched(project) as engine:
            made.append(engine)
            engine.connect().execute(text("SELECT 1"))
            raise error

    with pytest.raises(error):
        leave_a_session_and_raise()
    assert name_of(made[0]) not in databases(project)


def test_it_may_begin_empty(project: Project) -> None:
    make(project)
    with scratched(project, empty=True) as engine, engine.connect() as connection:
        assert inspect(connection).get_table_names() == []


def test_it_is_gone_after_ctrl_c_while_a_statement_runs(postgresql_project: Project) -> None:
    marker = f"sleeping_{os.getpid()}_{time.time_ns()}"
    postgresql_project.add_revision("ae10", None, f"op.execute('SELECT pg_sleep(60) AS {marker}')")
    trace = postgresql_project.spawn("guard-lint", "--trace")
    asleep = "SELECT datname FROM pg_stat_activity WHERE state = 'active' AND query LIKE :query"
    name = None
    with postgresql_project.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        while name is None:
            assert trace.poll() is None, trace.communicate()
            name = connection.scalar(text(asleep), {"query": f"SELECT pg_sleep(60) AS {marker}"})
    trace.send_signal(signal.SIGINT)
    output, error = trace.communicate(timeout=20)
    assert (trace.returncode, output) == (130, ""), output + error
    assert name.startswith(PREFIX)
    assert name not in databases(postgresql_project)


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_a_database_that_was_left_is_named_and_not_dropped(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    project = request.getfixturevalue(f"{server}_project")
    own = f"{PREFIX}of_{os.getpid()}_"  # or what runs beside would name what is made here
    for module in (scratch_module, scratch_names):
        monkeypatch.setattr(module, "PREFIX", own)
    long_ago, nameless, just_now = f"{own}{1:08x}{2:08x}", f"{own}left", scratch_names.new_name()
    with project.connect() as connection, ExitStack() as dropped:
        at_once = connection.execution_options(isolation_level="AUTOCOMMIT")
        for each in (long_ago, nameless, just_now):
            at_once.exec_driver_sql(f"CREATE DATABASE {each}")
            dropped.callback(at_once.exec_driver_sql, f"DROP DATABASE {each}")
        said: list[str] = []
        with scratched(project, say=said.append):
            pass
        assert said == [
            f"Left by a trace that was killed: DROP DATABASE {each};"
            for each in (long_ago, nameless)  # a run beside may be about to use the third
        ]
        assert {long_ago, nameless, just_now} <= databases(project)


def test_without_the_right_to_make_one_it_says_what_to_grant(
    postgresql_project: Project, mariadb_project: Project
) -> None:
    role = f"guard_{os.getpid()}"
    with as_role(postgresql_project, role) as project:
        refused = refusal(project)
    assert refused.reason.endswith(": permission denied to create database")
    assert refused.next == (
        f"ALTER ROLE {role} CREATEDB;  # as an administrator of the server",
        'dev_url = "…"  # in the settings: a server where databases may be made',
    )
    with as_role(mariadb_project, role) as project:
        refused = refusal(project)
    assert "1044" in refused.reason
    assert refused.next[0] == (
        rf"GRANT ALL ON `alembic\_guard\_scratch\_%`.* TO '{role}'@'%';"
        "  # as an administrator of the server"
    )


def refusal(project: Project, **options: Any) -> NoScratch:
    with pytest.raises(NoScratch) as refused, scratched(project, **options):
        pass
    return refused.value


@contextmanager
def as_role(project: Project, role: str) -> Iterator[Project]:
    """The project as somebody who may use its database, and make none."""
    url = make_url(project.url)
    own = url.set(username=role, password="x").render_as_string(hide_password=False)
    grant = f"GRANT ALL ON {url.database}.* TO {role}"
    if url.get_backend_name() == "postgresql":
        grant = f"GRANT ALL ON DATABASE {url.database} TO {role}"
    with project.connect() as connection:
        password = "IDENTIFIED BY" if "mariadb" in project.url else "LOGIN PASSWORD"
        make_role = "USER" if "mariadb" in project.url else "ROLE"
        connection.exec_driver_sql(f"CREATE {make_role} {role} {password} 'x'")
        connection.exec_driver_sql(grant)
    try:
        yield Project(project.path, own)
    finally:
        with project.connect() as connection:
            if make_role == "ROLE":
                connection.exec_driver_sql(f"DROP OWNED BY {role}")
            connection.exec_driver_sql(f"DROP {make_role} {role}")


def test_dev_url_is_where_it_is_made(
    postgresql_project: Project, postgresql_server: URL, tmp_path: Path
) -> None:
    make(postgresql_project)
    with servers.postgresql_database(postgresql_server) as dev:
        written = dev.set(drivername="postgresql").render_as_string(hide_password=False)
        with (
            scratched(postgresql_project, dev_url=written) as engine,
            engine.connect() as connection,
        ):
            assert sorted(inspect(connection).get_table_names()) == ["notes", "users"]
            asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            assert connection.scalar(text(asked)) == 2
            assert engine.url.drivername == "postgresql+psycopg"
        assert name_of(engine) not in databases(postgresql_project)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nonsense", "dev_url is no URL of a database"),
        ("mysql://root@127.0.0.1/x", "dev_url is a mysql, and not a postgresql"),
    ],
)
def test_a_dev_url_that_does_not_fit_is_refused(
    postgresql_project: Project, url: str, reason: str
) -> None:
    refused = refusal(postgresql_project, dev_url=url)
    assert (refused.reason, refused.next) == (
        reason,
        ("mend dev_url in the settings of alembic_guard",),
    )


def test_a_dev_url_that_does_not_answer_is_refused_without_its_password(
    postgresql_project: Project,
) -> None:
    url = f"postgresql://me:s3cret@127.0.0.1:{servers.free_port()}/x"
    refused = refusal(postgresql_project, dev_url=url)
    assert refused.reason.startswith("dev_url does not answer: ")
    assert "s3cret" not in refused.reason


def test_without_pg_dump_the_history_makes_the_schema(
    postgresql_project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make(postgresql_project)
    monkeypatch.setenv("PATH", str(tmp_path))
    said: list[str] = []

    def replay(engine: Engine) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE replayed (id int)")

    with (
        scratched(postgresql_project, say=said.append, replay=replay) as engine,
        engine.connect() as connection,
    ):
        assert inspect(connection).get_table_names() == ["replayed"]
    assert said[-1] == (
        "The schema can't be copied (pg_dump is not on PATH): "
        "the history is run from its beginning."
    )
    assert (
        refusal(postgresql_project).reason == "the schema can't be copied: pg_dump is not on PATH"
    )
    assert name_of(engine) not in databases(postgresql_project)


def test_what_speaks_of_the_live_database_is_left_out(mariadb_project: Project) -> None:
    make(mariadb_project)
    name = make_url(mariadb_project.url).database
    with mariadb_project.connect() as connection:
        for statement in (
            "CREATE SEQUENCE numbers",
            "CREATE TRIGGER own BEFORE INSERT ON users FOR EACH ROW SET NEW.id = NEW.id + 100",
            f"CREATE TRIGGER far AFTER INSERT ON users FOR EACH ROW DELETE FROM {name}.notes",
            "CREATE FUNCTION one() RETURNS INT RETURN 1",
            "CREATE PROCEDURE empty_users() DELETE FROM users",
            f"CREATE PROCEDURE empty_live() DELETE FROM `{name}`.users",
        ):
            connection.exec_driver_sql(statement)
    said: list[str] = []
    before = contents(mariadb_project)
    with scratched(mariadb_project, say=said.append) as engine, engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO users (id) VALUES (1)")
        rows = connection.exec_driver_sql("SELECT id, name, one(), NEXTVAL(numbers) FROM users")
        assert rows.all() == [(101, "100%", 1, 1)]
        connection.exec_driver_sql("CALL empty_users()")
    assert said == ["The scratch database lacks something: empty_live, far could not be copied"]
    assert contents(mariadb_project) == before


def test_an_engine_that_connects_where_it_likes_is_refused(project: Project) -> None:
    make(project)
    plain = create_engine(project.url, poolclass=NullPool)
    creator: Any = plain.pool._creator
    own = create_engine(project.url, poolclass=NullPool, creator=creator)
    before = contents(project)
    with (
        own.connect() as connection,
        pytest.raises(NoScratch) as refused,
        scratch(Database(connection), connection, say=print),
    ):
        pass
    assert refused.value.reason == (
        "the connections of env.py's engine lead to a database of its own choice"
    )
    assert contents(project) == before


def test_it_is_made_as_env_py_connects_and_sees_what_that_sees(
    postgresql_project: Project,
) -> None:
    options = {"connect_args": {"application_name": "of_env_py"}, "poolclass": NullPool}
    engine = create_engine(postgresql_project.url, **options)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA tenant")
        connection.exec_driver_sql("CREATE TABLE tenant.users (id int)")
        connection.commit()
        connection.exec_driver_sql("SET search_path TO tenant, public")
        connection.commit()
        with scratch(Database(connection), connection, say=print) as made, made.connect() as inside:
            seen = inside.exec_driver_sql(
                "SELECT current_setting('application_name'), 'users'::regclass::text,"
                " current_schema()"
            )
            assert seen.one() == ("of_env_py", "users", "tenant")
