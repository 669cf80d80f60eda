"""The options of a run that changes a database, up or down: how long it waits, tries, goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from alembic_guard.commands.options import Whole, migration_url, setting

_F = TypeVar("_F", bound=Callable[..., Any])

_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    setting(
        "wait", "Hard limit on waiting for another deployer; without it, 60s without progress."
    ),
    setting("lock_timeout", "How long the first try queues for a lock (50ms)."),
    setting("lock_timeout_last", "How long a try queues at most; each waits longer (200ms)."),
    setting(
        "lock_tries", "How often a revision is tried for its locks; 0 is without limit.", Whole()
    ),
    setting("statement_timeout", "How long a statement may run; 0 is without limit."),
    setting("retry_for", "How long a revision is tried again when a lock is not granted (10min)."),
    setting("retry_delay", "How long to wait before the second try; it grows (100ms)."),
    setting("retry_delay_longest", "How long to wait between two tries at most (15s)."),
    setting(
        "cancel_blockers_after", "Cancel a query of the same role that blocks so long; 0 never."
    ),
    click.option(
        "--backup",
        type=click.Path(),
        help="Take a backup into a file or a folder before anything is changed.  "
        "[env var: ALEMBIC_GUARD_BACKUP]",
    ),
    click.option(
        "--restart",
        is_flag=True,
        help="Begin a partly applied revision with its first statement, not where it stopped.",
    ),
    migration_url,
)

LIMITS = frozenset(
    {
        *("wait", "lock_timeout", "lock_timeout_last", "lock_tries", "statement_timeout"),
        *("retry_for", "retry_delay", "retry_delay_longest", "cancel_blockers_after", "backup"),
        "migration_url",
    }
)
"""Those of them that are settings too; each is a keyword of the Python functions."""


def limiting(command: _F) -> _F:
    """These options, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
