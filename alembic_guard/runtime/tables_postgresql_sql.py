"""Questions to PostgreSQL's catalogue (manual, chapter 53), from version 12 on.

Only EXPRESSIONS and SIZES open a table; the others wait for nobody. A default is read with
``pg_get_expr(…, 0)``, which opens none (measured on 15.20): no column has a part in it.
"""

from __future__ import annotations

SEARCH_PATH = "SELECT pg_catalog.current_schemas(false)::text[]"

# A foreign key to a partitioned table has a copy for each of its partitions, on the same table.
_NO_COPY = """NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint original
                           WHERE original.oid = c.conparentid AND original.conrelid = c.conrelid)"""

RELATIONS = """
WITH RECURSIVE asked AS (
  SELECT c.oid FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN unnest(CAST(:schemas AS text[]), CAST(:names AS text[])) AS named (schema, name)
      ON n.nspname = named.schema AND c.relname = named.name
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
), ancestors AS (
  SELECT oid FROM asked
   UNION
  SELECT i.inhparent FROM ancestors a
    JOIN pg_catalog.pg_inherits i ON i.inhrelid = a.oid
    JOIN pg_catalog.pg_class c ON c.oid = a.oid AND c.relispartition
), near AS (
  SELECT oid FROM ancestors
   UNION
  SELECT confrelid FROM pg_catalog.pg_constraint
   WHERE contype = 'f' AND conrelid IN (SELECT oid FROM asked)
   UNION
  SELECT conrelid FROM pg_catalog.pg_constraint
   WHERE contype = 'f' AND confrelid IN (SELECT oid FROM asked)
   UNION
  SELECT r.ev_class FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
    JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm')
   WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
     AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
     AND d.refobjid IN (SELECT oid FROM asked)
), family AS (
  SELECT oid FROM near
   UNION
  SELECT i.inhrelid FROM family f
    JOIN pg_catalog.pg_inherits i ON i.inhparent = f.oid
    JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND c.relispartition
), held AS MATERIALIZED (
  SELECT relation FROM pg_catalog.pg_locks
   WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock'
     AND pid <> pg_catalog.pg_backend_pid()
     AND database = (SELECT oid FROM pg_catalog.pg_database
                      WHERE datname = pg_catalog.current_database())
)
SELECT c.oid::bigint AS oid, n.nspname::text AS schema, c.relname::text AS name,
       c.relkind::text AS kind, coalesce(i.inhparent, 0)::bigint AS parent,
       coalesce(p.partdefid, 0)::bigint AS default_partition,
       pg_catalog.pg_get_partkeydef(p.partrelid) AS partition_key,
       c.reltuples::float8 AS tuples, c.relpages AS pages,
       pg_catalog.current_setting('block_size')::int AS block,
       (SELECT coalesce(sum(s.relpages), 0)::bigint FROM pg_catalog.pg_class s
         WHERE s.oid = ANY (parts.oids)) AS all_pages,
       (SELECT coalesce(sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END), 0)::int
          FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS width,
       EXISTS (SELECT 1 FROM held WHERE held.relation = ANY (parts.oids)) AS busy,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE')
         AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
         AND NOT pg_catalog.row_security_active(c.oid) AS readable
  FROM family
  JOIN pg_catalog.pg_class c ON c.oid = family.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
  LEFT JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = c.oid
 CROSS JOIN LATERAL (
  SELECT ARRAY[c.oid, c.reltoastrelid] || ARRAY(
    SELECT x.indexrelid FROM pg_catalog.pg_index x
     WHERE x.indrelid IN (c.oid, c.reltoastrelid)) AS oids) AS parts
 ORDER BY n.nspname, c.relname
"""

NAMES = """
SELECT c.oid::bigint AS oid, n.nspname::text AS schema, c.relname::text AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = ANY (CAST(:oids AS oid[]))
"""

