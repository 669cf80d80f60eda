"""What a migration raises, or may not do, ends in a gap, and its text is read instead."""

from __future__ import annotations

from alembic_guard.finding import Place
from alembic_guard.runtime.gaps import Gap
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.recording import Recording
from tests.project import Project
from tests.runtime.recorded_project import lines, reasons, recorded

TEXT = "it was read statement by statement from its text, both branches of each condition"


def of_body(project: Project, body: str, extra: str = "") -> Recording:
    project.add_revision("ae10", None, body, extra=extra)
    return recorded(project)


def statements(recording: Recording) -> list[str]:
    return [sql for step in recording.steps for sql in step.sql]


def test_a_revision_that_raises_is_read_from_its_text(sqlite_project: Project) -> None:
    recording = of_body(
        sqlite_project,
        """
        op.execute("A")
        row = op.get_bind().execute(sa.text("SELECT id FROM users")).one()
        op.execute(f"B {row.id}")
        if row.id > 1:
            op.execute("C")
        else:
            op.execute("D")
        for table in ("E", "F"):
            op.execute(table)
            row.id
            op.execute(table + table)
        with op.batch_alter_table("users") as batch:
            batch.add_column(row.id)
            batch.add_column(sa.Column("age", sa.Integer))
        try:
            row.id
            op.execute("G")
        except KeyError as error:
            op.execute("H")
            return
        op.execute("I")
        """,
    )

    (file,) = sqlite_project.revisions()
    raised = next(
        number for number, line in enumerate(file.read_text().splitlines(), 1) if "one()" in line
    )
    assert recording.gaps == (
        Gap(
            "ae10",
            Place(relative(file), raised),
            "upgrade() raised NoResultFound: No row was found when one was required",
            TEXT,
        ),
    )
    assert statements(recording) == [
        *("A", "SELECT id FROM users", "C", "D", "E", "EE", "F", "FF"),
        *("ALTER TABLE users ADD COLUMN age INTEGER", "G", "H", "I"),
    ]
    assert lines(sqlite_project, recording.steps)[-1] == ("ExecuteSQLOp", 'op.execute("I")', "I")


def test_a_function_of_the_same_file_is_entered(sqlite_project: Project) -> None:
    recording = of_body(
        sqlite_project,
        "helper('B')",
        """
def helper(name, times=2):
    op.execute(name * times)
    raise SystemExit("no")
    op.execute("C")
""",
    )

    assert statements(recording) == ["BB", "C"]
    assert reasons(recording.gaps) == ["upgrade() raised SystemExit: no"]


def test_a_revision_whose_function_is_not_in_its_text_keeps_what_was_seen(
    sqlite_project: Project,
) -> None:
    file = sqlite_project.add_revision("ae10", None, "pass")
    file.write_text(
        file.read_text().replace("def upgrade", "def other")
        + '\ndef made():\n    op.execute("A")\n    1 / 0\n\nupgrade = made\n'
    )

    recording = recorded(sqlite_project)

    assert statements(recording) == ["A"]
    assert [(gap.reason, gap.what) for gap in recording.gaps] == [
        (
            "upgrade() raised ZeroDivisionError: division by zero",
            "what follows that line is not known",
        )
    ]


def test_a_loop_over_batches_ends(project: Project) -> None:
    with project.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(9))")
        connection.exec_driver_sql("INSERT INTO users VALUES (1, 'ann')")
    recording = of_body(
        project,
        """
        bind = op.get_bind()
        while bind.execute(sa.text("SELECT id FROM users WHERE name = 'ann'")).fetchall():
            bind.execute(sa.text("UPDATE users SET name = 'bob'"))
        users = sa.table("users", sa.column("id"), sa.column("name"))
        while bind.execute(sa.update(users).values(name="x")).rowcount:
            pass
        """,
    )

    assert recording.gaps == ()
    assert [sql.split()[0] for sql in statements(recording)] == [
        *("SELECT", "UPDATE", "SELECT", "UPDATE")
    ]


