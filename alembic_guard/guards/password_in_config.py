r"""A config file holds the password of a database.

Whoever may read the repository can read it, and its history keeps it after the line is gone. A file
that git is told to leave out, a placeholder (``%(password)s``, ``${PASSWORD}``) and the template's
own URL are left alone; one that only opens a database on this machine is a note.

Fix: read the URL from the environment in env.py, take it out of the file, and change the password.

Bad::

    # edit: alembic.ini: [post_write_hooks] -> reporting.url = postgresql://app:s3cret@db/reports\n[post_write_hooks]
    $ alembic guard-doctor

Good::

    # edit: alembic.ini: [post_write_hooks] -> reporting.url = postgresql://app@db/reports\n[post_write_hooks]
    $ alembic guard-doctor
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.runtime.configuration_text import ConfigurationText, PasswordInFile

JUDGES = ConfigurationText
SEVERITY = "warning; a note for an obvious one on this machine"

_PLACEHOLDER = re.compile(
    r"%\(.*\)s|\$\{.*\}|\$\w+|\{.*\}|<.*>|\*+|x+|\.+|your[-_]?password|changeme|", re.IGNORECASE
)
_HERE = {"", "localhost", "127.0.0.1", "[::1]", "host.docker.internal"}
_OPEN = {"postgres", "postgresql", "mysql", "mariadb", "root", "password", "secret", "test", "dev"}
"""Passwords that nobody takes for one, on one's own machine."""


def judge(found: ConfigurationText) -> Iterator[Finding]:
    """Warn, with the line; the URL without its password."""
    for each in found.passwords:
        if each.scheme == "driver" or each.path in found.ignored:
            continue
        if not _PLACEHOLDER.fullmatch(each.password):
            yield _finding(each, found.env_py)


def _finding(each: PasswordInFile, env_py: str) -> Finding:
    own = each.host in _HERE and each.password in {each.user, *_OPEN}
    value = 'os.environ["DATABASE_URL"].replace("%", "%%")'
    return Finding(
        "password-in-config",
        f"{each.path} holds the password of {each.masked} ({each.option} in [{each.section}]).",
        why="Whoever may read the repository can read it, and its history keeps it.",
        next=(
            f'in {env_py}: import os; config.set_main_option("{each.option}", {value})',
            f"in {each.path}: take {each.option} out, and change the password",
        ),
        severity=Severity.NOTE if own else Severity.WARNING,
        place=Place(each.path, each.line),
    )
