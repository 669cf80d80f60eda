"""env.py, or something that it imports, imports a module that is not there.

Most often the project's root is not on ``sys.path``: Alembic adds only what ``prepend_sys_path``
says.

Fix: set ``prepend_sys_path`` in the config to the folder that holds your package.

Bad::

    # edit: migrations/env.py: from models import Base -> from backend.models import Base
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the module, who imports it and where Python looked."""
    if failed.kind != "env-import-error":
        return
    path, line = failed.frame
    missing = isinstance(failed.error, ModuleNotFoundError)
    found = _missing(failed, path) if missing else _failing(failed, path)
    yield replace(found, place=Place(relative(path), line or None))


def _missing(failed: EnvironmentFailed, path: str) -> Finding:
    module = getattr(failed.error, "name", None) or "a module"
    searched = ", ".join([*dict.fromkeys(entry or "." for entry in sys.path)][:4])
    return Finding(
        "env-import-error",
        f"{relative(path)} imports {module}, which Python does not find.",
        why=f"{failed.error}\nPython looked in {searched} …",
        next=(
            "in alembic.ini: prepend_sys_path = .  # the folder that holds your package",
            f"python -c 'import {module}'",
        ),
    )


def _failing(failed: EnvironmentFailed, path: str) -> Finding:
    """The module is there, and what is imported from it is not."""
    module = getattr(failed.error, "name", None)
    said, _, where = str(failed.error).partition(" (")
    look = f"python -c 'import {module}; print({module}.__file__)'  # is it the one you mean?"
    return Finding(
        "env-import-error",
        f"{relative(path)} raises ImportError: {said.rstrip('.')}.",
        why=f"It was found in {where.rstrip(')')}." if where else "",
        next=(look,) if module else ("alembic --raiseerr current  # the whole traceback",),
    )
