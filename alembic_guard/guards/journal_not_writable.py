"""The role that migrates may not create or write the journal.

Without its row nobody could tell, after a process died, what it was doing; so nothing is applied.

Fix: let somebody who may run the DDL that the finding shows, or switch the journal off with
``journal = false``.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.stopped import JournalNotWritable

JUDGES = JournalNotWritable
NEVER_ALLOWED = True


def judge(refused: JournalNotWritable) -> Iterator[Finding]:
    """Refuse, with the DDL for a DBA."""
    said = refused.message.strip().splitlines()
    yield Finding(
        "journal-not-writable",
        f"The role may not create or write the journal {refused.table}: "
        f"{said[0] if said else 'refused'}.",
        why=f"A DBA can make it, and grant SELECT, INSERT, UPDATE and DELETE on it{_sequence(refused)}:"
        f"\n{refused.ddl}",
        next=("[alembic_guard] journal = false  # in alembic.ini: do without it",),
    )


def _sequence(refused: JournalNotWritable) -> str:
    """PostgreSQL takes the ids from a sequence, which has rights of its own."""
    return f", USAGE on {refused.table}_id_seq" if "SERIAL" in refused.ddl else ""
