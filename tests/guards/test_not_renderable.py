"""not-renderable: what a script cannot hold is refused, with the line that needs the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from alembic_guard import Finding, Place, Refused
from tests.commands.shells import run_by_shell, script
from tests.project import Project

USERS = 'op.create_table("users", sa.Column("id", sa.Integer), sa.Column("name", sa.String(50)))'
READS = 'op.get_bind().execute(sa.text("SELECT count(*) FROM users"))'
ANSWERS = "it uses what the database answers to: SELECT count(*) FROM users"
SWALLOWS = f"""
try:
    number = {READS}.scalar()
except Exception:
    number = 0
op.execute(f"DELETE FROM users WHERE id > {{number}}")
"""
ORM = """
from sqlalchemy.orm import Session
with Session(bind=op.get_bind()) as session:
    session.execute(sa.text("DELETE FROM users"))
"""
BATCH = """
with op.batch_alter_table("users") as batch:
    batch.drop_column("name")
"""
BYTES = """
table = sa.table("users", sa.column("name", sa.LargeBinary))
op.bulk_insert(table, [{"name": b"a"}])
"""
DEFAULT = """
column = sa.Column("name", sa.String, default=lambda: "x")
op.bulk_insert(sa.Table("users", sa.MetaData(), sa.Column("id", sa.Integer), column), [{"id": 1}])
"""
NETWORK = """
import urllib.request
urllib.request.urlopen("http://127.0.0.1:9/")
"""


@pytest.fixture(autouse=True)
def at_home(project_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project_path)


def refused(project: Project, **options: object) -> list[Finding]:
    with pytest.raises(Refused) as caught:
        script(project, "0001:0002", **options)
    return [each for each in caught.value.findings if each.name == "not-renderable"]


@pytest.mark.parametrize(
    ("upgrade", "line", "reason"),
    [
        (
            f"{READS}.scalar()",
            19,
            ANSWERS,
        ),
        (SWALLOWS, 20, ANSWERS),
        ("sa.inspect(op.get_bind())", 19, "it inspects the database"),
        (ORM, 21, "it uses "),
        (BATCH, 19, "batch mode copies the table as the database has it"),
        (BYTES, 20, "a value of bytes has no text that every server reads alike"),
        (DEFAULT, 20, "Python computes the default of users.name, for each row anew"),
        (NETWORK, 20, "it wanted to look up a host 127.0.0.1"),
        ("op.execute('COMMIT')", 19, "it says COMMIT itself, and the script does that"),
        ("raise ValueError('no')", 19, "it raised ValueError: no"),
    ],
    ids=[
        "read",
        "swallowed",
        "inspect",
        "orm",
        "batch",
        "bytes",
        "default",
        "network",
        "commit",
        "raise",
    ],
)
def test_a_migration_that_needs_the_database_is_refused_with_its_line(
    sqlite_project: Project, upgrade: str, line: int, reason: str
) -> None:
    sqlite_project.add_revision("0001", None, USERS)
    sqlite_project.add_revision("0002", "0001", upgrade, message="second")
    (found,) = refused(sqlite_project, allow=("all",))
    place = found.place
    assert place is not None
    assert place.path == "migrations/versions/0002_second.py"
    assert found.message.startswith(f"Revision 0002 second cannot be written as a script: {reason}")
    assert place.line == line
    assert (found.why, found.next) == (
        "What it does is known only when it runs, so no script was written.",
        ("alembic safe-upgrade 0002  # applies it instead",),
    )


def test_a_check_that_asks_by_itself_is_refused_or_left_out(sqlite_project: Project) -> None:
    sqlite_project.add_revision("0001", None, USERS)
    sqlite_project.add_revision(
        "0002",
        "0001",
        'op.execute("DELETE FROM users")',
        message="second",
        extra="def precheck(connection):\n"
        '    return connection.scalar(sa.text("SELECT 1"))\n\n\n'
        "def postcheck(connection):\n    pass",
    )
    found = refused(sqlite_project)
    assert found == [
        Finding(
            "not-renderable",
            "precheck() of revision 0002 second cannot be in a script: "
            "it uses scalar of the connection.",
            why="A precheck is in the script if it returns its question, a SELECT of one value.",
            next=(
                'return sa.text("SELECT count(*) = 0 FROM …")  # in precheck()',
                "alembic safe-upgrade --sql --allow not-renderable  # leave the check out",
            ),
            revision="0002",
            place=Place("migrations/versions/0002_second.py", 18),
        )
    ]
    made = script(sqlite_project, "base:0002", allow=("not-renderable",))
    assert (
        "--   allowed: not-renderable: precheck() of revision 0002 second cannot be in a script: "
        "it uses scalar of the connection.\n"
    ) in made.text
    assert run_by_shell(sqlite_project, made.text).returncode == 0
    with sqlite_project.connect() as connection:
        allowed = connection.exec_driver_sql(
            "SELECT allowed FROM alembic_guard_journal WHERE revision = '0002'"
        )
        assert "not-renderable" in allowed.scalar_one().split(", ")


def test_statements_through_the_connection_that_need_no_answer_are_written(
    sqlite_project: Project,
) -> None:
    sqlite_project.add_revision("0001", None, USERS)
    sqlite_project.add_revision(
        "0002",
        "0001",
        """
        users = sa.table("users", sa.column("id"), sa.column("name"))
        op.get_bind().execute(users.insert(), [{"id": 1, "name": "it's"}, {"id": 2, "name": None}])
        op.get_bind().execute(users.update().where(users.c.id == 2).values(name="b"))
        op.get_bind().execute(sa.text("DELETE FROM users WHERE id = :id"), {"id": 3})
        op.get_bind().exec_driver_sql("UPDATE users SET name = '50%' WHERE id = 1")
        """,
    )
    text = script(sqlite_project, "0001:0002").text
    statements = [line for line in text.splitlines() if " users" in line and line[:2] != "--"]
    assert statements == [
        "INSERT INTO users (id, name) VALUES (1, 'it''s');",
        "INSERT INTO users (id, name) VALUES (2, NULL);",
        "UPDATE users SET name='b' WHERE users.id = 2;",
        "DELETE FROM users WHERE id = 3;",
        "UPDATE users SET name = '50%' WHERE id = 1;",
    ]
