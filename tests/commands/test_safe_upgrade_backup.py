"""`safe-upgrade --backup`: whole, nobody else's to read, and what is printed puts it back."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import make_url, text

from alembic_guard.runtime.backup import CannotBackUp
from alembic_guard.runtime.backup_postgresql import _program
from tests.commands.test_safe_upgrade_interrupted import interrupted
from tests.commands.upgrading import change_env, history, journal, until
from tests.project import Project, Result, environment

ROW = "op.execute(\"INSERT INTO users VALUES (1, 'ada')\")"
HARM = """
op.add_column("users", sa.Column("age", sa.Integer()))
op.create_table(
    "pets",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("owner", sa.Integer(), sa.ForeignKey("users.id", name="owned")),
)
op.execute("UPDATE users SET name = 'gone'")
"""
KINDS = {
    "sqlite": ("SQLite file", ".db"),
    "postgresql": ("PostgreSQL custom format", ".dump"),
    "mariadb": ("SQL", ".sql"),
}
ALLOWED = ("--allow", "several-ddl-without-transaction")


def prepared(project: Project) -> Path:
    """A database with a row, a revision that does harm to it, and a folder for backups."""
    history(project, ROW, HARM)
    assert project.alembic("safe-upgrade", "0002").returncode == 0
    folder = project.path / "backups"
    folder.mkdir()
    return folder


def restored(project: Project, output: str) -> None:
    """Run the command that was printed, in a shell."""
    (command,) = (
        line.removeprefix("Restore   ")
        for line in output.splitlines()
        if line.startswith("Restore   ")
    )
    done = subprocess.run(
        command, shell=True, cwd=project.path, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def users(project: Project) -> list[tuple[object, ...]]:
    with project.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM users"))]


def files(folder: Path) -> list[str]:
    """What lies in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def program(project: Project, name: str, script: str) -> dict[str, str]:
    """A program of this name that comes first on PATH."""
    folder = project.path / "bin"
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text("#!/bin/sh\n" + dedent(script), "utf-8")
    file.chmod(0o755)
    return {"PATH": f"{folder}:{environment()['PATH']}"}


@pytest.mark.parametrize("template", ["generic", "async"])
def test_what_is_printed_puts_the_database_back(
    database_url: str, project_path: Path, template: str
) -> None:
    with Project.create(project_path, database_url, template) as project:
        folder = prepared(project)
        tables = project.tables()

        result = project.alembic("safe-upgrade", "--backup", "backups")

        assert (result.returncode, users(project)) == (0, [(1, "gone", None)]), result.output
        restored(project, result.stdout)
        assert (users(project), project.tables()) == ([(1, "ada")], tables)
        assert project.heads_in_database() == ("0002",)
        again = project.alembic("safe-upgrade", "--backup", str(folder / "again"))
        assert (again.returncode, users(project)) == (0, [(1, "gone", None)]), again.output


def test_a_file_in_a_folder_tells_database_revision_and_time_and_is_ones_own(
    project: Project,
) -> None:
    folder = prepared(project)
    url = make_url(project.url)

    result = project.alembic("safe-upgrade", "--backup", "backups", "--format", "json")

    (name,) = files(folder)
    kind, ending = KINDS[url.get_backend_name()]
    database = Path(url.database or "").stem
    assert re.fullmatch(rf"{database}-0002-\d{{8}}T\d{{6}}Z\{ending}", name)
    assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    (found,) = json.loads(result.stdout)["data"]["databases"]
    size = (folder / name).stat().st_size
    restore = found["backup"].pop("restore")
    assert found["backup"] == {"path": str(folder / name), "bytes": size}
    line = re.escape(f"Backup    {folder / name} ({kind}, ") + r"[\d.]+ kB in [\d.]+ m?s\)\n"
    assert re.search(line, result.stderr), result.stderr
    assert f"Restore   {restore}\n" in result.stderr
    rows = journal(project, "revision", "backup")
    assert rows == [("0001", None), ("0002", None), ("0003", restore)]
    assert f"      backup: {restore}\n" in project.alembic("guard-log").stdout


def test_a_failure_afterwards_says_how_to_put_it_back(project: Project) -> None:
    prepared(project)
    project.add_revision("0004", "0003", "raise RuntimeError('out of paper')")

    result = project.alembic("safe-upgrade", "--backup", "before")

    assert result.returncode == 3, result.output
    before, _, after = result.stdout.partition("Restore   ")
    assert "Applied   0003 step 3" in before
    assert "error: migration-failed" in after
    restored(project, result.stdout)
    assert users(project) == [(1, "ada")]


