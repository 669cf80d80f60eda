"""The server does not answer, does not let us in, has no such database, or went away.

Alembic ends in two tracebacks of a hundred lines here; the finding says in one sentence what the
driver or the server said, where the URL stands, and what to type to look for oneself. The password
is never repeated. In the middle of an upgrade it is the session that was lost: the server rolls
its transaction back.

Fix: start the server, or correct host, port, user, password or database name.

Bad::

    # edit: alembic.ini: sqlite:/// -> sqlite:///no/such/folder/
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.guards._unreachable import tell
from alembic_guard.guards._urls import place_of, stands, where
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.stopped import ConnectionLost

JUDGES = (EnvironmentFailed, ConnectionLost)
NEVER_ALLOWED = True


def judge(failed: EnvironmentFailed | ConnectionLost) -> Iterator[Finding]:
    """Refuse, with the cause, the URL and where it comes from."""
    if isinstance(failed, ConnectionLost):
        yield _lost(failed)
        return
    if failed.kind != "database-unreachable":
        return
    sentence, more, commands = tell(failed)
    yield Finding(
        "database-unreachable",
        sentence,
        why="\n".join(filter(None, [more, stands(failed)])),
        next=(*commands, *_correct(failed, commands))
        or ("alembic --raiseerr current  # the whole traceback",),
        place=place_of(failed),
    )


def _lost(lost: ConnectionLost) -> Finding:
    at = f" in revision {lost.revision}" if lost.revision else ""
    return Finding(
        "database-unreachable",
        f"The connection to {lost.url} was lost{at}: {lost.message}",
        why="" if lost.committed else "The server rolls back what a lost session had open.",
        next=()
        if lost.committed  # partly-applied says what to do
        else ("alembic current  # when the server is back", "alembic safe-upgrade"),
        revision=lost.revision.id if lost.revision else None,
    )


def _correct(failed: EnvironmentFailed, commands: tuple[str, ...]) -> tuple[str, ...]:
    """Where the URL is corrected, unless a command says what to write there."""
    if not stands(failed) or any("***" in command for command in commands):
        return ()
    return (f"correct the URL in {where(failed)}",)
