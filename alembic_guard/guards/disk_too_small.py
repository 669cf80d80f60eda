"""A pending revision writes a table anew, or builds an index, and the disk has no room for it.

The old table stays until the revision is committed, so that both are on the disk for a while. A
disk that runs full stops the revision, and on a server every other session that writes: PostgreSQL
shuts down when it can't write its log (manual, 26.6, "Disk Full Failure").

What is needed is an estimate of the size of live tables: a table that is written anew needs what it
has now, with its indexes; an index needs the share of its columns in that; on SQLite a table counts
as the whole file. It says nothing of a server that runs on another machine, nor where MariaDB's
plugin ``DISKS`` is not loaded and the server is not on this machine, nor with ``lint_on_upgrade =
"off"``.

Fix: make room, or change the table in steps that do not write it anew: ``guard-lint`` says how.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.backup import in_units
from alembic_guard.runtime.disk_room import Shortage

JUDGES = Shortage


def judge(found: Shortage) -> Iterator[Finding]:
    """Refuse, with what needs how much."""
    parts = "; ".join(f"{what}: about {in_units(size)}" for what, size in found.tables)
    yield Finding(
        "disk-too-small",
        f"Revision {found.revision} needs about {in_units(found.needed)} on the disk, and "
        f"{found.room.path} has {in_units(found.room.free)} left.",
        why=f"It builds {parts}. What is there stays until it is committed.",
        next=(
            f"df -h {found.room.path}",
            f"alembic guard-lint {found.revision}  # how to do it without",
            "alembic safe-upgrade --allow disk-too-small  # the estimate is too high",
        ),
        revision=found.revision,
    )
