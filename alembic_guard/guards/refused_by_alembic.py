r"""Alembic itself refused, for a reason that has no name of its own here.

The sentence is Alembic's; what is added is that nothing was changed, and the exit status.

Fix: Alembic's sentence says what it expects.

Bad::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email" --version-path elsewhere

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic.util import CommandError

from alembic_guard.errors import GuardError
from alembic_guard.finding import Finding

JUDGES = CommandError
NEVER_ALLOWED = True


def judge(error: CommandError) -> Iterator[Finding]:
    """Pass Alembic's sentence on."""
    if not isinstance(error, GuardError):
        yield Finding(
            "refused-by-alembic",
            str(error).rstrip(".") + ".",
            why=f"That is Alembic's own sentence{_about(error)}",
            next=("alembic --raiseerr …  # where it comes from",),
        )


def _about(error: CommandError) -> str:
    """The exception that Alembic's sentence speaks of, where it hides one."""
    hidden = error.__cause__ or error.__context__
    if hidden is None:
        return "."
    lines = str(hidden).strip().splitlines()
    return f", about {type(hidden).__name__}" + (f": {lines[0]}" if lines else ".")
