"""The hooks are not in ``script.py.mako``, or the settings are not in the config file.

Without the hooks plain ``alembic revision --autogenerate`` is not guarded, and a migration has no
place that shows where its own checks belong.

Fix: ``alembic guard-init`` puts in what is missing, and shows it; what the project changed stays.

Bad::

    $ alembic guard-init --check

Good::

    $ alembic guard-init
    $ alembic guard-init --check
"""

from __future__ import annotations

JUDGES = ()  # no subject: alembic_guard/commands/guard_init.py compares the files
NEVER_ALLOWED = True
