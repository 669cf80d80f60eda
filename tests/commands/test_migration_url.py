"""``migration_url`` leads past a real PgBouncer, whatever engine env.py has built."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from tests import servers
from tests.commands.test_safe_upgrade_pooler import CONCURRENTLY, behind
from tests.commands.upgrading import change_env, history, run
from tests.poolers import Pooler
from tests.project import Project

# What a migration met: written down by itself, in the database.
MET = (
    'op.execute("CREATE TABLE met AS SELECT inet_client_port() AS port, '
    "current_setting('application_name') AS application, current_setting('search_path') AS path, "
    "current_setting('work_mem') AS work_mem, pg_backend_pid() AS pid\")"
)
TOLD = (
    "assert op.get_bind().connection.driver_connection.info.backend_pid == "
    "op.get_bind().scalar(sa.text('SELECT pg_backend_pid()')), 'behind a pooler'"
)
TOLD_ASYNC = TOLD.replace("info.backend_pid", "get_server_pid()")


def past(url: str) -> str:
    """Host and port of the server itself."""
    server = make_url(url)
    return f"postgresql://{server.host}:{server.port}"


def met(project: Project) -> dict[str, object]:
    """What the migration met."""
    with project.connect() as connection:
        return dict(connection.execute(text("SELECT * FROM met")).mappings().one())


@pytest.mark.parametrize("template", ["generic", "async"])
def test_every_template_migrates_past_the_pooler(
    pooler: Pooler, postgresql_url: str, project_path: Path, template: str
) -> None:
    with behind(pooler("transaction"), postgresql_url, project_path, template) as project:
        history(project, TOLD_ASYNC if "async" in template else TOLD, CONCURRENTLY)

        result = project.alembic("safe-upgrade", "--migration-url", past(postgresql_url))

        assert result.returncode == 0, result.output
        assert "pooled-connection" not in result.output
        shown = make_url(postgresql_url).render_as_string()
        assert shown.partition("//")[2] in result.stdout.splitlines()[0]
        assert project.heads_in_database() == ("0003",)


def test_without_it_the_same_migration_is_behind_the_pooler(
    pooler: Pooler, postgresql_url: str, project_path: Path
) -> None:
    with behind(pooler("transaction"), postgresql_url, project_path) as project:
        history(project, TOLD)

        result = project.alembic("safe-upgrade")

    assert (result.returncode, "behind a pooler" in result.output) == (3, True), result.output


@pytest.mark.parametrize("variable", [True, False])
def test_it_is_a_setting_too(
    pooler: Pooler, postgresql_url: str, project_path: Path, variable: bool
) -> None:
    with behind(pooler("transaction"), postgresql_url, project_path) as project:
        history(project, TOLD)
        env = {"ALEMBIC_GUARD_MIGRATION_URL": past(postgresql_url)} if variable else {}
        if not variable:
            section = f"\n[alembic_guard]\nmigration_url = {past(postgresql_url)}\n"
            project.write("alembic.ini", project.read("alembic.ini") + section)

        doctor = project.alembic("guard-doctor", env=env)
        check = project.alembic("guard-check", env=env)
        result = project.alembic("safe-upgrade", env=env)

    assert "pooled-connection" not in doctor.output + check.output
    shown = make_url(postgresql_url).render_as_string()
    assert f"URL             {shown}" in doctor.stdout
    assert result.returncode == 0, result.output


def test_whoever_looks_takes_the_option_too(
    pooler: Pooler, postgresql_url: str, project_path: Path
) -> None:
    option = ("--migration-url", past(postgresql_url))
    with behind(pooler("transaction"), postgresql_url, project_path) as project:
        history(project, TOLD)
        doctor = project.alembic("guard-doctor", *option)
        check = project.alembic("guard-check", *option)
        revision = project.alembic("guard-revision", "-m", "x", "--upgrade", *option)
        seen = [project.alembic(*words) for words in (["guard-doctor"], ["guard-check"])]
        alone = project.alembic("guard-revision", "-m", "x", *option)

    assert ["pooled-connection" in each.output for each in (doctor, check, *seen)] == [
        *(False, False, True, True)
    ]
    assert f"URL             {make_url(postgresql_url).render_as_string()}" in doctor.stdout
    assert "Applied   0002 step 2" in revision.stdout, revision.output  # and not behind the pooler
    assert (alone.returncode, alone.stderr.splitlines()[-1]) == (
        2,
        "Error: --migration-url is for --upgrade: nothing else changes a database.",
    )


def test_connect_args_and_listeners_of_the_engine_stay_in_force(
    pooler: Pooler, postgresql_url: str, project_path: Path
) -> None:
    with behind(pooler("transaction"), postgresql_url, project_path) as project:
        history(project, TOLD, MET)
        arguments = 'prefix="sqlalchemy.", connect_args={"application_name": "deploy"},'
        change_env(project, 'prefix="sqlalchemy.",', arguments)
        change_env(
            project,
            "    with connectable.connect() as connection:",
            "    from sqlalchemy import event\n"
            '    @event.listens_for(connectable, "connect")\n'
            "    def connected(connection, record):\n"
            "        connection.execute(\"SET work_mem = '5MB'\")\n"
            "        connection.commit()\n"
            "    with connectable.connect() as connection:\n"
            '        connection.execute(sa.text("SET search_path = public, pg_catalog"))\n'
            "        connection.commit()",
        )
        env = project.read("migrations/env.py")
        project.write("migrations/env.py", f"import sqlalchemy as sa\n{env}")

        result = project.alembic("safe-upgrade", "--migration-url", past(postgresql_url))

        assert result.returncode == 0, result.output
        found = met(project)
    assert (found["work_mem"], found["path"]) == ("5MB", "public, pg_catalog")
    assert found["application"] == "deploy"


CREATOR = """
    from alembic import context
    import psycopg
    from sqlalchemy import create_engine

    from models import Base

    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect({conninfo!r}, prepare_threshold=None),
    )
    {head}
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()
"""


@pytest.mark.parametrize("own_transaction", [False, True])
def test_a_creator_is_not_called_for_the_migration(
    pooler: Pooler, postgresql_url: str, project_path: Path, own_transaction: bool
) -> None:
    url = pooler("transaction")
    with behind(url, postgresql_url, project_path) as project:
        history(project, TOLD)
        conninfo = f"host={url.host} port={url.port} user={url.username} dbname={url.database}"
        head = f"with engine.{'begin' if own_transaction else 'connect'}() as connection:"
        project.write("migrations/env.py", CREATOR.format(conninfo=conninfo, head=head))

        result = project.alembic("safe-upgrade", "--migration-url", postgresql_url)

        assert result.returncode == 0, result.output
        assert project.heads_in_database() == ("0002",)


def test_what_env_py_wrote_in_its_open_transaction_would_be_lost(
    pooler: Pooler, postgresql_url: str, project_path: Path
) -> None:
    with behind(pooler("transaction"), postgresql_url, project_path) as project:
        history(project)
        change_env(
            project,
            "    with connectable.connect() as connection:",
            "    with connectable.begin() as connection:\n"
            '        connection.exec_driver_sql("CREATE SCHEMA app")',
        )

        result = project.alembic("safe-upgrade", "--migration-url", past(postgresql_url))

        assert result.returncode == 1, result.output
        assert "error: wrong-migration-url: migration_url cannot be followed to " in result.stdout
        assert project.tables() == []


def test_another_database_is_refused_and_nothing_is_changed(
    pooler: Pooler, postgresql_url: str, postgresql_server: URL, project_path: Path
) -> None:
    url = pooler("transaction")
    with (
        servers.postgresql_database(postgresql_server) as other,
        behind(url, postgresql_url, project_path) as project,
    ):
        history(project)
        elsewhere = other.render_as_string(hide_password=False)

        result = project.alembic("safe-upgrade", "--migration-url", elsewhere)

        assert result.returncode == 1, result.output
        shown = other.render_as_string()
        assert result.stdout.splitlines()[0] == (
            "error: wrong-migration-url: migration_url leads to another database than env.py's: "
            f"{shown}."
        )
        assert project.tables() == Project(project_path, elsewhere).tables() == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("not a url", "is no URL: not a url."),
        ("mysql://root:geheim1@127.0.0.1/x", "is of another kind than env.py's: "),
        ("postgresql://postgres:geheim1@127.0.0.1:1", "does not answer: "),
    ],
)
def test_a_wrong_one_is_refused_without_its_password(
    postgresql_project: Project, given: str, says: str
) -> None:
    history(postgresql_project)
    for words in (["safe-upgrade"], ["guard-doctor"], ["safe-upgrade", "--format", "json"]):
        result = postgresql_project.alembic(*words, env={"ALEMBIC_GUARD_MIGRATION_URL": given})

        assert result.returncode == 1, result.output
        assert f"migration_url {says}" in result.stdout
        assert "geheim1" not in result.output
    assert postgresql_project.tables() == []


def test_two_databases_of_one_server_are_both_reached_by_host_and_port(
    pooler: Pooler, postgresql_url: str, postgresql_server: URL, project_path: Path
) -> None:
    url = pooler("transaction")
    with servers.postgresql_database(postgresql_server) as other:
        second = url.set(database=other.database).render_as_string(hide_password=False)
        through = url.render_as_string(hide_password=False)
        with Project.create(project_path, through, "multidb", second) as project:
            history(project, TOLD)

            whole = project.alembic("safe-upgrade", "--migration-url", postgresql_url)
            first = Project(project_path, postgresql_url).heads_in_database()
            result = project.alembic("safe-upgrade", "--migration-url", past(postgresql_url))

        direct = [postgresql_url, other.render_as_string(hide_password=False)]
        heads = [Project(project_path, each).heads_in_database() for each in direct]
    assert (result.returncode, heads) == (0, [("0002",), ("0002",)]), result.output
    assert "wrong-migration-url" in whole.stdout
    assert (whole.returncode, first) == (1, ())


def test_the_engine_of_a_program_is_left_as_it_was(
    pooler: Pooler, postgresql_url: str, project_path: Path
) -> None:
    url = pooler("transaction")
    with behind(url, postgresql_url, project_path) as project:
        history(project, TOLD)
        project.write(
            "shop.py",
            f"""
            from sqlalchemy import create_engine

            engine = create_engine(
                {url.render_as_string(hide_password=False)!r}, pool_size=1, max_overflow=0
            )
        """,
        )
        change_env(
            project, "connectable = engine_from_config(", "from shop import engine\n    _ = ("
        )
        env = project.read("migrations/env.py")
        head, _, rest = env.partition("    _ = (")
        rest = rest[rest.index("with connectable") :].replace("connectable", "engine", 1)
        project.write("migrations/env.py", f"{head}\n    {rest}")
        project.write(
            "program.py",
            f"""
            import sys
            sys.path.insert(0, ".")
            from alembic.config import Config
            from sqlalchemy import text
            import alembic_guard
            from shop import engine

            before = engine.url, engine.pool._creator
            done = alembic_guard.safe_upgrade(
                Config("alembic.ini"), migration_url={past(postgresql_url)!r}
            )
            assert (engine.url, engine.pool._creator) == before
            with engine.connect() as connection:
                told = connection.connection.driver_connection.info.port
            print(len(done.applied), told == {url.port})
        """,
        )
        done = run(project, project.read("program.py"))
    assert done.stdout.splitlines() == ["2 True"], done.stderr


def test_mariadb_has_a_way_too(mariadb_project: Project) -> None:
    history(mariadb_project)
    server = make_url(mariadb_project.url)

    result = mariadb_project.alembic(
        "safe-upgrade", "--migration-url", f"mariadb://localhost:{server.port}"
    )

    assert result.returncode == 0, result.output
    assert "@localhost:" in result.stdout.splitlines()[0]


def test_sqlite_has_none(sqlite_project: Project) -> None:
    history(sqlite_project)
    result = sqlite_project.alembic("safe-upgrade", "--migration-url", "sqlite:///other.db")
    assert result.returncode == 1
    assert "migration_url is of another kind than env.py's: " in result.stdout


def test_a_direct_engine_is_not_needed_for_a_pooler_of_one_connection(
    pooler: Pooler, postgresql_url: str, project_path: Path
) -> None:
    url = pooler("transaction", default_pool_size=1, query_wait_timeout=3)
    with behind(url, postgresql_url, project_path) as project:
        history(project)

        alone = project.alembic("safe-upgrade")
        past_it = project.alembic("safe-upgrade", "--migration-url", past(postgresql_url))

        assert (alone.returncode, past_it.returncode) == (1, 0), alone.output + past_it.output
        assert "error: pooled-connection: " in alone.stdout
        with create_engine(postgresql_url, poolclass=NullPool).connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
