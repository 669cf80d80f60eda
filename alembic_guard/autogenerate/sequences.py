"""The statements for the sequence behind a column: of a serial one, and of an identity.

A sequence that is made for rows that are there goes on behind them, and one that takes the place of
another goes on where that was: no id is given twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.operations import quoted

if TYPE_CHECKING:
    from alembic_guard.autogenerate.column_changes import ColumnChange
    from alembic_guard.runtime.comparing.facts import Fact

_WORDS = {"start": "START WITH", "increment": "INCREMENT BY", "minvalue": "MINVALUE"}
_WORDS |= {"maxvalue": "MAXVALUE", "cache": "CACHE"}
_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
_LONGEST = 63
"""Bytes of a name (PostgreSQL manual, 4.1.1)."""


def string(text: str) -> str:
    """A text as a statement has it."""
    return "'" + text.replace("'", "''") + "'"


def make_serial(change: ColumnChange, fact: Fact) -> tuple[str, ...]:
    """What SERIAL stands for, on a column that is there."""
    name = fact.notes["sequence"]
    return (
        _created(change, fact),
        _behind_rows(change, string(name), {"start": 1, "increment": 1}),
        f"{change.alter} SET DEFAULT nextval({string(name)})",
    )


def drop_serial(change: ColumnChange, fact: Fact) -> tuple[str, ...]:
    """The sequence of a serial column, and its default."""
    return f"{change.alter} DROP DEFAULT", f"DROP SEQUENCE {fact.notes['sequence']}"


def make_identity(change: ColumnChange, fact: Fact) -> tuple[str, ...]:
    """An identity, on a column that is there."""
    options = fact.parts["identity options"]
    return _added(change, fact), _behind_rows(change, _of_column(change), options)


def drop_identity(change: ColumnChange) -> tuple[str, ...]:
    """The identity, with its sequence."""
    return (f"{change.alter} DROP IDENTITY",)


def serial_to_identity(change: ColumnChange, serial: Fact, identity: Fact) -> tuple[str, ...]:
    """An identity in the place of a sequence."""
    old, renamed = _set_aside(serial.notes["sequence"])
    start = identity.parts["identity options"]["start"]
    return (
        f"{change.alter} DROP DEFAULT",
        f"ALTER SEQUENCE {serial.notes['sequence']} OWNED BY NONE",  # else it is the column's yet
        f"ALTER SEQUENCE {serial.notes['sequence']} RENAME TO {renamed}",
        _added(change, identity),
        f"SELECT setval({_of_column(change)}, last_value, is_called) FROM {old} "
        f"WHERE last_value >= {start}",
        f"DROP SEQUENCE {old}",
    )


def identity_to_serial(change: ColumnChange, identity: Fact, serial: Fact) -> tuple[str, ...]:
    """A sequence in the place of an identity."""
    name = serial.notes["sequence"]
    old, renamed = _set_aside(identity.notes["identity sequence"])
    return (
        f"ALTER SEQUENCE {identity.notes['identity sequence']} RENAME TO {renamed}",
        _created(change, serial),
        f"SELECT setval({string(name)}, last_value, is_called) FROM {old} WHERE last_value >= 1",
        *drop_identity(change),
        f"{change.alter} SET DEFAULT nextval({string(name)})",
    )


def alter_identity(change: ColumnChange, before: Fact, after: Fact) -> tuple[str, ...]:
    """From the options of one identity to those of another."""
    old, new = before.parts["identity options"], after.parts["identity options"]
    words = [f"SET {word}" for word in _options(after, _different(before, after))]
    if before.parts["identity"] != after.parts["identity"]:
        words.insert(0, f"SET GENERATED {_kind(after)}")
    statements = [f"{change.alter} {' '.join(words)}"] if words else []
    name = change.live.notes["identity sequence"]
    if new["increment"] > 0 and new["minvalue"] > old["minvalue"]:
        low = new["minvalue"]
        statements.insert(0, _forward(name, low) + f" WHERE last_value < {low}")
    elif new["increment"] > 0 and new["start"] > old["start"]:
        column, start = quoted(change.thing.name), new["start"]
        free = f"NOT EXISTS (SELECT FROM {change.table} WHERE {column} >= {start})"
        statements.append(_forward(name, start) + f" WHERE last_value < {start} AND {free}")
    return tuple(statements)


def _forward(name: str, value: int) -> str:
    return f"SELECT setval({string(name)}, {value}, false) FROM {name}"


def _created(change: ColumnChange, fact: Fact) -> str:
    name, type_ = fact.notes["sequence"], fact.notes["sequence type"]
    return f"CREATE SEQUENCE {name} AS {type_} OWNED BY {change.table}.{quoted(change.thing.name)}"


def _added(change: ColumnChange, fact: Fact) -> str:
    return f"{change.alter} ADD {identity_words(fact)}"


def identity_words(fact: Fact) -> str:
    """What makes a column an identity."""
    words = " ".join(_options(fact, {**_natural(fact, fact.parts["type"])}, natural=True))
    return f"GENERATED {_kind(fact)} AS IDENTITY" + (f" ({words})" if words else "")


def _kind(fact: Fact) -> str:
    return {"a": "ALWAYS", "d": "BY DEFAULT"}[fact.parts["identity"]]


def _options(fact: Fact, other: Mapping[str, Any], *, natural: bool = False) -> Iterator[str]:
    """The words for options that are not as in another."""
    for word, value in fact.parts["identity options"].items():
        if word not in other if not natural else other[word] == value:
            continue
        if word == "cycle":
            yield "CYCLE" if value else "NO CYCLE"
        else:
            yield f"{_WORDS[word]} {value}"


def _different(before: Fact, after: Fact) -> dict[str, Any]:
    """The options that differ, but for bounds that come with the type."""
    old, new = before.parts["identity options"], after.parts["identity options"]
    types = before.parts["type"], after.parts["type"]
    bounds = [_bounds(after, type_) for type_ in types]
    return {
        word: value
        for word, value in new.items()
        if value != old[word]
        and not (word in bounds[0] and (old[word], value) == (bounds[0][word], bounds[1][word]))
    }


def _natural(fact: Fact, type_: str) -> dict[str, Any]:
    """The options of a sequence of which nothing is said (PostgreSQL manual, CREATE SEQUENCE)."""
    options = fact.parts["identity options"]
    start = options["minvalue"] if options["increment"] > 0 else options["maxvalue"]
    return {"start": start, "increment": 1, "cache": 1, "cycle": False, **_bounds(fact, type_)}


def _bounds(fact: Fact, type_: str) -> dict[str, int]:
    most = 2 ** _BITS.get(type_, 63)
    up = fact.parts["identity options"]["increment"] > 0
    return {"minvalue": 1 if up else -most, "maxvalue": most - 1 if up else -1}


def _behind_rows(change: ColumnChange, sequence: str, options: Mapping[str, Any]) -> str:
    """Let a sequence go on behind the rows that are there, from its start if there are none."""
    column = quoted(change.thing.name)
    last, reaches = ("max", ">=") if options["increment"] > 0 else ("min", "<=")
    return (
        f"SELECT setval({sequence}, {last}({column})) FROM {change.table} "
        f"HAVING {last}({column}) {reaches} {options['start']}"
    )


def _of_column(change: ColumnChange) -> str:
    return f"pg_get_serial_sequence({string(change.table)}, {string(change.thing.name)})"


def _set_aside(name: str) -> tuple[str, str]:
    """Another name for a sequence, with and without its schema."""
    schema, plain = _split(name)
    short = plain.encode()[: _LONGEST - len("_old")].decode(errors="ignore") + "_old"
    return f"{schema}{quoted(short)}", quoted(short)


def _split(name: str) -> tuple[str, str]:
    """The schema of a name, with its dot, and the rest without quotes."""
    if name.endswith('"'):
        start = name.rindex('"', 0, len(name) - 1)
        while start and name[start - 1] == '"':  # a doubled quote is one of the name
            start = name.rindex('"', 0, start - 1)
        return name[:start], name[start + 1 : -1].replace('""', '"')
    schema, dot, plain = name.rpartition(".")
    return schema + dot, plain
