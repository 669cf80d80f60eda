"""What the catalogue says of schemas: one query a kind of thing, the same for live and scratch.

The ``search_path`` of the moment decides which names are shown with their schema: each side is read
with its own objects first. What is left of a scratch namespace's name is taken out of the text; it
is random, so nothing else can be meant. Objects of extensions are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from alembic_guard.runtime.comparing.facts import Fact, Thing

if TYPE_CHECKING:
    from sqlalchemy import Connection

KINDS = (
    *("schemas", "extensions", "tables", "columns", "constraints", "indexes", "types"),
    *("sequences", "views", "functions", "triggers", "rules", "policies", "event_triggers"),
)
"""Modules beside this one, each with its ``QUERY``."""


def read(
    connection: Connection, schemas: Mapping[str, str], kinds: Iterable[str] = KINDS
) -> dict[Thing, Fact]:
    """The facts of schemas.

    :param schemas: the models' names for schemas, by the names in the catalogue.
    :param kinds: what to ask for, of :data:`KINDS`.
    """
    facts = {}
    for kind in kinds:
        query = import_module(f"{__package__}.{kind}").QUERY
        for fact in _asked(connection, query, schemas):
            facts[fact.thing] = fact
    return facts


def _asked(connection: Connection, query: str, schemas: Mapping[str, str]) -> Iterator[Fact]:
    strip = stripping(connection, schemas)
    rows = connection.execute(text(query.replace("{own}", OWN)), {"schemas": list(schemas)})
    for kind, schema, table, name, parts, definition, notes in rows:
        thing = Thing(kind, strip(name), table, schemas.get(schema, schema))
        if kind == "schema":
            thing = Thing(kind, schemas[name])
        said = strip(json.loads(parts))
        yield Fact(thing, said, strip(definition or ""), strip(json.loads(notes or "{}")))


def stripping(connection: Connection, schemas: Mapping[str, str]) -> Callable[[Any], Any]:
    """What takes the scratch namespaces' names out of a text, or of all texts in a value."""
    scratch = [name for name in schemas if name.startswith(("guard_", "pg_temp"))]
    if not scratch:
        return lambda value: value
    named = [schemas[name] for name in scratch]
    quoted = connection.execute(text(_WRITTEN), {"names": named}).scalars()
    written = dict(zip(named, quoted, strict=True))
    swaps = []
    for name in sorted(scratch, key=len, reverse=True):
        schema = written[schemas[name]] if schemas[name] else ""
        swaps += [(f"{name}.", f"{schema}." if schema else ""), (name, schema)]
    swaps.append(("pg_temp.", ""))

    def strip(value: Any) -> Any:
        if isinstance(value, str):
            for name, schema in swaps:
                value = value.replace(name, schema)
        elif isinstance(value, list):
            return [strip(each) for each in value]
        elif isinstance(value, dict):
            return {strip(word): strip(each) for word, each in value.items()}
        return value

    return strip


_WRITTEN = """
SELECT pg_catalog.quote_ident(name) FROM pg_catalog.unnest(CAST(:names AS text[]))
  WITH ORDINALITY AS each (name, place) ORDER BY place
"""
OWN = """n.nspname = ANY (:schemas) AND NOT EXISTS
       (SELECT 1 FROM pg_catalog.pg_depend x WHERE x.objid = o.oid AND x.deptype = 'e'
           AND x.classid = o.tableoid)"""
