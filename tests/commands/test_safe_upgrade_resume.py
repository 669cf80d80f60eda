"""After a crash: a revision that was committed in parts goes on at the first statement not done."""

from __future__ import annotations

import re
from textwrap import indent
from typing import Any

import pytest
from sqlalchemy import text

from tests.commands.upgrading import columns, history, journal
from tests.project import Project, Result

STATEMENTS = "alembic_guard_journal_statements"
ONCE = """
import os, pathlib
if not pathlib.Path("once{number}").exists():
    pathlib.Path("once{number}").touch()
    {what}
"""
INSERT = "op.execute(\"INSERT INTO users (id, name) VALUES ({number}, 'a')\")"
ADD = 'op.add_column("users", sa.Column("{name}", sa.Integer()))'
CONCURRENTLY = 'op.create_index("ix_users_name", "users", ["name"], postgresql_concurrently=True)'


def killed(number: int = 1) -> str:
    """Code that kills its process with SIGKILL, the first time that it runs."""
    return ONCE.format(number=number, what="os.kill(os.getpid(), 9)")


def failing(number: int = 1) -> str:
    """Code that raises, the first time that it runs."""
    return ONCE.format(number=number, what="raise RuntimeError('once')")


def block(*lines: str) -> str:
    """An autocommit block."""
    return "with op.get_context().autocommit_block():\n" + indent("\n".join(lines), "    ")


def statements(project: Project, *names: str) -> list[tuple[Any, ...]]:
    """Columns of the statement journal, in order; nothing where there is none."""
    if STATEMENTS not in project.tables():
        return []
    with project.connect() as connection:
        query = f"SELECT {', '.join(names)} FROM {STATEMENTS} ORDER BY attempt, ordinal"
        return [tuple(row) for row in connection.execute(text(query))]


def names_of(project: Project) -> list[str]:
    """The names of the users, in the order of their ids."""
    with project.connect() as connection:
        return [*connection.scalars(text("SELECT name FROM users ORDER BY id"))]


def resumed(result: Result) -> list[str]:
    """What was said of resuming, without the number of the line."""
    lines = [line for line in result.stdout.splitlines() if line.startswith("Resuming")]
    return [re.sub(r"line \d+", "line N", line) for line in lines]


def line_of(project: Project, words: str, revision: str = "0002") -> int:
    """The first line of a revision's file that holds these words."""
    (file,) = [path for path in project.revisions() if path.name.startswith(revision)]
    lines = file.read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def finding(result: Result) -> str:
    """The report of the run from its first finding on."""
    return result.stdout[result.stdout.index("error: ") :]


def test_a_transactional_revision_writes_no_statement(project: Project) -> None:
    history(project, INSERT.format(number=1))

    result = project.alembic("safe-upgrade")

    assert result.returncode == 0, result.output
    with_ddl = project.url.startswith("mariadb")  # CREATE TABLE users commits by itself there
    assert statements(project, "ordinal", "status") == ([(1, "done")] if with_ddl else [])
    assert (STATEMENTS in project.tables()) == with_ddl


def test_mariadb_goes_on_after_each_kill_with_rows_between_its_ddl(
    mariadb_project: Project,
) -> None:
    project = mariadb_project
    history(
        project,
        "\n".join(
            [
                ADD.format(name="age"),
                INSERT.format(number=1),
                killed(1),
                'op.create_table("pets", sa.Column("id", sa.Integer(), primary_key=True))',
                'op.execute("UPDATE users SET age = 3")',
                killed(2),
                'op.create_index("ix_users_age", "users", ["age"])',
                killed(3),
                'op.execute("UPDATE users SET age = age + 1")',
            ]
        ),
    )

    results = [project.alembic("safe-upgrade") for _ in range(4)]

    assert [result.returncode for result in results] == [-9, -9, -9, 0]
    when = "done before the crash; continuing at line"
    assert [line for result in results for line in resumed(result)] == [
        f"Resuming  0002: 1 statement was {when} N",
        f"Resuming  0002: 3 statements were {when} N",
        f"Resuming  0002: 5 statements were {when} N",
    ]
    assert f"line {line_of(project, 'age + 1')}\n" in results[-1].stdout
    with project.connect() as connection:
        assert connection.execute(text("SELECT id, age FROM users")).all() == [(1, 4)]
    assert journal(project, "revision", "status") == [
        ("0001", "applied"),
        *[("0002", "started")] * 3,
        ("0002", "applied"),
    ]


