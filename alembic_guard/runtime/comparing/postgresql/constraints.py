"""Primary keys, unique, foreign key, CHECK and EXCLUDE constraints, by their definition.

NOT NULL is said by its column, whatever name PostgreSQL 18 gives to it; what a table has from its
parent is its parent's. Whether a constraint was validated is a part of its own, since VALIDATE
makes up for it without making the constraint anew.
"""

from __future__ import annotations

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace, quoted

PROBED = ("check", "exclude")
"""Kinds whose definition may change when it is read a second time."""


def probe(namespace: Namespace, fact: Fact, name: str) -> tuple[list[str], Thing]:
    """What makes the definition once more, and what will be called so."""
    thing = fact.thing
    table = namespace.qualified(thing.schema, thing.table)
    words = namespace.retarget(fact.parts["definition"])
    sql = f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {words}"
    return [sql], Thing(thing.kind, name, thing.table, thing.schema)


QUERY = r"""
SELECT CASE o.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique'
            WHEN 'f' THEN 'foreign key' WHEN 'x' THEN 'exclude' ELSE 'check' END,
       n.nspname::text, r.relname::text, o.conname::text,
       pg_catalog.json_build_object(
         'definition', pg_catalog.regexp_replace(w.words, ' NOT VALID$', ''),
         'valid', o.convalidated,
         'comment', pg_catalog.obj_description(o.oid, 'pg_constraint'))::text,
       w.words,
       pg_catalog.json_build_object(
         'columns', k.names, 'list', k.words, 'index columns',
         (SELECT pg_catalog.json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
           WHERE a.attrelid = o.conindid AND o.contype IN ('u', 'x')),
         'target', CASE o.contype WHEN 'f' THEN pg_catalog.json_build_object(
           'schema', tn.nspname, 'table', t.relname, 'columns', tk.names,
           'match', o.confmatchtype, 'update', o.confupdtype, 'delete', o.confdeltype,
           'partly', pg_catalog.to_jsonb(o) -> 'confdelsetcols',
           'needs', i.relname) END,
         'deferrable', o.condeferrable, 'deferred', o.condeferred, 'valid', o.convalidated)::text
  FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class r ON r.oid = o.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_constraintdef(o.oid) AS words OFFSET 0) w
 CROSS JOIN LATERAL
       (SELECT pg_catalog.json_agg(a.attname ORDER BY k.place) AS names,
               pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY k.place)
                 AS words
          FROM pg_catalog.unnest(o.conkey) WITH ORDINALITY AS k (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.number) k
  LEFT JOIN pg_catalog.pg_class t ON o.contype = 'f' AND t.oid = o.confrelid
  LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
  LEFT JOIN pg_catalog.pg_class i ON o.contype = 'f' AND i.oid = o.conindid
  LEFT JOIN LATERAL
       (SELECT pg_catalog.json_agg(a.attname ORDER BY k.place) AS names
          FROM pg_catalog.unnest(o.confkey) WITH ORDINALITY AS k (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) tk ON true
 WHERE o.contype IN ('p', 'u', 'f', 'x', 'c') AND o.conparentid = 0 AND o.coninhcount = 0
   AND NOT r.relispartition AND {own}
"""
