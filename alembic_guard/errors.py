"""The errors that reach a caller, and the exit status that each one ends with.

::

    alembic.util.CommandError       so that programs which already catch Alembic's keep working
    └── GuardError                  anything of ours; carries findings
        ├── Refused            1    a guard refused, nothing was changed
        ├── WrongUsage         2    a setting, an option or a name that does not exist
        ├── StoppedPartWay     3    an upgrade stopped after something was applied
        └── GaveUpWaiting      4    waited for a lock or a deployer in vain, nothing was applied

Status 0 is a return value, 70 (a defect of ours) and 130 (interrupted) belong to the process and
are made in ``commands/invoke.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from alembic.util import CommandError

from alembic_guard.finding import Finding

_Error = TypeVar("_Error", bound="GuardError")


class GuardError(CommandError):
    """What a command of ours raises instead of returning.

    :param findings: what was seen, the refusing ones among them; never empty.
    :param data: what is known for the report's ``data``, as far as the command came.
    """

    exit_status = 1

    def __init__(self, findings: Sequence[Finding], data: Mapping[str, Any] | None = None) -> None:
        self.findings = tuple(findings)
        self.data: dict[str, Any] = dict(data or {})
        super().__init__("\n".join(_sentences(finding) for finding in self.findings))

    @classmethod
    def one(cls: type[_Error], name: str, message: str, **more: Any) -> _Error:
        """An error with a single finding; ``more`` are :class:`Finding`'s other values."""
        return cls([Finding(name, message, **more)])


class Refused(GuardError):
    """A guard refused; nothing was changed."""

    exit_status = 1


class WrongUsage(GuardError):
    """A setting, an option or a name that does not exist or contradicts another."""

    exit_status = 2


class StoppedPartWay(GuardError):
    """An upgrade stopped after at least one revision, or a part of one, was applied."""

    exit_status = 3


class GaveUpWaiting(GuardError):
    """A lock or another deployer did not let go in time; nothing was applied."""

    exit_status = 4


def _sentences(finding: Finding) -> str:
    lines = [f"{finding.name}: {finding.message}"]
    lines += [f"  {line}" for line in finding.why.splitlines()]
    lines += [f"  next: {command}" for command in finding.next]
    return "\n".join(lines)
