"""A model exists on disk and env.py never imports it.

SQLAlchemy knows a table only once the module that defines it has been imported. Autogenerate
leaves out what it does not know, and proposes to drop it where the database already has it.

Only models of the metadata that env.py gives are named, never those of tests, of ignored folders or
of a service beside this one. It is a warning where it cannot be told from the text what the table is
called, or whether it is declared at all: a computed ``__tablename__``, a class under an ``if``. So
is a model in a package or folder of which nothing is loaded: it may be a demo. Folders named
``docs``, ``examples``, ``benchmarks``, ``scripts`` or ``testing`` are not entered.

Fix: import the module in ``env.py``, above the ``target_metadata`` that it gives to
``context.configure()``, or in the package that env.py imports.

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
    by_file = sorted(
        loaded.undeclared, key=lambda table: (str(table.path), table.doubt, table.line)
    )
    for _, group in groupby(by_file, key=lambda table: (table.path, table.doubt)):
        tables = list(group)
        first = tables[0]
        names = ", ".join(table.key for table in tables)
        comma = "," if first.doubt.startswith("whose") else ""
        said = f"{names}{comma} {first.doubt}" if first.doubt else names
        cause, step = _cause(loaded, first)
        yield Finding(
            "models-not-imported",
            f"{relative(first.path)} declares {said}, and {cause}.",
            why=_harm(loaded, tables),
            next=(step,),
            severity=Severity.ERROR if _is_sure(loaded, tables) else Severity.WARNING,
            place=Place(relative(first.path), first.line),
        )


def _is_sure(loaded: LoadedMetadata, tables: list[DeclaredTable]) -> bool:
    """A model far from the others is one of the application if the database has its table."""
    there = any(table.key in loaded.live for table in tables)
    return not tables[0].doubt and (tables[0].near or there)


def _cause(loaded: LoadedMetadata, table: DeclaredTable) -> tuple[str, str]:
    """What is wrong in env.py or in a package, and what to do there."""
    env_py, target = relative(loaded.env_py), loaded.target
    line = target.line if target else None
    above = f"above line {line} (target_metadata = …)" if line else "above context.configure()"
    late = loaded.late_imports.get(table.module)
    if late:
        cause = f"{env_py} imports it in line {late}, after it ran the migrations"
        return cause, f"in {env_py}: move line {late} {above}"
    if table.package:  # which imports its other modules
        package = relative(table.package)
        step = f"in {package}: from . import {table.module.rpartition('.')[2]}"
        return f"{package} never imports it", step
    return f"{env_py} never imports it", f"in {env_py}, {above}: import {table.module}"


def _harm(loaded: LoadedMetadata, tables: list[DeclaredTable]) -> str:
    if tables[0].doubt:
        return "Autogenerate would leave it out; what it is called, or whether it is there, cannot be told without running it."
    in_database = [table.key for table in tables if table.key in loaded.live]
    if in_database:
        return f"The database has {', '.join(in_database)}, so autogenerate would drop it."
    if not tables[0].near:
        return "Autogenerate would leave it out, if it is a model of the application."
    return "Autogenerate would leave it out."
