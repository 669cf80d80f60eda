r"""A setting that does not exist.

A misspelt setting would be silently without effect: a lock timeout that somebody believes in, a
guard that is allowed and goes on refusing. An unknown ``ALEMBIC_GUARD_*`` variable only warns, for
it may belong to another version.

Fix: rename it, or take it out; the finding names the nearest setting that exists, and all of them.

Bad::

    # edit: alembic.ini: [post_write_hooks] -> [alembic_guard]\nlock_timout = 1s\n[post_write_hooks]
    $ alembic guard-log

Good::

    # edit: alembic.ini: [post_write_hooks] -> [alembic_guard]\nlock_timeout = 1s\n[post_write_hooks]
    $ alembic guard-log
"""

from __future__ import annotations

JUDGES = ()  # no subject: alembic_guard/settings.py finds it where the settings are read
NEVER_ALLOWED = True
