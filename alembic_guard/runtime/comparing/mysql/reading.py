"""Reads what a MariaDB or MySQL has as facts; both sides are read by the same code."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.mysql.objects import object_fact
from alembic_guard.runtime.comparing.mysql.table_text import TableText, read_table, with_parts
from alembic_guard.runtime.comparing.mysql.tokens import Unreadable, quoted
from alembic_guard.runtime.scratch_mysql import said

if TYPE_CHECKING:
    from sqlalchemy import Connection


_HIDDEN = "None"
"""What is said of the text of a routine to who may not see it."""

_KINDS = """
SELECT routine_type FROM information_schema.routines
 WHERE routine_schema = DATABASE() AND routine_name = :name
"""


@dataclass
class Side:
    """What one side has.

    :param unreadable: things that could not be read, with the reason as a clause.
    """

    facts: dict[Thing, Fact] = field(default_factory=dict)
    unreadable: dict[Thing, str] = field(default_factory=dict)


def read(connection: Connection, databases: Collection[str]) -> Side:
    """Read one side.

    :param databases: the names of both; what is qualified with them is read as if it were not.
    """
    side = Side()
    for name, sql in said(connection):
        try:
            for fact in facts_of(unqualified(sql, databases)):
                side.facts[fact.thing] = fact
        except Unreadable as error:
            for thing in _routines(connection, name) if sql == _HIDDEN else [Thing("table", name)]:
                side.unreadable[thing] = str(error)
    return side


def _routines(connection: Connection, name: str) -> list[Thing]:
    """The routines of a name whose text is shown to others only."""
    kinds = connection.execute(text(_KINDS), {"name": name}).scalars()
    return [Thing(str(kind).lower(), name) for kind in kinds]


def table_facts(
    connection: Connection, name: str, databases: Collection[str], more: Sequence[str] = ()
) -> dict[Thing, Fact]:
    """One table with its parts; nothing where it is not there.

    :param more: parts that it is to have, too.
    :raises Unreadable: where it cannot be read.
    """
    escaped = quoted(name).replace("%", "%%")
    sql = str(connection.exec_driver_sql(f"SHOW CREATE TABLE {escaped}").one()[1])
    whole = with_parts(unqualified(sql, databases), more)
    return {fact.thing: fact for fact in facts_of(whole)}


def facts_of(sql: str) -> Iterator[Fact]:
    """The facts of one text of SHOW CREATE.

    :raises Unreadable: where it is none.
    """
    made = object_fact(sql)
    if made is not None:
        yield made
    elif sql.startswith("CREATE"):
        yield from parts_of(read_table(sql))
    else:
        raise Unreadable("SHOW CREATE says nothing of it: a right is missing, perhaps")


def parts_of(table: TableText) -> Iterator[Fact]:
    """A table and its parts."""
    options: Mapping[str, Any] = table.options
    parts = {"comment": options.get("comment"), "options": options, "partition": table.partition}
    collation = options.get("collate") or options.get("charset")
    notes = {"collation": collation, "partition": table.partition}
    yield Fact(Thing("table", table.name), parts, table.sql, notes)
    trees = str(options.get("engine")).upper() not in ("MEMORY", "NDB", "NDBCLUSTER")
    for part in table.parts:
        if trees and part.parts.get("using") == "using btree":  # it is one in any case
            part.parts["using"] = ""
        yield Fact(Thing(part.kind, part.name, table.name), part.parts, part.definition)


def unqualified(sql: str, databases: Collection[str]) -> str:
    """What SHOW CREATE says, without the names of some databases."""
    for name in databases:
        sql = sql.replace(f"{quoted(name)}.", "")
    return sql
