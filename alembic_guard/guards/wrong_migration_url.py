r"""``migration_url`` does not lead to the database that env.py connects to.

It names the way past a pooler, and not another target: before anything is looked at, the database
behind it is held against the one that env.py has connected to, by its name, its number and the
start of its server (on MariaDB and MySQL by name, host, port and data directory). Nothing was
applied.

What the URL leaves out is taken from env.py's own: with host and port alone it serves an env.py
for several databases of one server too.

Fix: name host and port of the server itself; ``alembic guard-doctor`` tries it.

Bad::

    $ alembic safe-upgrade --migration-url postgresql://127.0.0.1:1

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.stopped import WrongMigrationUrl

JUDGES = WrongMigrationUrl
NEVER_ALLOWED = True


def judge(wrong: WrongMigrationUrl) -> Iterator[Finding]:
    """Say where it leads."""
    harm, why = _SAID[wrong.cause]
    yield Finding(
        "wrong-migration-url",
        f"migration_url {harm.format(url=wrong.url, env=wrong.env_url)}",
        why=why.format(detail=wrong.detail, env=wrong.env_url),
        next=("alembic guard-doctor --migration-url postgresql://HOST:PORT  # of the server",),
    )


_SAID = {
    "unparsable": ("is no URL: {url}.", "env.py connects to {env}."),
    "kind": (
        "is of another kind than env.py's: {url}.",
        "env.py connects to {env}; only a server has a way past a pooler.",
    ),
    "unreachable": ("does not answer: {url}.", "{detail}"),
    "elsewhere": ("leads to another database than env.py's: {url}.", "{detail}."),
    "wrote": (
        "cannot be followed to {url}: env.py has written already.",
        "In the transaction that is open on its connection it ran more than SELECT before "
        "context.configure(); that would be lost.",
    ),
}
