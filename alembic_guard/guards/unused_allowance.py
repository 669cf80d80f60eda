"""An allowance in a migration file allows nothing.

The line that it stood for was changed, the name is misspelt, or the reason is missing. It looks as
if somebody had thought about a harm that is not there, and it would let the next one through.

Fix: take it out; or correct the name; or give the reason behind the bracket.

Bad::

    # file: migrations/versions/0002_note.py
    revision, down_revision = "0002", "0001"
    def upgrade():
        from alembic import op
        import sqlalchemy as sa
        op.add_column("users", sa.Column("note", sa.Text()))  # guard: allow(drop-column) not read
    $ alembic guard-lint

Good::

    # file: migrations/versions/0002_note.py
    revision, down_revision = "0002", "0001"
    def upgrade():
        from alembic import op
        import sqlalchemy as sa
        op.add_column("users", sa.Column("note", sa.Text()))
    $ alembic guard-lint
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Severity
from alembic_guard.runtime.source import IdleAllowance

JUDGES = IdleAllowance
SEVERITY = "warning"


def judge(idle: IdleAllowance) -> Iterator[Finding]:
    """Say which one, and why it does nothing."""
    name, place = idle.allowance.name, idle.allowance.place
    if not idle.known:
        message = f"There is no guard and no rule {name}, so that nothing is allowed."
        near = f"allow({idle.near})" if idle.near else "a name of alembic guard-lint --list"
        command = f"in {place}, write {near}"
    elif not idle.allowance.reason:
        message = f"allow({name}) has no reason, so that it allows nothing."
        command = f"in {place}, write why: # guard: allow({name}) because …"
    else:
        message = f"allow({name}) allows nothing: {name} is not found here."
        command = f"in {place}, take it out"
    yield Finding(
        "unused-allowance",
        message,
        next=(command,),
        severity=Severity.WARNING,
        revision=idle.revision,
        place=place,
    )
