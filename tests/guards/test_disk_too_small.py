"""A revision for which the disk has no room is refused before its first statement."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from alembic_guard import guards
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.disk_room import DiskRoom, Shortage, disk_room
from tests import servers
from tests.commands.test_safe_upgrade_faults import administer, found, own_server
from tests.commands.upgrading import columns, history
from tests.project import Project

__all__ = ["own_server"]

MB = 10**6
ROWS = "INSERT INTO users (name) SELECT repeat('x', 40) FROM generate_series(1, 60000)"
RETYPE = 'op.alter_column("users", "id", type_=sa.BigInteger())'
ADD = 'op.add_column("users", sa.Column("age", sa.Integer()))'


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[None]:
    """A file system of its own at a path."""
    size = f"size={megabytes}m"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", path], capture_output=True)
    if done.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def numbers_out(lines: list[str]) -> list[str]:
    return [re.sub(r"\d+(\.\d+)? [kM]B", "N MB", line) for line in lines]


def test_the_finding_adds_up_what_is_built_and_says_what_is_left() -> None:
    built = (("users anew", 80 * MB), ("an index on pets (name)", 40 * MB))

    (finding,) = guards.judge(Shortage("0002", built, DiskRoom("/data", 100 * MB)))

    assert (finding.message, finding.why, finding.next) == (
        "Revision 0002 needs about 120 MB on the disk, and /data has 100 MB left.",
        "It builds users anew: about 80 MB; an index on pets (name): about 40 MB. What is there "
        "stays until it is committed.",
        (
            "df -h /data",
            "alembic guard-lint 0002  # how to do it without",
            "alembic safe-upgrade --allow disk-too-small  # the estimate is too high",
        ),
    )
    assert guards.judge(Shortage("0002", built, DiskRoom("/", 1)), ["all"])[0].allowed


def test_a_table_that_postgresql_writes_anew_has_no_room_beside_itself(
    own_server: URL, project_path: Path
) -> None:
    data = Path(administer(own_server, "SHOW data_directory"))
    disk = data.parent / "small"
    disk.mkdir()
    with small_disk(disk, 16):
        shutil.chown(disk, data.owner(), data.group())
        administer(
            own_server,
            f"CREATE TABLESPACE tight LOCATION '{disk}'",
            "CREATE DATABASE tight TABLESPACE tight",
        )
        try:
            url = own_server.set(database="tight").render_as_string()
            with Project.create(project_path, url) as project:
                _refuses_what_is_written_anew(project, disk)
        finally:
            administer(own_server, "DROP DATABASE tight WITH (FORCE)", "DROP TABLESPACE tight")


def _refuses_what_is_written_anew(project: Project, disk: Path) -> None:
    history(project, ADD, RETYPE)
    assert project.alembic("safe-upgrade", "0001").returncode == 0
    with project.connect() as connection:
        connection.execute(text(ROWS))
        connection.execute(text("CHECKPOINT"))  # a new database's files have holes until then

    result = project.alembic("safe-upgrade", "--allow", "type-change-rewrites")
    status, sentence, below = found(result)

    assert status == 1
    assert numbers_out([sentence, *below[:4]]) == [
        f"disk-too-small: Revision 0003 needs about N MB on the disk, and {disk} has N MB left.",
        "It builds users anew: about N MB. What is there stays until it is committed.",
        f"next: df -h {disk}",
        "next: alembic guard-lint 0003  # how to do it without",
        "next: alembic safe-upgrade --allow disk-too-small  # the estimate is too high",
    ]
    assert columns(project, "users") == ["id", "name"]
    assert project.alembic("safe-upgrade", "0002").returncode == 0  # which builds nothing


def test_a_table_that_sqlite_builds_anew_has_no_room_beside_itself(
    sqlite_project: Project,
) -> None:
    project = sqlite_project
    disk = project.path / "disk"
    disk.mkdir()
    with small_disk(disk, 4):
        url = project.url.replace("app.db", "disk/app.db")
        project.write("alembic.ini", project.read("alembic.ini").replace(project.url, url))
        project.url = url
        batch = 'with op.batch_alter_table("users") as batch:\n'
        history(project, ADD, batch + '    batch.alter_column("name", type_=sa.Text())')
        assert project.alembic("safe-upgrade", "0001").returncode == 0
        with project.connect() as connection:
            connection.execute(text("INSERT INTO users (name) VALUES (printf('%.3000000c', 'x'))"))
            connection.commit()

        status, sentence, _ = found(project.alembic("safe-upgrade"))

        assert (status, numbers_out([sentence])) == (
            1,
            [
                "disk-too-small: Revision 0003 needs about N MB on the disk, and "
                f"{disk} has N MB left."
            ],
        )
        assert columns(project, "users") == ["id", "name"]
        assert project.alembic("safe-upgrade", "0002").returncode == 0


def test_mariadb_on_this_machine_has_the_room_of_its_data_directory(mariadb_url: str) -> None:
    engine = create_engine(make_url(mariadb_url), poolclass=NullPool)
    with engine.connect() as connection:
        directory = str(connection.scalar(text("SELECT @@datadir")))

        room = disk_room(Database(connection), connection)

    if room is None:
        pytest.skip("the server is on another machine")
    assert room.path == directory
    assert abs(room.free - shutil.disk_usage(directory).free) < 100 * MB


def test_a_role_that_may_not_know_the_directory_keeps_its_transaction(postgresql_url: str) -> None:
    role = servers.unique_name()
    engine = create_engine(postgresql_url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE ROLE {role}"))
        connection.execute(text(f"SET LOCAL ROLE {role}"))

        assert disk_room(Database(connection), connection) is None
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
        connection.rollback()
