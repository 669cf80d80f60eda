"""The checks that a migration brings: ``precheck(connection)`` and ``postcheck(connection)``.

Each runs in its revision's transaction; returning False or raising stops the upgrade. One that
returns a question, a SELECT of one value, has it asked: then nothing, ``false`` and 0 say no, and
the same question can be written into a script.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy.sql import Executable

from alembic_guard.apply.cause import line_in, sentence
from alembic_guard.runtime.environment import Signal
from alembic_guard.runtime.history import as_revision
from alembic_guard.runtime.statements import LeavesTransaction
from alembic_guard.runtime.stopped import CheckFailed
from alembic_guard.runtime.waiting import is_lock_not_granted

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Checks:
    """The checks of one run.

    :param allow: names of guards that only report, or ``all``.
    """

    def __init__(self, allow: Collection[str], mask: Callable[[str], str]) -> None:
        self.allow = allow
        self.mask = mask
        self.let_through: list[CheckFailed] = []
        self.said: list[str] = []

    def run(self, name: str, script: Any, connection: Connection) -> list[str]:
        """Run a check; the name of its guard, if it said no and that is allowed.

        :raises CheckFailed: when it said no and that is not allowed.
        """
        try:
            check(name, script, connection, self.mask)
        except CheckFailed as failed:
            guard = f"{name}-failed"
            self.said.append(f"{name}: no, {failed.message}")
            if guard not in self.allow and "all" not in self.allow:
                raise
            self.let_through.append(failed)
            return [guard]
        if hasattr(script.module, name):
            self.said.append(f"{name}: yes")
        return []


def check(name: str, script: Any, connection: Connection, mask: Callable[[str], str]) -> None:
    """Run a check, if the migration has it.

    :param name: "precheck" or "postcheck"; :param script: Alembic's own, with its module.
    :raises CheckFailed: when the check says no; what our own machinery raises comes out as it is.
    """
    function = getattr(script.module, name, None)
    if function is None:
        return
    message, line = f"{name}() returned False", None
    try:
        answer = function(connection)
        if inspect.iscoroutine(answer):
            answer.close()
            raise TypeError(f"{name}() is async, and is called without await")
        if isinstance(answer, Executable):
            answer = _asked(connection, answer)
            message = f"{name}() returned a SELECT, and its answer is {answer!r}"
            if answer is not None and answer != 0:
                return
        # a database without booleans answers 0 for "no"
        elif not isinstance(answer, int) or answer:
            return
        else:
            message = f"{name}() returned {answer!r}"
    except (LeavesTransaction, Signal):
        raise
    except Exception as error:
        if is_lock_not_granted(error):
            raise
        message, line = mask(sentence(error)), line_in(error, script.path)
    raise CheckFailed(name, message, revision=as_revision(script), line=line)


def _asked(connection: Connection, question: Executable) -> Any:
    """The one value that a SELECT gives; None where there is no row."""
    answer = connection.execute(question).scalar_one_or_none()
    return int(answer) if isinstance(answer, bool) else answer
