r"""A revision was added below what the database has applied, so Alembic skips it.

Alembic takes everything below the recorded revision for applied. A file that is put in there, by a
rebase or by editing ``down_revision``, is never run on this database, while new ones run it; a later
downgrade runs its ``downgrade()`` although its ``upgrade()`` never was.

It is told by the journal, which has a row for every revision that was below when it was last
written. Where files of revisions on record are gone, as after squashing, or the journal lost rows,
it cannot be told, and a note says so.

Fix: put it on top, with the lines that the finding shows, unless other databases have applied it
where it is. Where this one has its changes too, let it through once: it is then on record.

Bad::

    $ alembic revision -m "second" --rev-id 0002
    $ alembic safe-upgrade
    # file: migrations/versions/between.py
    revision, down_revision = "000x", "0001"
    def upgrade():
        pass
    # edit: migrations/versions/0002_second.py: = '0001' -> = '000x'
    $ alembic revision -m "third" --rev-id 0003
    $ alembic safe-upgrade

Good::

    $ alembic revision -m "second" --rev-id 0002
    $ alembic safe-upgrade
    # file: migrations/versions/above.py
    revision, down_revision = "000x", "0002"
    def upgrade():
        pass
    $ alembic revision -m "third" --rev-id 0003
    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.recorded import RecordedHistory, Skipped

JUDGES = RecordedHistory
SEVERITY = "error; a note where it is not proved"
_SHOWN = 5


def judge(history: RecordedHistory) -> Iterator[Finding]:
    """Refuse for each that is proved; a note for all that are not."""
    yield from (_proved(one) for one in history.skipped if one.certain)
    unsure = [one for one in history.skipped if not one.certain]
    if unsure:
        yield _unsure(unsure)


def _proved(skipped: Skipped) -> Finding:
    path, above = skipped.revision.path, skipped.above
    return Finding(
        "revision-below-database",
        f"{path} was added below {above}, which this database has applied, so Alembic never runs "
        "it here.",
        why=f"The journal has what was below {above.id} when it was applied, and "
        f"{skipped.revision.id} was not; it runs only where the database begins below it.",
        next=(
            *(f"in {file}: {line}" for file, line in skipped.repair),
            "alembic safe-upgrade --allow revision-below-database  "
            "# if the database has its changes: puts it on record",
        ),
        revision=skipped.revision.id,
        place=Place(path),
    )


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
