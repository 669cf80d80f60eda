"""The program runs Alembic inside of itself, and env.py switches its loggers off.

``fileConfig()``, which every env.py of a template calls, disables each logger that the ini file does
not name: after ``command.upgrade()`` the application says nothing more. At a shell nobody notices,
which is why this is only said where the project calls Alembic from its own code.

Fix: ``fileConfig(…, disable_existing_loggers=False)``, or ``alembic_guard.safe_upgrade(config)``,
which leaves the loggers as they were.

Bad::

    # file: app.py
    from alembic import command
    from alembic.config import Config

    def migrate():
        command.upgrade(Config("alembic.ini"), "head")
    $ alembic guard-doctor

Good::

    # file: app.py
    from alembic.config import Config
    from alembic_guard import safe_upgrade

    def migrate():
        safe_upgrade(Config("alembic.ini"))
    $ alembic guard-doctor
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.in_process import InProcess

JUDGES = InProcess
SEVERITY = "note"


def judge(found: InProcess) -> Iterator[Finding]:
    """Note the first call, and the place in env.py."""
    if found.disabling is None or not found.calls:
        return
    first, env_py = found.calls[0], found.disabling
    mended = env_py.text.removesuffix(")") + ", disable_existing_loggers=False)"
    yield Finding(
        "loggers-disabled",
        f"{first.path}:{first.line} runs {first.text}() in process, and "
        f"{env_py.path}:{env_py.line} disables the loggers of the program.",
        why="After it, every logger that the ini file does not name is silent.",
        next=(
            f"in {env_py.path}: {mended}",
            "alembic_guard.safe_upgrade(config)  # or this instead",
        ),
        severity=Severity.NOTE,
        place=Place(env_py.path, env_py.line),
    )
