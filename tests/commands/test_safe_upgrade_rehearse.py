"""`safe-upgrade --rehearse` does the same upgrade elsewhere, and nothing to this database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests import servers
from tests.commands.rehearsing import (
    USERS,
    applied,
    pending,
    rehearsed,
)
from tests.commands.upgrading import run
from tests.project import Project
from tests.runtime.test_scratch import as_role

UP = """
op.add_column("users", sa.Column("age", sa.Integer))
op.create_index("ix_users_age", "users", ["age"])
op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))
"""
DOWN = """
op.drop_table("notes")
op.drop_index("ix_users_age", "users")
op.drop_column("users", "age")
"""
HEAD = """\
Database  URL (SERVER)
Current   0001
Target    head
Pending   1
          0002 revision 0002
"""
TIMES = (
    "Note      the scratch database has the schema, not the rows: "
    "its times say nothing of live tables\n"
)
END = "Done: rehearsed, and nothing was changed.\n"

TABLES = {
    "sqlite": f"""\
{HEAD}revision  line  statement                                              time  verdict
0002        19  ALTER TABLE users ADD COLUMN age INTEGER TIME  fine
    users, about 3 rows
0002        20  CREATE INDEX ix_users_age ON users (age) TIME  fine
    users, about 3 rows
0002        21  CREATE TABLE notes ( id INTEGER NOT NULL, PRIM... TIME  fine
Note      the scratch database is a copy of the file, with its rows
{END}""",
    "postgresql": f"""\
{HEAD}revision  line  statement                                              time  verdict
0002        19  ALTER TABLE users ADD COLUMN age INTEGER TIME  blocks for a moment
    ACCESS EXCLUSIVE on users, about 3 rows
0002        20  CREATE INDEX ix_users_age ON users (age) TIME  blocks reads and writes
    ACCESS EXCLUSIVE on users, about 3 rows
0002        21  CREATE TABLE notes ( id SERIAL NOT NULL, PRIMA... TIME  fine
{TIMES}Notes     1 note of the rules; alembic guard-lint shows such
{END}""",
    "mariadb": f"""\
{HEAD}revision  line  statement                                              time  verdict
0002        19  ALTER TABLE users ADD COLUMN age INTEGER TIME  fine
    (ALGORITHM=INSTANT, LOCK=NONE) on users, about 3 rows
0002        20  CREATE INDEX ix_users_age ON users (age) TIME  see below
    (ALGORITHM=INPLACE, LOCK=NONE) on users, about 3 rows
0002        21  CREATE TABLE notes ( id INTEGER NOT NULL AUTO_... TIME  fine
{TIMES}{END}warning: several-ddl-without-transaction \
(migrations/versions/0002_revision_0002.py:20): \
If this fails, alembic upgrade can't apply revision 0002 again: what it begins with stays.
    Each DDL statement commits, and Alembic has not recorded the revision then; only alembic \
safe-upgrade, run again, goes on with the statement that failed.
    next: alembic guard-lint 0002  # what to write instead
""",
}


def kind(project: Project) -> str:
    return project.url.partition("+")[0].partition(":")[0]


def test_it_says_of_each_statement_what_it_did_to_which_table(project: Project) -> None:
    applied(project)
    pending(project, UP, DOWN)
    said = rehearsed(project)
    assert said == TABLES[kind(project)]
    assert project.heads_in_database() == ("0001",)


def test_it_fits_in_a_hundred_columns(postgresql_project: Project) -> None:
    applied(postgresql_project)
    column = "a_column_whose_name_is_long_" + "x" * 30
    pending(
        postgresql_project, f'op.add_column("users", sa.Column("{column}", sa.Numeric(20, 10)))'
    )
    done = postgresql_project.alembic("safe-upgrade", "--rehearse")
    table = done.stdout.partition("revision  line")[2].partition("Note ")[0]
    assert column[:10] in table
    assert max(map(len, table.splitlines())) <= 100


def test_json_has_every_value_whole(postgresql_project: Project) -> None:
    applied(postgresql_project)
    pending(postgresql_project, UP, DOWN)
    done = postgresql_project.alembic("safe-upgrade", "--rehearse", "--format", "json")
    data = json.loads(done.stdout)["data"]
    first, second, third = data["rehearsal"]
    assert data["applied"] == []
    assert first.pop("seconds") > 0
    assert first.pop("database").startswith("postgresql+psycopg://")
    users = {"table": "users", "lock": "ACCESS EXCLUSIVE", "measured": True, "rows": 3}
    assert first == {
        "revision": "0002",
        "path": "migrations/versions/0002_revision_0002.py",
        "line": 19,
        "statement": "ALTER TABLE users ADD COLUMN age INTEGER",
        "changed": None,
        "tables": [{**users, "rewritten": False, "scanned": False}],
        "verdict": "blocks for a moment",
        "findings": [],
    }
    assert second["tables"] == [{**users, "rewritten": False, "scanned": True}]
    assert third["tables"] == []


def test_what_no_transaction_holds_is_told_from_the_facts_in_brackets(
    postgresql_project: Project,
) -> None:
    applied(postgresql_project)
    pending(
        postgresql_project,
        """
        with op.get_context().autocommit_block():
            op.create_index("ix_name", "users", ["name"], postgresql_concurrently=True)
        """,
        'op.drop_index("ix_name", "users")',
    )
    said = rehearsed(postgresql_project)
    assert "    (SHARE UPDATE EXCLUSIVE) on users, about 3 rows\n" in said
    assert " TIME  scans\n" in said


def test_a_rule_that_would_refuse_the_upgrade_refuses_the_rehearsal(
    postgresql_project: Project,
) -> None:
    applied(postgresql_project)
    pending(postgresql_project, 'op.create_index("ix_users_name", "users", ["name"])')
    large = {"ALEMBIC_GUARD_SMALL_TABLE_ROWS": "2"}
    said = rehearsed(postgresql_project, status=1, env=large)
    row, table, *_ = said.partition("verdict\n")[2].splitlines()
    assert row.endswith(" TIME  blocks writes")
    assert table == "    SHARE on users, about 3 rows"
    assert "error: index-blocks-writes (migrations/versions/0002_revision_0002.py:19): " in said
    allowed = rehearsed(postgresql_project, "--allow", "index-blocks-writes", env=large)
    assert "allowed: index-blocks-writes (" in allowed
    assert postgresql_project.alembic("safe-upgrade", env=large).returncode == 1


def test_nothing_pending_needs_no_scratch_database(project: Project) -> None:
    applied(project)
    assert rehearsed(project) == (
        "Database  URL (SERVER)\n"
        "Current   0001\n"
        "Target    head\n"
        "Pending   nothing\n"
        "Done: nothing to rehearse.\n"
    )


@pytest.mark.parametrize("template", ["generic", "async"])
def test_it_begins_with_an_empty_database_and_leaves_it_empty(
    database_url: str, project_path: Path, template: str
) -> None:
    with Project.create(project_path, database_url, template) as project:
        project.add_revision("0001", None, USERS, 'op.drop_table("users")')
        project.add_revision(
            "0002", "0001", 'op.add_column("users", sa.Column("age", sa.Integer))',
            'op.drop_column("users", "age")',
        )  # fmt: skip
        said = rehearsed(project)
        rows = [line for line in said.splitlines() if line.startswith(("0001", "0002"))]
        assert [row.rpartition("  ")[2] for row in rows] == ["fine", "fine"]
        assert not (project_path / "app.db").exists()
        assert project.tables() == []


def test_each_database_is_rehearsed_in_turn(postgresql_url: str, project_path: Path) -> None:
    with Project.create(project_path, postgresql_url, "multidb") as project:
        project.add_revision(
            "0001", None, f'assert engine_name.startswith("engine")\n{USERS}',
            'op.drop_table("users")',
        )  # fmt: skip
        done = project.alembic("safe-upgrade", "--rehearse", "--format", "json")
        assert done.returncode == 0, done.output
        rows = json.loads(done.stdout)["data"]["rehearsal"]
        assert [row["database"].partition(":")[0] for row in rows] == [
            "postgresql+psycopg",
            "sqlite",
        ]
        assert project.tables() == []


def test_a_migration_that_fails_is_reported_with_its_line(project: Project) -> None:
    applied(project)
    pending(
        project,
        """
        op.add_column("users", sa.Column("age", sa.Integer))
        op.execute("INSERT INTO no_such_table VALUES (1)")
        """,
    )
    said = rehearsed(project, status=1)
    assert "ALTER TABLE users ADD COLUMN age INTEGER" in said
    first, why, following = said.partition("error: migration-failed")[2].splitlines()[:3]
    assert first.startswith(" (migrations/versions/0002_revision_0002.py:20): Revision 0002 ")
    assert "no_such_table" in first
    assert why == "    It ran on the scratch database; this one is unchanged."
    assert following == "    next: alembic safe-upgrade --rehearse  # when the migration is mended"
    assert "not-recorded" not in said


def test_what_a_rehearsal_may_not_do_is_no_failure(sqlite_project: Project) -> None:
    applied(sqlite_project)
    pending(
        sqlite_project,
        'import subprocess\nsubprocess.run(["true"], check=True)',
        'op.execute("SELECT 1")',
    )
    said = rehearsed(sqlite_project)
    assert "Note      0002 could not be run here: nothing is downgraded\n" in said
    assert "warning: not-recorded (migrations/versions/0002_revision_0002.py:20): " in said


def test_a_type_that_the_downgrade_forgets_is_found(postgresql_project: Project) -> None:
    applied(postgresql_project)
    pending(
        postgresql_project,
        """
        op.create_table("moods", sa.Column("mood", sa.Enum("good", "bad", name="mood")))
        """,
        'op.drop_table("moods")',
    )
    said = rehearsed(postgresql_project, status=1)
    found = said[said.index("error: ") :].split("warning: ")[0].splitlines()
    assert found[:3] == [
        "error: downgrade-leaves-changes (migrations/versions/0002_revision_0002.py): "
        "The downgrade of 0002 revision 0002 does not bring back the schema of before.",
        "    After it enum mood is there, and was not.",
        "    next: alembic safe-upgrade --rehearse  # when downgrade() undoes what upgrade() does",
    ]
    assert found[3].startswith(
        "error: upgrade-differs-after-downgrade (migrations/versions/0002_revision_0002.py:19): "
        "Upgraded again after its downgrade, 0002 revision 0002 failed: "
        'type "mood" already exists'
    )
    names = ("downgrade-leaves-changes", "upgrade-differs-after-downgrade")
    rehearsed(postgresql_project, *(word for name in names for word in ("--allow", name)))


def test_the_file_may_allow_what_its_downgrade_leaves(sqlite_project: Project) -> None:
    applied(sqlite_project)
    pending(
        sqlite_project,
        'op.execute("CREATE INDEX IF NOT EXISTS ix ON users (name)")',
        'op.execute("SELECT 1")',
        extra='allow = {"downgrade-leaves-changes": "the index is wanted anyway"}',
    )
    said = rehearsed(sqlite_project)
    assert "    After it index users.ix is there, and was not.\n" in said
    assert "    allowed: the index is wanted anyway\n" in said


def test_what_is_older_than_a_revision_without_downgrade_is_not_downgraded(
    sqlite_project: Project,
) -> None:
    applied(sqlite_project)
    pending(sqlite_project, 'op.add_column("users", sa.Column("age", sa.Integer))', "broken()")
    add = 'op.add_column("users", sa.Column("{}", sa.Integer))'
    sqlite_project.add_revision("0003", "0002", add.format("b"), "raise NotImplementedError")
    sqlite_project.add_revision("0004", "0003", add.format("c"), 'op.drop_column("users", "c")')
    sqlite_project.add_revision("0005", "0004", 'op.execute("DELETE FROM users")', "pass")
    said = rehearsed(sqlite_project)
    assert "Note      0003 has no downgrade: it and what is older is not downgraded\n" in said
    assert "error: " not in said


def test_a_forward_only_project_is_not_downgraded(sqlite_project: Project) -> None:
    applied(sqlite_project)
    pending(sqlite_project, UP, "broken()")
    assert "error: downgrade-fails " in rehearsed(sqlite_project, status=1)
    expected = TABLES["sqlite"].replace(
        "Done", "Note      forward_only: nothing is downgraded\nDone"
    )
    assert rehearsed(sqlite_project, "--forward-only") == expected
    assert rehearsed(sqlite_project, env={"ALEMBIC_GUARD_FORWARD_ONLY": "true"}) == expected
    rehearsed(
        sqlite_project, "--no-forward-only", status=1, env={"ALEMBIC_GUARD_FORWARD_ONLY": "true"}
    )
    refused = sqlite_project.alembic("safe-upgrade", "--forward-only")
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        2,
        "Error: --forward-only is for --rehearse; it says how far that goes.",
    )


def test_the_checks_of_a_migration_run_where_there_are_rows(
    sqlite_project: Project, postgresql_url: str, tmp_path: Path
) -> None:
    check = """
    def precheck(connection):
        assert connection.scalar(sa.text("SELECT count(*) FROM users")) == 4
    """
    note = "Note      precheck() and postcheck() were not run: there are no rows to check\n"
    applied(sqlite_project)
    pending(sqlite_project, UP, DOWN, check)
    said = rehearsed(sqlite_project, status=1)
    assert "error: precheck-failed (migrations/versions/0002_revision_0002.py:" in said
    assert note not in said
    with Project.create(tmp_path / "other", postgresql_url) as project:
        applied(project)
        pending(project, UP, DOWN, check)
        assert note in rehearsed(project)


def test_without_pg_dump_the_history_makes_the_schema(postgresql_project: Project) -> None:
    applied(postgresql_project)
    pending(postgresql_project, UP, DOWN)
    said = rehearsed(postgresql_project, env={"PATH": ""})
    assert (
        "The schema can't be copied (pg_dump is not on PATH): "
        "the history is run from its beginning.\n"
    ) in said
    assert "ACCESS EXCLUSIVE on users, about 3 rows\n" in said


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_who_may_make_no_database_is_told_so_and_may_use_a_shadow(
    request: pytest.FixtureRequest, server: str
) -> None:
    project: Project = request.getfixturevalue(f"{server}_project")
    role = f"rehearse_{servers.unique_name()[-8:]}"
    with as_role(project, role) as own:
        own = Project.create(project.path, own.url)
        if server == "postgresql":
            with project.connect() as connection:
                connection.exec_driver_sql(f"GRANT ALL ON SCHEMA public TO {role}")
        own.add_revision("0001", None, USERS, 'op.drop_table("users")')
        done = own.alembic("safe-upgrade", "--rehearse")
        assert done.returncode == 1
        refused = done.stdout.partition("error: ")[2].splitlines()
        assert refused[0].startswith(
            "no-scratch-database: There is no database to rehearse migrations on: "
            "no database can be made on "
        )
        assert (
            refused[1] == "    --rehearse runs them on a scratch database, and never on this one."
        )
        assert refused[-1].endswith(
            'dev_url = "…"  # in the settings: a server where databases may be made'
        )
        shadow = project.url.replace("root@", "root:@")
        shown = own.alembic("safe-upgrade", "--rehearse", "--shadow-url", shadow)
        assert shown.returncode == 0, shown.output
        assert "CREATE TABLE users" in shown.stdout
        assert own.tables() == []


def test_the_url_of_a_shadow_that_does_not_answer_keeps_its_password(
    postgresql_project: Project, postgresql_server: URL
) -> None:
    applied(postgresql_project)
    pending(postgresql_project, UP, DOWN)
    url = f"postgresql://me:s3cret@127.0.0.1:{servers.free_port()}/x"
    said = rehearsed(postgresql_project, status=1, env={"ALEMBIC_GUARD_SHADOW_URL": url})
    assert "migrations on: shadow_url does not answer: " in said
    assert "s3cret" not in said


def test_a_program_gets_the_rows(sqlite_project: Project) -> None:
    applied(sqlite_project)
    pending(sqlite_project, UP, DOWN)
    done = run(
        sqlite_project,
        """
        from alembic.config import Config
        from alembic_guard import safe_upgrade

        upgraded = safe_upgrade(Config("alembic.ini"), rehearse=True)
        print(upgraded.applied, [row["verdict"] for row in upgraded.rehearsal])
        """,
    )
    assert done.stdout == "() ['fine', 'fine', 'fine']\n", done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--shadow-url", "x"), "--shadow-url is for --rehearse."),
        (("--rehearse", "--plan"), "--rehearse runs what --plan does not; take one away."),
    ],
)
def test_words_that_contradict_each_other_are_refused(
    sqlite_project: Project, words: tuple[str, ...], said: str
) -> None:
    done = sqlite_project.alembic("safe-upgrade", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == f"Error: {said}"
