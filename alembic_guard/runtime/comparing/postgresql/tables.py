"""Tables: how they persist, how they are partitioned, what they inherit, and where they are stored.

Storage parameters and the tablespace are notes: models that say nothing of them mean nothing by it.
A partition is a part of its parent. Also named, and not compared, is what Alembic takes for a table
or for its absence: foreign tables, tables of extensions, and partitions in other schemas.
"""

QUERY = """
SELECT CASE WHEN o.relkind = 'f' THEN 'foreign table'
            WHEN o.relispartition THEN 'partition' ELSE 'table' END,
       n.nspname::text, CASE WHEN o.relispartition AND o.relkind <> 'f' THEN p.relname::text
                        ELSE '' END, o.relname::text,
       CASE WHEN o.relkind = 'f' THEN '{}' WHEN o.relispartition THEN
         pg_catalog.json_build_object('bound', pg_catalog.pg_get_expr(o.relpartbound, o.oid),
           'key', pg_catalog.pg_get_partkeydef(o.oid))::text
       ELSE pg_catalog.json_build_object(
         'persistence', CASE o.relpersistence WHEN 't' THEN 'p' ELSE o.relpersistence END,
         'partitioned', pg_catalog.pg_get_partkeydef(o.oid),
         'inherits', h.parents,
         'comment', pg_catalog.obj_description(o.oid, 'pg_class'))::text END,
       '',
       pg_catalog.json_build_object(
         'on', o.oid::pg_catalog.regclass::text,
         'parent', p.oid::pg_catalog.regclass::text,
         'tablespace', s.spcname,
         'options', (SELECT pg_catalog.json_object_agg(
                              pg_catalog.split_part(each, '=', 1),
                              pg_catalog.substr(each, pg_catalog.strpos(each, '=') + 1))
                       FROM (SELECT pg_catalog.unnest(o.reloptions) AS each UNION ALL
                             SELECT 'toast.' || pg_catalog.unnest(t.reloptions)) said))::text
  FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
  LEFT JOIN pg_catalog.pg_class t ON t.oid = o.reltoastrelid
  LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = o.reltablespace
  LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = o.oid AND o.relispartition
  LEFT JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
 CROSS JOIN LATERAL
       (SELECT pg_catalog.json_agg(k.inhparent::pg_catalog.regclass::text ORDER BY k.inhseqno)
               AS parents
          FROM pg_catalog.pg_inherits k WHERE k.inhrelid = o.oid AND NOT o.relispartition) h
 WHERE o.relkind IN ('r', 'p', 'f') AND {own}
UNION ALL
SELECT 'left alone', n.nspname::text, '', o.relname::text, '{}', '', NULL
  FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
 WHERE o.relkind IN ('r', 'p', 'f') AND (
       o.relispartition AND NOT n.nspname = ANY (:schemas) AND o.relpersistence <> 't'
       OR EXISTS (SELECT 1 FROM pg_catalog.pg_depend x WHERE x.objid = o.oid AND x.deptype = 'e'
                     AND x.classid = 'pg_catalog.pg_class'::pg_catalog.regclass))
"""
