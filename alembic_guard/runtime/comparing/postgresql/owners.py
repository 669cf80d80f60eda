"""Owners, of those things of which the models say one.

They say it by ``ALTER … OWNER TO``, by ``CREATE SCHEMA … AUTHORIZATION`` or by a table's
``info={"owner": "app"}``. No such statement is run in scratch: the role may not be there, or may
not have anything in scratch. What it is about is found by a comment that is put on it, which takes
the same words; that is rolled back. A thing of which nothing is said belongs to whomever it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import text

from alembic_guard.runtime.comparing.chosen_names import cut
from alembic_guard.runtime.comparing.comparison import Unknown
from alembic_guard.runtime.comparing.facts import Fact, Facts, Thing
from alembic_guard.runtime.comparing.postgresql import typed
from alembic_guard.runtime.comparing.postgresql.functions import KIND, NAME
from alembic_guard.runtime.comparing.postgresql.namespace import Failure, Namespace
from alembic_guard.runtime.comparing.postgresql.reading import read

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData, Table

_MARK = "guard_owner_"
_RELATIONS = ("TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE")
"""What ALTER TABLE is about, too (PostgreSQL manual, ALTER VIEW)."""

_AUTHORIZED = re.compile(
    r"""CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>"(?:[^"]|"")+"|[^\W\d][\w$]*)
    \s+AUTHORIZATION\s+(?P<role>"(?:[^"]|"")+"|[^\W\d][\w$]*)""",
    re.IGNORECASE | re.VERBOSE,
)
_WHOEVER = {"current_user", "current_role", "session_user"}


