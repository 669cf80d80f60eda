r"""Nothing can be written to the database through this connection.

It is a replica, its role, database or server is set to read only (hosts do that when a disk is
full), or a SQLite file, its folder or its URL do not allow writing. A migration would fail at its
first statement. It may also become so in the middle of an upgrade, which then stops.

Fix: let the URL name the primary, or take the setting back that the finding names.

Bad::

    # edit: alembic.ini: sqlite:///app.db -> sqlite:///file:app.db?mode=ro&uri=true
    $ alembic revision -m "by hand" --rev-id 0002
    $ alembic safe-upgrade

Good::

    # edit: alembic.ini: sqlite:///app.db -> sqlite:///file:app.db?uri=true
    $ alembic revision -m "by hand" --rev-id 0002
    $ alembic safe-upgrade
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.live import LiveConnection, ReadOnly
from alembic_guard.runtime.stopped import BecameReadOnly

JUDGES = (LiveConnection, BecameReadOnly)
NEVER_ALLOWED = (BecameReadOnly,)
NEVER_ALLOWED_WHERE = "in the middle of an upgrade"
_SETTING = "default_transaction_read_only"


def judge(live: LiveConnection | BecameReadOnly) -> Iterator[Finding]:
    """Refuse, with what makes it so."""
    if isinstance(live, BecameReadOnly):
        yield _became(live)
        return
    if live.read_only is not None:
        why, remedy = _reason(live, live.read_only)
        yield Finding(
            "read-only-database",
            f"Nothing can be written to {live.url}.",
            why=why,
            next=(remedy,),
        )


def _became(stopped: BecameReadOnly) -> Finding:
    revision, live = stopped.revision, stopped.live
    at = f" since revision {revision}" if revision else ""
    why, remedy = "", "alembic guard-doctor  # says what makes it so"
    if live is not None and live.read_only is not None:
        why, remedy = _reason(live, live.read_only)
    again = () if stopped.committed else ("alembic safe-upgrade",)  # else partly-applied tells
    return Finding(
        "read-only-database",
        f"Nothing can be written to {stopped.url} any more{at}: {stopped.message}",
        why=why,
        next=(remedy, *again),
        revision=revision.id if revision else None,
    )


def _reason(live: LiveConnection, found: ReadOnly) -> tuple[str, str]:
    """Why it cannot be written to, and what to do about that."""
    detail = found.detail
    primary = "in the URL: the host of the primary  # alembic current -v says which URL is used"
    match found.cause:
        case "replica":
            return "The server is a replica: it is in recovery, and takes no writes.", primary
        case "default":
            return f"{_SETTING} is on; that comes from: {detail}.", _reset(live, detail)
        case "transaction":
            remedy = "in env.py: take out postgresql_readonly=True, or SET TRANSACTION READ ONLY"
            return "The transactions of this connection are read only.", remedy
        case "session":
            return f"{detail.removeprefix('@@')} is on in this session.", (
                "in env.py or the server's init_connect: take out SET SESSION TRANSACTION READ ONLY"
            )
        case "server":
            return (
                f"The server has {detail} on, as replicas have, and {live.user} may not write "
                "nevertheless.",
                f"{primary}; or: SET GLOBAL {detail} = OFF;",
            )
        case "mode":
            return f"The URL opens it with {detail}.", f"in the URL: take out {detail}"
        case "pragma":
            return "PRAGMA query_only is on.", "in env.py: take out PRAGMA query_only"
        case "file":
            return (
                f"This user may not write to the file {detail}.",
                f"chmod u+w {shlex.quote(detail)}",
            )
    return (
        f"This user may not write to the folder {detail}, where SQLite keeps its journal.",
        f"chmod u+w {shlex.quote(detail)}",
    )


def _reset(live: LiveConnection, source: str) -> str:
    match source:
        case "database":
            return f'ALTER DATABASE "{live.database}" RESET {_SETTING};'
        case "user":
            return f'ALTER ROLE "{live.user}" RESET {_SETTING};'
        case "database user":
            return f'ALTER ROLE "{live.user}" IN DATABASE "{live.database}" RESET {_SETTING};'
        case "configuration file" | "command line":
            return f"ALTER SYSTEM SET {_SETTING} = off; SELECT pg_reload_conf();"
    return f"in the URL, PGOPTIONS or env.py: take out {_SETTING}"
