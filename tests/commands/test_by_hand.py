"""``safe-upgrade --sql``: scripts are run by psql, mariadb and sqlite3, on real servers."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from alembic.config import Config
from sqlalchemy import make_url, text

from alembic_guard import Refused, safe_upgrade
from alembic_guard.apply import script_mysql
from alembic_guard.apply.script_words import Site
from alembic_guard.runtime.lock_key import lock_key, mysql_lock_name
from tests.commands.shells import emptied, run_by_shell, script, state
from tests.commands.upgrading import blocking, columns, history, journal
from tests.poolers import Pooler
from tests.project import Project

EMAIL = """
op.add_column("users", sa.Column("email", sa.String(100)))
op.execute("UPDATE users SET email = 'a;%b:c' WHERE name LIKE 'x%'")
op.bulk_insert(
    sa.table("users", sa.column("id", sa.Integer), sa.column("name", sa.String)),
    [{"id": 1, "name": "it's\\ta %(row)s"}, {"id": 2, "name": None}],
)
op.get_bind().execute(
    sa.text("UPDATE users SET email = :email WHERE id = :id"), {"email": "ä-é", "id": 2}
)
"""
INDEX = """
with op.get_context().autocommit_block():
    op.create_index("ix_email", "users", ["email"], postgresql_concurrently=True)
