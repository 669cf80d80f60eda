"""What ``script.py.mako`` calls: the guards in plain ``alembic revision``, and a migration's hooks.

Rendering comes before writing, so a refusal in the template leaves no file. ``alembic revision -m``
without ``--autogenerate`` and ``alembic merge`` hand the template no operations: there is nothing
to judge, and the header is empty.

The template imports this module in a ``try … except ImportError`` that is meant for a teammate
without the package; so it imports nothing at its top that could be missing here.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic_guard.errors import GuardError
    from alembic_guard.finding import Finding

_HOOKS = '''\
# Checks of this migration's own, which `alembic safe-upgrade` runs in its transaction. To stop it,
# raise or return False: everything is rolled back.
#
# def precheck(connection):
#     """Before upgrade()."""
#
# def postcheck(connection):
#     """After upgrade()."""


'''

_NOT_JUDGED = "# alembic_guard did not judge this migration: env.py turned its plugin off.\n\n"


def header(context: Any) -> str:
    """Refuse what ``guard-revision`` would refuse; otherwise a comment with what the guards saw.

    :param context: mako's.
    :returns: lines that end with a newline, or nothing.
    :raises Refused: under ``alembic revision --autogenerate``.
    """
    note = context.get("alembic_guard", None)
    if note is None:
        autogenerate = getattr(context["config"].cmd_opts, "autogenerate", False)
        return _NOT_JUDGED if autogenerate else ""
    if note == "":  # a merge that guard-revision writes: there is nothing to judge
        return ""
    if isinstance(note, tuple):  # guard-revision has judged already
        return _seen(note)
    from alembic_guard.commands.judging import judge_note

    try:
        return _seen(judge_note(note, context["config"]))
    except Exception as error:
        _say_if_hidden(error)
        raise


def hooks(context: Any) -> str:
    """The place for a migration's own ``precheck()`` and ``postcheck()``, as a comment."""
    return _HOOKS


def reveal(error: BaseException) -> GuardError | None:
    """The refusal of ours that Alembic hid behind "Template rendering failed", if one.

    The temporary file that Alembic wrote its traceback to goes with it.
    """
    from alembic_guard.errors import GuardError

    if isinstance(error, GuardError):
        return error
    named = re.search(r"see (.+\.txt) for a template-oriented traceback", str(error))
    hidden = error.__context__
    while hidden is not None and not isinstance(hidden, GuardError):
        hidden = hidden.__context__
    if named is None or hidden is None:
        return None
    if Path(named[1]).parent == Path(tempfile.gettempdir()):
        with suppress(OSError):
            os.unlink(named[1])
    return hidden


def _seen(findings: Sequence[Finding]) -> str:
    from alembic_guard import __version__

    lines = [f"# alembic_guard {__version__} judged this migration before it was written."]
    lines += [
        f"# {finding.severity.value}: {finding.name}: {finding.message}" for finding in findings
    ]
    lines += [f"#   allowed: {finding.allowed}" for finding in findings if finding.allowed]
    return "\n".join(lines) + "\n\n"


def _say_if_hidden(error: Exception) -> None:
    """Where no command line of ours will reveal it (Flask-Migrate, a program), say it now."""
    frame: Any = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "_run_revealing":
            return
        frame = frame.f_back
    print(error, file=sys.stderr)
