"""Somebody may do less than before, or a whole server behaves otherwise.

``REVOKE`` and a new owner make queries fail that worked; roles, databases and system settings
belong to the whole server, to other applications too, and need rights that the role which migrates
production may not have (PostgreSQL manual 22, ALTER SYSTEM; MariaDB, MySQL: account statements and
``SET GLOBAL``).

Fix: leave roles and settings to what sets up the server. Give the new role its rights, deploy, and
only then take away the old ones.

Bad::

    op.execute("DROP ROLE IF EXISTS intern")

Good::

    op.execute("DROP ROLE IF EXISTS intern")  # guard: allow(access-change) nobody has it
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action, AlterTable
from alembic_guard.ddl.data import SetParameter
from alembic_guard.ddl.objects import AlterObject, CreateObject, DropObject, Privilege
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._objects import was_made
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql")
JUDGES = (Privilege, AlterTable, AlterObject, CreateObject, DropObject, SetParameter)
SEVERITY = Severity.WARNING
NAME = "access-change"
SCOPES = ("global.", "persist.")
OF_THE_SERVER = ("role", "user", "tablespace")


def judge(action: Action, run: Run) -> Iterator[Harm]:
    """Found unless it is about what this run made."""
    found = _what(action, run)
    if found is None or (found[0] and was_made(run, "", found[0])):
        return
    line = "" if _has_password(run) else as_written(run, "")
    yield Harm(
        found[1],
        why=found[2],
        fix=(allowed(line, NAME, "whoever runs the server agreed"),) if line else (),
    )


FEWER = "Queries that worked fail from the commit on."
ALL = "It belongs to the whole server, and to every application on it."


def _what(action: Action, run: Run) -> tuple[str, str, str] | None:
    """The name of what it is about, a message and why; None for what changes no access."""
    match action:
        case Privilege(verb="REVOKE", on=name):
            what = f"the {name}" if name.startswith("role ") else f"rights on {name}"
            return name, f"Revoking {what} takes away what somebody may be using.", FEWER
        case AlterTable(table=name, kind="owner") | AlterObject(name=name, change="owner"):
            return (
                name,
                f"{name} gets another owner, and the one of before loses its rights.",
                FEWER,
            )
        case AlterObject(kind="system", name=name):
            return "", f"The setting {name} changes for the whole server.", ALL
        case AlterObject(kind="database", name=name):
            return name, f"The database {name} changes for every session.", ALL
        case SetParameter(name=name) if run.target.is_mysql and name.startswith(SCOPES):
            return "", f"The setting {name.partition('.')[2]} changes for the whole server.", ALL
        case CreateObject(kind=kind, name=name) if kind in (*OF_THE_SERVER, "database"):
            return "", f"Creating the {kind} {name} changes the whole server.", ALL
        case AlterObject(kind=kind, name=name) if kind in OF_THE_SERVER:
            return name, f"Changing the {kind} {name} changes the whole server.", ALL
        case DropObject(kind="owned", name=name):
            return "", f"Everything that {name} owns is dropped, and its rights.", FEWER
        case DropObject(kind=kind, name=name) if kind in OF_THE_SERVER:
            return name, f"Dropping the {kind} {name} takes away what somebody may be using.", FEWER
    return None


def _has_password(run: Run) -> bool:
    """Whether the statement may hold a password, which no finding repeats."""
    text = " ".join(run.step.sql).lower()
    return "password" in text or "identified" in text
