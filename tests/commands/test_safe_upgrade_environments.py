"""What stays and what is on record, in each kind of env.py: tenants, roles, own transactions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text

from tests.commands.upgrading import (
    blocking,
    change_env,
    columns,
    history,
    journal,
    masked_url,
    run,
)
from tests.project import Project

CONFIGURE = (
    "        context.configure(\n            connection=connection, "
    "target_metadata=target_metadata\n        )\n\n"
    "        with context.begin_transaction():\n            context.run_migrations()"
)
FOR_TENANTS = """\
        for tenant in ("blue", "red"):
            connection.exec_driver_sql(f"SET search_path TO {tenant}")
            connection.commit()
            connection.dialect.default_schema_name = tenant
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()"""
FAILING = "op.execute('INSERT INTO nowhere VALUES (1)')"


def schemas(project: Project, *names: str) -> None:
    with project.connect() as connection:
        for name in names:
            connection.execute(text(f"CREATE SCHEMA {name}"))


def statuses(project: Project, table: str) -> list[tuple[str, str]]:
    with project.connect() as connection:
        rows = connection.execute(text(f"SELECT revision, status FROM {table} ORDER BY id"))
        return [(revision, status) for revision, status in rows]


@pytest.fixture
def role(postgresql_project: Project) -> Iterator[str]:
    """A role without rights, which may be taken with SET ROLE; dropped after the test."""
    name = f"guard_{make_url(postgresql_project.url).database}"
    with postgresql_project.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
    yield name
    with postgresql_project.connect() as connection:
        connection.execute(text(f"DROP OWNED BY {name} CASCADE"))
        connection.execute(text(f"DROP ROLE {name}"))


def as_role(project: Project, role: str) -> None:
    url = make_url(project.url).set(username=role).render_as_string()
    project.write("alembic.ini", project.read("alembic.ini").replace(project.url, url))


def test_tenants_that_are_chosen_by_search_path_are_told_apart(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    schemas(project, "blue", "red")
    change_env(project, CONFIGURE, FOR_TENANTS)
    history(project)

    result = project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "Done: 2 revisions applied.")
    for tenant in ("blue", "red"):
        assert statuses(project, f"{tenant}.alembic_guard_journal") == [("0001", "applied")]


def test_a_revision_that_the_second_tenant_does_not_know_is_status_3(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    schemas(project, "blue", "red")
    with project.connect() as connection:
        connection.execute(text("CREATE TABLE red.alembic_version (version_num varchar(32))"))
        connection.execute(text("INSERT INTO red.alembic_version VALUES ('gone')"))
    change_env(project, CONFIGURE, FOR_TENANTS)
    history(project)

    result = project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout[result.stdout.index("error: ") :]) == (
        3,
        f"error: missing-revision: {masked_url(project)} is at gone, "
        "and no revision file here defines it.\n"
        "    The file was deleted or renamed, is on a branch that is not checked out here, or the "
        "database belongs to another project.\n"
        "    If the file is lost, stamp --purge records another revision in its place. What "
        "the lost one did to the tables stays, and its downgrade is gone.\n"
        "    Applied before, and staying: 0001 step 1.\n"
        "    next: alembic history  # what this checkout has\n"
        "    next: alembic stamp --purge REVISION  "
        "# REVISION: the newest whose changes the database has\n",
    )


def test_a_role_that_env_py_takes_is_taken_beside_it_and_is_on_record(
    postgresql_project: Project, role: str
) -> None:
    project = postgresql_project
    owner = f"{role}_owner"
    with project.connect() as connection:
        connection.execute(text(f"CREATE ROLE {owner}"))
        connection.execute(text(f"GRANT {owner} TO {role}"))
        connection.execute(text(f"ALTER ROLE {role} NOINHERIT"))
        connection.execute(text(f"CREATE SCHEMA AUTHORIZATION {owner}"))
    as_role(project, role)
    take = (
        f"        connection.exec_driver_sql('SET ROLE {owner}')\n"
        f"        connection.exec_driver_sql('SET search_path TO {owner}')\n"
        "        connection.commit()\n"
    )
    change_env(project, CONFIGURE, take + CONFIGURE)
    history(project)

    try:
        result = project.alembic("safe-upgrade")
        with project.connect() as connection:
            query = f"SELECT revision, status, database_user FROM {owner}.alembic_guard_journal"
            rows = connection.execute(text(query)).all()
    finally:
        with project.connect() as connection:
            connection.execute(text(f"DROP OWNED BY {owner} CASCADE"))
            connection.execute(text(f"DROP ROLE {owner}"))

    assert (result.returncode, rows) == (0, [("0001", "applied", owner)]), result.output


def test_a_failure_of_env_py_after_its_migrations_is_on_record(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    change_env(project, "connectable.connect()", "connectable.begin()")
    change_env(
        project,
        "            context.run_migrations()",
        "            context.run_migrations()\n            raise RuntimeError('afterwards')",
    )
    history(project)

    result = project.alembic("safe-upgrade")

    assert (result.returncode, project.tables()) == (1, ["alembic_guard_journal"])
    assert journal(project, "revision", "status", "error") == [
        ("0001", "failed", "rolled back with env.py's transaction")
    ]


def test_a_pragma_works_also_in_env_pys_own_transaction(sqlite_project: Project) -> None:
    project = sqlite_project
    change_env(project, "connectable.connect()", "connectable.begin()")
    history(project, 'op.execute("PRAGMA foreign_keys=OFF")\n' + "op.execute('SELECT 1')")

    result = project.alembic("safe-upgrade")

    assert (result.returncode, project.heads_in_database()) == (0, ("0002",)), result.output
    assert journal(project, "revision", "status") == [("0001", "applied"), ("0002", "applied")]


def test_a_pragma_on_a_connection_that_is_handed_in_is_as_in_plain_alembic(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    change_env(
        project,
        "    with connectable.connect() as connection:\n",
        "    if True:\n        connection = config.attributes['connection']\n",
    )
    history(project, 'op.execute("PRAGMA foreign_keys=OFF")')

    done = run(
        project,
        """
        from alembic.config import Config
        from sqlalchemy import create_engine

        import alembic_guard

        with create_engine("sqlite://").connect() as connection:
            config = Config("alembic.ini")
            config.attributes["connection"] = connection
            print([one.revision.id for one in alembic_guard.safe_upgrade(config).applied])
        """,
    )

    assert (done.returncode, done.stdout) == (0, "['0001', '0002']\n"), done.stderr


def test_what_a_handed_in_connection_did_not_keep_is_not_called_applied(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    change_env(
        project,
        "    with connectable.connect() as connection:\n",
        "    if True:\n        connection = config.attributes['connection']\n",
    )
    history(project, FAILING)

    done = run(
        project,
        """
        from alembic.config import Config
        from sqlalchemy import create_engine

        import alembic_guard

        with create_engine("sqlite://").connect() as connection, connection.begin():
            config = Config("alembic.ini")
            config.attributes["connection"] = connection
            try:
                alembic_guard.safe_upgrade(config)
            except alembic_guard.GuardError as error:
                print(type(error).__name__, error.data["applied"])
        """,
    )

    assert (done.returncode, done.stdout) == (0, "Refused []\n"), done.stderr


def test_a_relative_target_means_the_same_when_env_py_is_begun_again(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    change_env(
        project,
        "    with connectable.connect() as connection:\n",
        "    from sqlalchemy import create_engine\n"
        "    first = create_engine('sqlite:///first.db')\n"
        "    with first.connect() as connection:\n"
        "        context.configure(connection=connection)\n"
        "        with context.begin_transaction():\n"
        "            context.run_migrations()\n"
        "    with connectable.begin() as connection:\n",
    )
    history(project, "pass")

    with blocking(project, "CREATE TABLE busy (id INTEGER)"):
        upgrade = project.spawn("safe-upgrade", "+1")
        assert upgrade.stdout is not None
        while "a lock was not granted (try 2)" not in (line := upgrade.stdout.readline()):
            assert line, "it gave up"
    output, errors = upgrade.communicate(timeout=30)

    first = Project(project.path, f"sqlite:///{project.path / 'first.db'}")
    assert (upgrade.returncode, output.splitlines()[-1]) == (0, "Done: 2 revisions applied."), (
        errors
    )
    assert first.heads_in_database() == project.heads_in_database() == ("0001",)


def test_under_an_engine_in_autocommit_what_stays_of_a_failure_is_listed(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    change_env(project, "poolclass=pool.NullPool", "isolation_level='AUTOCOMMIT'")
    history(project, "op.execute('CREATE TABLE left_here (id INTEGER)')\n" + FAILING)
    project.alembic("upgrade", "0001")

    result = project.alembic("safe-upgrade")

    assert result.returncode == 3
    assert "warning: autocommit-connection: The connection to " in result.stdout
    assert "Its transaction was rolled back" not in result.stdout
    assert (
        "    done: CREATE TABLE left_here (id INTEGER)\n"
        "    next: alembic safe-upgrade  # goes on with the next statement, "
        "if the file stays as it is\n"
    ) in result.stdout
    assert ("left_here" in project.tables(), project.heads_in_database()) == (True, ("0001",))


def test_what_was_rolled_back_after_the_last_ddl_of_mariadb_is_not_called_done(
    mariadb_project: Project,
) -> None:
    history(
        mariadb_project,
        'op.add_column("users", sa.Column("age", sa.Integer()))\n'
        'op.execute("INSERT INTO users (id) VALUES (7)")\n' + FAILING,
    )

    result = mariadb_project.alembic("safe-upgrade")

    assert [line for line in result.stdout.splitlines() if "done: " in line] == [
        "    done: ALTER TABLE users ADD COLUMN age INTEGER"
    ]


def test_revisions_that_mariadb_committed_in_env_pys_transaction_count(
    mariadb_project: Project,
) -> None:
    project = mariadb_project
    change_env(project, "connectable.connect()", "connectable.begin()")
    history(project, "op.execute('CREATE TABLE later (id INTEGER)')", FAILING)

    result = project.alembic("safe-upgrade")

    # The DDL of 0002 committed what came before it: 0001 is recorded, and 0002 is not.
    assert (result.returncode, project.heads_in_database()) == (3, ("0001",))
    assert "    Applied before, and staying: 0001 step 1.\n" in result.stdout
    assert [line for line in result.stdout.splitlines() if "done: " in line] == [
        "    done: CREATE TABLE later (id INTEGER)"
    ]
    assert journal(project, "revision", "status") == [
        ("0001", "applied"),
        ("0002", "failed"),
        ("0003", "failed"),
    ]


def test_a_stray_statement_that_writes_does_not_wait_for_itself(sqlite_project: Project) -> None:
    project = sqlite_project
    with project.connect() as connection:
        connection.execute(text("CREATE TABLE starts (at TEXT)"))
    change_env(
        project,
        CONFIGURE,
        "        connection.exec_driver_sql(\"INSERT INTO starts VALUES ('now')\")\n" + CONFIGURE,
    )
    history(project)

    result = project.alembic("safe-upgrade", "--retry-for", "10s", timeout=8)

    assert (result.returncode, project.tables()) == (1, ["starts"])
    assert "error: autobegun-connection: " in result.stdout


def test_a_role_that_may_not_insert_into_the_journal_is_refused_before_its_first_revision(
    postgresql_project: Project, role: str
) -> None:
    project = postgresql_project
    history(project, "pass")
    project.alembic("safe-upgrade", "0001")
    with project.connect() as connection:
        for table in ("alembic_version", "alembic_guard_journal"):
            connection.execute(text(f"GRANT SELECT, UPDATE ON {table} TO {role}"))
    as_role(project, role)

    result = project.alembic("safe-upgrade")

    assert (result.returncode, result.stdout[result.stdout.index("error: ") :].splitlines()[0]) == (
        1,
        "error: journal-not-writable: The role may not create or write the journal "
        "alembic_guard_journal: permission denied for table alembic_guard_journal.",
    )
    assert journal(project, "revision", "status") == [("0001", "applied")]


def test_of_a_migration_outside_its_transaction_nothing_stays_when_it_fails(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    history(
        project,
        'op.execute("PRAGMA foreign_keys=OFF")\n'
        'op.add_column("users", sa.Column("age", sa.Integer()))\n'
        'op.execute("INSERT INTO users (id) VALUES (1)")\n' + FAILING,
    )

    result = project.alembic("safe-upgrade")

    assert (result.returncode, columns(project, "users")) == (3, ["id", "name"])
    assert ("done: " in result.stdout, "partly-applied" in result.stdout) == (False, False)
    with project.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM users")) == 0


def test_an_autocommit_block_in_a_transaction_of_env_py_says_why_it_cannot_be(
    sqlite_project: Project,
) -> None:
    change_env(sqlite_project, "connectable.connect()", "connectable.begin()")
    sqlite_project.add_revision(
        "0001", None, "with op.get_context().autocommit_block():\n    op.execute('SELECT 1')"
    )
    result = sqlite_project.alembic("safe-upgrade")
    assert result.returncode == 1
    assert (
        "Revision 0001 revision 0001 failed: autocommit_block() can't end a transaction that "
        "env.py began by itself\n"
    ) in result.stdout
