"""An option or an argument that does not exist, does not fit, or contradicts another.

People read it as the command line always says it: the usage, and one line of what is wrong. With
``--format`` programs find the same line in the report.

Fix: what the line says; ``alembic COMMAND --help`` shows every option.
"""

from __future__ import annotations

JUDGES = ()  # no subject: alembic_guard/commands/invoke.py reads the command line
NEVER_ALLOWED = True