def test_postgresql_goes_on_after_a_kill_before_in_and_after_an_autocommit_block(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(
        project,
        "\n".join(
            [
                INSERT.format(number=1),
                killed(1),
                block(
                    "op.execute(\"UPDATE users SET name = name || 'b'\")",
                    *killed(2).strip().splitlines(),
                    CONCURRENTLY,
                    *killed(3).strip().splitlines(),
                    "op.execute(\"ALTER TYPE mood ADD VALUE 'bad'\")",
                    "op.execute('VACUUM users')",
                ),
                "op.execute(\"UPDATE users SET name = name || 'c'\")",
                killed(4),
            ]
        ),
    )
    with project.connect() as connection:
        connection.execute(text("CREATE TYPE mood AS ENUM ('good')"))

    results = [project.alembic("safe-upgrade") for _ in range(5)]

    assert [result.returncode for result in results] == [-9, -9, -9, -9, 0], results[-1].output
    when = "done before the crash; continuing at line"
    assert [line for result in results for line in resumed(result)] == [
        f"Resuming  0002: 2 statements were {when} N",
        f"Resuming  0002: 3 statements were {when} N",
        f"Resuming  0002: 5 statements were {when} N",
    ]
    assert names_of(project) == ["abc"]
    assert {status for (status,) in statements(project, "status")} == {"done"}


def test_sqlite_goes_on_outside_of_a_transaction(sqlite_project: Project) -> None:
    project = sqlite_project
    history(
        project,
        "\n".join(
            [
                'op.execute("PRAGMA foreign_keys=OFF")',
                ADD.format(name="age"),
                killed(1),
                'with op.batch_alter_table("users", recreate="always") as batch:',
                '    batch.add_column(sa.Column("size", sa.Integer()))',
                INSERT.format(number=1),
                killed(2),
                'op.execute("PRAGMA foreign_keys=ON")',
            ]
        ),
    )

    results = [project.alembic("safe-upgrade") for _ in range(3)]

    assert [result.returncode for result in results] == [-9, -9, 0], results[-1].output
    assert resumed(results[1]) == [
        "Resuming  0002: 2 statements were done before the crash; continuing at line N"
    ]
    assert columns(project, "users") == ["id", "name", "age", "size"]
    assert names_of(project) == ["a"]


@pytest.mark.parametrize("moment", ["before the record of the COMMIT", "after it"])
def test_sqlite_commits_nothing_twice(sqlite_project: Project, moment: str) -> None:
    project = sqlite_project
    later = [killed()] if moment == "before the record of the COMMIT" else [ADD.format(name="b")]
    history(
        project,
        "\n".join(
            [
                'op.execute("PRAGMA foreign_keys=OFF")',
                ADD.format(name="a"),
                INSERT.format(number=1),
                'op.execute("COMMIT")',
                *later,
                killed(),
                ADD.format(name="c"),
            ]
        ),
    )

    results = [project.alembic("safe-upgrade") for _ in range(2)]

    assert [result.returncode for result in results] == [-9, 0], results[-1].output
    assert names_of(project) == ["a"]
    assert columns(project, "users") == [
        *("id", "name", "a"),
        *(["b"] if moment == "after it" else []),
        "c",
    ]


def test_a_revision_that_failed_goes_on_too(mariadb_project: Project) -> None:
    project = mariadb_project
    history(project, "\n".join([ADD.format(name="age"), failing(), ADD.format(name="size")]))

    first, second = project.alembic("safe-upgrade"), project.alembic("safe-upgrade")

    assert (first.returncode, second.returncode) == (3, 0), second.output
    assert resumed(second) == [
        "Resuming  0002: 1 statement was done before it failed; continuing at line N"
    ]
    assert columns(project, "users") == ["id", "name", "age", "size"]


def test_the_first_revision_goes_on_although_its_table_is_there(mariadb_project: Project) -> None:
    project = mariadb_project
    project.add_revision(
        "0001",
        None,
        'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))\n' + killed(),
        message="users",
    )

    results = [project.alembic("safe-upgrade") for _ in range(2)]

    assert [result.returncode for result in results] == [-9, 0], results[-1].output
    assert resumed(results[1]) == [
        "Resuming  0001: 1 statement was done before the crash; "
        "continuing with what comes after upgrade()"
    ]


def test_a_statement_is_known_to_be_done_by_what_it_changed(mariadb_project: Project) -> None:
    """SIGKILL between the end of a DDL statement and its row: the table tells."""
    project = mariadb_project
    history(project, "\n".join([ADD.format(name="age"), killed(), ADD.format(name="size")]))
    project.alembic("safe-upgrade")
    for done in (True, False):
        with project.connect() as connection:
            connection.execute(text(f"UPDATE {STATEMENTS} SET status = 'started'"))
            if not done:
                connection.execute(text("ALTER TABLE users DROP COLUMN age"))
        (project.path / "once1").unlink()
        assert project.alembic("safe-upgrade").returncode == -9
        assert columns(project, "users") == ["id", "name", "age"]

    assert project.alembic("safe-upgrade").returncode == 0
    assert columns(project, "users") == ["id", "name", "age", "size"]


def test_an_index_that_a_kill_left_invalid_is_dropped_and_built_again(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(project, block(CONCURRENTLY, *killed().strip().splitlines()))
    project.alembic("safe-upgrade")
    invalid = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_users_name'::regclass"
    with project.connect() as connection:
        connection.execute(text(invalid))
        connection.execute(text(f"UPDATE {STATEMENTS} SET status = 'started'"))

    result = project.alembic("safe-upgrade")

    assert result.returncode == 0, result.output
    assert resumed(result) == [
        "Resuming  0002: 0 statements were done before the crash; continuing at line N",
        "Resuming  0002: public.ix_users_name was left invalid; dropped, and built again",
    ]
    with project.connect() as connection:
        query = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_users_name'::regclass"
        assert connection.scalar(text(query)) is True


def test_a_file_that_was_edited_since_is_partly_applied(mariadb_project: Project) -> None:
    project = mariadb_project
    history(project, "\n".join([ADD.format(name="age"), killed(), ADD.format(name="size")]))
    project.alembic("safe-upgrade")
    (file,) = [path for path in project.revisions() if path.name.startswith("0002")]
    file.write_text(file.read_text().replace("size", "height"))
    before = journal(project, "revision", "status")

    result = project.alembic("safe-upgrade")

    assert (result.returncode, finding(result)) == (
        1,
        "error: partly-applied (migrations/versions/0002_step_2.py): A part of revision 0002 "
        "step 2 is in the database, and it can't go on from there: its file was edited since.\n"
        "    done: ALTER TABLE users ADD COLUMN age INTEGER\n"
        "    not done: whatever comes after that\n"
        "    next: alembic safe-upgrade --restart  # when these are undone by hand: it begins "
        "anew\n"
        "    next: alembic stamp 0002  # or this, when the revision is finished by hand\n",
    )
    assert journal(project, "revision", "status") == before
    assert columns(project, "users") == ["id", "name", "age"]


def test_restart_begins_anew(mariadb_project: Project) -> None:
    project = mariadb_project
    history(project, "\n".join([ADD.format(name="age"), killed(), ADD.format(name="size")]))
    project.alembic("safe-upgrade")
    with project.connect() as connection:
        connection.execute(text("ALTER TABLE users DROP COLUMN age"))

    result = project.alembic("safe-upgrade", "--restart")

    assert result.returncode == 0, result.output
    assert (
        "Forgotten 0002: the record of 1 statement; it begins with its first one\n" in result.stdout
    )
    assert resumed(result) == []
    assert columns(project, "users") == ["id", "name", "age", "size"]


def test_what_was_finished_by_hand_and_stamped_is_not_continued_later(
    mariadb_project: Project,
) -> None:
    project = mariadb_project
    history(project, "\n".join([ADD.format(name="age"), killed(), ADD.format(name="size")]))
    project.alembic("safe-upgrade")
    project.alembic("stamp", "0002")
    project.add_revision("0003", "0002", "pass", message="step 3")
    assert project.alembic("safe-upgrade").returncode == 0
    project.alembic("stamp", "0001")
    with project.connect() as connection:
        connection.execute(text("ALTER TABLE users DROP COLUMN age"))

    result = project.alembic("safe-upgrade")

    assert (result.returncode, resumed(result)) == (0, [])
    assert columns(project, "users") == ["id", "name", "age", "size"]


CANNOT = {
    "other statements": (
        "import pathlib\n"
        "name = 'b' if pathlib.Path('once1').exists() else 'a'\n"
        'op.execute(f"ALTER TABLE users ADD COLUMN {name} INTEGER")\n' + killed(),
        "its statement 1 is another one now",
    ),
    "fewer statements": (
        "import pathlib\n"
        "if not pathlib.Path('once1').exists():\n"
        f"    {ADD.format(name='age')}\n" + killed(),
        "it ran 0 statements now",
    ),
    "rows of a write": (
        'op.get_bind().exec_driver_sql("INSERT INTO users (id) VALUES (1) RETURNING id").scalar()\n'
        + f"{ADD.format(name='age')}\n"
        + killed(),
        "its code used what statement 1 gave back, which nobody can repeat",
    ),
    "rows that changed": (
        'op.get_bind().exec_driver_sql("SELECT count(*) FROM users").scalar()\n'
        + INSERT.format(number=1)
        + f"\n{ADD.format(name='age')}\n"
        + killed(),
        "the rows that its statement 1 reads have changed",
    ),
    "a temporary table": (
        'op.execute("CREATE TEMPORARY TABLE mine (id INTEGER)")\n'
        f"{ADD.format(name='age')}\n" + killed(),
        "it made a temporary table, which is gone with its session",
    ),
    "nobody knows": (
        'op.execute("CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW SET NEW.name = 1")\n'
        "import pathlib\n"
        f"pathlib.Path('once1').exists() or op.execute(\"UPDATE {STATEMENTS} SET status = 'started'"
        '")\n'
        'pathlib.Path("once1").exists() or op.execute("COMMIT")\n' + killed(),
        "nobody knows whether its last statement was done",
    ),
}


@pytest.mark.parametrize("case", CANNOT)
def test_where_it_cannot_go_on_it_says_why_and_changes_nothing(
    mariadb_project: Project, case: str
) -> None:
    upgrade, reason = CANNOT[case]
    project = mariadb_project
    history(project, upgrade)
    assert project.alembic("safe-upgrade").returncode == -9
    before = columns(project, "users")

    result = project.alembic("safe-upgrade")

    assert result.returncode == 1, result.output
    assert f"and it can't go on from there: {reason}.\n" in result.stdout
    assert (columns(project, "users"), project.heads_in_database()) == (before, ("0001",))


def test_a_batch_that_was_committed_on_its_own_cannot_be_gone_on_from(
    sqlite_project: Project,
) -> None:
    """What it reads of the table is other than it was, and so is what it does."""
    project = sqlite_project
    history(
        project,
        "\n".join(
            [
                'op.execute("PRAGMA foreign_keys=OFF")',
                'with op.batch_alter_table("users", recreate="always") as batch:',
                '    batch.add_column(sa.Column("size", sa.Integer()))',
                INSERT.format(number=1),
                'op.execute("COMMIT")',
                ADD.format(name="age"),
                killed(),
            ]
        ),
    )
    assert project.alembic("safe-upgrade").returncode == -9

    result = project.alembic("safe-upgrade")

    assert (result.returncode, columns(project, "users")) == (1, ["id", "name", "size", "age"])
    assert "error: partly-applied (migrations/versions/0002_step_2.py): " in result.stdout
    assert "    next: alembic safe-upgrade --restart  # when these" in result.stdout


def test_reads_that_say_the_same_are_read_again(mariadb_project: Project) -> None:
    project = mariadb_project
    history(
        project,
        "found = sa.inspect(op.get_bind()).get_columns('users')\n"
        "assert [one['name'] for one in found][:2] == ['id', 'name']\n"
        'op.create_table("pets", sa.Column("id", sa.Integer()))\n'
        + killed()
        + ADD.format(name="age"),
    )

    results = [project.alembic("safe-upgrade") for _ in range(2)]

    assert [result.returncode for result in results] == [-9, 0], results[-1].output
    assert columns(project, "users") == ["id", "name", "age"]


def test_a_loop_over_batches_takes_the_same_course(postgresql_project: Project) -> None:
    project = postgresql_project
    batch = "DELETE FROM users WHERE id IN (SELECT id FROM users ORDER BY id LIMIT 2)"
    history(
        project,
        "op.execute(\"INSERT INTO users (id, name) SELECT g, 'a' FROM generate_series(1, 7) g\")\n"
        + block(
            "number = 0",
            f'while op.get_bind().exec_driver_sql("{batch}").rowcount:',
            "    number += 1",
            "    if number == 2:",
            *indent(killed().strip(), " " * 8).splitlines(),
            "open('batches', 'w').write(str(number))",
        ),
    )

    results = [project.alembic("safe-upgrade") for _ in range(2)]

    assert [result.returncode for result in results] == [-9, 0], results[-1].output
    assert (project.read("batches"), names_of(project)) == ("4", [])


def test_no_password_is_written_or_said(mariadb_project: Project) -> None:
    project = mariadb_project
    secret = "mysql://root:s3cr3t@elsewhere/x"
    history(
        project,
        f"op.execute(\"ALTER TABLE users COMMENT = '{secret}'\")\n" + killed() + "pass",
    )
    project.alembic("safe-upgrade")
    (file,) = [path for path in project.revisions() if path.name.startswith("0002")]
    file.write_text(file.read_text() + "\n")

    result = project.alembic("safe-upgrade")

    (_, written) = statements(project, "statement")
    assert (result.returncode, "s3cr3t" in result.output, "s3cr3t" in str(written)) == (
        1,
        False,
        False,
    )
    assert "root:***@elsewhere" in str(written)


def test_without_a_journal_nothing_is_on_record(mariadb_project: Project) -> None:
    project = mariadb_project
    history(project, ADD.format(name="age") + "\n" + failing())

    result = project.alembic("safe-upgrade", env={"ALEMBIC_GUARD_JOURNAL": "false"})

    assert STATEMENTS not in project.tables()
    assert "stays in the database, and is not recorded.\n" in result.stdout
    assert "    next: undo these by hand, then: alembic safe-upgrade\n" in result.stdout


def test_autogenerate_does_not_drop_it(mariadb_project: Project) -> None:
    history(mariadb_project)
    assert mariadb_project.alembic("safe-upgrade").returncode == 0
    assert STATEMENTS in mariadb_project.tables()

    result = mariadb_project.alembic("check")

    assert STATEMENTS not in result.output
