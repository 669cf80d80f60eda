"""Triggers of tables and views, whether they are enabled, and their comments.

Those of partitions are their parents', and what a foreign key needs is the server's own.
"""

from __future__ import annotations

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace, quoted

PROBED = ("trigger",)


def probe(namespace: Namespace, fact: Fact, name: str) -> tuple[list[str], Thing]:
    """What makes the trigger once more, and what will be called so."""
    thing = fact.thing
    before, place, after = fact.definition.partition(f" ON {fact.notes['on']} ")
    head, trigger, middle = before.partition(f"TRIGGER {fact.notes['sql']} ")
    table = namespace.qualified(thing.schema, thing.table)
    sql = f"{head}TRIGGER {quoted(name)} {middle} ON {table} {namespace.retarget(after)}"
    assert place
    assert trigger
    return [sql], Thing("trigger", name, thing.table, thing.schema)


BARE = """CASE n.nspname WHEN pg_catalog.current_schema() THEN '' ELSE
  pg_catalog.quote_ident(n.nspname) || '.' END || pg_catalog.quote_ident(r.relname)"""
FULL = "pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(r.relname)"
OF_PARENT = "coalesce((pg_catalog.to_jsonb(o)->>'tgparentid')::pg_catalog.oid, 0) <> 0"

QUERY = f"""
SELECT 'trigger', n.nspname::text, r.relname::text, o.tgname::text,
       pg_catalog.json_build_object('definition', d.definition, 'enabled', o.tgenabled,
         'comment', pg_catalog.obj_description(o.oid, 'pg_trigger'))::text,
       d.definition,
       pg_catalog.json_build_object('on', {BARE}, 'sql', pg_catalog.quote_ident(o.tgname),
         'theirs', NOT pg_catalog.pg_has_role(r.relowner, 'USAGE'))::text
  FROM pg_catalog.pg_trigger o JOIN pg_catalog.pg_class r ON r.oid = o.tgrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_triggerdef(o.oid) AS words) w
 CROSS JOIN LATERAL (SELECT pg_catalog.strpos(w.words, ' ON ' || {FULL} || ' ') AS place) p
 CROSS JOIN LATERAL (SELECT CASE p.place WHEN 0 THEN w.words ELSE pg_catalog.overlay(w.words,
   ' ON ' || {BARE} || ' ', p.place, pg_catalog.length(' ON ' || {FULL} || ' ')) END
   AS definition) d
 WHERE NOT o.tgisinternal AND NOT {OF_PARENT} AND {{own}}
"""