COLUMNS = """
SELECT a.attrelid::bigint AS oid, a.attname::text AS name, a.attnotnull AS not_null,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, 0) END AS default_sql,
       a.attidentity <> '' AS identity, a.attgenerated::text AS generated, l.collname::text
         AS collation
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_catalog.pg_collation l
    ON l.oid = a.attcollation AND a.attcollation <> t.typcollation
 WHERE a.attrelid = ANY (CAST(:oids AS oid[])) AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum
"""

CONSTRAINTS = f"""
SELECT c.oid::bigint AS id, c.conrelid::bigint AS oid, c.conname::text AS name,
       c.contype::text AS kind, c.convalidated AS valid, {{enforced}} AS enforced,
       c.confrelid::bigint AS refers_to,
       ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
               JOIN pg_catalog.pg_attribute a
                 ON a.attrelid = c.conrelid AND a.attnum = k.number
              ORDER BY k.place) AS columns,
       ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k (number, place)
               JOIN pg_catalog.pg_attribute a
                 ON a.attrelid = c.confrelid AND a.attnum = k.number
              ORDER BY k.place) AS referred
  FROM pg_catalog.pg_constraint c
 WHERE c.conrelid = ANY (CAST(:oids AS oid[])) AND c.contype IN ('p', 'u', 'f', 'c', 'x', 'n')
   AND {_NO_COPY}
 ORDER BY c.conname
"""

REFERENCING = f"""
SELECT DISTINCT c.confrelid::bigint AS oid, c.conrelid::bigint AS referencing
  FROM pg_catalog.pg_constraint c
 WHERE c.confrelid = ANY (CAST(:oids AS oid[])) AND c.contype = 'f' AND {_NO_COPY}
"""

INDEXES = """
SELECT i.indexrelid::bigint AS id, i.indrelid::bigint AS oid, x.relname::text AS name,
       i.indisunique AS is_unique, i.indisvalid AS valid, m.amname::text AS method,
       i.indpred IS NOT NULL AS partial, i.indexprs IS NOT NULL AS expressions,
       i.indnkeyatts AS keys,
       ARRAY(SELECT coalesce(a.attname::text, '')
               FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
               LEFT JOIN pg_catalog.pg_attribute a
                 ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number <> 0
              ORDER BY k.place) AS columns
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  JOIN pg_catalog.pg_am m ON m.oid = x.relam
 WHERE i.indrelid = ANY (CAST(:oids AS oid[]))
 ORDER BY x.relname
"""

VIEWS = """
SELECT DISTINCT d.refobjid::bigint AS oid, r.ev_class::bigint AS view, a.attname::text AS name
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> d.refobjid
  JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm')
  LEFT JOIN pg_catalog.pg_attribute a
    ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND d.refobjsubid <> 0
 WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
   AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
   AND d.refobjid = ANY (CAST(:oids AS oid[]))
"""

EXPRESSIONS = """
SELECT 'check' AS what, c.oid::bigint AS id, 0::bigint AS n,
       pg_catalog.pg_get_expr(c.conbin, c.conrelid, true) AS sql
  FROM pg_catalog.pg_constraint c
 WHERE c.contype = 'c' AND c.conrelid = ANY (CAST(:oids AS oid[]))
 UNION ALL
SELECT 'where', i.indexrelid, 0, pg_catalog.pg_get_expr(i.indpred, i.indrelid, true)
  FROM pg_catalog.pg_index i
 WHERE i.indpred IS NOT NULL AND i.indrelid = ANY (CAST(:oids AS oid[]))
 UNION ALL
SELECT 'column', i.indexrelid, k.place,
       pg_catalog.pg_get_indexdef(i.indexrelid, k.place::int, true)
  FROM pg_catalog.pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (number, place)
 WHERE k.number = 0 AND i.indrelid = ANY (CAST(:oids AS oid[]))
"""

SIZES = """
SELECT c.oid::bigint AS oid, pg_catalog.pg_relation_size(c.oid) AS heap,
       pg_catalog.pg_total_relation_size(c.oid) AS total
  FROM pg_catalog.pg_class c WHERE c.oid = ANY (CAST(:oids AS oid[]))
"""
