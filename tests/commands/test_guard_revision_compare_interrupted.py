"""A comparison that is interrupted leaves nothing: no namespace, no lock, no session, no file."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.commands.revising import settled, written
from tests.commands.test_safe_upgrade_rehearse_interrupted import ended
from tests.commands.upgrading import until
from tests.project import Project

SLOW = """
import sqlalchemy as sa

sa.Table(
    "days",
    Base.metadata,
    sa.Column("id", sa.Integer),
    postgresql_partition_by="RANGE (id)",
)
sa.event.listen(
    Base.metadata,
    "after_create",
    sa.DDL(
        "CREATE TABLE days_1 PARTITION OF days "
        "FOR VALUES FROM (length(pg_sleep({seconds})::text)) TO (9)"
    ),
)
"""
"""The bound of a partition is one of the few expressions that are run when a thing is made."""

SESSIONS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
SLEEPING = f"{SESSIONS} AND wait_event = 'PgSleep'"
LEFT = """
SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname LIKE 'guard%'
UNION ALL
SELECT 'table ' || oid::regclass FROM pg_class
 WHERE relname LIKE 'days%' OR relname LIKE 'guard%' OR relpersistence = 't'
UNION ALL
SELECT 'lock of ' || pid FROM pg_locks JOIN pg_database d ON d.oid = database
 WHERE d.datname = current_database() AND pid <> pg_backend_pid()
"""


def asked(project: Project, query: str) -> list[object]:
    """The first column of what the database answers."""
    with project.connect() as connection:
        return list(connection.execute(text(query)).scalars())


@pytest.mark.parametrize(
    ("number", "seconds"),
    [(signal.SIGINT, 300), (signal.SIGTERM, 300), (signal.SIGKILL, 6)],
    ids=["SIGINT", "SIGTERM", "SIGKILL"],  # the server learns of a kill when the statement ends
)
def test_nothing_is_left_when_a_comparison_is_interrupted(
    postgresql_project: Project, tmp_path: Path, number: signal.Signals, seconds: int
) -> None:
    project = settled(postgresql_project)
    project.write("models.py", project.read("models.py") + SLOW.format(seconds=seconds))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    revision = project.spawn("guard-revision", "-m", "change", env={"TMPDIR": str(temporary)})
    until(lambda: asked(project, SLEEPING) == [1] or revision.poll() is not None, 120)

    revision.send_signal(number)
    output, error = ended(revision)

    until(lambda: asked(project, SESSIONS) == [0])
    assert asked(project, LEFT) == []
    assert (written(project), os.listdir(temporary)) == ([], [])
    assert revision.returncode == (-9 if number == signal.SIGKILL else 130), output + error
    if number == signal.SIGKILL:
        return
    assert "Interrupted; nothing was applied.\n" in error
    assert "Traceback" not in output + error
