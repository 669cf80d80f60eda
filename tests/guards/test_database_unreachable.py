"""No server, no such host, no such database, no such file, no entry: one sentence each."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from alembic_guard.guards._unreachable import tell
from alembic_guard.runtime.failure import EnvironmentFailed
from tests.commands.upgrading import change_env
from tests.guards.failing import SECRET, failing, in_env_py, with_real_url
from tests.project import ASYNC_DRIVERS, Project

WHERE = "alembic.ini:89"


def shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def plain(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def expected(url: URL, sentence: str, *commands: str, more: str = "") -> str:
    """The whole report about a URL in alembic.ini."""
    return (
        f"error: database-unreachable ({WHERE}): {sentence}\n"
        + (f"    {more}\n" if more else "")
        + f"    The URL is {shown(url)}, from {WHERE}.\n"
        + "".join(f"    next: {command}\n" for command in commands)
        + f"    next: correct the URL in {WHERE}\n" * ("***" not in "".join(commands))
    )


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port at which nothing listens: it is bound, so that nobody else takes it."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.mark.parametrize(
    ("scheme", "command"),
    [
        ("postgresql+psycopg", "pg_isready -h 127.0.0.1 -p {}"),
        ("mysql+pymysql", "mysqladmin -h 127.0.0.1 -P {} ping"),
    ],
)
def test_a_server_that_is_not_running(
    sqlite_project: Project, closed_port: int, scheme: str, command: str
) -> None:
    url = make_url(f"{scheme}://user:{SECRET}@127.0.0.1:{closed_port}/database")
    assert failing(with_real_url(sqlite_project, plain(url))) == expected(
        url, f"Nothing listens at 127.0.0.1:{closed_port}.", command.format(closed_port)
    )


def test_what_answers_is_no_postgresql(sqlite_project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        url = make_url(f"postgresql+psycopg://user:{SECRET}@127.0.0.1:{port}/database")
        Thread(target=answer_as_http, args=(server,), daemon=True).start()
        said = failing(with_real_url(sqlite_project, plain(url)))
    assert said == expected(url, f"What answers at 127.0.0.1:{port} is no PostgreSQL.")


def answer_as_http(server: socket.socket) -> None:
    """What a web server says to everybody, until the test closes it."""
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_a_host_that_does_not_exist(sqlite_project: Project) -> None:
    url = make_url(f"postgresql+psycopg://user:{SECRET}@no-such-host.invalid/database")
    assert failing(with_real_url(sqlite_project, plain(url))) == expected(
        url, "There is no host 'no-such-host.invalid'.", "getent hosts no-such-host.invalid"
    )


def test_a_database_that_does_not_exist_on_postgresql(postgresql_project: Project) -> None:
    url = make_url(postgresql_project.url).set(database="no where")
    at = f"-h {url.host} -p {url.port or 5432} -U {url.username}"
    assert failing(with_real_url(postgresql_project, plain(url))) == expected(
        url,
        "The server has no database 'no where'.",
        f"createdb {at} 'no where'",
        f"psql {at} -l  # those that it has",
    )


def test_a_database_that_does_not_exist_on_mariadb(mariadb_project: Project) -> None:
    url = make_url(mariadb_project.url).set(database="nowhere")
    at = f"-h {url.host} -P {url.port or 3306} -u {url.username} -p"
    assert failing(with_real_url(mariadb_project, plain(url))) == expected(
        url,
        "The server has no database 'nowhere'.",
        f"mysql {at} -e 'CREATE DATABASE nowhere'",
        f"mysql {at} -e 'SHOW DATABASES'  # those that it has",
    )


def test_a_database_that_does_not_exist_from_an_asynchronous_env_py(
    postgresql_url: str, project_path: Path
) -> None:
    project = Project.create(project_path, postgresql_url, "async")
    url = make_url(project.url).set(database="nowhere", drivername=ASYNC_DRIVERS["postgresql"])
    at = f"-h {url.host} -p {url.port or 5432} -U {url.username}"
    assert failing(with_real_url(project, plain(url))) == expected(
        url,
        "The server has no database 'nowhere'.",
        f"createdb {at} nowhere",
        f"psql {at} -l  # those that it has",
    )


def test_a_role_that_does_not_exist(postgresql_project: Project) -> None:
    url = make_url(postgresql_project.url).set(username="guard_nobody", password=SECRET)
    assert failing(with_real_url(postgresql_project, plain(url))) == expected(
        url,
        "The server has no role 'guard_nobody'.",
        f"createuser -h {url.host} -p {url.port or 5432} guard_nobody",
    )


@pytest.fixture
def stranger(mariadb_project: Project) -> Iterator[URL]:
    """A user of MariaDB who may log in, and enter no database."""
    url = make_url(mariadb_project.url)
    name = f"stranger_{(url.database or '')[-16:]}"
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE USER {name}@'%' IDENTIFIED BY '{SECRET}'"))
    yield url.set(username=name, password=SECRET)
    with engine.begin() as connection:
        connection.execute(text(f"DROP USER {name}@'%'"))


def test_a_password_that_is_wrong_says_that_one_was_given(
    mariadb_project: Project, stranger: URL
) -> None:
    url = stranger.set(password=f"{SECRET}-not")
    said = failing(with_real_url(mariadb_project, plain(url)))
    host = said.partition("'@'")[2].partition("'")[0]
    assert said == expected(
        url,
        f"The server refuses the login of {url.username}: "
        f"Access denied for user '{url.username}'@'{host}' with a password.",
        f"mysql -h {url.host} -P {url.port or 3306} -u {url.username} -p {url.database}"
        "  # the same login, by hand",
    )


def test_a_database_that_the_user_may_not_enter(mariadb_project: Project, stranger: URL) -> None:
    assert failing(with_real_url(mariadb_project, plain(stranger))) == expected(
        stranger,
        f"The role {stranger.username} may not enter the database '{stranger.database}'.",
        f"as an administrator: GRANT ALL ON {stranger.database}.* TO {stranger.username}",
    )


@pytest.mark.parametrize(
    ("file", "sentence", "command"),
    [
        (
            "no/such/app.db",
            "SQLite cannot make no/such/app.db: there is no folder no/such.",
            "mkdir -p no/such",
        ),
        ("migrations", "migrations is a folder and no SQLite file.", "ls -l migrations"),
        ("models.py", "models.py is no SQLite database.", "file models.py"),
    ],
)
def test_a_file_that_is_no_database(
    sqlite_project: Project, file: str, sentence: str, command: str
) -> None:
    sqlite_project.write("models.py", f"{sqlite_project.read('models.py')}\n{'# long' * 50}\n")
    url = make_url(f"sqlite:///{file}")
    assert failing(with_real_url(sqlite_project, plain(url))) == expected(url, sentence, command)


def test_a_server_that_does_not_encrypt(postgresql_project: Project) -> None:
    url = make_url(postgresql_project.url).set(query={"sslmode": "require"})
    with postgresql_project.connect() as connection:
        if connection.execute(text("SHOW ssl")).scalar() == "on":
            pytest.skip("this server encrypts")
    right = url.set(query={"sslmode": "prefer"})
    assert failing(with_real_url(postgresql_project, plain(url))) == expected(
        url,
        "The server does not encrypt, and the URL asks for it.",
        f"in {WHERE}: sqlalchemy.url = {shown(right)}",
    )


def test_a_url_from_a_variable_says_which_and_who_reads_it(
    sqlite_project: Project, closed_port: int
) -> None:
    url = f"postgresql+psycopg://user:{SECRET}@127.0.0.1:{closed_port}/database"
    read = 'import os; config.set_main_option("sqlalchemy.url", os.environ["APP_DB"])'
    said = failing(in_env_py(sqlite_project, read), env={"APP_DB": url})
    place = "the variable APP_DB (migrations/env.py:21)"
    assert said.splitlines()[1] == f"    The URL is {shown(make_url(url))}, from {place}."


def test_a_url_in_env_py_itself_is_where_it_connects(
    sqlite_project: Project, closed_port: int
) -> None:
    url = f"postgresql+psycopg://user:{SECRET}@127.0.0.1:{closed_port}/database"
    lines = [
        "from sqlalchemy import create_engine",
        f'create_engine("{url}".replace("secret-", "secret-")).connect()',
    ]
    said = failing(in_env_py(sqlite_project, *lines))
    assert said.startswith(
        "error: database-unreachable (migrations/env.py:22): "
        f"Nothing listens at 127.0.0.1:{closed_port}.\n"
        f"    The URL is {shown(make_url(url))}, from migrations/env.py:22.\n"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            'FATAL:  password authentication failed for user "me"',
            'The server refuses the login of me: password authentication failed for user "me".',
        ),
        (
            "FATAL:  sorry, too many clients already",
            "The server has as many connections as it allows.",
        ),
        (
            "FATAL:  the database system is starting up",
            "The server is not ready: the database system is starting up.",
        ),
        (
            'FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "me", no encryption',
            "The server takes encrypted connections only: "
            'no pg_hba.conf entry for host "1.2.3.4", user "me", no encryption.',
        ),
        (
            'FATAL:  permission denied for database "d"',
            "The role me may not enter the database 'd'.",
        ),
        ("connection timeout expired", "db:5432 does not answer in time."),
        ("could not translate host name: Name or service not known", "There is no host 'db'."),
        ("FATAL:  something new", "The database cannot be reached: something new."),
    ],
)
def test_what_a_server_says_is_put_into_a_sentence(words: str, sentence: str) -> None:
    """What no server of the tests can be brought to say."""
    failed = EnvironmentFailed(ConnectionError(f"connection failed: {words}"), "env.py", "loading")
    failed.url = make_url("postgresql+psycopg://me@db/d")  # type: ignore[method-assign]
    assert tell(failed)[0] == sentence


def test_a_statement_of_env_py_that_fails_is_no_unreachable_database(
    sqlite_project: Project,
) -> None:
    configure = "        context.configure(\n            connection"
    own = "        connection.exec_driver_sql('SELECT * FROM absent')\n"
    change_env(sqlite_project, configure, own + configure)
    said = failing(sqlite_project).splitlines()[0]
    assert said == (
        "error: env-error (migrations/env.py:69): migrations/env.py raises OperationalError: "
        "(sqlite3.OperationalError) no such table: absent."
    )
