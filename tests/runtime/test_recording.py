"""Each kind of directive and statement is recorded with its line, and nothing of it is executed."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import produce_migrations
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, text
from sqlalchemy.dialects import postgresql, sqlite

from alembic_guard.runtime.recording import Recording, record_operations
from alembic_guard.runtime.step import Step
from tests.project import Project
from tests.runtime.recorded_project import contents, lines, recorded

EVERYTHING = """
    op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("users", sa.Column("age", sa.Integer))
    bind = op.get_bind()
    for row in bind.execute(sa.text("SELECT id, name FROM users WHERE id > :low"), {"low": 0}):
        bind.execute(sa.text("UPDATE users SET name = :n WHERE id = :i"), {"n": "x", "i": row.id})
    op.execute("UPDATE users SET name = '100%'")
    op.bulk_insert(sa.table("users", sa.column("id", sa.Integer)), [{"id": 8}, {"id": 9}])
    bind.exec_driver_sql("DELETE FROM users")
    with op.batch_alter_table("users") as batch:
        batch.alter_column("name", existing_type=sa.String(50), type_=sa.Text())
    cursor = bind.connection.cursor()
    cursor.execute("DROP TABLE users")
    bind.commit()
    session = Session(bind)
    session.add_all([User(name="a"), User(name="b")])
    session.commit()
"""
IMPORTS = "from sqlalchemy.orm import Session\nfrom models import User"


def with_users(project: Project) -> None:
    with project.connect() as connection:
        connection.execute(text("CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50))"))
        connection.execute(text("INSERT INTO users VALUES (1, 'ann'), (2, 'bob')"))


def test_a_recorded_migration_leaves_the_database_as_it_was(project: Project) -> None:
    with_users(project)
    project.add_revision("ae10", None, EVERYTHING, extra=IMPORTS)
    before = contents(project)

    recording = recorded(project)

    assert recording.gaps == ()
    assert contents(project) == before
    assert len(recording.steps) == 14


def test_a_project_that_logs_its_statements_sees_none_that_was_not_executed(
    sqlite_project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    with_users(sqlite_project)
    sqlite_project.add_revision("ae10", None, EVERYTHING, extra=IMPORTS)
    with caplog.at_level("INFO", "sqlalchemy.engine"):
        recorded(sqlite_project)
    logged = [text for text in caplog.messages if text.startswith(("CREATE", "ALTER", "UPDATE"))]
    assert logged == []


def test_each_statement_has_its_line(postgresql_project: Project) -> None:
    with_users(postgresql_project)
    postgresql_project.add_revision("ae10", None, EVERYTHING, extra=IMPORTS)

    steps = recorded(postgresql_project).steps

    update = (
        'bind.execute(sa.text("UPDATE users SET name = :n WHERE id = :i"), {"n": "x", "i": row.id})'
    )
    insert = "INSERT INTO users (name) VALUES ($1::VARCHAR) RETURNING users.id"
    assert lines(postgresql_project, steps) == [
        (
            "CreateTableOp",
            'op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))',
            "CREATE TABLE notes ( id SERIAL NOT NULL, PRIMARY KEY (id) )",
        ),
        (
            "AddColumnOp",
            'op.add_column("users", sa.Column("age", sa.Integer))',
            "ALTER TABLE users ADD COLUMN age INTEGER",
        ),
        (
            "-",
            'for row in bind.execute(sa.text("SELECT id, name FROM users WHERE id > :low"), '
            '{"low": 0}):',
            "SELECT id, name FROM users WHERE id > $1",
        ),
        ("-", update, "UPDATE users SET name = $1 WHERE id = $2"),
        ("-", update, "UPDATE users SET name = $1 WHERE id = $2"),
        (
            "ExecuteSQLOp",
            "op.execute(\"UPDATE users SET name = '100%'\")",
            "UPDATE users SET name = '100%'",
        ),
        (
            "BulkInsertOp",
            'op.bulk_insert(sa.table("users", sa.column("id", sa.Integer)), '
            '[{"id": 8}, {"id": 9}])',
            "INSERT INTO users (id) VALUES ($1::INTEGER)",
        ),
        ("-", 'bind.exec_driver_sql("DELETE FROM users")', "DELETE FROM users"),
        (
            "AlterColumnOp",
            'batch.alter_column("name", existing_type=sa.String(50), type_=sa.Text())',
            "ALTER TABLE users ALTER COLUMN name TYPE TEXT",
        ),
        ("-", 'cursor.execute("DROP TABLE users")', "DROP TABLE users"),
        ("-", "bind.commit()", "COMMIT"),
        ("-", "session.commit()", insert),
        ("-", "session.commit()", insert),
        ("-", "session.commit()", "COMMIT"),
    ]


def of_body(project: Project, body: str, extra: str = "") -> Recording:
    project.add_revision("ae10", None, body, extra=extra)
    return recorded(project)


def test_aliases_and_invoked_operations_have_their_line(sqlite_project: Project) -> None:
    recording = of_body(
        sqlite_project,
        """
        rename_table("a", "b")
        o.rename_table("b", "c")
        op.invoke(ops.RenameTableOp("c", "d"))
        """,
        "from alembic.op import rename_table\n"
        "from alembic import op as o\n"
        "from alembic.operations import ops",
    )

    assert lines(sqlite_project, recording.steps) == [
        ("RenameTableOp", 'rename_table("a", "b")', "ALTER TABLE a RENAME TO b"),
        ("RenameTableOp", 'o.rename_table("b", "c")', "ALTER TABLE b RENAME TO c"),
        ("RenameTableOp", 'op.invoke(ops.RenameTableOp("c", "d"))', "ALTER TABLE c RENAME TO d"),
    ]


def test_a_helper_in_another_file_has_its_line_and_that_of_its_caller(
    sqlite_project: Project,
) -> None:
    helper = sqlite_project.write(
        "helping.py",
        """
        from alembic import op

        def rename(old, new):
            op.rename_table(old, new)
        """,
    )
    (step,) = of_body(sqlite_project, 'rename("a", "b")', "from helping import rename").steps

    assert step.place is not None
    assert step.called_from is not None
    (file,) = sqlite_project.revisions()
    called = file.read_text().splitlines().index('    rename("a", "b")') + 1
    assert (Path(step.place.path).name, step.place.line) == (helper.name, 4)
    assert (Path(step.called_from.path).name, step.called_from.line) == (file.name, called)


def test_a_custom_operation_leaves_its_sql_to_the_directives_inside(
    sqlite_project: Project,
) -> None:
    recording = of_body(
        sqlite_project,
        'op.invoke(Own("vacuum_all"))',
        """
