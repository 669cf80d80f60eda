"""The next commands of a finding, as they have to be typed here.

The guards write ``alembic safe-upgrade``. Whoever typed ``alembic -c deploy/alembic.ini …`` has to
type that again, and in a Flask application it is ``flask db safe-upgrade``.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from alembic_guard.finding import Finding

if TYPE_CHECKING:
    from alembic.config import Config


def as_typed(findings: Iterable[Finding], config: Config) -> list[Finding]:
    """The findings, with ``alembic`` in their next commands as this project calls it."""
    program = _program(config)
    return [
        replace(finding, next=tuple(_typed(command, program) for command in finding.next))
        for finding in findings
    ]


def _program(config: Config) -> str:
    if type(config).__module__.partition(".")[0] == "flask_migrate":
        return "flask db"
    words = ["alembic"]
    for option in ("config", "name", "x"):
        given = getattr(config.cmd_opts, option, None) or ()
        for value in [given] if isinstance(given, str) else given:
            if (option, value) != ("name", "alembic"):
                words += [f"-{option[0]}", value]
    return shlex.join(words)


def _typed(command: str, program: str) -> str:
    first, _, rest = command.partition(" ")
    if first != "alembic" or (program == "flask db" and rest.startswith("-")):
        return command  # Flask-Migrate has no global options
    return f"{program} {rest}"