def test_nothing_is_taken_where_nothing_is_pending_or_only_planned(project: Project) -> None:
    folder = prepared(project)
    planned = project.alembic("safe-upgrade", "--plan", "--backup", "backups")
    done = project.alembic("safe-upgrade", "0002", "--backup", "backups")
    assert (planned.returncode, done.returncode, files(folder)) == (0, 0, [])


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("models.py", "models.py exists already, and nothing is overwritten"),
        ("no/such/x.db", "there is no folder no/such"),
    ],
)
@pytest.mark.parametrize("words", [(), ("--plan",)], ids=["upgrade", "plan"])
def test_a_path_that_can_be_none_is_refused(
    sqlite_project: Project, wanted: str, said: str, words: tuple[str, ...]
) -> None:
    prepared(sqlite_project)
    before = sqlite_project.snapshot()

    result = sqlite_project.alembic("safe-upgrade", *words, "--backup", wanted)

    assert (result.returncode, result.stdout[result.stdout.index("error: ") :]) == (
        1,
        f"error: backup-failed: No backup was taken: {said}.\n"
        "    Nothing of this database was changed, and no part of a backup is left.\n"
        f"    next: alembic safe-upgrade --backup {wanted}  # when that is mended\n",
    )
    assert (sqlite_project.snapshot(), users(sqlite_project)) == (before, [(1, "ada")])


def test_several_databases_need_a_folder(sqlite_url: str, project_path: Path) -> None:
    with Project.create(project_path, sqlite_url, "multidb") as project:
        project.add_revision("0001", None, 'op.create_table("a", sa.Column("b", sa.Integer()))')

        refused = project.alembic("safe-upgrade", "--backup", "both.db")

        assert (refused.returncode, project.tables()) == (1, []), refused.output
        assert (
            "error: backup-failed: No backup was taken: env.py configures several databases, and "
            "both.db is no folder; in a folder each gets a file of its own.\n"
        ) in refused.stdout
        folder = project.path / "backups"
        folder.mkdir()
        result = project.alembic("safe-upgrade", "--backup", "backups")
        assert result.returncode == 0, result.output
        assert [name.partition("-2")[0] for name in files(folder)] == ["app-base", "second-base"]


def test_a_backup_of_sqlite_is_of_one_moment_while_others_write(sqlite_project: Project) -> None:
    project = sqlite_project
    folder = prepared(project)
    with project.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql("CREATE TABLE one (n INTEGER, filler TEXT)")
        connection.exec_driver_sql("CREATE TABLE two (n INTEGER)")
        many = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000)"
        connection.exec_driver_sql(f"INSERT INTO one {many} SELECT n, hex(randomblob(200)) FROM c")
        connection.exec_driver_sql("INSERT INTO two SELECT n FROM one")
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(project.path / "app.db")], stdout=subprocess.PIPE
    )
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        result = project.alembic("safe-upgrade", "--backup", "backups", "--retry-for", "60s")
    finally:
        writer.kill()
        writer.communicate()
    assert result.returncode == 0, result.output
    (name,) = files(folder)
    with closing(sqlite3.connect(folder / name)) as copy:
        ones, twos = (copy.execute(f"SELECT max(n) FROM {each}").fetchone() for each in WRITTEN)
    assert ones == twos
    assert ones[0] > 20000


WRITTEN = ("one", "two")
WRITER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
number = 20000
while True:
    number += 1
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO one VALUES (?, 'x')", (number,))
    connection.execute("INSERT INTO two VALUES (?)", (number,))
    connection.execute("COMMIT")
    print(number, flush=True) if number == 20001 else None
    time.sleep(0.002)
"""


def with_password(project: Project) -> None:
    """Let env.py's URL have a password, which these servers do not ask for."""
    theirs = make_url(project.url).set(password="hunter2")
    ini = project.read("alembic.ini").replace(
        project.url, theirs.render_as_string(hide_password=False)
    )
    project.write("alembic.ini", ini)


def test_a_password_goes_to_pg_dump_by_the_environment_alone(postgresql_project: Project) -> None:
    project = postgresql_project
    prepared(project)
    with_password(project)
    recording = program(
        project,
        "pg_dump",
        f"""
        echo "$@" >> {project.path}/arguments
        echo "$PGPASSWORD" >> {project.path}/password
        PATH="${{PATH#*:}}" exec pg_dump "$@"
        """,
    )

    result = project.alembic("safe-upgrade", "--backup", "backups", env=recording)

    assert result.returncode == 0, result.output
    assert project.read("password").split() == ["hunter2"]
    told = project.read("arguments") + result.output + str(journal(project, "backup"))
    assert "hunter2" not in told
    assert "--dbname=postgresql://postgres@127.0.0.1:" in project.read("arguments")


