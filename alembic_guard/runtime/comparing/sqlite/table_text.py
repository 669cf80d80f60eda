"""Reads CREATE TABLE as SQLite keeps it: columns, constraints and options.

Where a constraint stands does not matter: behind its column, or after all of them. The grammar is
https://www.sqlite.org/lang_createtable.html; columns may come after constraints, where ALTER TABLE
has added them, and constraints need no comma between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from alembic_guard.runtime.comparing.scanning import closing
from alembic_guard.runtime.comparing.sqlite.cursor import Cursor, Unreadable
from alembic_guard.runtime.comparing.sqlite.tokens import (
    Token,
    canonical,
    compared_name,
    tokens,
)

_CONSTRAINTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})
_ENDS_TYPE = frozenset({"CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT"})
_ENDS_TYPE |= {"COLLATE", "REFERENCES", "GENERATED", "AS", ",", ")"}
_TARGET = frozenset({"ON", "MATCH", "NOT", "DEFERRABLE"})


@dataclass
class Column:
    """A column, by what is compared of it."""

    name: str
    parts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Constraint:
    """A constraint, by what is compared of it.

    :param name: None where it was given none.
    """

    kind: str
    name: str | None
    parts: dict[str, Any]


@dataclass
class TableText:
    """All that one text says.

    :param name: the token that is the table's name.
    :param own: the places of "t." in expressions of the table t, start and end.
    """

    name: Token
    columns: dict[str, Column] = field(default_factory=dict)
    constraints: list[Constraint] = field(default_factory=list)
    options: dict[str, bool] = field(default_factory=dict)
    own: list[tuple[int, int]] = field(default_factory=list)


def read_table(sql: str) -> TableText:
    """Read one text.

    :raises Unreadable: where it is not written as the grammar has it.
    """
    return _Reader(sql).table()


class _Reader(Cursor):
    def __init__(self, sql: str) -> None:
        super().__init__(tokens(sql))
        self._auto = False

    def table(self) -> TableText:
        while self.upper() not in ("TABLE", ""):
            self.next()
        self.need("TABLE")
        if self.upper() == "IF":
            self.place += 3
        name = self.next()
        if self.take("."):
            name = self.next()
        read = TableText(name)
        self._without_own(read)
        names = frozenset(self._column_names())
        self.need("(")
        while not self.take(")"):
            if self.upper() in _CONSTRAINTS:
                read.constraints.append(self._table_constraint(names))
            else:
                self._column(read, names)
            self.take(",")
        words = [each.upper for each in self.tokens[self.place :]]
        read.options = {
            "strict": "STRICT" in words,
            "without rowid": "WITHOUT" in words,
            "autoincrement": any([each.parts.pop("auto", False) for each in read.constraints]),
        }
        return read

    def _without_own(self, read: TableText) -> None:
        """Take out the table's own name before a column's: another one has none of its own."""
        kept, place, found = self.tokens[: self.place], self.place, self.tokens
        while place < len(found):
            mine = found[place].name.lower() == read.name.name.lower()
            dotted = place + 1 < len(found) and found[place + 1].upper == "."
            if mine and dotted and found[place].kind in ("word", "quoted"):
                read.own.append((found[place].start, found[place + 1].end))
                place += 2
            else:
                kept.append(found[place])
                place += 1
        self.tokens = kept

    def _column_names(self) -> Iterator[str]:
        """In small letters; a column begins after a comma, and at the first bracket."""
        place, end = self.place, closing(self.tokens, self.place)
        begins = True
        while place < end:
            token = self.tokens[place]
            if begins and place > self.place and token.upper not in _CONSTRAINTS:
                yield token.name.lower()
            begins = place == self.place or token.upper == ","
            inside = token.upper == "(" and place > self.place
            place = closing(self.tokens, place) + 1 if inside else place + 1

    def _column(self, read: TableText, names: frozenset[str]) -> None:
        column = Column(self.next().name)
        start = self.place
        while self.upper() not in _ENDS_TYPE and not self.done:
            self.skip()
        column.parts = {
            "type": canonical(self.tokens[start : self.place]).upper(),
            "not null": False,
            "default": None,
            "generated": None,
            "collation": "binary",
            "on conflict": None,
        }
        read.columns[column.name] = column
        while self.upper() not in (",", ")", *(_CONSTRAINTS - _ENDS_TYPE)):
            made = self._column_constraint(column, names)
            if made is not None:
                read.constraints.append(made)

    def _column_constraint(self, column: Column, names: frozenset[str]) -> Constraint | None:
        name = self.next().name if self.take("CONSTRAINT") else None
        parts = column.parts
        if self.take("NOT"):
            self.need("NULL")
            parts["not null"], parts["on conflict"] = True, self._conflict()
        elif self.take("NULL"):
            self._conflict()
        elif self.take("DEFAULT"):
            parts["default"] = self._default()
        elif self.take("COLLATE"):
            parts["collation"] = self.next().name.lower()
        elif self.upper() in ("GENERATED", "AS"):
            self._generated(parts, names)
        elif self.upper() in ("PRIMARY", "UNIQUE", "CHECK", "REFERENCES"):
            return self._constraint(name, names, column.name)
        elif name is None:
            raise Unreadable(f"{self.next().text!r} was not expected")
        return None

    def _generated(self, parts: dict[str, Any], names: frozenset[str]) -> None:
        if self.take("GENERATED"):
            self.need("ALWAYS")
        self.need("AS")
        parts["generated"] = canonical(self.brackets(), names)
        parts["stored"] = self.take("STORED")
        self.take("VIRTUAL")

    def _table_constraint(self, names: frozenset[str]) -> Constraint:
        name = self.next().name if self.take("CONSTRAINT") else None
        return self._constraint(name, names, None)

    def _constraint(
        self, name: str | None, names: frozenset[str], column: str | None
    ) -> Constraint:
        if self.take("PRIMARY"):
            self.need("KEY")
            return Constraint("primary key", name, self._key(column))
        if self.take("UNIQUE"):
            return Constraint("unique", name, self._key(column))
        if self.take("CHECK"):
            parts = {"expression": canonical(self.brackets(), names)}
            self._conflict()  # read, and never acted upon
            return Constraint("check", name, parts)
        if self.take("FOREIGN"):
            self.need("KEY")
            columns = tuple(each for (each,) in self._lists())
            self.need("REFERENCES")
            return Constraint("foreign key", name, {"columns": columns, **self._target()})
        self.need("REFERENCES")
        return Constraint(
            "foreign key", name, {"columns": (compared_name(str(column)),), **self._target()}
        )

    def _key(self, column: str | None) -> dict[str, Any]:
        if column is not None:
            order = " desc" if self.take("DESC") else ""
            self.take("ASC")
            columns: tuple[str, ...] = (compared_name(column) + order,)
        else:
            columns = tuple(
                " ".join(each).removesuffix(" autoincrement").removesuffix(" asc")
                for each in self._lists()
            )
        auto = bool(column is None and self._auto)
        conflict = self._conflict()
        return {
            "columns": columns,
            "on conflict": conflict,
            "auto": self.take("AUTOINCREMENT") or auto,
        }

    def _lists(self) -> Iterator[tuple[str, ...]]:
        """What stands between the commas of a bracket, as compared words."""
        found, self._auto = self.brackets()[1:-1], False
        item: list[Token] = []
        for each in [*found, None]:
            if each is None or each.upper == ",":
                if item:
                    yield tuple(canonical([one]) for one in item)
                item = []
            elif each.upper == "AUTOINCREMENT":
                self._auto = True
            else:
                item.append(each)

    def _target(self) -> dict[str, Any]:
        parts: dict[str, Any] = {"target": compared_name(self.next().name), "target columns": None}
        parts |= {"on delete": None, "on update": None, "match": None, "deferrable": None}
        if self.upper() == "(":
            parts["target columns"] = tuple(each for (each,) in self._lists())
        while self.upper() in _TARGET:
            if self.take("ON"):
                event = self.next().upper.lower()
                action = self.next().upper
                if action in ("SET", "NO"):
                    action += f" {self.next().upper}"
                parts[f"on {event}"] = None if action == "NO ACTION" else action
            elif self.take("MATCH"):
                word = self.next().upper
                parts["match"] = None if word == "SIMPLE" else word
            elif self.upper() == "NOT" and self.upper(1) != "DEFERRABLE":
                break  # NOT NULL of the column
            else:
                parts["deferrable"] = self._deferrable()
        return parts

    def _deferrable(self) -> str | None:
        never = self.take("NOT")
        self.need("DEFERRABLE")
        late = self.take("INITIALLY") and self.next().upper == "DEFERRED"
        return None if never else "DEFERRED" if late else "IMMEDIATE"

    def _default(self) -> str:
        if self.upper() == "(":
            return canonical(self.brackets())
        start = self.place
        if self.upper() in ("+", "-"):
            self.next()
        token = self.next()
        if token.kind == "quoted":  # a name is a string here
            return "'" + token.name.replace("'", "''") + "'"
        return canonical(self.tokens[start : self.place])

    def _conflict(self) -> str | None:
        if not (self.upper() == "ON" and self.upper(1) == "CONFLICT"):
            return None
        self.place += 2
        word = self.next().upper
        return None if word == "ABORT" else word
