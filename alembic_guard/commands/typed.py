"""The next commands of a finding, as they have to be typed here.

The guards write ``alembic safe-upgrade``. Whoever typed ``alembic -c deploy/alembic.ini …`` has to
type that again, and in a Flask application it is ``flask db safe-upgrade``. Whoever was
interrupted types the same command once more, ``--rehearse``, ``--backup`` and all.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from alembic_guard.finding import Finding

if TYPE_CHECKING:
    from alembic.config import Config


_RELATIVE = re.compile(r"(?:[^-].*)?[+-]\d+")


def once_more(
    findings: Iterable[Finding], name: str, words: Sequence[str], *, part_way: bool
) -> list[Finding]:
    """The findings, with the command that was interrupted as the next one.

    :param words: what was typed after its name; :param part_way: whether a part of it is done.
    """
    command = shlex.join(["alembic", name, *words])
    if part_way and any(_RELATIVE.fullmatch(word) for word in words):
        command += "  # counts from where the database is now"
    return [
        replace(finding, next=(command,))
        if finding.name == "interrupted" and finding.next
        else finding
        for finding in findings
    ]


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
