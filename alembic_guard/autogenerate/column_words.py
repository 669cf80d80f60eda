"""Columns as statements: those of the database in the catalogue's words, those of the models in
theirs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from alembic_guard.autogenerate.operations import quoted
from alembic_guard.autogenerate.sequences import identity_words, string
from alembic_guard.runtime.comparing.facts import Thing

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Fact

SERIAL = "SERIAL"
"""What is said of a default that draws from the sequence which the column owns."""

_NAMES = {"varchar": "character varying", "char": "character", "float": "double precision"}
_NAMES |= {"decimal": "numeric", "int": "integer"}
"""What ``format_type`` calls types that SQLAlchemy writes in short."""

_SERIAL = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}


def spelled(thing: Thing) -> str:
    """The name of a thing as SQL has it."""
    return ".".join(quoted(each) for each in (thing.schema, thing.name) if each)


def altering(thing: Thing) -> str:
    """The beginning of a statement that changes the table of a column."""
    return f"ALTER TABLE {spelled(thing.owner)}"


def type_words(fact: Fact) -> str:
    """A type as the catalogue writes it."""
    collation = fact.parts["collation"]
    return str(fact.parts["type"]) + (f" COLLATE {collation}" if collation else "")


def faithful(reflected: Any, fact: Fact, dialect: Any) -> bool:
    """Whether SQLAlchemy's reflected type is all that the catalogue says."""
    try:
        sql = str(reflected.compile(dialect=dialect))
    except (SQLAlchemyError, NotImplementedError):
        return False
    return _canonical(sql) == type_words(fact)


def _canonical(sql: str) -> str:
    """What a dialect writes, in the words of ``format_type``."""
    parts = re.split(r'("(?:[^"]|"")*")', sql)
    for place in range(0, len(parts), 2):
        plain = parts[place].replace(", ", ",")
        plain = re.sub(r"\b[A-Z]+\b", lambda word: word[0].lower(), plain)
        plain = re.sub(r"\b(\w+)\b", lambda word: _NAMES.get(word[0], word[0]), plain)
        parts[place] = plain.replace("collate ", "COLLATE ")
    return "".join(parts)


def live_column(fact: Fact) -> tuple[str, ...]:
    """What adds a column to its table as the catalogue describes it."""
    thing, name = fact.thing, fact.notes["sequence"]
    type_, first, last = type_words(fact), [], []
    words = ["NOT NULL"] if fact.parts["not null"] else []
    if fact.parts["generated"] is not None:
        stored = {"v": "VIRTUAL"}.get(fact.parts["stored"], "STORED")
        words.append(f"GENERATED ALWAYS AS ({fact.parts['generated']}) {stored}")
    elif fact.parts["identity"]:
        words.append(identity_words(fact))
    elif fact.parts["default"] == SERIAL and _named_by_server(fact):
        type_ = _SERIAL[fact.parts["type"]]
    elif fact.parts["default"] == SERIAL:
        first = [f"CREATE SEQUENCE {name} AS {fact.notes['sequence type']}"]
        words.append(f"DEFAULT nextval({string(name)})")
        last = [f"ALTER SEQUENCE {name} OWNED BY {spelled(thing.owner)}.{quoted(thing.name)}"]
    elif fact.parts["default"] is not None:
        words.append(f"DEFAULT {fact.parts['default']}")
    added = " ".join([f"{altering(thing)} ADD COLUMN {quoted(thing.name)} {type_}", *words])
    return *first, added, *last, *commented(fact)


def model_column(subject: Subject, fact: Fact) -> tuple[str, ...]:
    """What adds a column to its table as the models have it."""
    column = subject.sources.column(fact.thing)
    assert column is not None
    words = subject.sources.column_words(column)
    return f"{altering(fact.thing)} ADD COLUMN {words}", *commented(fact)


def dropped(thing: Thing) -> str:
    """What drops a column."""
    return f"{altering(thing)} DROP COLUMN {quoted(thing.name)}"


def commented(fact: Fact) -> tuple[str, ...]:
    """The comment on a column, if there is one."""
    if fact.parts["comment"] is None:
        return ()
    name = f"{spelled(fact.thing.owner)}.{quoted(fact.thing.name)}"
    return (f"COMMENT ON COLUMN {name} IS {string(fact.parts['comment'])}",)


def _named_by_server(fact: Fact) -> bool:
    """Whether SERIAL would make the very sequence that is there."""
    thing, type_ = fact.thing, fact.parts["type"]
    named = spelled(Thing("sequence", f"{thing.table}_{thing.name}_seq", schema=thing.schema))
    same = (fact.notes["sequence"], fact.notes["sequence type"]) == (named, type_)
    return same and type_ in _SERIAL and bool(fact.parts["not null"])
