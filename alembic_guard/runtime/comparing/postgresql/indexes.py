"""Indexes that no constraint brings with it, by their definition from USING on.

Storage parameters and the tablespace are parts of their own, for they change without a new index.
"""

from __future__ import annotations

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace, quoted

PROBED = ("index",)


def probe(namespace: Namespace, fact: Fact, name: str) -> tuple[list[str], Thing]:
    """What makes the index once more, and what will be called so."""
    thing = fact.thing
    table = namespace.qualified(thing.schema, thing.table)
    unique = "UNIQUE " if fact.parts["unique"] else ""
    tail = namespace.retarget(fact.parts["definition"])
    sql = f"CREATE {unique}INDEX {quoted(name)} ON {table} {tail}"
    return [sql], Thing("index", name, thing.table, thing.schema)


QUERY = r"""
SELECT 'index', n.nspname::text, r.relname::text, o.relname::text,
       pg_catalog.json_build_object(
         'unique', i.indisunique, 'valid', i.indisvalid,
         'definition', pg_catalog.concat(v.words, pred.words),
         'options', (SELECT pg_catalog.json_object_agg(
                              pg_catalog.split_part(each, '=', 1),
                              pg_catalog.substr(each, pg_catalog.strpos(each, '=') + 1))
                       FROM pg_catalog.unnest(o.reloptions) each),
         'tablespace', s.spcname,
         'comment', pg_catalog.obj_description(o.oid, 'pg_class'))::text,
       pg_catalog.concat(v.words, ' ' || opt.words,
                         ' TABLESPACE ' || pg_catalog.quote_ident(s.spcname), pred.words),
       pg_catalog.json_build_object(
         'columns', k.names, 'plain', v.words = pg_catalog.concat('USING btree (', k.words, ')')
           AND pred.words IS NULL AND o.reloptions IS NULL AND s.spcname IS NULL)::text
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class o ON o.oid = i.indexrelid
  JOIN pg_catalog.pg_class r ON r.oid = i.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
  LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = o.reltablespace
 CROSS JOIN LATERAL (SELECT pg_catalog.substr(pg_catalog.pg_get_indexdef(o.oid),
       pg_catalog.length(pg_catalog.concat('CREATE ', CASE WHEN i.indisunique THEN 'UNIQUE ' END,
         'INDEX ', pg_catalog.quote_ident(o.relname), ' ON ',
         CASE o.relkind WHEN 'I' THEN 'ONLY ' END,
         CASE o.relpersistence WHEN 't' THEN 'pg_temp' ELSE pg_catalog.quote_ident(n.nspname) END,
         '.', pg_catalog.quote_ident(r.relname), ' ')) + 1) AS words
       OFFSET 0) w
 CROSS JOIN LATERAL
       (SELECT ' WHERE ' || pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS words OFFSET 0) pred
 CROSS JOIN LATERAL (SELECT pg_catalog.left(w.words, pg_catalog.length(w.words)
       - coalesce(pg_catalog.length(pred.words), 0)) AS words) head
 CROSS JOIN LATERAL (SELECT CASE WHEN o.reloptions IS NOT NULL THEN
       pg_catalog.strpos(pg_catalog.reverse(head.words), pg_catalog.reverse(' WITH (')) END
       AS place) at
 CROSS JOIN LATERAL (SELECT pg_catalog.right(head.words, at.place + 5) AS words) opt
 CROSS JOIN LATERAL (SELECT CASE WHEN at.place > 0 THEN pg_catalog.left(head.words,
       pg_catalog.length(head.words) - at.place - 6) ELSE head.words END AS words) v
 CROSS JOIN LATERAL
       (SELECT pg_catalog.json_agg(a.attname ORDER BY c.place) AS names,
               pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY c.place)
                 AS words
          FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS c (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = c.number) k
 WHERE r.relkind IN ('r', 'p', 'm') AND NOT r.relispartition AND {own} AND NOT EXISTS
       (SELECT 1 FROM pg_catalog.pg_constraint c
         WHERE c.conindid = o.oid AND c.contype IN ('p', 'u', 'x'))
"""
