r"""A setting whose value does not fit, or a config file that cannot be read.

Going on with the default would be going on with something that nobody asked for.

Fix: mend the value; the finding says where it stands and how such values are written. Of a file
that cannot be read it gives the line and never the text, which may hold a password.

Bad::

    # edit: alembic.ini: [post_write_hooks] -> [alembic_guard]\nlock_timeout = soon\n[post_write_hooks]
    $ alembic guard-log

Good::

    # edit: alembic.ini: [post_write_hooks] -> [alembic_guard]\nlock_timeout = 1s\n[post_write_hooks]
    $ alembic guard-log
"""

from __future__ import annotations

JUDGES = ()  # no subject: alembic_guard/settings.py finds it where the settings are read
NEVER_ALLOWED = True
