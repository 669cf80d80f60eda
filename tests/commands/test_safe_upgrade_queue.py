"""Nobody waits behind a migration: it looks first, and takes its locks at once or not at all."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

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

ADD = 'op.add_column("{}", sa.Column("age", sa.Integer()))'
PETS = 'op.create_table("pets", sa.Column("id", sa.Integer(), primary_key=True))'
SEEN = (
    "op.execute(\"INSERT INTO seen VALUES ((SELECT string_agg(c.relname || ' ' || l.mode, ', ' "
    "ORDER BY c.relname) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
    "WHERE c.relname IN ('users', 'pets') AND l.pid = pg_backend_pid()))\")"
)
"""A statement that notes which locks its transaction holds; the recording can see through it."""

_WAITING = """
SELECT l.pid, l.mode, c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
  JOIN pg_database d ON d.oid = l.database
 WHERE NOT l.granted AND d.datname = current_database()
"""
_LOCKED = """
SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
  JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.granted AND c.relname IN ('users', 'pets') AND l.pid <> pg_backend_pid()
   AND l.mode = 'AccessExclusiveLock' AND a.datname = current_database()
"""


class Sampler(threading.Thread):
    """Looks at what waits for a lock in one database, as often as it can."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self.longest = 0.0
        """Seconds between the first and the last sample in which one request stood."""
        self.samples = 0
        self._ended = threading.Event()

    def run(self) -> None:
        standing: dict[Any, float] = {}
        with self.engine.connect() as connection:
            while not self._ended.is_set():
                rows = {tuple(row) for row in connection.execute(text(_WAITING))}
                now = time.monotonic()
                standing = {row: standing.get(row, now) for row in rows}
                self.longest = max([self.longest, *(now - began for began in standing.values())])
                self.samples += 1

    def end(self) -> None:
        self._ended.set()
        self.join()


@contextmanager
def sampling(project: Project) -> Iterator[Sampler]:
    sampler = Sampler(project.url)
    sampler.start()
    try:
        yield sampler
    finally:
        sampler.end()


WAITS_FOR_THE_TEST = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def numbers_out(line: str) -> str:
    return re.sub(r"\d+(\.\d+)?", "N", line)


def lines(output: str, *first: str) -> list[str]:
    """The lines that begin with one of these words."""
    return [line for line in output.splitlines() if line.startswith(first)]


def waiting(project: Project) -> int:
    """How many requests stand."""
    with project.connect() as connection:
        return len(connection.execute(text(_WAITING)).all())


def seen_by(project: Project) -> Callable[[], str]:
    """A place for :data:`SEEN`, and what it noted."""
    with project.connect() as connection:
        connection.execute(text("CREATE TABLE seen (locks TEXT)"))
        connection.execute(text("INSERT INTO users (name) SELECT 'x' FROM generate_series(1, 9)"))
        connection.execute(text("ANALYZE users"))

    def seen() -> str:
        with project.connect() as connection:
            return str(connection.scalar(text("SELECT locks FROM seen")))

    return seen


def user(project: Project) -> str:
    return str(make_url(project.url).username)


@contextmanager
def other_role(project: Project, *rights: str) -> Iterator[str]:
    """A role that may log in; its name."""
    name = f"guard_{project.path.parent.name[-20:].lower()}"
    with project.connect() as connection:
        connection.execute(text(f'CREATE ROLE "{name}" LOGIN'))
        for right in rights:
            connection.execute(text(right.format(f'"{name}"')))
    try:
        yield name
    finally:
        with project.connect() as connection:
            connection.execute(text(f'DROP OWNED BY "{name}" CASCADE'))
            connection.execute(text(f'DROP ROLE "{name}"'))


def test_while_a_transaction_holds_the_table_no_request_of_ours_stands(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, ADD.format("users"))
    project.alembic("upgrade", "0001")

    with sampling(project) as sampler:
        with blocking(project, "SELECT * FROM users"):
            upgrade = project.spawn("safe-upgrade")
            said(upgrade, "waiting outside the queue")
            threading.Event().wait(2)
        upgrade.communicate(timeout=60)

    assert (upgrade.returncode, columns(project, "users")) == (0, ["id", "name", "age"])
    assert sampler.samples > 10
    assert sampler.longest < 0.25  # lock_timeout of the first try, which may come before, is 0.05


