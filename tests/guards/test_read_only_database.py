"""A database into which nothing can be written, whatever makes it so."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from alembic_guard.finding import Finding
from tests import servers
from tests.commands.upgrading import change_env, masked_url
from tests.conftest import without_server
from tests.guards.connecting import found
from tests.project import Project

READ_ONLY = 'execution_options={"postgresql_readonly": True}'
PRIMARY = "in the URL: the host of the primary  # alembic current -v says which URL is used"


def refusal(url: str, why: str, remedy: str) -> list[Finding]:
    message = f"Nothing can be written to {url}."
    return [Finding("read-only-database", message, why=why, next=(remedy,))]


def test_a_database_that_takes_writes_is_none(project: Project) -> None:
    assert found(project.url) == []


# --- PostgreSQL ----------------------------------------------------------------------------------


@pytest.fixture
def role(postgresql_project: Project) -> Iterator[str]:
    name = servers.unique_name()
    with postgresql_project.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
    yield name
    with postgresql_project.connect() as connection:
        connection.execute(text(f"DROP ROLE {name}"))


@pytest.mark.parametrize(
    ("of", "source"),
    [
        ('DATABASE "{database}"', "database"),
        ('ROLE "{role}"', "user"),
        ('ROLE "{role}" IN DATABASE "{database}"', "database user"),
    ],
)
def test_a_setting_is_named_with_the_statement_that_takes_it_back(
    postgresql_project: Project, role: str, of: str, source: str
) -> None:
    url = make_url(postgresql_project.url).set(username=role)
    of = of.format(database=url.database, role=role)
    with postgresql_project.connect() as connection:
        connection.execute(text(f"ALTER {of} SET default_transaction_read_only = on"))
    reset = f"ALTER {of} RESET default_transaction_read_only;"
    assert found(url) == refusal(
        url.render_as_string(),
        f"default_transaction_read_only is on; that comes from: {source}.",
        reset,
    )
    engine = create_engine(postgresql_project.url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"))
        connection.commit()
        connection.execute(text(reset))
        connection.commit()
    assert found(url) == []


def test_an_option_of_the_connection(postgresql_project: Project) -> None:
    options = {"options": "-c default_transaction_read_only=on"}
    assert found(postgresql_project.url, connect_args=options) == refusal(
        masked_url(postgresql_project),
        "default_transaction_read_only is on; that comes from: client.",
        "in the URL, PGOPTIONS or env.py: take out default_transaction_read_only",
    )


def test_transactions_that_env_py_begins_read_only(postgresql_project: Project) -> None:
    options = {"postgresql_readonly": True}
    assert found(postgresql_project.url, execution_options=options) == refusal(
        masked_url(postgresql_project),
        "The transactions of this connection are read only.",
        "in env.py: take out postgresql_readonly=True, or SET TRANSACTION READ ONLY",
    )


def test_a_replica() -> None:
    try:
        directory = servers.binaries()
        with servers.started(directory) as url:
            data = data_directory(url)
            become_replica(directory, data)
            assert found(url.set(database="postgres")) == refusal(
                url.set(database="postgres").render_as_string(),
                "The server is a replica: it is in recovery, and takes no writes.",
                PRIMARY,
            )
    except servers.ServerMissing as missing:
        without_server(missing)


def data_directory(url: URL) -> Path:
    engine = create_engine(url.set(database="postgres"), poolclass=NullPool)
    with engine.connect() as connection:
        return Path(connection.scalar(text("SHOW data_directory")))


def become_replica(binaries: Path, data: Path) -> None:
    """Restart a server in recovery; where its binaries were copied to, they are used."""
    options: dict[str, Any] = {"cwd": data, "check": True, **servers.unprivileged_account()}
    options.update(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    copied = [*data.parent.glob("*/*/bin/pg_ctl")]
    program = str(copied[0] if copied else binaries / "pg_ctl")
    (data / "standby.signal").touch()
    words = [program, "-D", str(data), "-w", "-m", "fast", "-l", str(data / "replica.log")]
    subprocess.run([*words, "restart"], **options)


def test_safe_upgrade_refuses_before_anything_is_applied(postgresql_project: Project) -> None:
    project = postgresql_project
    project.add_revision("0001", None, "pass")
    change_env(project, "poolclass=pool.NullPool", f"poolclass=pool.NullPool, {READ_ONLY}")
    before = project.snapshot()
    result = project.alembic("safe-upgrade")
    assert (result.returncode, result.stdout[result.stdout.index("error: ") :]) == (
        1,
        f"error: read-only-database: Nothing can be written to {masked_url(project)}.\n"
        "    The transactions of this connection are read only.\n"
        "    next: in env.py: take out postgresql_readonly=True, or SET TRANSACTION READ ONLY\n",
    )
    assert (project.snapshot(), project.tables()) == (before, [])


# --- MariaDB --------------------------------------------------------------------------------------


def test_a_session_that_env_py_made_read_only(mariadb_project: Project) -> None:
    options = {"init_command": "SET SESSION TRANSACTION READ ONLY"}
    assert found(mariadb_project.url, connect_args=options) == refusal(
        masked_url(mariadb_project),
        "tx_read_only is on in this session.",
        "in env.py or the server's init_connect: take out SET SESSION TRANSACTION READ ONLY",
    )


# A statement a line, as --init-file wants them.
ACCOUNTS = """
CREATE DATABASE app;
CREATE USER app@'127.0.0.1';
GRANT ALL ON app.* TO app@'127.0.0.1';
CREATE USER admin@'127.0.0.1';
GRANT ALL ON *.* TO admin@'127.0.0.1' WITH GRANT OPTION;
CREATE USER member@'127.0.0.1';
GRANT ALL ON app.* TO member@'127.0.0.1';
"""
ROLES = """
CREATE ROLE writer;
GRANT READ_ONLY ADMIN ON *.* TO writer;
GRANT writer TO member@'127.0.0.1';
SET DEFAULT ROLE writer FOR member@'127.0.0.1';
"""


@pytest.fixture(scope="module")
def read_only_mariadb() -> Iterator[URL]:
    """A MariaDB of our own with ``read_only``, and a role ``app`` that may do anything else."""
    daemon, install = shutil.which("mariadbd"), shutil.which("mariadb-install-db")
    if daemon is None or install is None:
        pytest.skip("no mariadbd to start a read-only server with")
    home = Path(tempfile.mkdtemp(prefix="guard-mariadb-", dir="/tmp"))
    options = ["--no-defaults", f"--datadir={home / 'data'}", *as_root()]
    made = [install, *options, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(made, check=True, capture_output=True)
    (home / "init.sql").write_text(ACCOUNTS)
    port = servers.free_port()
    url = servers.LOCAL_MARIADB.set(username="app", host="127.0.0.1", port=port, database="app")
    options += [f"--socket={home / 'socket'}", f"--pid-file={home / 'pid'}", "--read-only"]
    options += [f"--port={port}", "--bind-address=127.0.0.1", "--skip-name-resolve"]
    process = subprocess.Popen(
        [daemon, *options, f"--init-file={home / 'init.sql'}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while servers.silence_of(url) and process.poll() is None:
            assert time.monotonic() < deadline, "it did not start in time"
            time.sleep(0.1)
        with create_engine(url.set(username="admin"), poolclass=NullPool).connect() as connection:
            for statement in ROLES.strip().splitlines():
                connection.execute(text(statement))
        yield url
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(home)


def as_root() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []


def test_a_server_that_is_read_only_for_this_role(read_only_mariadb: URL) -> None:
    assert found(read_only_mariadb) == refusal(
        read_only_mariadb.render_as_string(),
        "The server has read_only on, as replicas have, and app may not write nevertheless.",
        f"{PRIMARY}; or: SET GLOBAL read_only = OFF;",
    )
    with pytest.raises(DBAPIError, match="read-only"):
        write(read_only_mariadb)


@pytest.mark.parametrize("user", ["admin", "member"])
def test_a_role_that_may_write_nevertheless(read_only_mariadb: URL, user: str) -> None:
    url = read_only_mariadb.set(username=user)
    assert found(url) == []
    write(url)


def write(url: URL) -> None:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
        connection.execute(text("DROP TABLE t"))


# --- SQLite --------------------------------------------------------------------------------------


def test_a_url_that_opens_the_file_for_reading(sqlite_project: Project) -> None:
    sqlite_project.tables()
    file = make_url(sqlite_project.url).database
    url = make_url(f"sqlite:///file:{file}?mode=ro&uri=true")
    assert found(url) == refusal(
        url.render_as_string(),
        "The URL opens it with mode=ro.",
        "in the URL: take out mode=ro",
    )


def test_a_connection_that_env_py_lets_only_ask(sqlite_project: Project) -> None:
    engine = create_engine(sqlite_project.url)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only = on"))
    assert found(sqlite_project.url, creator=engine.raw_connection) == refusal(
        sqlite_project.url, "PRAGMA query_only is on.", "in env.py: take out PRAGMA query_only"
    )


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another account may enter, with a database file; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o777)
    (folder / "a b.db").touch()
    (folder / "a b.db").chmod(0o666)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize(("name", "which"), [("", "folder"), ("a b.db", "file")])
def test_a_file_or_a_folder_that_this_user_may_not_write_to(
    open_folder: Path, name: str, which: str
) -> None:
    url, closed = f"sqlite:///{open_folder}/a b.db", open_folder / name
    assert as_nobody(lambda: found(url)) == []
    closed.chmod(closed.stat().st_mode & 0o555)
    reason = f"This user may not write to the {which} {closed}"
    reason += "." if which == "file" else ", where SQLite keeps its journal."
    remedy = f"chmod u+w '{closed}'" if name else f"chmod u+w {closed}"
    assert as_nobody(lambda: found(url)) == refusal(url, reason, remedy)


def as_nobody(question: Callable[[], list[Finding]]) -> list[Finding]:
    """Ask in a process without root's right to write anywhere; what it imports is loaded first."""
    expected = question()
    if os.geteuid() != 0:
        return expected
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setuid(65534)
        os.write(writing, pickle.dumps(question()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        answered = answer.read()
    os.waitpid(child, 0)
    findings: list[Finding] = pickle.loads(answered)
    return findings
