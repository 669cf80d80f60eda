"""An extension is made or changed, which production may not allow or not have.

``CREATE EXTENSION`` needs the files of the extension on the server, and a superuser, unless it is
trusted: then the right to create in the database is enough (PostgreSQL manual, CREATE EXTENSION,
from 13 on). A laptop's superuser has both; the role that migrates production often has neither.
``ALTER EXTENSION … UPDATE`` needs the files of the new version.

Fix: let whoever runs the server install it before, and write ``IF NOT EXISTS``, which does nothing
then, and needs no right.

Bad::

    op.execute("CREATE EXTENSION pg_trgm")

Good::

    op.execute(
        "CREATE EXTENSION IF NOT EXISTS pg_trgm"
    )  # guard: allow(extension-change) is on every server since May
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.objects import AlterObject, CreateObject
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed, execute, quoted_name
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = (CreateObject, AlterObject)
SEVERITY = Severity.WARNING
NAME = "extension-change"


def judge(action: CreateObject | AlterObject, run: Run) -> Iterator[Harm]:
    """Found for each of them: what a server has, is not known."""
    name = action.name
    if action.kind != "extension":
        return
    if isinstance(action, CreateObject):
        line = execute(f"CREATE EXTENSION IF NOT EXISTS {quoted_name(name)}")
        message = f"Creating the extension {name} fails where the server lacks it, or the right to."
        reason = "it is installed on every server"
    else:
        line = as_written(run, "")
        message = f"Changing the extension {name} needs the rights of its owner."
        if action.change == "update":
            message = f"Updating the extension {name} fails where its new version is not installed."
        reason = "every server has the new version, and its owner migrates"
    yield Harm(
        message,
        why="An extension is files on the server, which most roles may not bring into a database.",
        fix=(allowed(line, NAME, reason),) if line else (),
    )
