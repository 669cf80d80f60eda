"""A trigger is switched off, and what it did is done no more.

``DISABLE TRIGGER`` holds for every session until somebody enables it again: audit rows, counters
and, with ``ALL``, foreign keys are left to themselves, and nobody sees it (PostgreSQL manual, ALTER
TABLE). ``ENABLE REPLICA TRIGGER`` switches it off for ordinary sessions too.

Fix: switch it on again in the same transaction, after what shall not fire it.

Bad::

    op.execute("ALTER TABLE orders DISABLE TRIGGER orders_touch")

Good::

    op.execute("ALTER TABLE orders DISABLE TRIGGER orders_touch")
    op.execute("UPDATE orders SET status = 'old' WHERE placed_at < '2020-01-01'")
    op.execute("ALTER TABLE orders ENABLE TRIGGER orders_touch")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterTable
from alembic_guard.finding import Severity
from alembic_guard.rules._altering import later_together
from alembic_guard.rules._code import execute, lines, quoted, quoted_name
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql",)
JUDGES = AlterTable
SEVERITY = Severity.WARNING
OFF = ("disable trigger", "enable replica trigger")
ON = ("enable trigger", "enable always trigger")


def judge(action: AlterTable, run: Run) -> Iterator[Harm]:
    """Found unless it is enabled again before the transaction ends."""
    key, trigger = action.table, action.detail
    if action.kind not in OFF or run.is_new(key):
        return
    again = (trigger, "all") if trigger != "all" else ("all",)
    for each in later_together(run, AlterTable):
        if each.table == key and each.kind in ON and each.detail in again:
            return
    several = trigger in ("all", "user")
    name = trigger.upper() if several else quoted_name(trigger)
    whose = "those of foreign keys too, " if trigger == "all" else ""
    yield Harm(
        f"{'All triggers' if several else f'The trigger {trigger}'} of {key} "
        f"{'stay' if several else 'stays'} switched off, {whose}for every session.",
        why="What they do is left undone until somebody enables them again."
        if several
        else "What it does is left undone until somebody enables it again.",
        fix=(
            lines(
                execute(f"ALTER TABLE {quoted(key)} {action.kind.upper()} {name}"),
                "# Here, what it shall not see.",
                execute(f"ALTER TABLE {quoted(key)} ENABLE TRIGGER {name}"),
            ),
        ),
    )
