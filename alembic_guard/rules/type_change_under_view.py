"""The type of a column that a view reads can't be changed: the migration fails.

PostgreSQL refuses it: "cannot alter type of a column used by a view or rule" (measured on 15),
whatever the type, a longer varchar too. Found where a database was asked for its views.

Fix: drop the view, change the type and create the view again, all in one transaction; privileges
and comments of the view are to be given again. Beside a materialized view, whose rows would have to
be computed anew, or views upon views, add a column of the new type.

Bad::

    op.alter_column("orders", "status", existing_type=sa.String(20), type_=sa.String(60))

Good::

    op.alter_column("shops", "city", existing_type=sa.String(30), type_=sa.String(60))
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from alembic_guard.ddl.actions import SetType
from alembic_guard.rules._adding import text_code
from alembic_guard.rules._altering import retyped, set_type_code, views_of
from alembic_guard.rules._code import execute, lines, quoted
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = SetType


def judge(action: SetType, run: Run) -> Iterator[Harm]:
    """Found where views read the column; those that were dropped before are gone."""
    views = views_of(action, run)
    if not views:
        return
    own = f"{action.table}.{action.column}"
    verb = "reads" if len(views) == 1 else "read"
    yield Harm(
        f"Changing {own} to {action.type} fails: {' and '.join(views)} {verb} {action.table}.",
        why="PostgreSQL refuses to alter the type of a column used by a view, "
        f"and one of them uses {action.column}."
        if len(views) > 1
        else f"PostgreSQL refuses to alter the type of a column used by a view, as {own} is.",
        fix=_fix(action, views, run),
    )


def _fix(action: SetType, views: tuple[str, ...], run: Run) -> tuple[str, ...]:
    """The change with plain views out of its way."""
    known = [run.table(view) for view in views]
    if any(view is None or view.kind != "view" or view.views for view in known):
        return retyped(run, action)
    return (lines(*map(_remembered, views), set_type_code(action), *map(_again, views)),)


def _variable(view: str) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in view) + "_query"


def _remembered(view: str) -> str:
    """A view dropped, its query kept."""
    query = f"SELECT pg_get_viewdef('{quoted(view)}'::regclass)"
    kept = f"{_variable(view)} = op.get_bind().scalar({text_code(query)})"
    return lines(kept, execute(f"DROP VIEW {quoted(view)}"))


def _again(view: str) -> str:
    """The view once more; a colon in its query is no parameter of sa.text()."""
    start = json.dumps(f"CREATE VIEW {quoted(view)} AS ", ensure_ascii=False)
    return f'op.execute(sa.text({start} + {_variable(view)}.replace(":", "\\\\:")))'
