"""A trace is a recording with what really happened, on a database that is nobody's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from alembic_guard.runtime.recording import Recording
from alembic_guard.runtime.step import Measured, Step
from tests.project import Project
from tests.runtime.recorded_project import contents, recorded
from tests.runtime.traced_project import traced

PLAIN = """
    op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("users", sa.Column("age", sa.Integer))
    for column in ("name", "age"):
        op.create_index(f"ix_users_{column}", "users", [column])
    op.execute("UPDATE users SET name = '100%'")
    op.get_bind().execute(sa.text("UPDATE users SET name = :n WHERE id = :i"), {"n": "x", "i": 1})
    op.get_bind().exec_driver_sql("DELETE FROM users")
    with op.batch_alter_table("users") as batch:
        batch.alter_column("name", existing_type=sa.String(50), nullable=False)
    with op.get_context().autocommit_block():
        op.create_index("ix_users_both", "users", ["name", "age"])
    cursor = op.get_bind().connection.cursor()
    cursor.execute("DROP INDEX ix_users_age" + on)
    cursor.close()
    op.drop_table("notes")
"""
EXTRA = 'on = " ON users" if op.get_context().dialect.name in ("mysql", "mariadb") else ""'


def with_users(project: Project) -> None:
    with project.connect() as connection:
        connection.execute(text("CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50))"))
        connection.execute(text("INSERT INTO users VALUES (1, 'ann'), (2, 'bob')"))


def common(step: Step) -> Any:
    """A Step without what only a trace knows; a directive is known by its kind."""
    return replace(step, directive=None, measured=None), type(step.directive)


def did(project: Project, recording: Recording) -> list[tuple[str, Measured | None]]:
    """Each Step's SQL, and what was measured but for the time that it took."""
    return [
        ("; ".join(step.sql), step.measured and replace(step.measured, seconds=0))
        for step in recording.steps
    ]


def test_the_steps_of_a_trace_are_those_of_a_recording(project: Project) -> None:
    with_users(project)
    project.add_revision("ae10", None, PLAIN.replace("+ on", f"+ ({EXTRA[5:]})"))
    project.add_revision("ae20", "ae10", 'op.add_column("users", sa.Column("x", sa.Integer))')
    before = contents(project)

    recording, trace = recorded(project), traced(project)

    assert trace.gaps == recording.gaps == ()
    assert [*map(common, trace.steps)] == [*map(common, recording.steps)]
    assert all(step.measured is not None and step.measured.seconds > 0 for step in trace.steps)
    assert contents(project) == before


def of_body(project: Project, body: str, extra: str = "", **options: Any) -> Recording:
    project.add_revision("ae10", None, body, extra=extra)
    return traced(project, **options)


def test_postgresql_says_what_each_statement_locked_rewrote_and_read(
    postgresql_project: Project,
) -> None:
    with_users(postgresql_project)
    trace = of_body(
        postgresql_project,
        """
        op.create_table("notes", sa.Column("id", sa.Integer))
        op.execute("ALTER TABLE notes ADD at timestamptz DEFAULT clock_timestamp()")
        op.create_index("ix_users_name", "users", ["name"])
        op.add_column("users", sa.Column("n", sa.Integer))
        op.alter_column("users", "n", nullable=False)
        op.alter_column("users", "n", type_=sa.BigInteger())
        op.rename_table("users", "people")
        op.execute("ALTER TABLE people ADD CHECK (id > 0)")
        op.execute("INSERT INTO people VALUES (1, 'a', 1), (2, 'b', 1)")
        op.execute("TRUNCATE people")
        """,
    )

    exclusive = {"users": "AccessExclusiveLock"}
    users = frozenset({"users"})
    assert did(postgresql_project, trace) == [
        ("CREATE TABLE notes (\n    id INTEGER\n)", Measured(0)),
        ("ALTER TABLE notes ADD at timestamptz DEFAULT clock_timestamp()", Measured(0)),
        (
            "CREATE INDEX ix_users_name ON users (name)",
            Measured(0, {"users": "ShareLock"}, scans={"users": 1}),
        ),
        ("ALTER TABLE users ADD COLUMN n INTEGER", Measured(0, exclusive)),
        ("ALTER TABLE users ALTER COLUMN n SET NOT NULL", Measured(0, scans={"users": 1})),
        (
            "ALTER TABLE users ALTER COLUMN n TYPE BIGINT",
            Measured(0, rewrites=users, scans={"users": 3}),
        ),
        ("ALTER TABLE users RENAME TO people", Measured(0)),
        ("ALTER TABLE people ADD CHECK (id > 0)", Measured(0, scans={"people": 1})),
        ("INSERT INTO people VALUES (1, 'a', 1), (2, 'b', 1)", Measured(0, rows=2)),
        ("TRUNCATE people", Measured(0)),
    ]


