"""The truth is read back, checks run inside, and every kind of env.py is served."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, inspect, text

from tests.commands.upgrading import (
    blocking,
    change_env,
    columns,
    history,
    journal,
    masked_url,
    plain,
    run,
)
from tests.project import Project

STRAY = "connection.exec_driver_sql('SELECT 1')\n        context.configure("


def test_a_stray_statement_before_configure_is_found_out(project: Project) -> None:
    change_env(
        project, "context.configure(\n            connection", STRAY + "\n            connection"
    )
    history(project)

    result = project.alembic("safe-upgrade")

    commits_ddl = "m" in project.url.split("+")[0][:1]  # MariaDB keeps the table that it made
    said = result.stdout[result.stdout.index("Ran ") :]
    assert result.returncode == (3 if commits_ddl else 1)
    assert (
        f"error: upgrade-rolled-back: {masked_url(project)} is at no revision, "
        "and not at 0001 where the run ended.\n"
    ) in said
    assert "error: autobegun-connection: env.py ran a statement on the connection" in said
    assert project.heads_in_database() == ()
    assert ("users" in project.tables()) is commits_ddl
    assert journal(project, "revision", "status") == [("0001", "failed")]


def test_an_env_py_with_its_own_transaction_is_run_as_a_whole(project: Project) -> None:
    change_env(project, "connectable.connect()", "connectable.begin()")
    history(project, 'op.execute("INSERT INTO users (id) VALUES (1)")')

    result = project.alembic("safe-upgrade")

    assert (result.returncode, plain(result.stdout).splitlines()[-5:]) == (
        0,
        [
            "          0002 step 2",
            "Note      env.py opens its own transaction: all revisions are applied, "
            "or tried again, as a whole",
            "Ran       0001 step 1 (N ms)",
            "Ran       0002 step 2 (N ms)",
            "Done: 2 revisions applied.",
        ],
    )
    assert journal(project, "revision", "status") == [("0001", "applied"), ("0002", "applied")]


def test_what_falls_with_env_pys_transaction_is_on_record(postgresql_project: Project) -> None:
    project = postgresql_project
    change_env(project, "connectable.connect()", "connectable.begin()")
    history(project, "op.execute('INSERT INTO nowhere VALUES (1)')", "pass")

    result = project.alembic("safe-upgrade")

    assert (result.returncode, project.tables()) == (1, ["alembic_guard_journal"])
    assert journal(project, "revision", "status", "error") == [
        ("0001", "failed", "rolled back together with 0002"),
        (
            "0002",
            "failed",
            'relation "nowhere" does not exist [SQL: INSERT INTO nowhere VALUES (1)]',
        ),
    ]


def test_env_pys_transaction_is_begun_again_when_a_lock_is_refused(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    change_env(project, "connectable.connect()", "connectable.begin()")
    history(project, "pass", 'op.add_column("users", sa.Column("age", sa.Integer()))')
    project.alembic("upgrade", "0001")

    with blocking(project, "SELECT * FROM users"):
        upgrade = project.spawn("safe-upgrade")
        assert upgrade.stdout is not None
        while "waiting outside the queue" not in (line := upgrade.stdout.readline()):
            assert line, "it gave up"
    upgrade.communicate(timeout=30)

    assert (upgrade.returncode, project.heads_in_database()) == (0, ("0003",))
    assert journal(project, "revision", "status") == [
        ("0001", "adopted"),
        ("0002", "applied"),
        ("0003", "applied"),
    ]


def test_each_revision_has_its_own_transaction_also_where_env_py_does_not_ask(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, 'op.add_column("users", sa.Column("age", sa.Integer()))\nraise ValueError')

    result = project.alembic("safe-upgrade")

    assert (result.returncode, project.heads_in_database()) == (3, ("0001",))
    assert columns(project, "users") == ["id", "name"]


def test_a_precheck_that_says_no_stops_before_anything_of_the_revision(project: Project) -> None:
    history(project)
    project.add_revision(
        "0002",
        "0001",
        'op.execute("INSERT INTO users (id) VALUES (1)")',
        message="checked",
        extra="def precheck(connection):\n    assert connection is not None\n    return False",
    )

    result = project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout[result.stdout.index("error: ") :]) == (
        3,
        "error: precheck-failed (migrations/versions/0002_checked.py): "
        "precheck() of revision 0002 checked said no: precheck() returned False.\n"
        "    It ran before upgrade(), in the revision's transaction, which is rolled back unless "
        "this is allowed.\n"
        "    Applied before, and staying: 0001 step 1.\n"
        "    next: alembic safe-upgrade  # when the cause is mended\n"
        "    next: alembic safe-upgrade --allow precheck-failed  # go on all the same\n",
    )
    assert project.heads_in_database() == ("0001",)


def test_a_check_that_is_allowed_to_say_no_is_printed_and_journalled(project: Project) -> None:
    history(project)
    project.add_revision(
        "0002", "0001", "pass", extra="def postcheck(connection):\n    return False"
    )

    result = project.alembic("safe-upgrade", "--allow", "postcheck-failed")

    assert (result.returncode, project.heads_in_database()) == (0, ("0002",))
    assert "allowed: postcheck-failed (" in result.stdout
    assert journal(project, "revision", "status", "allowed") == [
        ("0001", "applied", None),
        ("0002", "applied", "postcheck-failed"),
    ]


def test_what_env_py_does_before_and_after_the_migrations_stays(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    change_env(
        project,
        "            context.run_migrations()",
        "            context.execute('CREATE SCHEMA IF NOT EXISTS app')\n"
        "            context.execute('SET search_path TO app')\n"
        "            context.run_migrations()\n"
        "            context.execute('CREATE TABLE after_run (id INTEGER)')",
    )
    history(project, "pass")

    planned = project.alembic("safe-upgrade", "--plan")
    with project.connect() as connection:
        after_plan = inspect(connection).get_schema_names()
    result = project.alembic("safe-upgrade")

    with project.connect() as connection:
        tables = sorted(inspect(connection).get_table_names(schema="app"))
    assert (planned.returncode, "app" in after_plan) == (0, False)
    assert (result.returncode, project.tables(), tables) == (
        0,
        [],
        ["after_run", "alembic_guard_journal", "alembic_version", "users"],
    )


def test_a_commit_in_the_middle_of_a_revision_is_noticed(postgresql_project: Project) -> None:
    project = postgresql_project
    history(
        project, "op.execute('CREATE TABLE kept (id INTEGER)')\nop.execute('COMMIT')\nraise OSError"
    )

    result = project.alembic("safe-upgrade")

    assert result.returncode == 3
    assert "    done: CREATE TABLE kept (id INTEGER)\n    done: COMMIT\n" in result.stdout


def test_rows_that_a_failing_ddl_committed_on_mariadb_are_told(mariadb_project: Project) -> None:
    project = mariadb_project
    insert = 'op.execute("INSERT INTO users (id) VALUES (1)")\n'
    history(project, insert + 'op.execute("ALTER TABLE nowhere ADD x INT")')

    result = project.alembic("safe-upgrade")

    assert (result.returncode, "partly-applied" in result.stdout) == (3, True)
    assert "    done: INSERT INTO users (id) VALUES (1)\n" in result.stdout


def test_the_second_deployer_of_an_env_py_with_its_own_transaction_has_nothing_to_do(
    project: Project,
) -> None:
    change_env(project, "connectable.connect()", "connectable.begin()")
    history(project, "import time\ntime.sleep(1)")

    deployers = [project.spawn("safe-upgrade") for _ in range(3)]
    ends = [(one.communicate(timeout=60)[0], one.returncode) for one in deployers]

    assert [status for _, status in ends] == [0, 0, 0], ends
    assert journal(project, "revision", "status") == [("0001", "applied"), ("0002", "applied")]


def test_a_postcheck_that_raises_rolls_the_revision_back(project: Project) -> None:
    history(project)
    project.add_revision(
        "0002",
        "0001",
        'op.execute("INSERT INTO users (id) VALUES (1)")',
        extra="def postcheck(connection):\n"
        '    assert connection.scalar(sa.text("SELECT count(*) FROM users")) == 2, "lost a row"',
    )

    result = project.alembic("safe-upgrade")

    with project.connect() as connection:
        rows = connection.scalar(text("SELECT count(*) FROM users"))
    assert (result.returncode, rows, project.heads_in_database()) == (3, 0, ("0001",))
    assert "said no: AssertionError: lost a row.\n" in result.stdout
    assert journal(project, "revision", "status") == [("0001", "applied"), ("0002", "failed")]


def test_a_connection_that_is_handed_in_stays_the_callers(sqlite_project: Project) -> None:
    project = sqlite_project
    change_env(
        project,
        "    with connectable.connect() as connection:\n",
        "    if True:\n        connection = config.attributes['connection']\n",
    )
    history(project)

    done = run(
        project,
        """
        from alembic.config import Config
        from sqlalchemy import create_engine, inspect
        from sqlalchemy.pool import StaticPool

        import alembic_guard

        engine = create_engine("sqlite://", poolclass=StaticPool)
        with engine.connect() as connection:
            config = Config("alembic.ini")
            config.attributes["connection"] = connection
            upgraded = alembic_guard.safe_upgrade(config)
            print(sorted(inspect(connection).get_table_names()))
            print(upgraded.plans[0].notes[0].split(":")[0], len(upgraded.applied))
            connection.rollback()
        """,
    )

    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "['alembic_guard_journal', 'alembic_version', 'users']",
            "the connection was handed in 1",
        ],
    ), done.stderr
    assert list(project.path.glob("*.lock")) == []


def test_an_env_py_that_configures_several_tenants_is_served_each_time(
    postgresql_project: Project,
) -> None:
    project = tenants(postgresql_project)
    history(project)

    result = project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "Done: 2 revisions applied.")
    with project.connect() as connection:
        for tenant in ("blue", "red"):
            query = f"SELECT revision, status FROM {tenant}.alembic_guard_journal"
            assert connection.execute(text(query)).all() == [("0001", "applied")]


def test_a_failure_in_the_second_tenant_is_status_3(postgresql_project: Project) -> None:
    project = tenants(postgresql_project)
    history(project)
    with project.connect() as connection:
        connection.execute(text("CREATE TABLE red.users (id INTEGER)"))

    result = project.alembic("safe-upgrade")

    assert result.returncode == 3
    assert "    Applied before, and staying: 0001 step 1.\n" in result.stdout


def tenants(project: Project) -> Project:
    """The project with an env.py that upgrades two schemas, one after the other."""
    with project.connect() as connection:
        connection.execute(text("CREATE SCHEMA blue"))
        connection.execute(text("CREATE SCHEMA red"))
    change_env(
        project,
        "        context.configure(\n            connection=connection, "
        "target_metadata=target_metadata\n        )\n\n"
        "        with context.begin_transaction():\n            context.run_migrations()",
        "        for tenant in ('blue', 'red'):\n"
        "            connection.exec_driver_sql(f'SET search_path = {tenant}')\n"
        "            connection.commit()\n"
        "            context.configure(connection=connection, version_table_schema=tenant)\n"
        "            with context.begin_transaction():\n"
        "                context.run_migrations()",
    )
    return project


def test_both_databases_of_the_multidb_template_are_served(
    project_path: Path, sqlite_url: str
) -> None:
    with Project.create(project_path, sqlite_url, "multidb") as project:
        project.add_revision("0001", None, "pass", message="both")

        result = project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout.count("Ran       0001 both")) == (0, 2), result.output


def test_an_env_py_that_never_migrates_is_named(sqlite_project: Project) -> None:
    history(sqlite_project)
    change_env(sqlite_project, "            context.run_migrations()", "            pass")

    result = sqlite_project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout.splitlines()[0]) == (
        1,
        "error: connection-not-configured (migrations/env.py): "
        "migrations/env.py ended without calling context.run_migrations().",
    )


def test_programs_get_what_was_applied_and_errors_of_alembics_own_kind(
    sqlite_project: Project,
) -> None:
    history(sqlite_project, 'raise ValueError("no")')

    done = run(
        sqlite_project,
        """
        from alembic.config import Config
        from alembic.util import CommandError

        import alembic_guard

        config = Config("alembic.ini")
        upgraded = alembic_guard.safe_upgrade(config, "0001")
        print([applied.revision.id for applied in upgraded.applied])
        try:
            alembic_guard.safe_upgrade(config, progress=lambda line: print("said", line.split()[0]))
        except CommandError as error:
            print(type(error).__name__, error.exit_status, [f.name for f in error.findings])
        """,
    )

    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "['0001']",
            *["said Database", "said Current", "said Target", "said Pending", "said 0002"],
            "Refused 1 ['migration-failed', 'not-recorded']",
        ],
    ), done.stderr


def test_a_check_that_is_async_or_answers_0_is_no_yes(sqlite_project: Project) -> None:
    history(sqlite_project)
    checks = ("async def precheck(connection):\n    return True", "def precheck(c):\n    return 0")
    said = []
    for check in checks:
        file = sqlite_project.add_revision("0002", "0001", "pass", extra=check)
        said.append(sqlite_project.alembic("safe-upgrade").stdout)
        file.unlink()

    assert "said no: TypeError: precheck() is async, and is called without await.\n" in said[0]
    assert "said no: precheck() returned 0.\n" in said[1]


def test_a_file_that_is_locked_for_everybody_is_tried_again(sqlite_project: Project) -> None:
    history(sqlite_project)
    engine = create_engine(sqlite_project.url)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        result = sqlite_project.alembic("safe-upgrade", "--retry-for", "1s")
        connection.rollback()

    assert result.returncode == 4, result.output
    assert "error: lock-not-granted: The database stayed locked over " in result.stdout
