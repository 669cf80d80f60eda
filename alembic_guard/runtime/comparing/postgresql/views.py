"""Views and materialized views, by the query that the server made of them.

A query for all columns takes them in whichever order the table has them, and a table that grew has
another order than a new one: such views are compared by which columns they have.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from alembic_guard.runtime.comparing.facts import Fact, Facts, Thing
from alembic_guard.runtime.comparing.postgresql import typed
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace

if TYPE_CHECKING:
    from alembic_guard.runtime.comparing.model import Statement

PROBED = ("view", "materialized view")


def probe(namespace: Namespace, fact: Fact, name: str) -> tuple[list[str], Thing]:
    """What makes the view once more, without rows, and what will be called so."""
    thing = fact.thing
    view = namespace.qualified(thing.schema, name)
    query = namespace.retarget(fact.definition).rstrip().rstrip(";")
    return [f"CREATE VIEW {view} AS {query}"], Thing("view", name, schema=thing.schema)


def taking_all(makers: Mapping[Thing, tuple[Statement, ...]]) -> frozenset[Thing]:
    """The views whose columns are in whichever order the table has them."""
    return frozenset(
        thing
        for thing, statements in makers.items()
        if thing.kind in PROBED and any(typed.takes_all(each.sql) for each in statements)
    )


def in_one_order(facts: Facts, loose: Collection[Thing]) -> dict[Thing, Fact]:
    """The facts, with the queries of such views in an order that both sides have in common."""
    return {thing: ordered_in(fact, loose) for thing, fact in facts.items()}


def ordered_in(fact: Fact, loose: Collection[Thing]) -> Fact:
    """One fact, of such a view or of anything else."""
    if fact.thing not in loose:
        return fact
    query = unordered(fact.parts["definition"])
    return replace(fact, parts={**fact.parts, "definition": query})


def unordered(query: str) -> str:
    """A query in the server's words, with the columns of each SELECT in one order."""
    out, place = [], 0
    for begin, end in _lists(query):
        if begin < place:
            continue
        columns = [unordered(each.strip()) for each in _parts(query[begin:end])]
        out += [query[place:begin], ", ".join(sorted(columns)), " "]
        place = end
    return " ".join("".join([*out, query[place:]]).split())


_WORDS = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | [^\W\d][\w$]* | [(),;] | .""", re.DOTALL | re.VERBOSE
)
_ENDS = {"FROM", "WHERE", "UNION", "INTERSECT", "EXCEPT", "GROUP", "HAVING", "ORDER", "LIMIT"}
_ENDS |= {"OFFSET", "FETCH", "FOR", "WINDOW"}


def _lists(query: str) -> Iterator[tuple[int, int]]:
    """Where the lists of columns are, the outer ones before those in them."""
    open_: list[tuple[int, int]] = []
    found = []
    depth = 0
    for token in _WORDS.finditer(query):
        word = token[0].upper() if token[0][0].isalpha() else token[0]
        if word == "(":
            depth += 1
        elif word == "SELECT":
            open_.append((depth, token.end()))
        elif word in _ENDS or word in (")", ";"):
            if open_ and open_[-1][0] == depth:
                found.append((open_.pop()[1], token.start()))
            depth -= word == ")"
    found += [(start, len(query)) for _, start in open_]
    return iter(sorted(found))


def _parts(columns: str) -> Iterator[str]:
    start = depth = 0
    for token in _WORDS.finditer(columns):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if token[0] == "," and not depth:
            yield columns[start : token.start()]
            start = token.end()
    yield columns[start:]


QUERY = """
SELECT CASE o.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END,
       n.nspname::text, '', o.relname::text,
       pg_catalog.json_build_object(
         'definition', pg_catalog.pg_get_viewdef(o.oid),
         'options', (SELECT pg_catalog.json_agg(each ORDER BY each)
                       FROM pg_catalog.unnest(o.reloptions) each),
         'comment', pg_catalog.obj_description(o.oid, 'pg_class'),
         'column comments', (SELECT pg_catalog.json_object_agg(a.attname, c.description)
                      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_description c
                        ON c.objoid = o.oid AND c.classoid = o.tableoid
                       AND c.objsubid = a.attnum WHERE a.attrelid = o.oid))::text,
       pg_catalog.pg_get_viewdef(o.oid),
       pg_catalog.json_build_object(
         'sql', CASE n.nspname WHEN pg_catalog.current_schema() THEN '' ELSE
                pg_catalog.quote_ident(n.nspname) || '.' END || pg_catalog.quote_ident(o.relname),
         'filled', o.relispopulated,
         'theirs', NOT pg_catalog.pg_has_role(o.relowner, 'USAGE'),
         'options', o.reloptions,
         'acl', o.relacl::text[],
         'columns', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attname,
                       pg_catalog.format_type(a.atttypid, a.atttypmod),
                       (SELECT c.collname FROM pg_catalog.pg_collation c
                         WHERE c.oid = a.attcollation)) ORDER BY a.attnum)
                       FROM pg_catalog.pg_attribute a
                      WHERE a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped))::text
  FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
 WHERE o.relkind IN ('v', 'm') AND {own}
"""