def test_postgresql_says_it_of_statements_in_an_autocommit_block_too(
    postgresql_project: Project,
) -> None:
    with_users(postgresql_project)
    trace = of_body(
        postgresql_project,
        """
        with op.get_context().autocommit_block():
            op.create_index("ix_users_name", "users", ["name"])
            op.execute("REINDEX INDEX CONCURRENTLY ix_users_name")
            op.execute("VACUUM FULL users")
            try:
                op.execute("ALTER TABLE users ADD name text")
            except sa.exc.ProgrammingError:
                pass
            op.execute("ALTER TABLE users ADD n int")
        """,
    )

    exclusive = {"users": "AccessExclusiveLock"}
    assert trace.gaps == ()
    assert [each for _, each in did(postgresql_project, trace)] == [
        Measured(0, {"users": "ShareLock"}, scans={"users": 1}),
        Measured(0, scans={"users": 2}),
        Measured(0, rewrites=frozenset({"users"}), scans={"users": 3}),
        None,
        Measured(0, exclusive),
    ]
    assert {step.transaction for step in trace.steps} == {None}


def test_mariadb_says_which_tables_were_copied(mariadb_project: Project) -> None:
    with_users(mariadb_project)
    trace = of_body(
        mariadb_project,
        """
        op.add_column("users", sa.Column("age", sa.Integer))
        op.alter_column("users", "name", existing_type=sa.String(50), type_=sa.Integer)
        op.rename_table("users", "people")
        op.execute("ALTER TABLE people DROP age, ALGORITHM=COPY")
        op.execute("INSERT INTO people VALUES (1, 1), (2, 2)")
        op.execute("TRUNCATE people")
        op.create_table("notes", sa.Column("id", sa.Integer))
        op.execute("ALTER TABLE notes MODIFY id VARCHAR(10)")
        """,
    )

    assert [each for _, each in did(mariadb_project, trace)] == [
        Measured(0),
        Measured(0, rewrites=frozenset({"users"})),
        Measured(0),
        Measured(0, rewrites=frozenset({"people"})),
        Measured(0, rows=2),
        Measured(0),
        Measured(0),
        Measured(0),
    ]


def test_sqlite_says_which_tables_others_took_the_place_of(sqlite_project: Project) -> None:
    with_users(sqlite_project)
    trace = of_body(
        sqlite_project,
        """
        with op.batch_alter_table("users") as batch:
            batch.alter_column("name", nullable=False)
            batch.add_column(sa.Column("age", sa.Integer))
        op.create_table("made", sa.Column("id", sa.Integer))
        op.drop_table("users")
        op.rename_table("made", "users")
        op.create_table("notes", sa.Column("id", sa.Integer))
        op.drop_table("notes")
        """,
    )

    assert [each for _, each in did(sqlite_project, trace)] == [
        Measured(0, rewrites=frozenset({"users"}), rows=2),
        None,
        Measured(0),
        Measured(0),
        Measured(0, rewrites=frozenset({"users"})),
        Measured(0),
        Measured(0),
    ]
    assert [step.rebuilds for step in trace.steps[:2]] == ["users", "users"]


def test_a_revision_sees_what_an_earlier_one_made_and_wrote(project: Project) -> None:
    project.add_revision(
        "ae10",
        None,
        """
        op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))
        op.execute("INSERT INTO notes VALUES (7)")
        """,
    )
    project.add_revision(
        "ae20",
        "ae10",
        """
        bind = op.get_bind()
        assert sa.inspect(bind).get_table_names() != []
        (number,) = bind.execute(sa.text("SELECT id FROM notes")).one()
        with Session(bind) as session:
            session.add(User(id=number, name="a")) if number != 7 else None
        op.execute(f"UPDATE notes SET id = {number + 1}")
        """,
        extra="from sqlalchemy.orm import Session\nfrom models import User",
    )

    trace = traced(project)

    assert trace.gaps == ()
    assert [(step.sql[-1], step.measured and step.measured.rows) for step in trace.steps[1:]] == [
        ("INSERT INTO notes VALUES (7)", 1),
        ("SELECT id FROM notes", None),
        ("UPDATE notes SET id = 8", 1),
    ]


