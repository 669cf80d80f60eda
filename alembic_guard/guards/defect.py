"""A defect of alembic_guard itself; the command ends with status 70.

It ends with 3 where a revision was applied before, which counts more. The traceback on stderr has
its passwords masked, so that it can be reported as it is.

Fix: report it, with the traceback; ``alembic`` itself, without our commands, is not affected.
"""

from __future__ import annotations

JUDGES = ()  # no subject: alembic_guard/commands/invoke.py catches it
NEVER_ALLOWED = True
