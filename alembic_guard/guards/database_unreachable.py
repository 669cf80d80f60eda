"""The server does not answer, does not let us in, or has no such database.

Alembic ends in two tracebacks of a hundred lines here; the finding says in one sentence what the
driver or the server said, where the URL stands, and what to type to look for oneself. The password
is never repeated.

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

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the cause, the URL and where it comes from."""
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


def _correct(failed: EnvironmentFailed, commands: tuple[str, ...]) -> tuple[str, ...]:
    """Where the URL is corrected, unless a command says what to write there."""
    if not stands(failed) or any("***" in command for command in commands):
        return ()
    return (f"correct the URL in {where(failed)}",)
