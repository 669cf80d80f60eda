"""Event triggers whose function is in one of the schemas: they belong to the database.

In scratch they have names of their own, see ``typed.py``.
"""

from __future__ import annotations

QUERY = """
SELECT 'event trigger', '', '', o.evtname::text,
       pg_catalog.json_build_object('definition', d.definition, 'enabled', o.evtenabled,
         'comment', pg_catalog.obj_description(o.oid, 'pg_event_trigger'))::text,
       d.definition,
       pg_catalog.json_build_object('sql', pg_catalog.quote_ident(o.evtname),
         'theirs', NOT pg_catalog.pg_has_role(o.evtowner, 'USAGE'))::text
  FROM pg_catalog.pg_event_trigger o JOIN pg_catalog.pg_proc f ON f.oid = o.evtfoid
  JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
 CROSS JOIN LATERAL (SELECT pg_catalog.concat('CREATE EVENT TRIGGER ',
   pg_catalog.quote_ident(o.evtname), ' ON ', o.evtevent, E'\\n    WHEN TAG IN (' ||
   (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(y.tag), ', ' ORDER BY y.tag)
      FROM pg_catalog.unnest(o.evttags) y (tag)) || ')', E'\\n    EXECUTE FUNCTION ',
   CASE n.nspname WHEN pg_catalog.current_schema() THEN '' ELSE
   pg_catalog.quote_ident(n.nspname) || '.' END, pg_catalog.quote_ident(f.proname), '()')
   AS definition) d
 WHERE {own}
"""
