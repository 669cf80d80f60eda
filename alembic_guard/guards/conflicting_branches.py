r"""Branches that have to be joined, and that change the same object.

Two people wrote migrations on top of the same revision. A merge only says that both are wanted; it
applies one after the other, in an order that nobody chose. Where both add, alter or drop the same
column, index or constraint, or where one creates, drops or renames a table that the other touches,
the second one fails, or undoes what the first one did: an error. Where they change different parts
of one table, either order ends in the same table: a note, for whoever writes the merge.

Only calls of ``op`` are looked at, in the text of the files. SQL is not.

Fix: let one of them follow the other, without what the other did already, and then there is nothing
to merge.

Bad::

    # file: migrations/versions/one.py
    revision = "one"
    down_revision = "0001"
    from alembic import op
    import sqlalchemy as sa
    def upgrade():
        op.add_column("users", sa.Column("email", sa.String(50)))
    # file: migrations/versions/two.py
    revision = "two"
    down_revision = "0001"
    from alembic import op
    import sqlalchemy as sa
    def upgrade():
        op.add_column("users", sa.Column("email", sa.String(80)))
    $ alembic guard-check

Good::

    # file: migrations/versions/one.py
    revision = "one"
    down_revision = "0001"
    from alembic import op
    import sqlalchemy as sa
    def upgrade():
        op.add_column("users", sa.Column("email", sa.String(50)))
    # file: migrations/versions/two.py
    revision = "two"
    down_revision = "one"
    from alembic import op
    import sqlalchemy as sa
    def upgrade():
        with op.batch_alter_table("users") as batch:
            batch.alter_column("email", type_=sa.String(80))
    # edit: models.py: name: -> email: Mapped[str | None] = mapped_column(String(80))\n    name:
    $ alembic safe-upgrade
    $ alembic guard-check
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.conflicts import Conflict, conflicts
from alembic_guard.runtime.revision_files import RevisionFiles
from alembic_guard.runtime.revision_syntax import RevisionFile

JUDGES = RevisionFiles
SEVERITY = "error; a note for different parts of one table"
EXPLAINS_ANOTHER = True


def judge(files: RevisionFiles) -> Iterator[Finding]:
    """Refuse what cannot be applied after each other, and note what should be looked at."""
    for heads in files.diverged:
        for conflict in conflicts(heads, files.branches(heads)):
            yield _finding(conflict)


def _finding(conflict: Conflict) -> Finding:
    both = " and ".join(conflict.heads)
    files = {touch.file.path: touch.file for touch in conflict.touches}
    younger = max(files.values(), key=_age)
    said = [f"{touch.file.path} {touch.act} {touch.what}" for touch in conflict.touches]
    if not conflict.clashes:
        return Finding(
            "conflicting-branches",
            f"The branches of {both} change the same {conflict.what}, each another part of it.",
            why="\n".join(dict.fromkeys([*said, "Either order ends in the same table."])),
            severity=Severity.NOTE,
            place=Place(younger.path),
        )
    root, head = conflict.root_of(younger), conflict.other_than(younger)
    end = "Applied after each other, the second fails or undoes the first."
    return Finding(
        "conflicting-branches",
        f"The branches of {both} change the same {conflict.what}.",
        why="\n".join(dict.fromkeys([*said, end])),
        next=(
            f'down_revision = "{head}"  # {root.at("down_revision")}: after {head}, and then '
            f"without what {head} did",
        ),
        revision=younger.revision,
        place=Place(younger.path),
    )


def _age(file: RevisionFile) -> tuple[str, str]:
    return file.created, file.path
