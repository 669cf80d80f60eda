"""``safe-downgrade`` counts what would be lost before anything is reverted."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.commands.downgrading import fill, reversible
from tests.commands.upgrading import USERS, blocking
from tests.project import Project, Result


def losses(result: Result) -> list[str]:
    """What is said of lost data, without its place."""
    lines = [line for line in result.stdout.splitlines() if ": loses-data" in line]
    return [f"{line.split(':')[0]}: {line.split('): ', 1)[1]}" for line in lines]


def test_rows_and_values_are_counted_and_the_way_to_keep_them_works(project: Project) -> None:
    reversible(project)
    values = ", ".join(f"({number}, 'a')" for number in range(1, 1201))
    fill(
        project,
        f"INSERT INTO users (id, email) VALUES {values}",
        "INSERT INTO users (id) VALUES (2000)",
    )

    result = project.alembic("safe-downgrade", "base")

    assert (result.returncode, result.stdout.partition("error: ")[2]) == (
        1,
        "loses-data (migrations/versions/0002_email.py:23): "
        "Downgrading 0002 email drops the column users.email, which holds 1,200 values.\n"
        "    An upgrade makes it again, without them: only a copy brings them back.\n"
        "    next: CREATE TABLE users_email_kept AS SELECT id, email FROM users "
        "WHERE email IS NOT NULL;  # keeps a copy\n"
        "    next: alembic safe-downgrade base --allow loses-data  # they may go\n"
        "error: loses-data (migrations/versions/0001_users.py:23): "
        "Downgrading 0001 users drops the table users, which holds 1,201 rows.\n"
        "    An upgrade makes it again, without them: only a copy brings them back.\n"
        "    next: CREATE TABLE users_rows_kept AS SELECT * FROM users;  # keeps a copy\n"
        "    next: alembic safe-downgrade base --allow loses-data  # they may go\n",
    ), result.output
    assert project.heads_in_database() == ("0003",)

    copies = [
        line.partition("next: ")[2].partition(";")[0]
        for line in result.stdout.splitlines()
        if "keeps a copy" in line
    ]
    fill(project, *copies)
    allowed = project.alembic("safe-downgrade", "base", "--allow", "loses-data")
    assert (allowed.returncode, losses(allowed)) == (
        0,
        [
            "allowed: Downgrading 0002 email drops the column users.email, "
            "which holds 1,200 values.",
            "allowed: Downgrading 0001 users drops the table users, which holds 1,201 rows.",
        ],
    ), allowed.output
    with project.connect() as connection:
        kept = [
            connection.exec_driver_sql(f"SELECT count(*) FROM users_{name}_kept").scalar_one()
            for name in ("email", "rows")
        ]
    assert (kept, project.heads_in_database()) == ([1200, 1201], ())


def test_empty_tables_and_columns_are_no_harm(sqlite_project: Project) -> None:
    reversible(sqlite_project)
    fill(sqlite_project, "INSERT INTO users (id, name) VALUES (1, 'a')")

    result = sqlite_project.alembic("safe-downgrade", "0001")

    assert (result.returncode, losses(result)) == (0, []), result.output


def test_batch_mode_loses_a_column_too(sqlite_project: Project) -> None:
    batch = 'with op.batch_alter_table("users") as batch:\n    batch.drop_column("email")'
    reversible(sqlite_project, email=batch)
    fill(sqlite_project, "INSERT INTO users (id, email) VALUES (1, 'a')")

    assert losses(sqlite_project.alembic("safe-downgrade", "0001")) == [
        "error: Downgrading 0002 email drops the column users.email, which holds 1 value."
    ]


def test_what_the_run_renames_is_counted_under_the_name_it_has(project: Project) -> None:
    reversible(
        project,
        tags='op.rename_table("users", "people")\n'
        'op.alter_column("people", "email", new_column_name="mail", existing_type=sa.String(50))\n'
        'op.drop_table("tags")',
        email='op.drop_column("people", "mail")',
    )
    fill(project, "INSERT INTO users (id, email) VALUES (1, 'a')")

    assert losses(project.alembic("safe-downgrade", "0001")) == [
        "error: Downgrading 0002 email drops the column users.email, which holds 1 value."
    ]


def test_what_only_a_query_can_tell_is_a_warning_and_an_emptied_table_an_error(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    reversible(
        project,
        tags="op.execute(\"DELETE FROM users WHERE name = 'x'\")\n"
        "op.execute(\"UPDATE users SET name = 'y'\")\n"
        'op.execute("TRUNCATE tags")\nop.drop_table("tags")',
        email='op.execute("DELETE FROM users")',
    )
    fill(project, "INSERT INTO users (id) VALUES (1)")

    uncertain = project.alembic("safe-downgrade", "-1")
    certain = project.alembic("safe-downgrade", "-1")

    assert (uncertain.returncode, losses(uncertain)) == (
        0,
        [
            "warning: Downgrading 0003 tags deletes rows of users.",
            "warning: Downgrading 0003 tags overwrites values in users.",
        ],
    ), uncertain.output
    assert losses(certain) == [
        "error: Downgrading 0002 email empties the table users, which holds 1 row."
    ]


def test_a_schema_is_lost_with_all_its_tables(postgresql_project: Project) -> None:
    project = postgresql_project
    project.add_revision(
        "0001",
        None,
        'op.execute("CREATE SCHEMA extra")\nop.execute("CREATE TABLE extra.notes (id INTEGER)")',
        'op.execute("DROP SCHEMA extra CASCADE")',
        message="extra",
    )
    project.alembic("safe-upgrade")
    fill(project, "INSERT INTO extra.notes VALUES (1), (2)")

    assert losses(project.alembic("safe-downgrade", "base")) == [
        "error: Downgrading 0001 extra drops the table extra.notes, which holds 2 rows."
    ]


def test_views_and_generated_columns_hold_nothing_of_their_own(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    project.add_revision("0001", None, USERS, 'op.drop_table("users")', message="users")
    project.add_revision(
        "0002",
        "0001",
        'op.execute("ALTER TABLE users ADD long text GENERATED ALWAYS AS (name) STORED")\n'
        'op.execute("CREATE VIEW names AS SELECT name FROM users")',
        'op.execute("DROP VIEW names")\nop.drop_column("users", "long")',
    )
    project.alembic("safe-upgrade")
    fill(project, "INSERT INTO users (id, name) VALUES (1, 'a')")

    result = project.alembic("safe-downgrade", "-1")

    assert (result.returncode, losses(result)) == (0, []), result.output


def test_what_cannot_be_counted_in_time_counts_as_a_loss(postgresql_project: Project) -> None:
    project = postgresql_project
    reversible(project)

    with blocking(project, "LOCK TABLE tags IN ACCESS EXCLUSIVE MODE"):
        result = project.alembic("safe-downgrade", "-1")

    assert (result.returncode, losses(result)) == (
        1,
        [
            "error: Downgrading 0003 tags drops the table tags, which holds an unknown number of "
            "rows."
        ],
    ), result.output


def test_what_this_role_may_not_read_counts_as_a_loss(postgresql_project: Project) -> None:
    project = postgresql_project
    reversible(project)
    role = f"guard_{uuid4().hex[:12]}"
    fill(
        project,
        f"CREATE ROLE {role} LOGIN",
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"REVOKE ALL ON tags FROM {role}",
    )
    try:
        ini = project.read("alembic.ini").replace("postgres@", f"{role}@")
        project.write("alembic.ini", ini)
        result = project.alembic("safe-downgrade", "-1", "--plan")
    finally:
        fill(project, f"DROP OWNED BY {role}", f"DROP ROLE {role}")

    assert losses(result) == [
        "error: Downgrading 0003 tags drops the table tags, which holds an unknown number of rows."
    ], result.output
    assert (
        "    They could not be counted: they are locked, this role may not read them, or it took "
        "too long. An upgrade makes it again, without them: only a copy brings them back.\n"
    ) in result.stdout


def test_what_cannot_be_recorded_is_said(sqlite_project: Project) -> None:
    reversible(
        sqlite_project,
        tags="row = op.get_bind().exec_driver_sql('SELECT id FROM users').one()\n"
        'op.drop_table("tags")',
    )

    result = sqlite_project.alembic(
        "safe-downgrade", "-1", env={"ALEMBIC_GUARD_LINT_ON_UPGRADE": "off"}
    )

    assert "warning: not-recorded (migrations/versions/0003_tags.py:23): " in result.stdout


@pytest.mark.parametrize("way_back", ["pass", '"""Nothing to do."""'])
def test_a_downgrade_that_does_nothing_is_refused_before_anything_is_reverted(
    sqlite_project: Project, way_back: str
) -> None:
    reversible(sqlite_project, email=way_back)

    result = sqlite_project.alembic("safe-downgrade", "base")

    assert result.returncode == 1
    assert "error: missing-downgrade (migrations/versions/0002_email.py): " in result.stdout
    assert sqlite_project.heads_in_database() == ("0003",)


def test_locks_that_last_are_refused_as_before_an_upgrade(postgresql_project: Project) -> None:
    project = postgresql_project
    reversible(project, tags='op.create_index("ix_users_name", "users", ["name"])')
    fill(
        project,
        "INSERT INTO users (id) SELECT generate_series(1, 20000)",
        "ANALYZE users",
    )

    refused = project.alembic("safe-downgrade", "-1")
    off = project.alembic("safe-downgrade", "-1", env={"ALEMBIC_GUARD_LINT_ON_UPGRADE": "off"})

    assert (refused.returncode, off.returncode) == (1, 0), off.output
    assert "error: index-blocks-writes (migrations/versions/0003_tags.py:23): " in refused.stdout
