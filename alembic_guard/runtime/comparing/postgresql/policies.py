"""Policies, and the switch by which a table has them obeyed (FORCE: by its owner too).

The switch is a thing of its own, there where it is on.
"""

from __future__ import annotations

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace, quoted
from alembic_guard.runtime.comparing.postgresql.triggers import BARE

PROBED = ("policy",)


def probe(namespace: Namespace, fact: Fact, name: str) -> tuple[list[str], Thing]:
    """What makes the policy once more, and what will be called so."""
    thing = fact.thing
    head = f"CREATE POLICY {fact.notes['sql']} ON {fact.notes['on']}"
    table = namespace.qualified(thing.schema, thing.table)
    tail = namespace.retarget(fact.definition.removeprefix(head))
    return [f"CREATE POLICY {quoted(name)} ON {table}{tail}"], Thing(
        "policy", name, thing.table, thing.schema
    )


_ROLES = """
(SELECT pg_catalog.string_agg(CASE y.role WHEN 0 THEN 'PUBLIC' ELSE
          pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(y.role)) END, ', '
          ORDER BY pg_catalog.pg_get_userbyid(y.role)) FROM pg_catalog.unnest(o.polroles) y (role))
"""
QUERY = f"""
SELECT 'policy', n.nspname::text, r.relname::text, o.polname::text,
       pg_catalog.json_build_object('definition', d.definition,
         'comment', pg_catalog.obj_description(o.oid, 'pg_policy'))::text,
       d.definition,
       pg_catalog.json_build_object('on', {BARE}, 'sql', pg_catalog.quote_ident(o.polname),
         'theirs', NOT pg_catalog.pg_has_role(r.relowner, 'USAGE'))::text
  FROM pg_catalog.pg_policy o JOIN pg_catalog.pg_class r ON r.oid = o.polrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 CROSS JOIN LATERAL (SELECT pg_catalog.concat('CREATE POLICY ', pg_catalog.quote_ident(o.polname),
   ' ON ', {BARE}, CASE WHEN NOT o.polpermissive THEN ' AS RESTRICTIVE' END,
   CASE o.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT'
                 WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' END,
   ' TO ' || nullif({_ROLES}, 'PUBLIC'),
   ' USING (' || pg_catalog.pg_get_expr(o.polqual, o.polrelid) || ')',
   ' WITH CHECK (' || pg_catalog.pg_get_expr(o.polwithcheck, o.polrelid) || ')') AS definition) d
 WHERE {{own}}
UNION ALL
SELECT 'row security', n.nspname::text, r.relname::text, '',
       pg_catalog.json_build_object('enabled', o.relrowsecurity,
                                    'forced', o.relforcerowsecurity)::text,
       '', pg_catalog.json_build_object('on', {BARE},
         'theirs', NOT pg_catalog.pg_has_role(o.relowner, 'USAGE'))::text
  FROM pg_catalog.pg_class o JOIN pg_catalog.pg_class r ON r.oid = o.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
 WHERE (o.relrowsecurity OR o.relforcerowsecurity) AND {{own}}
"""
