"""Short lock waits, retries, and settings that are put back."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import make_url, text

from tests.commands.upgrading import (
    blocking,
    change_env,
    columns,
    history,
    journal,
    said,
    until,
)
from tests.project import Project

ADD = 'op.add_column("users", sa.Column("{}", sa.Integer()))'
SHOW = (
    "connection = op.get_bind()\n"
    "with open('shown', 'a') as shown:\n"
    '    print(connection.exec_driver_sql("{}").scalar(), file=shown)'
)


@pytest.fixture
def server_project(request: pytest.FixtureRequest) -> Project:
    found: Project = request.getfixturevalue(request.param)
    return found


servers = pytest.mark.parametrize(
    "server_project", ["postgresql_project", "mariadb_project"], indirect=True
)


def reading(project: Project) -> str:
    """A statement after which an ALTER TABLE of users has to wait."""
    is_file = project.url.startswith("sqlite")
    return "INSERT INTO users (id) VALUES (9)" if is_file else "SELECT * FROM users"


def test_a_lock_that_is_not_granted_in_time_is_status_4_when_nothing_was_applied(
    project: Project,
) -> None:
    history(project, ADD.format("age"))
    project.alembic("upgrade", "0001")

    with blocking(project, reading(project)):
        result = project.alembic("safe-upgrade", "--retry-for", "1s")

    first = re.sub(r"\d+ tr(y|ies) (over|in) [\d.]+ s", "N tries", result.stdout)
    assert result.returncode == 4, result.stdout
    assert "error: lock-not-granted: " in first
    assert (project.heads_in_database(), "age" in columns(project, "users")) == (("0001",), False)


def test_it_is_status_3_once_something_was_applied(project: Project) -> None:
    history(project, "pass", ADD.format("age"))
    project.alembic("upgrade", "0001")
    if project.url.startswith("sqlite"):
        pytest.skip("a writer locks the whole file: nothing could be applied before")

    with blocking(project, reading(project)):
        result = project.alembic("safe-upgrade", "--retry-for", "1s")

    assert result.returncode == 3
    assert "    Applied before, and staying: 0002 step 2.\n" in result.stdout
    assert project.heads_in_database() == ("0002",)


def test_it_tries_again_until_the_lock_is_free(project: Project) -> None:
    history(project, ADD.format("age"))
    project.alembic("upgrade", "0001")

    with blocking(project, reading(project)):
        upgrade = project.spawn("safe-upgrade")
        looks = project.url.startswith("postgresql")
        said(upgrade, "waiting outside the queue" if looks else "a lock was not granted (try 2)")
    upgrade.communicate(timeout=30)

    assert (upgrade.returncode, project.heads_in_database()) == (0, ("0002",))
    assert journal(project, "revision", "status") == [("0001", "adopted"), ("0002", "applied")]


@servers
def test_it_says_who_blocks(server_project: Project) -> None:
    project = server_project
    history(project, ADD.format("age"))
    project.alembic("upgrade", "0001")

    with blocking(project, reading(project)):
        result = project.alembic("safe-upgrade", "--retry-for", "2s")

    (blocked,) = {
        re.sub(r"\d+", "N", line)
        for line in result.stdout.splitlines()
        if line.startswith("    Blocked by ")
    }
    user = make_url(project.url).username
    assert blocked in (
        f"    Blocked by pid N, user {user}, idle in transaction, transaction open for N s, "
        "last statement SELECT.",
        f"    Blocked by connection N, user {user}, command Sleep, transaction open for N s.",
    )


def test_a_role_that_may_not_see_the_holder_says_so(postgresql_project: Project) -> None:
    project = postgresql_project
    history(project, ADD.format("age"))
    project.alembic("upgrade", "0001")
    role = f"guard_{project.path.parent.name[-20:].lower()}"
    with project.connect() as connection:
        connection.execute(text(f'CREATE ROLE "{role}" LOGIN'))
        connection.execute(text(f'ALTER TABLE users OWNER TO "{role}"'))
        connection.execute(text(f'ALTER TABLE alembic_version OWNER TO "{role}"'))
        connection.execute(text(f'GRANT ALL ON SCHEMA public TO "{role}"'))
    url = make_url(project.url).set(username=role).render_as_string()
    ini = project.read("alembic.ini").replace(project.url, url)
    project.write("alembic.ini", ini)
    try:
        with blocking(project, "SELECT * FROM users"):
            result = project.alembic("safe-upgrade", "--retry-for", "1s")
        assert "details hidden from this role (grant pg_monitor)" in result.stdout
    finally:
        with project.connect() as connection:
            connection.execute(text(f'DROP OWNED BY "{role}" CASCADE'))
            connection.execute(text(f'DROP ROLE "{role}"'))


def test_the_lock_timeout_is_in_force_in_a_revision_and_gone_afterwards(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    show = SHOW.format("SHOW lock_timeout")
    block = "with op.get_context().autocommit_block():\n" + "\n".join(
        f"    {line}" for line in show.splitlines()
    )
    history(project, show, block, show)
    change_env(
        project,
        "            context.run_migrations()",
        "            context.run_migrations()\n"
        "        with open('shown', 'a') as shown:\n"
        "            print(connection.exec_driver_sql('SHOW lock_timeout').scalar(), file=shown)",
    )

    result = project.alembic("safe-upgrade", "--lock-timeout", "333ms")

    assert result.returncode == 0, result.output
    assert project.read("shown").split() == ["333ms", "0", "333ms", "0"]


def test_statement_timeout_is_off_unless_it_is_set(postgresql_project: Project) -> None:
    project = postgresql_project
    show = SHOW.format("SHOW statement_timeout")
    history(project, show, show)

    project.alembic("safe-upgrade", "0002")
    project.alembic("safe-upgrade", "--statement-timeout", "5s")

    assert project.read("shown").split() == ["0", "5s"]


def test_on_mariadb_no_query_waits_behind_a_migration_that_waits(mariadb_project: Project) -> None:
    project = mariadb_project
    history(project, ADD.format("age"))
    project.alembic("upgrade", "0001")
    queued = text(
        "SELECT COUNT(*) FROM information_schema.processlist "
        "WHERE db = DATABASE() AND state LIKE 'Waiting for table metadata lock'"
    )
    seen = []

    with blocking(project, "SELECT * FROM users"):
        threading.Event().wait(2.1)  # older than the second for which a statement would queue
        upgrade = project.spawn("safe-upgrade")
        said(upgrade, "a lock was not granted (try 1)")
        with project.connect() as connection:
            for _ in range(40):
                seen.append(connection.scalar(queued))
                connection.rollback()
                threading.Event().wait(0.02)
    output, _ = upgrade.communicate(timeout=60)

    assert (upgrade.returncode, seen) == (0, [0] * 40), output


def test_limits_of_mariadb_are_put_back(mariadb_project: Project) -> None:
    project = mariadb_project
    show = SHOW.format("SELECT @@SESSION.lock_wait_timeout")
    history(project, show)
    after = show.replace("connection = op.get_bind()\n", "").replace("\n", "\n        ")
    change_env(
        project,
        "            context.run_migrations()",
        f"            context.run_migrations()\n        {after}",
    )

    assert project.alembic("safe-upgrade").returncode == 0
    with project.connect() as connection:
        default = connection.scalar(text("SELECT @@SESSION.lock_wait_timeout"))
    assert project.read("shown").split() == ["1", str(default)]


def test_a_revision_that_entered_an_autocommit_block_is_never_begun_again(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(
        project,
        "with op.get_context().autocommit_block():\n"
        '    op.execute("CREATE TABLE once (id INTEGER)")\n' + ADD.format("age"),
    )
    project.alembic("upgrade", "0001")

    with blocking(project, "SELECT * FROM users"):
        result = project.alembic("safe-upgrade", "--retry-for", "1s")

    names = re.findall(r"^error: ([a-z-]+)", result.stdout, re.MULTILINE)
    assert (result.returncode, sorted(names)) == (3, ["lock-not-granted", "partly-applied"])
    assert "    done: CREATE TABLE once (id INTEGER)\n" in result.stdout
    assert project.heads_in_database() == ("0001",)


def test_mariadb_runs_only_the_refused_statement_again(mariadb_project: Project) -> None:
    project = mariadb_project
    history(
        project, 'op.create_table("first", sa.Column("id", sa.Integer()))\n' + ADD.format("age")
    )
    project.alembic("upgrade", "0001")
    upgrade = None

    with blocking(project, "SELECT * FROM users"):
        upgrade = project.spawn("safe-upgrade")
        until(lambda: "first" in project.tables())
        threading.Event().wait(1.5)  # longer than one try, which is a second there

    output, _ = upgrade.communicate(timeout=30)
    assert (upgrade.returncode, project.heads_in_database()) == (0, ("0002",)), output
    assert "Waiting   0002 step 2: a lock was not granted (try 1)" in output


def test_mariadb_says_what_stays_of_a_revision_that_failed(mariadb_project: Project) -> None:
    project = mariadb_project
    history(project, ADD.format("age") + '\nop.execute("INSERT INTO nowhere VALUES (1)")')

    result = project.alembic("safe-upgrade")

    assert result.returncode == 3
    assert "    done: ALTER TABLE users ADD COLUMN age INTEGER\n" in result.stdout
    assert journal(project, "revision", "status") == [("0001", "applied"), ("0002", "failed")]


def test_sqlite_rolls_ddl_back_too(sqlite_project: Project) -> None:
    history(sqlite_project, ADD.format("age") + '\nop.execute("INSERT INTO nowhere VALUES (1)")')

    result = sqlite_project.alembic("safe-upgrade")

    assert result.returncode == 3
    assert columns(sqlite_project, "users") == ["id", "name"]
    assert "partly-applied" not in result.stdout


def test_sqlite_leaves_the_transaction_for_a_pragma_that_needs_it(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    change_env(
        project,
        "    with connectable.connect() as connection:",
        "    from sqlalchemy import event\n"
        "    @event.listens_for(connectable, 'connect')\n"
        "    def enforce(connection, record):\n"
        "        connection.execute('PRAGMA foreign_keys=ON')\n\n"
        "    with connectable.connect() as connection:",
    )
    history(
        project,
        'op.execute("CREATE TABLE pets (id INTEGER, owner INTEGER '
        'REFERENCES users (id) ON DELETE CASCADE)")\n'
        "op.execute(\"INSERT INTO users VALUES (1, 'a')\")\n"
        'op.execute("INSERT INTO pets VALUES (1, 1)")',
        'op.execute("PRAGMA foreign_keys=OFF")\n'
        'with op.batch_alter_table("users", recreate="always") as batch:\n'
        '    batch.add_column(sa.Column("age", sa.Integer()))\n'
        'op.execute("PRAGMA foreign_keys=ON")',
    )

    result = project.alembic("safe-upgrade")

    with project.connect() as connection:
        pets = connection.scalar(text("SELECT count(*) FROM pets"))
    assert (result.returncode, pets, columns(project, "users")) == (0, 1, ["id", "name", "age"])
