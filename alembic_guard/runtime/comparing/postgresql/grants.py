"""Privileges, one thing for each privilege, object and role; those of owners count on one side.

An owner has them anyway. Where the models give one to whoever owns the thing in the database, that
is there already: in scratch another role is the owner.

They are compared for objects of which the models grant or revoke something, and only there: what
``ALTER DEFAULT PRIVILEGES`` gave to an object of the database is nobody's to take.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.postgresql.functions import TYPES
from alembic_guard.runtime.comparing.postgresql.reading import read

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BARE = """CASE n.nspname WHEN pg_catalog.current_schema() THEN '' ELSE
  pg_catalog.quote_ident(n.nspname) || '.' END || """
_RELATION = f"{_BARE} pg_catalog.quote_ident(o.relname)"
_RELATION_KIND = "CASE o.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END"

_OBJECTS = f"""
SELECT n.nspname::text AS schema, {_RELATION_KIND} || {_RELATION} AS object, '' AS part,
       coalesce(o.relacl, pg_catalog.acldefault(CASE o.relkind WHEN 'S' THEN 's'::"char"
         ELSE 'r'::"char" END, o.relowner)) AS acl, o.relowner AS owner,
       CASE o.relkind WHEN 'S' THEN 'S'::"char" ELSE 'r'::"char" END AS class, n.oid AS home
  FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
 WHERE o.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {{own}}
UNION ALL
SELECT n.nspname::text, 'TABLE ' || {_RELATION},
       ' (' || pg_catalog.quote_ident(a.attname) || ')', a.attacl, o.relowner, 'r', n.oid
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class o ON o.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
 WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND {{own}}
UNION ALL
SELECT n.nspname::text, CASE o.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END
         || {_BARE} pg_catalog.quote_ident(o.proname) || '(' || {TYPES} || ')', '',
       coalesce(o.proacl, pg_catalog.acldefault('f', o.proowner)), o.proowner, 'f', n.oid
  FROM pg_catalog.pg_proc o JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace WHERE {{own}}
UNION ALL
SELECT n.nspname::text, 'TYPE ' || {_BARE} pg_catalog.quote_ident(o.typname), '',
       coalesce(o.typacl, pg_catalog.acldefault('T', o.typowner)), o.typowner, 'T', n.oid
  FROM pg_catalog.pg_type o JOIN pg_catalog.pg_namespace n ON n.oid = o.typnamespace
 WHERE o.typtype IN ('e', 'd') AND {{own}}
UNION ALL
SELECT n.nspname::text, 'SCHEMA ' || pg_catalog.quote_ident(n.nspname), '',
       coalesce(o.nspacl, pg_catalog.acldefault('n', o.nspowner)), o.nspowner, 'n', NULL
  FROM pg_catalog.pg_namespace o JOIN pg_catalog.pg_namespace n ON n.oid = o.oid WHERE {{own}}
"""
QUERY = f"""
SELECT 'grant', g.schema, '', e.privilege_type || g.part || ' ON ' || g.object || ' TO ' || w.who,
       CASE WHEN e.grantee = g.owner THEN '{{}}' ELSE
         pg_catalog.json_build_object('grantable', e.is_grantable)::text END, '',
       pg_catalog.json_build_object('own', e.grantee = g.owner,
         'privilege', e.privilege_type || g.part, 'object', g.object,
         'role', w.who, 'by default', EXISTS (
           SELECT 1 FROM pg_catalog.pg_default_acl d
            CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) x
            WHERE d.defaclrole = g.owner AND d.defaclnamespace IN (0, g.home)
              AND d.defaclobjtype = g.class AND x.grantee = e.grantee
              AND x.privilege_type = e.privilege_type
              AND x.is_grantable = e.is_grantable))::text
  FROM ({_OBJECTS}) g CROSS JOIN LATERAL pg_catalog.aclexplode(g.acl) e
 CROSS JOIN LATERAL (SELECT CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE
   pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(e.grantee)) END AS who) w
"""


def read_grants(
    connection: Connection, schemas: Mapping[str, str]
) -> tuple[dict[Thing, Fact], dict[Thing, Fact]]:
    """The privileges of others than the owners, and those of the owners.

    :param schemas: the models' names for schemas, by the names in the catalogue.
    """
    others, own = dict[Thing, Fact](), dict[Thing, Fact]()
    for thing, fact in read(connection, schemas, ("grants",)).items():
        (own if fact.notes["own"] else others)[thing] = fact
    return others, own
