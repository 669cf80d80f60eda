"""env.py raised something that none of the other guards knows.

Every command runs env.py, so none can go on; the finding names the line of the project's own code
that raised.

Fix: look at the line; ``alembic --raiseerr`` shows the whole traceback.

Bad::

    # edit: migrations/env.py: target_metadata = Base.metadata -> target_metadata = Base.metadata; 1 / 0
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the innermost line of the project's own code."""
    if failed.kind != "env-error":
        return
    yield _raised(failed) if Path(failed.env_py).exists() else _absent(failed)


def _absent(failed: EnvironmentFailed) -> Finding:
    env_py = relative(failed.env_py)
    return Finding(
        "env-error",
        f"{env_py} is not there.",
        why="Alembic runs it for every command that needs a database.",
        next=(f"git checkout -- {env_py}", "or take the one that alembic init makes elsewhere"),
    )


def _raised(failed: EnvironmentFailed) -> Finding:
    path, line = failed.frame
    text = str(failed.error).strip().splitlines()
    return Finding(
        "env-error",
        f"{relative(path)} raises {type(failed.error).__name__}"
        + (f": {text[0].rstrip('.')}." if text else "."),
        why="It was raised while Alembic ran env.py.",
        next=("alembic --raiseerr current  # the whole traceback",),
        place=Place(relative(path), line or None),
    )
