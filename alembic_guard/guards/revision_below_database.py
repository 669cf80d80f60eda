r"""A revision was added below what the database has applied, so Alembic skips it.

Alembic takes everything below the recorded revision for applied. A file that is put in there, by a
rebase or by editing ``down_revision``, is never run on this database, while new ones run it; a later
downgrade runs its ``downgrade()`` although its ``upgrade()`` never was.

It is told by the journal, which has a row for every revision that was below when it was last
written, and by the database, which lacks the tables or columns that the file makes. Where it has
them, plain Alembic applied the file, as after a rebase with ``alembic downgrade``: nothing is said,
and the next ``safe-upgrade`` that applies something puts it on record. Where the file does not show
what it makes, as with SQL, it is a warning. Where files of revisions on record are gone, as after
squashing, or the journal lost rows, it cannot be told, and a note says so.

Fix: put it on top, with the lines that the finding shows. Where other databases have applied it
where it is, run its SQL by hand on this one.

Bad::

    $ alembic revision -m "second" --rev-id 0002
    $ alembic safe-upgrade
    # file: migrations/versions/between.py
    revision, down_revision = "000x", "0001"
    def upgrade():
        import sqlalchemy as sa
        from alembic import op
        op.create_table("tags", sa.Column("id", sa.Integer))
    # edit: migrations/versions/0002_second.py: = '0001' -> = '000x'
    $ alembic revision -m "third" --rev-id 0003
    $ alembic safe-upgrade

Good::

    $ alembic revision -m "second" --rev-id 0002
    $ alembic safe-upgrade
    # file: migrations/versions/above.py
    revision, down_revision = "000x", "0002"
    def upgrade():
        import sqlalchemy as sa
        from alembic import op
        op.create_table("tags", sa.Column("id", sa.Integer))
    $ alembic revision -m "third" --rev-id 0003
    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.recorded import RecordedHistory, Skipped

JUDGES = RecordedHistory
SEVERITY = "error; a warning where the file does not show it; a note where nothing can be told"
_SHOWN = 5


def judge(history: RecordedHistory) -> Iterator[Finding]:
    """Refuse for each that is proved, warn of each that is likely; a note for all others."""
    yield from (_proved(one) for one in history.skipped if one.certain and one.missing)
    yield from (_likely(one) for one in history.skipped if one.certain and not one.missing)
    unsure = [one for one in history.skipped if not one.certain]
    if unsure:
        yield _unsure(unsure)


def _proved(skipped: Skipped) -> Finding:
    revision, above = skipped.revision, skipped.above
    by_hand = [
        f"alembic upgrade {down}:{revision.id} --sql  # what to run by hand otherwise"
        for down in revision.down[: len(revision.down) == 1]
    ]
    return Finding(
        "revision-below-database",
        f"{revision.path} was added below {above}, which this database has applied, so Alembic "
        "never runs it here.",
        why=f"{revision.id} is not on record, and the database lacks what it makes; it runs only "
        "where the database begins below it.",
        next=(*_repair(skipped), *by_hand),
        revision=revision.id,
        place=Place(revision.path),
    )


def _likely(skipped: Skipped) -> Finding:
    revision, above = skipped.revision, skipped.above
    return Finding(
        "revision-below-database",
        f"{revision.path} is below {above}, which this database has applied, and is not on record "
        "itself: if nobody applied it with plain Alembic, it never runs here.",
        why="Its file does not show what to look for in the database. The next safe-upgrade that "
        "applies something takes it for applied, as Alembic does.",
        next=("if the database lacks its changes, put it on top:", *_repair(skipped)),
        severity=Severity.WARNING,
        revision=revision.id,
        place=Place(revision.path),
    )


def _repair(skipped: Skipped) -> Iterator[str]:
    return (f"in {file}: {line}" for file, line in skipped.repair)


def _unsure(skipped: list[Skipped]) -> Finding:
    names = ", ".join(one.revision.id for one in skipped[:_SHOWN])
    names += " …" if len(skipped) > _SHOWN else ""
    replaces = sorted({name for one in skipped for name in one.replaces})
    reason = "The journal does not begin with its first row, so rows of theirs may be deleted."
    if replaces:
        reason = f"Files of revisions that were recorded there are gone, such as {replaces[0]}: "
        reason += "they may stand for them."
    many = len(skipped) > 1
    return Finding(
        "revision-below-database",
        f"{f'{len(skipped)} revisions are' if many else '1 revision is'} below what this database "
        f"has applied, and not on record: {names}.",
        why=f"{reason} The next safe-upgrade takes them for applied, as Alembic does.",
        next=("alembic guard-log --all  # what is on record",),
        severity=Severity.NOTE,
    )