from alembic.operations import MigrateOperation, Operations

class Own(MigrateOperation):
    def __init__(self, name):
        self.name = name

@Operations.implementation_for(Own)
def run(operations, operation):
    operations.execute("VACUUM")
    operations.get_bind().exec_driver_sql("ANALYZE")
""",
    )

    assert [(type(step.directive).__name__, step.sql) for step in recording.steps] == [
        ("Own", ("ANALYZE",)),
        ("ExecuteSQLOp", ("VACUUM",)),
    ]


def test_a_batch_that_copies_its_table_is_steps_without_sql(sqlite_project: Project) -> None:
    recording = of_body(
        sqlite_project,
        """
        with op.batch_alter_table("users") as batch:
            batch.drop_column("age")
            batch.alter_column("name", nullable=False)
        with op.batch_alter_table("users") as batch:
            batch.add_column(sa.Column("age", sa.Integer))
        with op.batch_alter_table("notes", recreate="always"):
            pass
        """,
    )

    assert lines(sqlite_project, recording.steps) == [
        ("DropColumnOp", 'batch.drop_column("age")', ""),
        ("AlterColumnOp", 'batch.alter_column("name", nullable=False)', ""),
        (
            "AddColumnOp",
            'batch.add_column(sa.Column("age", sa.Integer))',
            "ALTER TABLE users ADD COLUMN age INTEGER",
        ),
        ("-", 'with op.batch_alter_table("notes", recreate="always"):', ""),
    ]
    assert [step.rebuilds for step in recording.steps] == ["users", "users", None, "notes"]


def test_revisions_share_a_transaction_unless_each_has_its_own(
    postgresql_project: Project,
) -> None:
    postgresql_project.add_revision("ae10", None, "op.execute('A')")
    postgresql_project.add_revision(
        "ae20",
        "ae10",
        """
        op.execute('B')
        with op.get_context().autocommit_block():
            op.execute('C')
        op.execute('D')
        """,
    )

    together = recorded(postgresql_project).steps
    apart = recorded(postgresql_project, each_in_its_own=True).steps

    assert numbered(together) == [("A", 1), ("B", 1), ("C", None), ("D", 2)]
    assert numbered(apart) == [("A", 1), ("B", 2), ("C", None), ("D", 3)]
    assert [step.revision for step in together] == ["ae10", "ae20", "ae20", "ae20"]


def numbered(steps: tuple[Step, ...]) -> list[tuple[str, int | None]]:
    return [(step.sql[0], step.transaction) for step in steps]


def test_a_commit_of_the_migration_begins_a_new_transaction(postgresql_project: Project) -> None:
    recording = of_body(
        postgresql_project,
        """
        op.execute("A")
        op.get_bind().commit()
        op.execute("B")
        op.execute("COMMIT")
        op.execute("C")
        op.get_bind().commit()
        op.get_bind().execution_options(isolation_level="AUTOCOMMIT")
        op.execute("D")
        """,
    )

    assert numbered(recording.steps) == [
        ("A", 1), ("COMMIT", 1), ("B", 2), ("COMMIT", 2), ("C", 3), ("COMMIT", 3), ("D", None)
    ]  # fmt: skip


def test_alembic_context_speaks_of_the_recorded_run(sqlite_project: Project) -> None:
    recording = of_body(
        sqlite_project,
        """
        assert context.get_context() is op.get_context()
        assert context.get_bind() is op.get_bind()
        assert not context.is_offline_mode()
        assert context.get_x_argument() == []
        """,
        "from alembic import context",
    )

    assert recording == Recording((), ())


def test_what_a_migration_prints_stays_off_stdout(
    sqlite_project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    of_body(sqlite_project, 'print("hello")')

    assert capfd.readouterr().out == ""


def test_without_a_database_reads_have_no_rows_and_what_follows_says_so(project: Project) -> None:
    project.add_revision(
        "ae10",
        None,
        """
        op.execute("A")
        if op.get_bind().execute(sa.text("SELECT count(*) FROM users")).scalar() == 0:
            op.execute("B")
        """,
    )

    recording = recorded(project, offline=True)

    assert recording.gaps == ()
    assert [(step.sql, step.assumption) for step in recording.steps] == [
        (("A",), ""),
        (("SELECT count(*) FROM users",), ""),
        (("B",), "its reads were answered with no rows"),
    ]


def test_a_file_that_does_not_exist_is_not_made(sqlite_project: Project) -> None:
    of_body(sqlite_project, 'op.get_bind().execute(sa.text("SELECT 1")); op.execute("A")')

    assert list(sqlite_project.path.glob("*.db")) == []


def test_a_downgrade_is_recorded_and_gets_what_env_py_passes(sqlite_project: Project) -> None:
    file = sqlite_project.add_revision("ae10", None, "pass", "op.execute(engine_name)")
    file.write_text(file.read_text().replace("()", "(engine_name)"))

    recording = recorded(sqlite_project, upgrade=False, keywords={"engine_name": "A"})

    assert [step.sql for step in recording.steps] == [("A",)]


def test_operations_of_autogenerate_are_steps_without_a_place() -> None:
    metadata = MetaData()
    Table("users", metadata, Column("id", Integer, primary_key=True), Column("age", Integer))
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY)"))
        script = produce_migrations(MigrationContext.configure(connection), metadata)
    assert script.upgrade_ops is not None

    (step,) = record_operations(script.upgrade_ops.ops, postgresql.dialect())

    assert step.sql == ("ALTER TABLE users ADD COLUMN age INTEGER",)
    assert (step.place, step.revision) == (None, "")


def test_operations_that_will_be_written_in_batches_are_recorded_in_batches() -> None:
    changes = ops.ModifyTableOps("users", [ops.DropColumnOp("users", "age")])

    (step,) = record_operations([changes], sqlite.dialect(), batch=True)

    assert (step.sql, step.rebuilds) == ((), "users")


def test_an_async_environment_is_recorded_too(database_url: str, project_path: Path) -> None:
    with Project.create(project_path, database_url, "async") as project:
        with_users(project)
        recording = of_body(
            project,
            """
            for row in op.get_bind().execute(sa.text("SELECT id FROM users WHERE id > 1")):
                op.execute(f"A {row.id}")
            op.run_async(work)
            """,
            """
async def work(connection):
    await connection.execute(sa.text("B"))
""",
        )

        assert recording.gaps == ()
        assert [line for _, line, _ in lines(project, recording.steps)] == [
            'for row in op.get_bind().execute(sa.text("SELECT id FROM users WHERE id > 1")):',
            'op.execute(f"A {row.id}")',
            'await connection.execute(sa.text("B"))',
        ]


def test_what_exists_is_seen_by_the_inspector(project: Project) -> None:
    with_users(project)

    recording = of_body(
        project,
        """
        inspector = sa.inspect(op.get_bind())
        if inspector.has_table("users") and not inspector.has_table("notes"):
            op.execute(" ".join(each["name"] for each in inspector.get_columns("users")))
        session = Session(op.get_bind())
        for user in session.scalars(sa.select(User).order_by(User.id)):
            user.name = "x"
            op.execute(f"A {user.id}")
        session.commit()
        """,
        IMPORTS,
    )

    assert recording.gaps == ()
    assert [step.sql[0].split()[:2] for step in recording.steps] == [
        ["id", "name"],
        ["SELECT", "users.id,"],
        ["A", "1"],
        ["A", "2"],
        ["UPDATE", "users"],
    ]
