"""What a statement does is known only when it runs: no rule has judged it.

``EXECUTE`` of a text that is made when it runs, a procedure that is called, a prepared statement, a
``DO`` in another language than PL/pgSQL, and what a parser can't read: none of the other rules sees
the locks that it takes or the rows that it writes. The plain statements of a DO are read.

Fix: write out the statements, build them in Python, where recording sees the finished text, or let
the line through with a reason.

Bad::

    op.execute("DO $$ BEGIN EXECUTE 'ANALYZE ' || quote_ident('orders'); END $$")

Good::

    for table in ("orders", "users"):
        op.execute(f"ANALYZE {table}")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.data import Opaque
from alembic_guard.finding import Severity
from alembic_guard.rules._code import allowed
from alembic_guard.rules._dropping import as_written
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = Opaque
EXAMPLE_ON = ("postgresql",)
SEVERITY = Severity.WARNING
NAME = "unreadable-sql"
MISSING = "pip install"


def judge(action: Opaque, run: Run) -> Iterator[Harm]:
    """Found once for each step; where the parser is not installed, once for each revision."""
    if not _is_hidden(action):
        return
    if action.reason.startswith(MISSING):
        if not any(each.reason.startswith(MISSING) for _, each in run.in_revision(Opaque)):
            of = f"Revision {run.step.revision}" if run.step.revision else "This file"
            yield Harm(
                f"{of} has SQL that nobody has read: its parser is not installed.",
                why="The rules have judged its directives only.",
                fix=(action.reason,),
            )
        return
    if any(step is run.step and _is_hidden(each) for step, each in run.in_revision(Opaque)):
        return
    yield Harm(
        "This SQL can't be read, and no rule has judged it."
        if action.kind == "SQL"
        else f"What this {action.kind} does is not known, and no rule has judged it.",
        why=_sentence(action),
        fix=(allowed(as_written(run, ""), NAME, "it was read by hand"),),
    )


def _is_hidden(action: Opaque) -> bool:
    return action.kind != "DO" or bool(action.reason)


def _sentence(action: Opaque) -> str:
    if action.kind == "SQL":
        return f"The parser said: {action.reason}." if action.reason else "It can't be parsed."
    if action.reason:
        return f"{action.reason[:1].upper()}{action.reason[1:]}."
    return "What it runs is in the database, or was said elsewhere."