def test_a_password_goes_to_mariadb_dump_by_a_file_that_is_removed(
    mariadb_project: Project,
) -> None:
    project = mariadb_project
    prepared(project)
    password = 'hun#ter"\\2'
    with project.connect() as connection:
        connection.execute(
            text("CREATE OR REPLACE USER guard_backup IDENTIFIED BY :p"), {"p": password}
        )
        connection.execute(text("GRANT ALL ON *.* TO guard_backup"))
    try:
        theirs = make_url(project.url).set(username="guard_backup", password=password)
        ini = project.read("alembic.ini").replace(
            project.url, theirs.render_as_string(hide_password=False).replace("%", "%%")
        )
        project.write("alembic.ini", ini)
        recording = program(
            project,
            "mariadb-dump",
            f"""
            echo "$@" >> {project.path}/arguments
            for word in "$@"; do
                case $word in --defaults-file=*) ls -l "${{word#*=}}" >> {project.path}/file; esac
            done
            PATH="${{PATH#*:}}" exec mariadb-dump "$@"
            """,
        )
        result = project.alembic("safe-upgrade", *ALLOWED, "--backup", "backups", env=recording)
    finally:
        with project.connect() as connection:
            connection.execute(text("DROP USER guard_backup"))
    assert result.returncode == 0, result.output
    listed = project.read("file")
    assert listed.startswith("-rw-------")
    assert not Path(listed.split()[-1]).exists()
    assert (
        "ter" not in result.output.replace("alter", "").partition("Restore")[2].partition("-e ")[0]
    )
    assert " --password -e " in result.stdout
    assert "hun#" not in project.read("arguments") + result.output


def test_a_tool_that_fails_is_heard_and_leaves_nothing(postgresql_project: Project) -> None:
    project = postgresql_project
    folder = prepared(project)
    with_password(project)
    failing = program(
        project,
        "pg_dump",
        """
        case "$1" in --version) echo "pg_dump (PostgreSQL) 99.1"; exit;; esac
        for word in "$@"; do case $word in --file=*) echo half > "${word#*=}"; esac; done
        echo "pg_dump: warning: first" >&2
        echo "pg_dump: error: password hunter2 is wrong" >&2
        exit 1
        """,
    )

    result = project.alembic("safe-upgrade", "--backup", "backups", env=failing)

    assert (result.returncode, files(folder)) == (1, [])
    assert (
        "error: backup-failed: No backup was taken: pg_dump failed: error: password *** is wrong.\n"
    ) in result.stdout
    assert (users(project), project.heads_in_database()) == ([(1, "ada")], ("0002",))
    assert [revision for (revision,) in journal(project, "revision")] == ["0001", "0002"]


def test_a_dump_that_cannot_be_read_back_is_none(postgresql_project: Project) -> None:
    project = postgresql_project
    folder = prepared(project)
    lying = program(
        project,
        "pg_dump",
        """
        case "$1" in --version) echo "pg_dump (PostgreSQL) 99.1"; exit;; esac
        for word in "$@"; do case $word in --file=*) echo nonsense > "${word#*=}"; esac; done
        """,
    )
    result = project.alembic("safe-upgrade", "--backup", "backups", env=lying)
    assert (result.returncode, files(folder)) == (1, [])
    assert "No backup was taken: pg_restore failed: error: input file" in result.stdout


def test_a_dump_without_its_last_line_is_none(mariadb_project: Project) -> None:
    project = mariadb_project
    folder = prepared(project)
    lying = program(
        project,
        "mariadb-dump",
        """
        for word in "$@"; do case $word in --result-file=*) echo half > "${word#*=}"; esac; done
        """,
    )
    result = project.alembic("safe-upgrade", *ALLOWED, "--backup", "backups", env=lying)
    assert (result.returncode, files(folder)) == (1, [])
    assert "No backup was taken: mariadb-dump ended without completing its dump.\n" in result.stdout


def test_a_tool_that_is_missing_is_named(mariadb_project: Project) -> None:
    project = mariadb_project
    prepared(project)
    result = project.alembic("safe-upgrade", "--backup", "backups", env={"PATH": "/nowhere"})
    assert result.returncode == 1
    assert (
        "error: backup-failed: No backup was taken: "
        "neither mariadb-dump nor mysqldump is on PATH.\n"
    ) in result.stdout


def test_a_pg_dump_that_is_older_than_the_server_is_refused(postgresql_url: str) -> None:
    with pytest.raises(
        CannotBackUp, match=r"pg_dump [\d.]+ is older than the server, PostgreSQL 99"
    ):
        _program(99)