@dataclass
class Owners:
    """What the models say of owners.

    :param roles: as they are written, by the things that are owned.
    """

    roles: dict[Thing, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def owned_thing(thing: Thing) -> Thing:
    """The owner of a thing, as a thing of its own."""
    return Thing("owner", f"{thing.kind} {thing.name}", schema=thing.schema)


def declared_owners(
    made: Namespace, typed_: Sequence[str], sql: Sequence[str], places: Iterable[int], path: str
) -> Owners:
    """Ask the server what the statements that give an owner are about.

    :param made: where everything else has been made.
    :param typed_: the statements as they were typed; :param sql: as they are for scratch.
    :param places: of those that give an owner, in both; :param path: in which they are read.
    """
    found = Owners()
    for each in typed_:
        said = _AUTHORIZED.match(each.strip())
        if said is not None:
            found.roles[Thing("schema", _plain(said["name"]))] = said["role"]
    asked = []
    for place in places:
        said_of = typed.gives_owner(sql[place])
        assert said_of is not None
        kind, name, role = said_of
        if kind == "SCHEMA":
            found.roles[Thing("schema", _plain(name))] = role
        else:
            asked.append((place, kind, name, role))
    if asked:
        made.write(path)
        _ask(made, asked, found)
    return found


def _ask(made: Namespace, asked: Sequence[tuple[int, str, str, str]], found: Owners) -> None:
    """Mark each thing, the last statement about it last; ALTER TABLE may mean one of several."""
    marks = [
        (place, f"COMMENT ON {kind} {name} IS '{_MARK}{place}'")
        for place, said, name, _ in asked
        for kind in (_RELATIONS if said == "TABLE" else (said,))
    ]
    roles = {f"{_MARK}{place}": role for place, _, _, role in asked}
    savepoint = made.connection.begin_nested()
    try:
        failed: dict[int, list[Failure]] = {}
        for each in made.run([sql for _, sql in marks]):
            failed.setdefault(marks[each.place][0], []).append(each)
        made.look()
        facts = read(made.connection, made.names(), ("owners",))
    finally:
        savepoint.rollback()
    for fact in facts.values():
        role = roles.get(fact.notes["comment"])
        if role is not None:
            found.roles[what(fact)] = role
    for place, all_ in failed.items():
        if len(all_) == sum(each == place for each, _ in marks):
            found.failures.append(Failure(place, all_[0].code, all_[0].message))


def what(fact: Fact) -> Thing:
    """The thing that is owned."""
    return Thing(fact.notes["kind"], fact.notes["name"], schema=fact.thing.schema)


def model_owners(
    connection: Connection, metadata: Sequence[MetaData], facts: Facts, said: Owners
) -> tuple[dict[Thing, Fact], tuple[Unknown, ...]]:
    """The owners that the models say, and those of them that the server does not have.

    :param connection: to the database that is compared; :param facts: of the models.
    """
    default = connection.dialect.default_schema_name
    roles = {thing: _role(role) for thing, role in said.roles.items()}
    for table in (table for one in metadata for table in one.tables.values()):
        owner = table.info.get("owner")
        if owner is not None:
            roles.setdefault(_table(table, default, facts), str(owner))
    row = connection.execute(text(_ROLES), {"names": sorted({*filter(None, roles.values())})})
    there, me = set(row.scalars()), None
    if None in roles.values():
        me = connection.execute(text("SELECT current_user::text")).scalar_one()
    owned, unknown = dict[Thing, Fact](), []
    for thing, role in roles.items():
        one = owned_thing(thing)
        if role is not None and role not in there:
            reason = f'there is no role "{role}" on this server'
            unknown.append(Unknown(f"the owner of {thing}", reason, one))
        notes = {"kind": thing.kind, "name": thing.name}
        owned[one] = Fact(one, {"owner": role or me}, notes=notes)
    return owned, tuple(unknown)


def _table(table: Table, default: str | None, facts: Facts) -> Thing:
    """What a table of the models is: one of them may stand for a view."""
    schema = "" if table.schema in (None, default) else str(table.schema)
    made = (Thing(kind, cut(table.name), schema=schema) for kind in _STANDING_FOR)
    return next(
        (each for each in made if each in facts), Thing("table", cut(table.name), "", schema)
    )


_STANDING_FOR = ("table", "view", "materialized view")


def _role(written: str) -> str | None:
    """The name of a role, None for whoever asks."""
    return None if written.lower() in _WHOEVER else _plain(written)


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def live_owners(connection: Connection, schemas: Mapping[str, str]) -> dict[Thing, Fact]:
    """Who owns what in the database.

    :param schemas: the models' names for schemas, by the names in the catalogue.
    """
    return read(connection, schemas, ("owners",))


_ROLES = "SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname = ANY (:names)"
_TYPE = """CASE o.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' ELSE 'composite type' END"""
_RELATION = """CASE o.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
  WHEN 'S' THEN 'sequence' ELSE 'table' END"""
QUERY = f"""
SELECT 'owner', e.schema, '', e.kind || ' ' || e.name,
       pg_catalog.json_build_object('owner', pg_catalog.pg_get_userbyid(e.owner))::text, '',
       pg_catalog.json_build_object('kind', e.kind, 'name', e.name, 'comment', e.comment)::text
  FROM (
SELECT n.nspname::text AS schema, {_RELATION} AS kind, o.relname::text AS name,
       o.relowner AS owner,
       pg_catalog.obj_description(o.oid, 'pg_class') AS comment
  FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
 WHERE o.relkind IN ('r', 'p', 'v', 'm', 'S') AND {{own}}
UNION ALL
SELECT n.nspname::text, {KIND}, {NAME}, o.proowner,
       pg_catalog.obj_description(o.oid, 'pg_proc')
  FROM pg_catalog.pg_proc o JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace WHERE {{own}}
UNION ALL
SELECT n.nspname::text, {_TYPE}, o.typname::text, o.typowner,
       pg_catalog.obj_description(o.oid, 'pg_type')
  FROM pg_catalog.pg_type o JOIN pg_catalog.pg_namespace n ON n.oid = o.typnamespace
  LEFT JOIN pg_catalog.pg_class r ON r.oid = o.typrelid
 WHERE (o.typtype IN ('e', 'd') OR r.relkind = 'c') AND {{own}}
UNION ALL
SELECT '', 'schema', n.nspname::text, o.nspowner, NULL
  FROM pg_catalog.pg_namespace o JOIN pg_catalog.pg_namespace n ON n.oid = o.oid WHERE {{own}}
       ) e
"""
