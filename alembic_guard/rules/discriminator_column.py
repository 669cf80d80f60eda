"""A new column that tells classes apart says the same of every row that is there.

With a constant default, NOT NULL, a discriminator (``polymorphic_on``) makes each row of before,
and each that the code that still runs inserts, an instance of one class. The queries of the other
classes (``WHERE type IN ('manager')``) then miss rows that are theirs, and nothing tells them apart
from those that really are of that class (SQLAlchemy's manual, "Mapping Class Inheritance
Hierarchies").

Fix: a nullable column without a default first; code that writes it; then the rows of before, each
by what it is; then NOT NULL.

Bad::

    op.add_column(
        "users", sa.Column("type", sa.String(20), nullable=False, server_default="employee")
    )

Good::

    op.add_column("users", sa.Column("type", sa.String(20)))
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import AddColumn
from alembic_guard.ddl.effects_on_columns import has_default
from alembic_guard.finding import Severity
from alembic_guard.rules._adding import add_column, unused
from alembic_guard.rules._harm import Harm
from alembic_guard.rules._run import Run

DATABASES = ("postgresql", "mariadb", "mysql", "sqlite")
JUDGES = AddColumn
SEVERITY = Severity.WARNING
NAMES = frozenset(
    {"discriminator", "kind", "polymorphic_identity", "polymorphic_on", "polymorphic_type"}
    | {"row_type", "type", "type_"}
)
TEXTS = frozenset({"varchar", "text", "char", "enum"})


def judge(action: AddColumn, run: Run) -> Iterator[Harm]:
    """Found for a text that is NOT NULL with a constant, and named as discriminators are."""
    key, column = action.table, action.column
    if unused(run, key) or column.name.lower() not in NAMES or column.nullable is not False:
        return
    default = (column.default or "").partition("::")[0]
    is_text = column.type is not None and column.type.name in TEXTS
    if not (has_default(column) and is_text and default.startswith("'") and len(default) > 2):
        return
    plain = replace(column, default=None, nullable=True, constraints=())
    yield Harm(
        f"Adding {key}.{column.name} with the default {default} makes every row of {key} "
        "an instance of one class.",
        why="Rows of the other classes, and those that running code inserts, can't be told apart "
        "any more.",
        fix=(add_column(key, plain, run.target.kind),),
    )
