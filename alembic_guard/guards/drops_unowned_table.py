r"""A migration drops a table that this history never created.

The table belongs to somebody else: another application in the same database, a partition, an
extension, a colleague's branch. Autogenerate proposes to drop every table that the models lack.

Fix: keep foreign tables out of the comparison with ``include_name`` in ``env.py``. If the table is
really yours to drop, say so: ``--allow drops-unowned-table``.

Bad::

    $ python -c "import sqlite3; sqlite3.connect('app.db').execute('CREATE TABLE billing (id INTEGER)')"
    $ alembic guard-revision -m "add email"

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    # edit: migrations/env.py: connection=connection, target_metadata=target_metadata -> connection=connection, target_metadata=target_metadata, include_name=lambda name, kind, parents: name != "billing"
    $ python -c "import sqlite3; sqlite3.connect('app.db').execute('CREATE TABLE billing (id INTEGER)')"
    $ alembic guard-revision -m "add email"
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic.operations import ops

from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import Draft, key, operations

JUDGES = Draft


def judge(draft: Draft) -> Iterator[Finding]:
    """One finding for each table that is dropped and that no revision creates or renames to."""
    for database in draft.databases:
        dropped = {
            key(operation.table_name, operation.schema): operation.table_name
            for operation in operations(database.upgrade)
            if isinstance(operation, ops.DropTableOp)
        }
        for table, name in sorted(dropped.items()):  # autogenerate has them in no order
            reason = database.nobodys.get(table)
            if reason is not None or table not in draft.owned:
                yield _finding(table, name, reason, database.url, draft.command)


def _finding(table: str, name: str, reason: str | None, url: str, command: str) -> Finding:
    return Finding(
        "drops-unowned-table",
        f"The migration would drop {table}, which "
        f"{f'is {reason}' if reason else 'no revision of this history created'}.",
        why=f"It is in {url} and not in the models; autogenerate can't tell it from a table of yours."
        if reason
        else f"It is in {url} and not in the models: another application's, or "
        "one that was made by hand.",
        next=(
            "in env.py: context.configure(include_name=lambda name, type_, parents: "
            f'type_ != "table" or name != "{name}", …)',
            f"{command} --allow drops-unowned-table  # it is yours, and it may go",
        ),
    )
