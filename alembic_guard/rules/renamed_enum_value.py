"""Running instances fail as soon as a value of an enumeration has another name.

Instances of the last release read a word that their ``Enum`` does not know (``LookupError``), and
write one that the database does not know any more.

Fix: add the new value, release code that knows both and writes the new one, and then update the
rows that hold the old one. PostgreSQL can't drop a value; nobody uses it then.

Bad::

    op.execute("ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'")

Good::

    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine' AFTER 'ok'")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.objects import CreateEnum, Rename
from alembic_guard.rules._code import autocommit, execute, lines, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = Rename


def judge(action: Rename, run: Run) -> Iterator[Harm]:
    """Found unless this run made the type."""
    if action.kind != "enum value" or _is_new(action.table, run):
        return
    new, old = (each.replace("'", "''") for each in (action.new, action.name))
    add = f"ALTER TYPE {quoted(action.table)} ADD VALUE IF NOT EXISTS '{new}' AFTER '{old}'"
    yield Harm(
        f"Code that still uses {action.name!r} of {action.table} fails once it is {action.new!r}.",
        why="Instances of the last release do not know the new value when they read it, "
        "and the database does not know theirs.",
        fix=(
            lines(
                f"# Release code that knows both; then update the rows that hold {action.name!r}.",
                autocommit(execute(add)),
            ),
        ),
    )


def _is_new(type_: str, run: Run) -> bool:
    return any(
        each.name == type_ and (run.together or step.revision == run.step.revision)
        for step, each in run.earlier(CreateEnum)
    )
