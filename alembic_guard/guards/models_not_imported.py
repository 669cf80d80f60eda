"""A model exists on disk and env.py never imports it.

SQLAlchemy knows a table only once the module that defines it has been imported. Autogenerate
leaves out what it does not know, and proposes to drop it where the database already has it.

Only models of the metadata that env.py gives are named, never those of tests, of ignored folders or
of a service beside this one. It is a warning where it cannot be told from the text what the table is
called, or whether it is declared at all: a computed ``__tablename__``, a class under an ``if``.

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

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.guards._subjects import LoadedMetadata
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.models import DeclaredTable

JUDGES = LoadedMetadata
SEVERITY = "error; a warning where it cannot be told"


def judge(loaded: LoadedMetadata) -> Iterator[Finding]:
    """One finding for each file that holds models which the metadata lacks.

    Where it cannot be told which table it is, or whether there is one, it is a warning.
    """
    env_py = relative(loaded.env_py)
    by_file = sorted(
        loaded.undeclared, key=lambda table: (str(table.path), table.doubt, table.line)
    )
    for _, group in groupby(by_file, key=lambda table: (table.path, table.doubt)):
        tables = list(group)
        first = tables[0]
        names = ", ".join(table.key for table in tables)
        said = f"{names}, {first.doubt}," if first.doubt.startswith("whose") else names
        said = f"{names} {first.doubt}," if first.doubt and said == names else said
        where = relative(first.package) if first.package else env_py
        yield Finding(
            "models-not-imported",
            f"{relative(first.path)} declares {said}{'' if first.doubt else ','} "
            f"and {where} never imports it.",
            why=_harm(loaded, tables),
            next=(f"in {where}: {_import(first)}",),
            severity=Severity.WARNING if first.doubt else Severity.ERROR,
            place=Place(relative(first.path), first.line),
        )


def _import(table: DeclaredTable) -> str:
    """In a package that imports its other modules, one more; else the whole name."""
    return (
        f"from . import {table.module.rpartition('.')[2]}"
        if table.package
        else f"import {table.module}"
    )


def _harm(loaded: LoadedMetadata, tables: list[DeclaredTable]) -> str:
    if tables[0].doubt:
        return "Autogenerate would leave it out; what it is called, or whether it is there, cannot be told without running it."
    in_database = [table.key for table in tables if table.key in loaded.live]
    if in_database:
        return f"The database has {', '.join(in_database)}, so autogenerate would drop it."
    return "Autogenerate would leave it out."