def test_a_loop_that_waits_for_an_answer_is_stopped(sqlite_project: Project) -> None:
    recording = of_body(
        sqlite_project,
        """
        while not op.get_bind().execute(sa.text("SELECT id FROM users")).fetchall():
            try:
                op.execute("A")
            except Exception:
                pass
        op.execute("B")
        """,
    )

    assert reasons(recording.gaps) == ["one statement was repeated there without end"]
    assert statements(recording)[-2:] == ["A", "B"]


def test_a_write_repeated_for_each_row_is_noted_a_hundred_times(sqlite_project: Project) -> None:
    recording = of_body(
        sqlite_project,
        """
        for number in range(500):
            op.get_bind().execute(sa.text("UPDATE users SET id = :n"), {"n": number})
        """,
    )

    assert recording.gaps == ()
    assert len(recording.steps) == 100


def test_what_was_turned_away_is_a_gap_although_the_migration_swallowed_it(
    sqlite_project: Project,
) -> None:
    recording = of_body(
        sqlite_project,
        """
        try:
            open("made.txt", "w")
        except OSError:
            op.execute("A")
        """,
    )

    assert statements(recording) == ["A"]
    assert recording.gaps == (
        Gap(
            "ae10",
            Place(str(sqlite_project.revisions()[0]), None),
            "it wanted to write to the file made.txt, which recording does not allow",
            "it was told that this is not permitted",
        ),
    )


def test_the_applications_own_engine_is_not_used(project: Project) -> None:
    recording = of_body(
        project,
        """
        with sa.create_engine(URL).connect() as connection:
            connection.execute(sa.text("CREATE TABLE made (id INTEGER)"))
        op.execute("A")
        """,
        f"URL = {project.url!r}",
    )

    assert statements(recording) == ["A"]
    assert len(recording.gaps) == 1
    assert project.tables() == []


def test_a_failed_read_is_answered_with_no_rows(project: Project) -> None:
    with project.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE users (id INTEGER PRIMARY KEY)")
    recording = of_body(
        project,
        """
        op.get_bind().execute(sa.text("SELECT nothing FROM nowhere")).fetchall()
        assert op.get_bind().execute(sa.text("SELECT 1")).scalar() == 1
        op.execute("A")
        """,
    )

    assert recording.gaps == ()
    assert recording.steps[-1].assumption == "its reads were answered with no rows"


def test_a_read_that_would_write_is_not_executed(postgresql_project: Project) -> None:
    with postgresql_project.connect() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE numbers")
        connection.exec_driver_sql(
            "CREATE FUNCTION make() RETURNS int LANGUAGE sql AS 'CREATE TABLE made (); SELECT 1'"
        )
    recording = of_body(
        postgresql_project,
        """
        for sql in (
            "SELECT nextval('numbers')",
            "SELECT make()",
            "SELECT 1; COMMIT; CREATE TABLE made ()",
            "SELECT 1 AS id INTO made",
            "WITH made AS (INSERT INTO users VALUES (1) RETURNING id) SELECT * FROM made",
        ):
            op.get_bind().execute(sa.text(sql))
        """,
    )

    assert recording.gaps == ()
    assert postgresql_project.tables() == []
    with postgresql_project.connect() as connection:
        assert connection.exec_driver_sql("SELECT is_called FROM numbers").scalar() is False


def test_a_slow_query_ends_and_is_a_gap(postgresql_project: Project) -> None:
    recording = of_body(
        postgresql_project,
        """
        op.get_bind().execute(sa.text("SELECT count(*) FROM generate_series(1, 1000000000)"))
        op.execute("A")
        """,
    )

    assert reasons(recording.gaps) == ["a query took longer than 2 seconds"]
    assert recording.steps[-1].assumption == "its reads were answered with no rows"


def test_no_more_than_ten_thousand_rows_are_read(postgresql_project: Project) -> None:
    recording = of_body(
        postgresql_project,
        """
        query = sa.text("SELECT generate_series(1, 10001)")
        assert len(op.get_bind().execute(query).fetchall()) == 10000
        """,
    )

    assert reasons(recording.gaps) == ["a query had more than 10,000 rows, and the first were used"]
