"""Runs the project's post-write hooks as Alembic does, and sees how they end.

Alembic runs a hook with ``subprocess.run`` and does not look at its status (script/write_hooks.py,
1.18.4 to 1.20.1): its module-level name ``subprocess`` is replaced meanwhile by one that does.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from alembic.script import write_hooks
from alembic.util import CommandError

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


@dataclass(frozen=True)
class HookEnd:
    """How a hook ended badly.

    :param status: its exit status; None when it could not be started.
    """

    hook: str
    command: str
    status: int | None
    message: str = ""


def run_write_hooks(script: ScriptDirectory, path: Path) -> list[HookEnd]:
    """Run every hook on a file; returns those that ended badly."""
    ends: list[HookEnd] = []
    for hook in script.hooks:
        name = str(hook["_hook_name"])
        with _watched_subprocess() as runs:
            try:
                write_hooks._run_hooks(path, [hook])
            except (CommandError, OSError) as error:
                ends.append(HookEnd(name, "", None, f"could not be run: {error}"))
            except Exception as error:  # a hook that env.py registered may raise anything
                ends.append(HookEnd(name, "", None, f"raised {type(error).__name__}: {error}"))
        ends += [
            HookEnd(name, shlex.join(map(str, run.args)), run.returncode)
            for run in runs
            if run.returncode
        ]
    return ends


@contextmanager
def _watched_subprocess() -> Iterator[list[subprocess.CompletedProcess[Any]]]:
    runs: list[subprocess.CompletedProcess[Any]] = []

    def run(*args: Any, **options: Any) -> subprocess.CompletedProcess[Any]:
        runs.append(subprocess.run(*args, **options))
        return runs[-1]

    module: Any = write_hooks
    before = module.subprocess
    module.subprocess = SimpleNamespace(**{**vars(subprocess), "run": run})
    try:
        yield runs
    finally:
        module.subprocess = before
