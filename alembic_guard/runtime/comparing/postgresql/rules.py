"""Rules of tables and views but for the one that makes a view a view, and their comments."""

from __future__ import annotations

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace, quoted
from alembic_guard.runtime.comparing.postgresql.triggers import BARE, FULL

PROBED = ("rule",)


def probe(namespace: Namespace, fact: Fact, name: str) -> tuple[list[str], Thing]:
    """What makes the rule once more, and what will be called so."""
    thing = fact.thing
    head = f"CREATE RULE {fact.notes['sql']} AS"
    before, place, after = fact.definition.removeprefix(head).partition(f" TO {fact.notes['on']} ")
    if not place:
        before, place, after = fact.definition.removeprefix(head).partition(
            f" TO {fact.notes['on']}\n"
        )
    table = namespace.qualified(thing.schema, thing.table)
    sql = f"CREATE RULE {quoted(name)} AS{before} TO {table} {namespace.retarget(after)}"
    return [sql], Thing("rule", name, thing.table, thing.schema)


QUERY = f"""
SELECT 'rule', n.nspname::text, r.relname::text, o.rulename::text,
       pg_catalog.json_build_object('definition', d.definition, 'enabled', o.ev_enabled,
         'comment', pg_catalog.obj_description(o.oid, 'pg_rewrite'))::text,
       d.definition,
       pg_catalog.json_build_object('on', {BARE}, 'sql', pg_catalog.quote_ident(o.rulename),
         'theirs', NOT pg_catalog.pg_has_role(r.relowner, 'USAGE'))::text
  FROM pg_catalog.pg_rewrite o JOIN pg_catalog.pg_class r ON r.oid = o.ev_class
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_ruledef(o.oid) AS words) w
 CROSS JOIN LATERAL (SELECT pg_catalog.strpos(w.words, ' TO ' || {FULL}) AS place) p
 CROSS JOIN LATERAL (SELECT pg_catalog.rtrim(CASE p.place WHEN 0 THEN w.words ELSE
   pg_catalog.overlay(w.words, ' TO ' || {BARE}, p.place,
                      pg_catalog.length(' TO ' || {FULL})) END, ';') AS definition) d
 WHERE o.rulename <> '_RETURN' AND {{own}}
"""
