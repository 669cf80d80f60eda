"""A migration, or a check of it, cannot be written as a script.

``safe-upgrade --sql`` writes down what a migration does, for somebody who runs it by hand. What a
migration does because of an answer of the database (rows that it reads, ``sa.inspect()``, an ORM
session, SQLite's batch mode, which copies a table as it finds it) is known only when it runs. A
script without that would be another migration, so none is written.

A ``precheck`` or ``postcheck`` is in the script if it *returns* its question, a SELECT of one value;
``--allow not-renderable`` leaves out a check that does not, and says so in the script. A migration
itself is never left out.

Fix: let the database decide inside of one statement (``UPDATE … FROM``, ``INSERT … SELECT``), or
apply that revision with ``alembic safe-upgrade`` and write the script for the rest.

Bad::

    # file: migrations/versions/0002_copy.py
    revision, down_revision = "0002", "0001"
    def upgrade():
        from alembic import op
        name = op.get_bind().exec_driver_sql("SELECT name FROM users").scalar()
        op.execute(f"UPDATE users SET name = '{name}' WHERE id = 2")
    $ alembic safe-upgrade --sql

Good::

    # file: migrations/versions/0002_copy.py
    revision, down_revision = "0002", "0001"
    def upgrade():
        from alembic import op
        op.execute("UPDATE users SET name = (SELECT name FROM users WHERE id = 1) WHERE id = 2")
    $ alembic safe-upgrade --sql
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.rendered import CheckNotRendered, NotRendered

JUDGES = (NotRendered, CheckNotRendered)
NEVER_ALLOWED = (NotRendered,)
NEVER_ALLOWED_WHERE = "where it is the migration itself"


def judge(subject: NotRendered | CheckNotRendered) -> Iterator[Finding]:
    """Say which line needs the database, and what to do instead."""
    revision = subject.revision
    if isinstance(subject, NotRendered):
        message = f"Revision {revision} cannot be written as a script: {subject.reason}."
        why = "What it does is known only when it runs, so no script was written."
        steps: tuple[str, ...] = (f"alembic safe-upgrade {revision.id}  # applies it instead",)
    else:
        check = subject.check
        message = f"{check}() of revision {revision} cannot be in a script: {subject.reason}."
        why = f"A {check} is in the script if it returns its question, a SELECT of one value."
        steps = (
            f'return sa.text("SELECT count(*) = 0 FROM …")  # in {check}()',
            "alembic safe-upgrade --sql --allow not-renderable  # leave the check out",
        )
    yield Finding(
        "not-renderable", message, why=why, next=steps, revision=revision.id, place=subject.place
    )