@pytest.mark.parametrize("template", ["generic", "async"])
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_an_interruption_ends_the_tool_and_leaves_nothing(
    postgresql_url: str, project_path: Path, template: str, by: signal.Signals
) -> None:
    with Project.create(project_path, postgresql_url, template) as project:
        folder = prepared(project)
        sleeping = program(
            project,
            "pg_dump",
            f"""
            case "$1" in --version) echo "pg_dump (PostgreSQL) 99.1"; exit;; esac
            echo $$ > {project.path}/pid.part; mv {project.path}/pid.part {project.path}/pid
            exec sleep 120
            """,
        )
        upgrade = project.spawn("safe-upgrade", "--backup", "backups", env=sleeping)
        until(lambda: (project.path / "pid").exists())

        assert interrupted(upgrade, by) == (130, "error: interrupted: Interrupted.")

        assert (files(folder), project.heads_in_database()) == ([], ("0002",))
        assert not Path(f"/proc/{project.read('pid').strip()}").exists()


@pytest.fixture
def tiny(project_path: Path) -> Iterator[Path]:
    """A folder on a file system of 64 kB."""
    folder = project_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_said_with_its_room(project: Project, tiny: Path) -> None:
    prepared(project)
    with project.connect() as connection:
        connection.execute(text("CREATE TABLE filler (line TEXT)"))
        rows = [{"line": f"{number:x}" * 400} for number in range(7919, 8319)]
        connection.execute(text("INSERT INTO filler VALUES (:line)"), rows)
    filler = tiny / "filler"
    filler.write_bytes(b"x" * 61440)

    result = project.alembic("safe-upgrade", "--backup", "tiny")

    assert (result.returncode, files(tiny)) == (1, ["filler"]), result.output
    (line,) = (each for each in result.stdout.splitlines() if each.startswith("error: "))
    assert re.search(rf"; [\d.]+ (kB|bytes) are free in {re.escape(str(tiny))}\.$", line), line
    if make_url(project.url).get_backend_name() != "mariadb":  # its data_length is an estimate
        assert re.search(r"Note      .* are free in .*: the backup may not fit\n", result.stdout)
    assert project.heads_in_database() == ("0002",)


def test_an_engine_with_a_creator_is_asked_what_it_is_connected_to(
    postgresql_project: Project,
) -> None:
    project = postgresql_project
    prepared(project)
    url = make_url(project.url).set(drivername="postgresql").render_as_string(hide_password=False)
    change_env(
        project,
        "connectable = engine_from_config(",
        f"import psycopg\n    connectable = create_engine('postgresql+psycopg://', "
        f"creator=lambda: psycopg.connect({url!r}))\n    _ = engine_from_config(",
    )
    change_env(project, "from sqlalchemy import pool", "from sqlalchemy import create_engine, pool")
    result = project.alembic("safe-upgrade", "--backup", "backups")
    assert result.returncode == 0, result.output
    restored(project, result.stdout)
    assert users(project) == [(1, "ada")]


def test_an_engine_with_a_creator_that_cannot_be_asked_is_refused(
    mariadb_project: Project,
) -> None:
    project = mariadb_project
    prepared(project)
    url = make_url(project.url)
    change_env(
        project,
        "connectable = engine_from_config(",
        f"import pymysql\n    connectable = create_engine('mariadb+pymysql://', creator=lambda: "
        f"pymysql.connect(host={url.host!r}, port={url.port}, user={url.username!r}, "
        f"database={url.database!r}))\n    _ = engine_from_config(",
    )
    change_env(project, "from sqlalchemy import pool", "from sqlalchemy import create_engine, pool")
    result = project.alembic("safe-upgrade", *ALLOWED, "--backup", "backups")
    assert (result.returncode, project.heads_in_database()) == (1, ("0002",))
    assert (
        "No backup was taken: the engine was made with a creator or without a host and a database, "
        "so that mariadb-dump cannot be told where to connect to.\n"
    ) in result.stdout


def test_a_database_in_memory_has_none(project_path: Path) -> None:
    with Project.create(project_path, "sqlite://") as project:
        history(project)
        result = project.alembic("safe-upgrade", "--backup", "before.db")
        assert result.returncode == 1
        assert "No backup was taken: the database is in memory.\n" in result.stdout


def test_the_setting_is_the_option(sqlite_project: Project) -> None:
    prepared(sqlite_project)
    result: Result = sqlite_project.alembic("safe-upgrade", env={"ALEMBIC_GUARD_BACKUP": "backups"})
    assert result.returncode == 0
    assert len(files(sqlite_project.path / "backups")) == 1
