"""The sign that a backup is taken: seen by others as long as it is, and by nobody afterwards."""

from __future__ import annotations

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from alembic_guard.runtime.backup_sign import is_shown, shown
from alembic_guard.runtime.database import Database
from alembic_guard.runtime.lock import deployer_lock
from tests.commands.upgrading import until
from tests.project import Project, environment

KEY = 6


def database(project: Project) -> Database:
    """As a process of its own would see it."""
    engine = create_engine(project.url, poolclass=NullPool)
    with engine.connect() as connection:
        return Database(connection)


def test_it_is_seen_while_it_is_shown_and_is_not_the_lock(project: Project) -> None:
    holder, waiter = database(project), database(project)
    lock = deployer_lock(holder, KEY)
    assert lock is not None
    assert not is_shown(waiter, KEY)
    with shown(holder, KEY):
        assert is_shown(waiter, KEY)
        assert is_shown(waiter, KEY)
        assert lock.try_acquire()
    assert not is_shown(waiter, KEY)
    lock.release()
    assert [path.name for path in project.path.iterdir() if "lock" in path.name] == []


def test_it_is_shown_while_a_backup_is_taken(postgresql_project: Project) -> None:
    project = postgresql_project
    project.add_revision("0001", None, "pass")
    (project.path / "backups").mkdir()
    (project.path / "bin").mkdir()
    dump = project.path / "bin" / "pg_dump"
    dump.write_text(
        "#!/bin/sh\n"
        'case "$1" in --version) echo "pg_dump (PostgreSQL) 99.1"; exit;; esac\n'
        f"touch {project.path}/dumping\n"
        f"while [ ! -e {project.path}/seen ]; do sleep 0.05; done\n"
        'PATH="${PATH#*:}" exec pg_dump "$@"\n'
    )
    dump.chmod(0o755)
    path = {"PATH": f"{dump.parent}:{environment()['PATH']}"}
    upgrade = project.spawn("safe-upgrade", "--backup", "backups", env=path)
    until(lambda: (project.path / "dumping").exists(), 60)
    waiter = database(project)
    with project.connect() as connection:
        waiter.follow(connection)
    key = waiter.key(None, "alembic_version")

    assert is_shown(waiter, key)

    project.write("seen", "")
    output, _ = upgrade.communicate(timeout=60)
    assert (upgrade.returncode, is_shown(waiter, key)) == (0, False), output
