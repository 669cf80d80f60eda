"""A change asks for the way that makes writes to its table wait.

``ALGORITHM=COPY`` writes all rows into a new table while writes wait, ``LOCK=SHARED`` makes writes
wait for whatever is done, and ``LOCK=EXCLUSIVE`` reads too (MySQL manual 17.12.2, MariaDB "ALTER
TABLE"; measured on MariaDB 10.11). Left alone, the server chooses what blocks least.

Fix: leave it out, or ask for ``LOCK=NONE``, which fails at once where it can't be had.

Bad::

    op.execute("ALTER TABLE orders ADD INDEX ix_orders_total (total), ALGORITHM=COPY")

Good::

    op.execute("ALTER TABLE orders ADD INDEX ix_orders_total (total), LOCK=NONE")
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import AlterTable, CreateIndex
from alembic_guard.ddl.mysql_algorithm import copied
from alembic_guard.ddl.reading import ParserMissing
from alembic_guard.ddl.statements import statements
from alembic_guard.ddl.tokens import Cursor, Unreadable
from alembic_guard.rules._code import execute
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("mariadb", "mysql")
JUDGES = (AlterTable, CreateIndex)
GROWS = True
WAITS = {"algorithm=copy": "write to", "lock=shared": "write to", "lock=exclusive": "query on"}


def judge(action: AlterTable | CreateIndex, run: Run) -> Iterator[Harm]:
    """Found once a statement; MariaDB copies without blocking from 11.2 on."""
    if run.is_new(action.table) or run.is_empty(action.table):
        return
    before = [
        option
        for step, each in run.earlier(AlterTable)
        if step is run.step
        for option in _options(each, run)
    ]
    later = [
        option
        for step, each in run.later(AlterTable)
        if step is run.step
        for option in _options(each, run)
    ]
    if before or not _options(action, run):
        return
    option = max((*_options(action, run), *later), key=[*WAITS].index)
    yield Harm(
        f"{option.upper()} makes every {WAITS[option]} {action.table} wait until it is done.",
        why="Left alone, the server chooses what blocks least.",
        fix=tuple(execute(_without(sql, run.target.kind)) for sql in run.step.sql[:1]),
        table=action.table,
    )


def _options(action: AlterTable | CreateIndex, run: Run) -> list[str]:
    """The options that block, of one clause."""
    if isinstance(action, CreateIndex):
        options = list(action.options)
    else:
        options = [f"{action.kind}={action.detail}"]
    if copied(run.target).blocks == "nothing":
        options = [each for each in options if each != "algorithm=copy"]
    return [each for each in options if each in WAITS]


def _without(sql: str, kind: str) -> str:
    """The same statement without its options."""
    try:
        cuts = [cut for cursor in statements(sql, kind) for cut in _cuts(cursor)]
    except (ParserMissing, Unreadable):
        return sql
    for start, end in reversed(cuts):
        sql = sql[:start].rstrip() + sql[end:]
    return sql


def _cuts(cursor: Cursor) -> Iterator[tuple[int, int]]:
    """Where the options are, each with a comma beside it."""
    last = cursor.peek()
    while not cursor.done:
        token = cursor.peek()
        if cursor.take_any("ALGORITHM", "LOCK"):
            cursor.take("=")
            end = cursor.next().end
            if last.text == ",":
                yield last.start, end
            else:
                following = cursor.peek()
                yield token.start, following.end if cursor.take(",") else end
        else:
            last = cursor.step()