def test_it_says_who_is_in_the_way_and_what_it_locked_in_the_end(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, ADD.format("users"))
    project.alembic("upgrade", "0001")

    with blocking(project, "SELECT * FROM users", application_name="shop"):
        upgrade = project.spawn("safe-upgrade")
        assert upgrade.stdout is not None
        while not (line := upgrade.stdout.readline()).endswith("outside the queue.\n"):
            assert line
    output, _ = upgrade.communicate(timeout=60)

    assert numbers_out(line) == (
        f"Waiting   N step N: users is in use by pid N, user {user(project)}, application shop, "
        "idle in transaction, transaction open for N s, last statement SELECT; waiting outside "
        "the queue.\n"
    )
    (locked,) = lines(output, "Locked ")
    assert re.sub(r"N (try|tries)", "N tries", numbers_out(locked)) == (
        "Locked    users (ACCESS EXCLUSIVE) after N s, N tries."
    )


def test_locks_are_held_before_the_first_statement_and_nothing_is_said_of_free_tables(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, PETS, SEEN + "\n" + ADD.format("users") + "\n" + ADD.format("pets"))
    project.alembic("upgrade", "0002")
    seen = seen_by(project)

    result = project.alembic("safe-upgrade")

    assert result.returncode == 0, result.output
    assert seen() == "pets AccessExclusiveLock, users AccessExclusiveLock"
    assert lines(result.stdout, "Waiting", "Locked") == []


@pytest.mark.parametrize("template", ["async", "one transaction"])
def test_it_holds_through_asyncpg_and_in_a_transaction_of_env_py(
    postgresql_url: str, project_path: Path, template: str
) -> None:
    name = "async" if template == "async" else "generic"
    with Project.create(project_path, postgresql_url, name) as project:
        if name == "generic":
            change_env(project, "connectable.connect() as", "connectable.begin() as")
        history(project, PETS, SEEN + "\n" + ADD.format("users"))
        project.alembic("upgrade", "0001")
        seen = seen_by(project)

        with blocking(project, "SELECT * FROM users"):
            upgrade = project.spawn("safe-upgrade")
            said(upgrade, "waiting outside the queue")
        output, _ = upgrade.communicate(timeout=60)

    assert upgrade.returncode == 0, output
    assert numbers_out(lines(output, "Locked ")[0]).startswith(
        "Locked    seen (ROW EXCLUSIVE), users (ACCESS EXCLUSIVE) after N s"
    )
    assert "users AccessExclusiveLock" in seen()


def test_the_first_lock_is_let_go_when_the_second_is_refused(
    postgresql_project: Project,
) -> None:
    """A lock that comes between the look and the request, which only a trigger can time."""
    project = postgresql_project
    history(project, PETS, ADD.format("pets") + "\n" + ADD.format("users"))
    project.alembic("upgrade", "0002")
    held = []

    with blocking(project, "SELECT * FROM users"):
        # so long that the look lets it pass, and the request meets it
        upgrade = project.spawn("safe-upgrade", "--lock-timeout-last", "1h", "--lock-tries", "6")
        with project.connect() as connection:
            while upgrade.poll() is None:
                held.append([tuple(row) for row in connection.execute(text(_LOCKED))])
                connection.commit()
                time.sleep(0.005)
        output, _ = upgrade.communicate(timeout=60)

    assert (upgrade.returncode, project.heads_in_database()) == (4, ("0002",)), output
    assert all(one in ([], [("pets", "AccessExclusiveLock")]) for one in held)
    assert held[-1] == []
    assert "did not get its lock in 6 tries" in output


