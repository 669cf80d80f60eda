r"""A file that ``guard-init`` cannot edit.

A template without a ``revision =`` or a ``def upgrade(`` line has no place for the hooks; a config
file that cannot be parsed, or written, none for the settings. Neither file is changed then. As a
note it says that the settings were edited by hand and were therefore left where they are.

Fix: put the line that the finding names back into the template, or mend the file, and run
``alembic guard-init`` again.

Bad::

    # edit: migrations/script.py.mako: def upgrade() -> None: -> def forwards() -> None:
    $ alembic guard-init

Good::

    $ alembic guard-init
"""

from __future__ import annotations

JUDGES = ()  # no subject: alembic_guard/commands/guard_init.py finds it in the files
NEVER_ALLOWED = True
