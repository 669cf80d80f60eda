"""Guards for Alembic: migrations that are never empty, destructive or conflicting by mistake.

Importing this package imports nothing else: ``import alembic`` runs it in every application that
has the plugin installed. The public names are lazy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alembic_guard.commands.by_hand import UpgradeScript, upgrade_script
    from alembic_guard.commands.guard_check import Checked, check
    from alembic_guard.commands.guard_doctor import Diagnosis, doctor
    from alembic_guard.commands.guard_revision import Revised, guard_revision
    from alembic_guard.commands.safe_downgrade import Downgraded, safe_downgrade
    from alembic_guard.commands.safe_upgrade import Upgraded, safe_upgrade
    from alembic_guard.errors import (
        GaveUpWaiting,
        GuardError,
        Refused,
        StoppedPartWay,
        WrongUsage,
    )
    from alembic_guard.finding import Finding, Place, Severity

__version__ = "0.1.0"

COMMANDS = {
    "guard-check": "Judge a project for CI: every guard, with exit status 0 or 1.",
    "guard-doctor": "Say why Alembic cannot work here, from the configuration to the database.",
    "guard-init": "Put the guards' hooks into script.py.mako and the settings into the config.",
    "guard-lint": "Judge migrations by what they really do: locks, rewrites, lost data.",
    "guard-log": "Show the journal: who applied what, when, how long, with what result.",
    "guard-revision": "Write a migration by autogenerate, only when it can be right.",
    "safe-downgrade": "Downgrade as safely as safe-upgrade does, and lose no data by mistake.",
    "safe-upgrade": (
        "Upgrade one deployer at a time, behind short locks, with checks and a journal."
    ),
}
"""Command names and the line that ``alembic --help`` shows for each."""

_HOMES = {
    "check": "alembic_guard.commands.guard_check",
    "Checked": "alembic_guard.commands.guard_check",
    "doctor": "alembic_guard.commands.guard_doctor",
    "Diagnosis": "alembic_guard.commands.guard_doctor",
    "lint": "alembic_guard.commands.guard_lint",
    "Linted": "alembic_guard.commands.guard_lint",
    "guard_revision": "alembic_guard.commands.guard_revision",
    "Revised": "alembic_guard.commands.guard_revision",
    "safe_downgrade": "alembic_guard.commands.safe_downgrade",
    "Downgraded": "alembic_guard.commands.safe_downgrade",
    "safe_upgrade": "alembic_guard.commands.safe_upgrade",
    "Upgraded": "alembic_guard.commands.safe_upgrade",
    "upgrade_script": "alembic_guard.commands.by_hand",
    "UpgradeScript": "alembic_guard.commands.by_hand",
    "GuardError": "alembic_guard.errors",
    "Refused": "alembic_guard.errors",
    "WrongUsage": "alembic_guard.errors",
    "StoppedPartWay": "alembic_guard.errors",
    "GaveUpWaiting": "alembic_guard.errors",
    "Finding": "alembic_guard.finding",
    "Place": "alembic_guard.finding",
    "Severity": "alembic_guard.finding",
}

__all__ = [
    "COMMANDS",
    "Checked",
    "Diagnosis",
    "Downgraded",
    "Finding",
    "GaveUpWaiting",
    "GuardError",
    "Linted",
    "Place",
    "Refused",
    "Revised",
    "Severity",
    "StoppedPartWay",
    "UpgradeScript",
    "Upgraded",
    "WrongUsage",
    "__version__",
    "check",
    "doctor",
    "guard_revision",
    "lint",
    "safe_downgrade",
    "safe_upgrade",
    "upgrade_script",
]


def __getattr__(name: str) -> Any:
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    from importlib import import_module

    return getattr(import_module(home), name)