def test_a_transaction_after_an_autocommit_block_takes_its_own_locks(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(
        project,
        "with op.get_context().autocommit_block():\n"
        "    op.create_index('once', 'users', ['name'], unique=True, "
        "postgresql_concurrently=True)\n"
        "op.create_unique_constraint('other', 'users', ['id', 'name'])\n" + ADD.format("users"),
    )
    project.alembic("upgrade", "0001")

    # without a snapshot, for which the index would wait
    with blocking(project, "LOCK TABLE users IN ACCESS SHARE MODE"):
        upgrade = project.spawn("safe-upgrade")
        said(upgrade, "waiting outside the queue")
    output, _ = upgrade.communicate(timeout=60)

    assert (upgrade.returncode, project.heads_in_database()) == (0, ("0002",)), output


def test_no_lock_is_taken_before_a_revision_that_begins_with_an_autocommit_block(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(
        project,
        "with op.get_context().autocommit_block():\n"
        "    op.create_index('once', 'users', ['name'], postgresql_concurrently=True)",
    )
    project.alembic("upgrade", "0001")

    with blocking(project, "LOCK TABLE users IN SHARE UPDATE EXCLUSIVE MODE"):
        threading.Event().wait(0.3)
        upgrade = project.spawn("safe-upgrade")
        until(lambda: waiting(project) or upgrade.poll() is not None)  # in the queue: it is safe
    output, _ = upgrade.communicate(timeout=60)

    assert upgrade.returncode == 0, output
    assert lines(output, "Waiting", "Locked") == []


def test_a_lock_that_is_needed_after_a_backfill_is_not_held_during_it(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(
        project,
        "op.execute(\"UPDATE users SET name = 'x' WHERE name IS NULL\")\n"
        + SEEN
        + "\nop.alter_column('users', 'name', nullable=False)",
    )
    project.alembic("upgrade", "0001")
    seen = seen_by(project)

    result = project.alembic(
        "safe-upgrade", "--allow", "all", env={"ALEMBIC_GUARD_SMALL_TABLE_ROWS": "0"}
    )

    assert result.returncode == 0, result.output
    assert seen() == "users RowExclusiveLock"


def test_a_table_that_the_role_may_not_lock_is_left_to_its_statement(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, "op.execute('COMMENT ON TABLE users IS NULL')")
    project.alembic("upgrade", "0001")
    rights = (
        "ALTER TABLE users OWNER TO {}",
        "REVOKE ALL ON users FROM {}",
        "ALTER TABLE alembic_version OWNER TO {}",
        "GRANT ALL ON SCHEMA public TO {}",
    )
    with other_role(project, *rights) as role:
        url = make_url(project.url).set(username=role).render_as_string()
        ini = project.read("alembic.ini").replace(project.url, url)
        project.write("alembic.ini", ini)

        result = project.alembic("safe-upgrade")

        assert (result.returncode, project.heads_in_database()) == (0, ("0002",)), result.output
        with project.connect() as connection:  # so that the role can be dropped
            for table in ("users", "alembic_version", "alembic_guard_journal"):
                connection.execute(text(f'ALTER TABLE {table} OWNER TO "{user(project)}"'))


def test_it_gives_up_outside_the_queue_with_who_was_in_the_way(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, ADD.format("users"))
    project.alembic("upgrade", "0001")

    with blocking(project, "SELECT * FROM users"):
        threading.Event().wait(0.3)  # old enough to be waited for at the first look
        result = project.alembic("safe-upgrade", "--retry-for", "1s")

    found = numbers_out(result.stdout[result.stdout.index("error: ") :])
    assert result.returncode == 4
    assert found.startswith(
        "error: lock-not-granted: Revision N step N did not get "
        "its lock: it waited N s outside the queue.\n"
        "    users was in use all the time; the migration locks it in ACCESS EXCLUSIVE mode.\n"
        f"    Blocked by pid N, user {user(project)}, idle in transaction, transaction open for N "
        "s, last statement SELECT.\n"
    ), found


def test_the_query_of_the_same_role_is_cancelled_and_that_is_in_the_journal(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, ADD.format("users"))
    project.alembic("upgrade", "0001")
    ended: list[str] = []

    def report() -> None:
        try:
            with project.connect() as connection:
                connection.execute(text("SELECT pg_sleep(60) FROM (SELECT count(*) FROM users) x"))
        except Exception as error:
            ended.append(str(error).splitlines()[0])

    thread = threading.Thread(target=report)
    thread.start()
    result = project.alembic("safe-upgrade", "--cancel-blockers-after", "1s", timeout=60)
    thread.join(timeout=60)

    what = (
        f"the query of pid N, user {user(project)}, active, transaction open for N s, last "
        "statement SELECT, which blocked users for N s"
    )
    assert result.returncode == 0, result.output
    assert ended == ["(psycopg.errors.QueryCanceled) canceling statement due to user request"]
    assert [*map(numbers_out, lines(result.stdout, "Cancelled"))] == [f"Cancelled {what}."]
    rows = journal(project, "revision", "cancelled")
    assert [(name, said and numbers_out(said)) for name, said in rows] == [
        ("0001", None),
        ("0002", what),
    ]
    assert f"      cancelled: {what}" in numbers_out(project.alembic("guard-log").stdout)


def test_the_query_of_another_role_is_not_cancelled(postgresql_project: Project) -> None:
    project = postgresql_project
    history(project, ADD.format("users"))
    project.alembic("upgrade", "0001")
    with other_role(project, "GRANT SELECT ON users TO {}") as role:
        url = make_url(project.url).set(username=role)
        engine = create_engine(url, poolclass=NullPool)
        ended: list[str] = []

        def report() -> None:
            """A query that lasts until the test lets go of its lock."""
            query = "SELECT pg_advisory_xact_lock(7) FROM (SELECT count(*) FROM users) x"
            with engine.connect() as connection:
                connection.execute(text(query))
                ended.append("by itself")

        with project.connect() as holder:
            holder.execute(text("SELECT pg_advisory_xact_lock(7)"))
            thread = threading.Thread(target=report)
            thread.start()
            until(lambda: holder.scalar(text(WAITS_FOR_THE_TEST)) == 1)
            upgrade = project.spawn("safe-upgrade", "--cancel-blockers-after", "500ms")
            assert upgrade.stdout is not None
            while not (line := upgrade.stdout.readline()).startswith("Not cancelled"):
                assert line, "it gave up"
        thread.join(timeout=60)
        output, _ = upgrade.communicate(timeout=60)

    assert (upgrade.returncode, ended) == (0, ["by itself"]), output
    assert "ancelled" not in output
    assert numbers_out(line.rstrip()) == numbers_out(
        f"Not cancelled: pid 1, user {role}, active, transaction open for 1 s, last statement "
        "SELECT, which blocks users, is another role's."
    )


def test_a_session_that_is_idle_in_its_transaction_is_named_and_left_alone(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, ADD.format("users"))
    project.alembic("upgrade", "0001")

    with blocking(project, "SELECT * FROM users") as connection:
        upgrade = project.spawn("safe-upgrade", "--cancel-blockers-after", "200ms")
        assert upgrade.stdout is not None
        while not (line := upgrade.stdout.readline()).startswith("Not cancelled"):
            assert line
        assert connection.scalar(text("SELECT 1")) == 1
    upgrade.communicate(timeout=60)

    assert upgrade.returncode == 0
    assert numbers_out(line) == (
        f"Not cancelled: pid N, user {user(project)}, idle in transaction, transaction open for N "
        "s, last statement SELECT, which blocks users, runs no query. Its owner has to end the "
        "transaction; a DBA can: SELECT pg_terminate_backend(N);\n"
    )


def test_a_password_in_the_url_is_not_said(postgresql_project: Project) -> None:
    project = postgresql_project
    history(project, ADD.format("users"))
    project.alembic("upgrade", "0001")
    url = make_url(project.url).set(password="secret-word").render_as_string(hide_password=False)
    project.write("alembic.ini", project.read("alembic.ini").replace(project.url, url))

    with blocking(project, "SELECT * FROM users", application_name="secret-word"):
        threading.Event().wait(0.3)
        result = project.alembic("safe-upgrade", "--retry-for", "500ms")

    assert result.returncode == 4
    assert "application ***" in result.stdout
    assert "secret-word" not in result.output


@pytest.mark.parametrize("word", ["lock-timeout-last", "retry-delay", "retry-delay-longest"])
def test_each_part_of_the_schedule_is_an_option(sqlite_project: Project, word: str) -> None:
    history(sqlite_project)
    assert sqlite_project.alembic("safe-upgrade", "--plan", f"--{word}", "1s").returncode == 0
    refused = sqlite_project.alembic("safe-upgrade", "--plan", f"--{word}", "soon")
    assert (refused.returncode, f"--{word}" in refused.output) == (2, True)
