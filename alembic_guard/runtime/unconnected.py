"""A connection to nothing that writes down what it is told, with every value in its place.

What a migration does through ``op`` and what it does through ``op.get_bind()`` end up in the same
list of statements, as text that a shell of the database reads. Rows are never made up: who asks for
one gets :class:`NeedsDatabase`, also where a migration swallows the exception
(:attr:`Unconnected.asked`). A value that cannot be written as text exactly (bytes, the default of a
column that Python computes) raises, rather than be written nearly right.

Tried on SQLAlchemy 2.0.58 and 2.1.9: ``MockConnection``, which ``create_mock_engine`` hands out,
and on which ``Enum`` and ``Sequence`` know how to create themselves; ``Insert._values``, and
``TypeEngine._isnull``.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import literal, text
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BindParameter, TextClause
from sqlalchemy.sql.expression import Insert

from alembic_guard.finding import Place
from alembic_guard.runtime.target import OLDEST

_SHOWN = 60
"""Characters of a statement that a reason shows."""


class NeedsDatabase(AttributeError):
    """What a migration wants to know is known by the database alone.

    An ``AttributeError``, so that ``hasattr()`` works on what raises it.

    :param place: the line that asked.
    """

    def __init__(self, said: str, place: Place | None = None) -> None:
        super().__init__(said)
        self.place = place


class Unconnected(MockConnection):
    """The connection of a migration that is written down.

    :param write: takes the text of each statement.
    :param where: says which line runs now.
    """

    def __init__(
        self, dialect: Dialect, write: Callable[[str], None], where: Callable[[], Place | None]
    ) -> None:
        super().__init__(dialect, self._perform)
        self.asked: list[NeedsDatabase] = []
        """Everything that would have needed a database, in order."""
        self.statements = 0
        self._write = write
        self._where = where

    def exec_driver_sql(self, statement: str, parameters: Any = None, **_: Any) -> Rows:
        """Text as the driver takes it: without parameters it is what the database gets."""
        if parameters:
            raise self.refuse("exec_driver_sql() with parameters is in the driver's own notation")
        self.statements += 1
        self._write(statement.strip())
        return Rows(self, statement)

    def begin_nested(self) -> Any:
        """Refuse: a savepoint is for what may fail, and a script stops there."""
        raise self.refuse("it begins a savepoint")

    def refuse(self, said: str) -> NeedsDatabase:
        """Note what was asked, and have it to raise."""
        needs = NeedsDatabase(said, self._where())
        self.asked.append(needs)
        return needs

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "in_transaction":  # which Alembic itself looks for
            raise AttributeError(name)
        raise self.refuse(f"it uses {name} of the connection")

    def _perform(self, construct: Any, parameters: Any = None, *_: Any, **__: Any) -> Rows:
        return self.perform(construct, parameters)

    def perform(self, construct: Any, parameters: Any = None) -> Rows:
        """Write one statement down, or one for each set of parameters."""
        if isinstance(construct, str):
            construct = text(construct)
        sets = parameters if isinstance(parameters, list | tuple) else [parameters]
        shown = ""
        for each in sets or [None]:
            shown = as_text(self._filled(construct, each), self.dialect)
            self.statements += 1
            self._write(shown)
        return Rows(self, shown)

    def _filled(self, construct: Any, parameters: Mapping[str, Any] | None) -> Any:
        if not parameters:
            return construct
        if isinstance(construct, TextClause):
            return construct.bindparams(**parameters)
        if isinstance(construct, Insert):
            return construct.values(**parameters)
        raise self.refuse("it executes a statement with parameters beside it")


class Rows:
    """What a statement gave back: nobody knows."""

    def __init__(self, connection: Unconnected, statement: str) -> None:
        self.__connection = connection
        self.__statement = " ".join(statement.split())[:_SHOWN]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "close":
            raise AttributeError(name)
        raise self.__needs()

    def __iter__(self) -> Iterator[Any]:
        raise self.__needs()

    def __needs(self) -> NeedsDatabase:
        return self.__connection.refuse(f"it uses what the database answers to: {self.__statement}")


def script_dialect(dialect: Dialect, version: Sequence[int] = ()) -> Dialect:
    """The dialect with which text for a shell is compiled: percent signs are not doubled.

    :param version: of the server, where no connection told it.
    """
    own: Any = copy.copy(dialect)
    known = getattr(own, "server_version_info", None)
    own.server_version_info = known or tuple(version) or OLDEST.get(dialect.name)
    own.paramstyle, own.positional = "named", False
    own.insert_returning = False  # nobody fetches it
    own.identifier_preparer = own.preparer(own)
    if known is None and dialect.name == "postgresql":
        own._backslash_escapes = False  # the script says standard_conforming_strings = on
    return own  # type: ignore[no-any-return]


def as_text(construct: Any, dialect: Dialect) -> str:
    """A statement with its values in it.

    :raises CompileError: where a value has no text; :raises NeedsDatabase: for bytes.
    """
    if isinstance(construct, ExecutableDDLElement):
        return str(construct.compile(dialect=dialect)).strip()
    for part in visitors.iterate(construct):
        if isinstance(part, BindParameter) and isinstance(part.value, bytes | bytearray):
            raise NeedsDatabase("a value of bytes has no text that every server reads alike")
    _typed(construct)
    compiled = construct.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    for name in ("insert_prefetch", "update_prefetch"):
        for column in getattr(compiled, name, ()):
            raise NeedsDatabase(f"Python computes the default of {column}, for each row anew")
    return str(compiled).strip()


def _typed(construct: Any) -> None:
    """A value for a column without a type, such as ``sa.column("name")``, has that of its own."""
    columns = getattr(getattr(construct, "table", None), "c", {})
    for key, value in (getattr(construct, "_values", None) or {}).items():
        column = columns.get(key) if isinstance(key, str) else key
        untyped = column is not None and column.type._isnull
        if untyped and isinstance(value, BindParameter) and value.type._isnull:
            value.type = literal(value.value).type