def test_what_follows_a_failure_is_recorded(project: Project) -> None:
    with_users(project)
    project.add_revision("ae10", None, 'op.create_table("a", sa.Column("id", sa.Integer))')
    project.add_revision(
        "ae20",
        "ae10",
        """
        op.create_table("b", sa.Column("id", sa.Integer))
        op.execute("INSERT INTO nowhere VALUES (1)")
        op.create_table("c", sa.Column("id", sa.Integer))
        """,
    )
    project.add_revision("ae30", "ae20", 'op.create_table("d", sa.Column("id", sa.Integer))')
    before = contents(project)

    trace = traced(project)

    assert [(step.revision, step.measured is not None) for step in trace.steps] == [
        ("ae10", True),
        ("ae20", True),
        ("ae20", False),
        ("ae20", False),
        ("ae30", False),
    ]
    (gap,) = trace.gaps
    file = next(each for each in project.revisions() if each.name.startswith("ae20"))
    assert (gap.revision, gap.traced, gap.what) == (
        "ae20",
        True,
        "it and what comes after it was recorded, as without --trace",
    )
    assert gap.place is not None
    assert (Path(gap.place.path).name, gap.place.line) == (
        file.name,
        file.read_text().splitlines().index('    op.execute("INSERT INTO nowhere VALUES (1)")') + 1,
    )
    assert "nowhere" in gap.reason
    assert contents(project) == before


def test_another_engine_is_turned_away(project: Project) -> None:
    with_users(project)
    before = contents(project)
    trace = of_body(
        project,
        f"""
        with sa.create_engine({project.url!r}).begin() as other:
            other.exec_driver_sql("DELETE FROM users")
        """,
    )
    (gap, *_) = trace.gaps
    assert "recording does not let a migration connect to a database" in gap.reason
    assert contents(project) == before


def test_a_second_connection_of_the_own_engine_is_on_the_scratch_database(
    project: Project,
) -> None:
    with_users(project)
    before = contents(project)
    trace = of_body(
        project,
        """
        with op.get_bind().engine.connect() as other:
            assert other.exec_driver_sql("SELECT count(*) FROM users").scalar() in (0, 2)
            assert other.engine.url.database != op.get_context().opts.get("url")
        op.execute("DELETE FROM users")
        """,
    )
    assert trace.gaps == ()
    assert contents(project) == before


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("CREATE ROLE somebody", "CREATE ROLE, which is the server's"),
        ("DO $$ BEGIN CREATE ROLE somebody; END $$", "CREATE ROLE, which is the server's"),
        ("DO 'BEGIN CREATE ROLE somebody; END'", "CREATE ROLE, which is the server's"),
        ("SELECT 1; ALTER SYSTEM SET work_mem = 1", "ALTER SYSTEM, which is the server's"),
        ("ALTER DATABASE app SET x = 1", "ALTER DATABASE, which is the server's"),
        ("GRANT a TO b", "GRANT a role, which is the server's"),
        ("REASSIGN OWNED BY a TO b", "REASSIGN OWNED, which is the server's"),
        ("COPY a TO PROGRAM 'cat'", "COPY to a file or a program of the server"),
        ("SELECT dblink('x', 'y')", "call a function that acts on the server"),
    ],
)
def test_what_acts_on_the_whole_server_is_turned_away(
    postgresql_project: Project, sql: str, wanted: str
) -> None:
    trace = of_body(postgresql_project, f"op.execute({sql!r})")
    (gap, *_) = trace.gaps
    assert gap.reason == f"upgrade() raised Blocked: a trace does not let a migration {wanted}"


def test_another_database_of_the_server_is_turned_away(mariadb_project: Project) -> None:
    with_users(mariadb_project)
    before = contents(mariadb_project)
    name = mariadb_project.url.rpartition("/")[2]
    for statement in (f"DELETE FROM `{name}`.users", f"DELETE FROM {name} . users", f"USE {name}"):
        for old in mariadb_project.revisions():
            old.unlink()
        (gap, *_) = of_body(mariadb_project, f"op.execute({statement!r})").gaps
        wanted = "USE, which is the server's" if statement[0] == "U" else f"use the database {name}"
        assert gap.reason.endswith(f"does not let a migration {wanted}"), statement
    assert contents(mariadb_project) == before
