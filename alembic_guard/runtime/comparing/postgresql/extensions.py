"""Extensions and schemas: what the models declare of them, and what the database has.

Both are the whole database's, so they are made in no scratch namespace: a schema has its stand-in,
and an extension that is there stays as it is. What is declared is read from the statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.schema import CreateSchema

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.postgresql.namespace import quoted

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    from alembic_guard.runtime.comparing.model import Statement

_NAME = r'(?P<name>"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_BEFORE = r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
_SCHEMA = re.compile(
    rf"{_BEFORE}CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?(?!AUTHORIZATION\b){_NAME}", re.I | re.S
)
_EXTENSION = re.compile(
    rf"{_BEFORE}CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}(?P<rest>.*)", re.I | re.S
)
_UPDATE = re.compile(rf"{_BEFORE}ALTER\s+EXTENSION\s+{_NAME}\s+UPDATE\b(?P<rest>.*)", re.I | re.S)
_VERSION = re.compile(r"\b(?:VERSION|TO)\s+(?:'([^']*)'|\"([^\"]*)\"|([\w.]+))", re.I)
_HOME = re.compile(r'(\bSCHEMA\s+)("(?:[^"]|"")+"|[\w$]+)', re.I)
_NOTHING = "SELECT 1"

QUERY = """
SELECT 'extension', '', '', o.extname::text,
       pg_catalog.json_build_object('version', o.extversion)::text, '',
       pg_catalog.json_build_object('theirs', NOT pg_catalog.pg_has_role(o.extowner, 'USAGE'),
         'schema', o.extnamespace::pg_catalog.regnamespace::text, 'from', (
         SELECT pg_catalog.json_agg(w.source)
           FROM pg_catalog.pg_extension_update_paths(o.extname) w
          WHERE w.target = o.extversion AND w.path IS NOT NULL))::text
  FROM pg_catalog.pg_extension o
 WHERE o.extname <> 'plpgsql' AND CAST(:schemas AS text[]) IS NOT NULL
"""


def declared_schemas(metadata: MetaData) -> set[str]:
    """The schemas that events of models create."""
    dispatch = [metadata.dispatch, *(table.dispatch for table in metadata.tables.values())]
    found = set()
    for each in (*(d.before_create for d in dispatch), *(d.after_create for d in dispatch)):
        for listener in each:
            if isinstance(listener, CreateSchema):
                found.add(str(listener.element))
            elif isinstance(listener, sa.DDL):
                said = _SCHEMA.match(listener.statement.replace("%%", "%"))
                found |= {_plain(said["name"])} if said else set()
    return found


def for_scratch(sql: str, stand_ins: Mapping[str, str]) -> str:
    """A statement as it is run in scratch: one that is about the whole database does little.

    :param stand_ins: the namespaces, by the schemas for which they stand.
    """
    if _SCHEMA.match(sql) or _UPDATE.match(sql):
        return _NOTHING
    found = _EXTENSION.match(sql)
    if found is None:
        return sql

    def home(said: re.Match[str]) -> str:
        return said[1] + quoted(stand_ins.get(_plain(said[2]), _plain(said[2])))

    return f"CREATE EXTENSION IF NOT EXISTS {found['name']}{_HOME.sub(home, found['rest'])}"


def as_declared(facts: Mapping[Thing, Fact], statements: Iterable[Statement]) -> dict[Thing, Fact]:
    """The models' facts with the extensions that they declare, not with those that are there."""
    said: dict[Thing, Fact] = {}
    for statement in statements:
        for fact in _declared(statement.sql):
            before = said.get(fact.thing)
            definition = before.definition if before else fact.definition
            said[fact.thing] = Fact(fact.thing, fact.parts, definition)
    return {**{thing: fact for thing, fact in facts.items() if thing.kind != "extension"}, **said}


def _declared(sql: str) -> Iterator[Fact]:
    for pattern in (_EXTENSION, _UPDATE):
        found = pattern.match(sql)
        if found is not None:
            version = _VERSION.search(found["rest"])
            parts = {"version": next(filter(None, version.groups()))} if version else {}
            yield Fact(Thing("extension", _plain(found["name"])), parts, sql.strip().rstrip(";"))


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()
