r"""A migration drops every table that the database has.

That is what autogenerate writes when it looks at the wrong models, the wrong schema or the wrong
database.

Fix: check which ``target_metadata`` env.py gives and which URL it connects to. If everything is to
go, say so: ``--allow drops-everything``.

Bad::

    # file: models.py
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class Invoice(Base):
        __tablename__ = "invoices"
        number: Mapped[str] = mapped_column(primary_key=True)
    $ alembic guard-revision -m "invoices"

Good::

    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic.operations import ops

from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import Draft, key, operations

JUDGES = Draft


def judge(draft: Draft) -> Iterator[Finding]:
    """Refuse where no table of a database would be left."""
    for database in draft.databases:
        dropped = {
            key(operation.table_name, operation.schema)
            for operation in operations(database.upgrade)
            if isinstance(operation, ops.DropTableOp)
        }
        if database.live and dropped >= database.live:
            names = ", ".join(sorted(dropped))
            yield Finding(
                "drops-everything",
                f"The migration would drop every table of {database.url}: {names}.",
                why="The models hold none of them: most often the wrong target_metadata, the wrong "
                "schema or the wrong database.",
                next=(
                    "alembic current -v  # which database, which revision",
                    f"{draft.command} --allow drops-everything  # they may all go",
                ),
            )