op.execute("DELETE FROM users WHERE id = 2")
"""


@pytest.fixture(autouse=True)
def at_home(project_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project_path)


def test_a_script_leaves_what_safe_upgrade_leaves(project: Project) -> None:
    history(project, EMAIL, INDEX)
    done = run_by_shell(project, script(project).text)
    assert (done.returncode, done.stderr) == (0, "")
    by_hand = state(project)
    emptied(project)
    safe_upgrade(Config(str(project.path / "alembic.ini")))
    assert by_hand == state(project)
    assert by_hand["heads"] == ("0003",)


def test_a_second_run_stops_at_its_assertion_and_changes_nothing(project: Project) -> None:
    history(project, EMAIL)
    made = script(project)
    assert run_by_shell(project, made.text).returncode == 0
    before = state(project)
    again = run_by_shell(project, made.text)
    assert again.returncode != 0
    assert "alembic_guard: this script goes on from no revision, and the database is" in (
        again.stderr
    )
    assert state(project) == before


def test_a_script_stops_on_a_database_that_is_not_where_it_begins(project: Project) -> None:
    history(project, EMAIL)
    elsewhere = run_by_shell(project, script(project, "0001:0002").text)
    assert elsewhere.returncode != 0
    assert project.tables() == []


def test_an_upgrade_and_guard_check_go_on_from_what_was_run_by_hand(
    sqlite_project: Project,
) -> None:
    history(sqlite_project, EMAIL)
    assert run_by_shell(sqlite_project, script(sqlite_project).text).returncode == 0
    upgraded = sqlite_project.alembic("safe-upgrade")
    assert upgraded.stdout.splitlines()[-1] == "Done: nothing to apply."
    file = sqlite_project.revisions()[0]
    file.write_text(file.read_text().replace("String(50)", "String(60)"))
    checked = sqlite_project.alembic("guard-check", "--format", "json")
    assert "edited-after-applied" in [one["name"] for one in json.loads(checked.stdout)["findings"]]


def test_a_check_that_returns_its_question_is_asked_online_and_in_the_script(
    project: Project,
) -> None:
    history(project, EMAIL)
    file = project.revisions()[1]
    check = "def {}(connection):\n    return {}\n\n\n"
    refuses = check.format("postcheck", 'sa.text("SELECT count(*) > 2 FROM users")')
    passes = check.format(
        "precheck", 'sa.select(sa.func.count() == 0).select_from(sa.table("users"))'
    )
    plain = file.read_text()
    file.write_text(plain.replace("def upgrade", f"{passes}{refuses}def upgrade"))
    made = script(project)
    stopped = run_by_shell(project, made.text)
    assert stopped.returncode != 0
    line = file.read_text().split("\n").index("def postcheck(connection):") + 1
    said = "alembic_guard: postcheck() of revision 0002 said no (migrations/versions/0002_step_2.py"
    assert said in stopped.stderr or f"{said}:{line})" in stopped.stderr
    assert project.heads_in_database() == ("0001",)
    assert project.url.startswith("mariadb") or columns(project, "users") == ["id", "name"]
    emptied(project)
    with pytest.raises(Exception, match=r"postcheck.. returned a SELECT, and its answer is 0"):
        safe_upgrade(Config(str(project.path / "alembic.ini")))
    assert project.heads_in_database() == ("0001",)
    emptied(project)
    file.write_text(plain.replace("def upgrade", f"{passes}def upgrade"))
    assert run_by_shell(project, script(project).text).returncode == 0
    assert project.heads_in_database() == ("0002",)


def test_a_script_waits_for_a_lock_no_longer_than_its_timeout(postgresql_project: Project) -> None:
    project = postgresql_project
    history(project, 'op.add_column("users", sa.Column("email", sa.String(100)))')
    assert run_by_shell(project, script(project, "0001").text).returncode == 0
    made = script(project, lock_timeout=0.3)
    before = state(project)
    with blocking(project, "SELECT * FROM users"):
        began = time.monotonic()
        stopped = run_by_shell(project, made.text)
        waited = time.monotonic() - began
    assert "canceling statement due to lock timeout" in stopped.stderr
    assert stopped.returncode != 0
    assert 0.3 <= waited < 20
    assert state(project) == before


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_script_stops_while_another_deployer_is_at_work(
    kind: str, request: pytest.FixtureRequest
) -> None:
    project: Project = request.getfixturevalue(f"{kind}_project")
    history(project)
    made = script(project)
    schema = "public" if kind == "postgresql" else make_url(project.url).database or ""
    key = lock_key(schema, "alembic_version")
    held = f"SELECT pg_advisory_xact_lock({key})"
    if kind == "mariadb":
        held = f"SELECT GET_LOCK('{mysql_lock_name(key)}', 0)"
    with blocking(project, held):
        stopped = run_by_shell(project, made.text)
    assert stopped.returncode != 0
    assert "alembic_guard: another deployer is at work here; run the script again" in stopped.stderr
    assert project.tables() == []
    assert run_by_shell(project, made.text).returncode == 0


def test_safe_upgrade_waits_for_a_script(postgresql_project: Project) -> None:
    history(postgresql_project, 'op.execute("SELECT pg_sleep(2)")')
    key = lock_key("public", "alembic_version")
    with postgresql_project.connect() as connection:
        assert f"pg_try_advisory_xact_lock({key})" in script(postgresql_project).text
        connection.execute(text(f"SELECT pg_try_advisory_xact_lock({key})"))
        waited = postgresql_project.alembic("safe-upgrade", "--wait", "100ms")
        connection.rollback()
    assert waited.returncode == 4


def test_what_fails_after_an_autocommit_block_is_in_the_journal_as_started(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    history(
        project,
        'with op.get_context().autocommit_block():\n    op.create_index("ix_n", "users", ["name"], '
        'postgresql_concurrently=True)\nop.execute("SELECT 1 / 0")',
    )
    stopped = run_by_shell(project, script(project).text)
    assert "division by zero" in stopped.stderr
    assert journal(project, "revision", "status") == [("0001", "applied"), ("0002", "started")]
    assert project.heads_in_database() == ("0001",)


def test_from_to_needs_no_database(postgresql_project: Project) -> None:
    project = postgresql_project
    history(project, EMAIL)
    ini, url = project.read("alembic.ini"), make_url(project.url)
    nowhere = url.set(port=1).render_as_string(hide_password=False)
    project.write("alembic.ini", ini.replace(project.configured_url, nowhere))
    assert script(project, "base:0001").revisions == ("0001",)
    made = script(project, "base:head")
    assert made.revisions == ("0001", "0002")
    assert run_by_shell(project, made.text).returncode == 0
    assert project.heads_in_database() == ("0002",)


def test_a_statement_that_sqlite_runs_outside_of_a_transaction_is_outside(
    sqlite_project: Project,
) -> None:
    history(sqlite_project, 'op.execute("PRAGMA foreign_keys = ON")\nop.execute("VACUUM")')
    done = run_by_shell(sqlite_project, script(sqlite_project).text)
    assert (done.returncode, done.stderr) == (0, "")
    assert journal(sqlite_project, "revision", "status") == [
        ("0001", "applied"),
        ("0002", "applied"),
    ]


def test_a_trigger_with_semicolons_is_one_statement(project: Project) -> None:
    row = "BEGIN UPDATE users SET name = 'a' WHERE id = 1; DELETE FROM users WHERE id = 2; END"
    trigger = f"CREATE TRIGGER t AFTER INSERT ON other FOR EACH ROW {row}"
    if project.url.startswith("postgresql"):
        trigger = (
            f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $guard$ {row.replace('END', '')}"
            " END $guard$"
        )
    history(
        project, f'op.create_table("other", sa.Column("id", sa.Integer))\nop.execute("{trigger}")'
    )
    done = run_by_shell(project, script(project).text)
    assert (done.returncode, done.stderr) == (0, "")
    assert project.heads_in_database() == ("0002",)


def test_branches_and_their_merge_are_expected_head_by_head(project: Project) -> None:
    table = 'op.create_table("{}", sa.Column("id", sa.Integer))'.format
    project.add_revision("0001", None, table("a"))
    project.add_revision("0002", "0001", table("b"))
    project.add_revision("0003", "0001", table("c"))
    project.add_revision("0004", ("0002", "0003"), table("d"))
    done = run_by_shell(project, script(project).text)
    assert (done.returncode, done.stderr) == (0, "")
    assert project.heads_in_database() == ("0004",)


def test_an_asynchronous_project_has_a_script_too(postgresql_url: str, project_path: Path) -> None:
    with Project.create(project_path, postgresql_url, "async") as project:
        history(project, EMAIL)
        result = project.alembic("safe-upgrade", "--sql")
        assert result.returncode == 0, result.stderr
        done = run_by_shell(project, result.stdout)
        assert (done.returncode, done.stderr) == (0, "")
        assert project.heads_in_database() == ("0002",)


def test_a_script_is_for_the_server_behind_a_pooler(
    postgresql_url: str, pooler: Pooler, project_path: Path
) -> None:
    behind = make_url(postgresql_url)
    before = pooler("transaction").render_as_string(hide_password=False)
    with Project.create(project_path, before) as project:
        history(project)
        server = f"{behind.host}:{behind.port}"
        text = script(project, migration_url=f"postgresql://{server}").text
        (command,) = [line for line in text.splitlines() if line.startswith("-- Run it:")]
        assert command.endswith(f"@{server}/{behind.database}")
        project.url = postgresql_url
        assert run_by_shell(project, text).returncode == 0
        assert project.heads_in_database() == ("0001",)


def test_mysql_stops_with_the_sentence_too(mariadb_project: Project) -> None:
    """MariaDB understands what is written for MySQL, whose PREPARE takes no SIGNAL."""
    site = Site("mysql", "", "MySQL 8", "alembic_version", "", None, 0.2, 0, (), "")
    asked = "\n".join(script_mysql.asks(site, "SELECT {}", "precheck() said no"))
    assert run_by_shell(mariadb_project, asked.format(1)).returncode == 0
    for no in ("0", "NULL"):
        stopped = run_by_shell(mariadb_project, asked.format(no))
        assert stopped.returncode != 0
        assert "Unknown column 'precheck() said no'" in stopped.stderr


def test_no_password_is_in_a_script(postgresql_project: Project) -> None:
    project = postgresql_project
    history(project)
    url = make_url(project.url).set(password="geheim-7", query={"application_name": "geheim-7"})
    ini = project.read("alembic.ini")
    secret = url.render_as_string(hide_password=False)
    project.write("alembic.ini", ini.replace(project.configured_url, secret))
    result = project.alembic("safe-upgrade", "--sql")
    assert result.returncode == 0
    assert "geheim-7" not in result.output
    assert f"psql -X -v ON_ERROR_STOP=1 -f FILE postgresql://{url.username}@" in result.stdout


def test_stdout_has_the_script_alone_and_a_file_takes_it(sqlite_project: Project) -> None:
    history(sqlite_project)
    before = sqlite_project.snapshot()
    result = sqlite_project.alembic("safe-upgrade", "--sql")
    assert result.returncode == 0
    assert result.stdout.startswith("-- Written by alembic-guardrails ")
    assert result.stdout.endswith("\nCOMMIT;\n")
    assert result.stderr.splitlines()[-1] == "Wrote a script of 1 revision; nothing was changed."
    assert sqlite_project.snapshot() == before
    assert sqlite_project.tables() == []
    filed = sqlite_project.alembic(
        "safe-upgrade", "--sql", "--output", "up.sql", "--format", "json"
    )
    report = json.loads(filed.stdout)
    assert report["data"]["script"] == sqlite_project.read("up.sql")
    assert (report["exit_status"], report["data"]["revisions"]) == (0, ["0001"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--plan",), "Error: --plan means nothing with --sql."),
        (
            ("--format", "sarif"),
            "Error: --sql with --format sarif needs --output FILE for the script.",
        ),
    ],
)
def test_what_makes_no_sense_with_a_script_is_wrong_usage(
    sqlite_project: Project, words: tuple[str, ...], said: str
) -> None:
    result = sqlite_project.alembic("safe-upgrade", "--sql", *words)
    assert (result.returncode, result.stderr.splitlines()[-1]) == (2, said)


def test_a_refusal_writes_no_script(sqlite_project: Project) -> None:
    history(sqlite_project, 'op.get_bind().execute(sa.text("SELECT 1")).scalar()')
    result = sqlite_project.alembic("safe-upgrade", "--sql", "--output", "up.sql")
    assert (result.returncode, result.stdout) == (1, "")
    assert not (sqlite_project.path / "up.sql").exists()


def test_a_warning_stands_beside_its_statement(sqlite_project: Project) -> None:
    history(sqlite_project, 'op.alter_column("users", "name", new_column_name="full_name")')
    assert run_by_shell(sqlite_project, script(sqlite_project, "0001").text).returncode == 0
    lines = script(sqlite_project).text.splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("ALTER TABLE users RENAME"))
    place = "-- migrations/versions/0002_step_2.py:19"
    assert lines[at - 2].endswith(place.removeprefix("-- "))
    assert lines[at - 1] == (
        "--   warning: renamed-column: Code that still uses users.name fails once it is full_name."
    )


def test_a_database_without_a_script_of_ours_is_named(sqlite_project: Project) -> None:
    history(sqlite_project)
    env = sqlite_project.read("migrations/env.py")
    two = env + "\nif not context.is_offline_mode():\n    run_migrations_online()\n"
    sqlite_project.write("migrations/env.py", two)
    with pytest.raises(Refused, match=r"env.py migrates several databases in one run") as refused:
        script(sqlite_project)
    assert refused.value.findings[0].next == (
        "alembic safe-upgrade --sql --output upgrade.sql  # a file for each, upgrade-NAME.sql",
    )


def test_each_of_several_databases_has_a_file_of_its_own(project_path: Path) -> None:
    url = f"sqlite:///{(project_path / 'first.db').as_posix()}"
    with Project.create(project_path, url, "multidb") as project:
        table = "op.create_table(engine_name, sa.Column('id', sa.Integer, primary_key=True))"
        project.add_revision("0001", None, table, "op.drop_table(engine_name)")
        (path,) = project.revisions()
        text = path.read_text()
        for name in ("upgrade", "downgrade"):
            text = text.replace(f"def {name}()", f"def {name}(engine_name)")
        path.write_text(text)
        alone = project.alembic("safe-upgrade", "--sql")
        assert (alone.returncode, alone.stdout) == (1, "")

        up = project.alembic("safe-upgrade", "--sql", "--output", "up.sql")
        assert up.stderr.splitlines()[-2:] == [
            f"up-{name}.sql: Wrote a script of 1 revision; nothing was changed."
            for name in ("engine1", "engine2")
        ]
        assert up.returncode == 0
        second = Project(project.path, project.second_url)
        for each, name in ((project, "engine1"), (second, "engine2")):
            sql = project.read(f"up-{name}.sql")
            assert f" < up-{name}.sql\n" in sql
            assert run_by_shell(each, sql).returncode == 0
            assert name in each.tables()
            assert each.heads_in_database() == ("0001",)
        words = ("safe-downgrade", "base", "--sql", "--output", "down.sql", "--format", "json")
        report = json.loads(project.alembic(*words).stdout)
        assert report["data"]["scripts"] == {
            file: project.read(file) for file in ("down-engine1.sql", "down-engine2.sql")
        }
        assert report["data"]["revisions"] == ["0001", "0001"]
        assert run_by_shell(second, project.read("down-engine2.sql")).returncode == 0
        assert (project.heads_in_database(), second.heads_in_database()) == (("0001",), ())
