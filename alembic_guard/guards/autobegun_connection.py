r"""A statement before ``context.configure()`` began a transaction that nobody commits.

SQLAlchemy begins one with the first statement. Alembic then sees a transaction that is not its own,
leaves committing to env.py, and closing the connection rolls everything back.

Fix: run such statements in a transaction of their own, or after ``context.configure()`` inside
``context.begin_transaction()``; or let env.py own it all with ``engine.begin()``.

Bad::

    # edit: migrations/env.py: context.configure(\n            connection=connection -> connection.execute(__import__("sqlalchemy").text("SELECT 1"))\n        context.configure(\n            connection=connection
    $ alembic revision -m "by hand" --rev-id 0002
    $ alembic safe-upgrade

Good::

    # edit: migrations/env.py: context.configure(\n            connection=connection -> connection.execute(__import__("sqlalchemy").text("SELECT 1")); connection.commit()\n        context.configure(\n            connection=connection
    $ alembic revision -m "by hand" --rev-id 0002
    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._subjects import NeverCommitted
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.stopped import RolledBack

JUDGES = (RolledBack, NeverCommitted)
NEVER_ALLOWED = True
EXPLAINS_ANOTHER = True


def judge(subject: RolledBack | NeverCommitted) -> Iterator[Finding]:
    """Name the cause, where the connection was in a transaction before configure()."""
    if isinstance(subject, RolledBack):
        if not subject.belief.began_before_configure:
            return
        place, harm = None, "rolled everything back"
    else:
        place, harm = Place(relative(subject.env_py)), "rolls every migration back, with status 0"
    yield Finding(
        "autobegun-connection",
        "env.py ran a statement on the connection before context.configure(), and never "
        "committed it.",
        why=f"Alembic then leaves committing to env.py, and closing the connection {harm}.",
        next=(
            "in env.py, before context.configure(): connection.commit()",
            "or: with engine.begin() as connection: …",
        ),
        place=place,
    )
