"""A model exists on disk and env.py never imports it.

SQLAlchemy knows a table only once the module that defines it has been imported. Autogenerate
leaves out what it does not know, and proposes to drop it where the database already has it.

Fix: import the module in ``env.py``, or in the package that env.py imports.

Bad::

    # file: orders.py
    from sqlalchemy.orm import Mapped, mapped_column
    from models import Base

    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
    $ alembic guard-revision -m "add orders"

Good::

    # file: orders.py
    from sqlalchemy.orm import Mapped, mapped_column
    from models import Base

    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
    # edit: migrations/env.py: target_metadata = Base.metadata -> import orders; target_metadata = Base.metadata
    $ alembic guard-revision -m "add orders"
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from alembic_guard.finding import Finding, Place
from alembic_guard.guards._subjects import LoadedMetadata
from alembic_guard.runtime.history import relative

JUDGES = LoadedMetadata


def judge(loaded: LoadedMetadata) -> Iterator[Finding]:
    """One finding for each file that holds models which the metadata lacks."""
    env_py = relative(loaded.env_py)
    by_file = sorted(loaded.undeclared, key=lambda table: (str(table.path), table.line))
    for path, group in groupby(by_file, key=lambda table: table.path):
        tables = list(group)
        names = ", ".join(table.key for table in tables)
        in_database = [table.key for table in tables if table.key in loaded.live]
        harm = (
            f"The database has {', '.join(in_database)}, so autogenerate would drop it."
            if in_database
            else "Autogenerate would leave it out."
        )
        yield Finding(
            "models-not-imported",
            f"{relative(path)} declares {names}, and {env_py} never imports it.",
            why=harm,
            next=(f"in {env_py}: import {tables[0].module}",),
            place=Place(relative(path), tables[0].line),
        )
