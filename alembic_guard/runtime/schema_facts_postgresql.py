"""What a PostgreSQL has, asked of its catalogue in one query a kind of thing.

What belongs to an extension is left out, for the extension says it, and so are the sequences that
come and go with their column. NOT NULL is said by its column; the
name that PostgreSQL 18 gives to it is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


def read(connection: Connection) -> Iterator[tuple[str, str]]:
    """Each thing's name, without the default schema, and its definition."""
    default = connection.dialect.default_schema_name or "public"
    for query in _QUERIES:
        sql = query.format(own=_OWN).replace("%", "%%")
        for kind, schema, name, definition in connection.exec_driver_sql(sql):
            shown = name if schema in (None, default) else f"{schema}.{name}"
            yield f"{kind} {shown}", definition or ""


_OWN = """n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend x WHERE x.objid = o.oid AND x.deptype = 'e'
                      AND x.classid = o.tableoid)"""

_SCHEMAS = """
SELECT 'schema', NULL, o.nspname::text, '' FROM pg_catalog.pg_namespace o
 WHERE o.nspname NOT LIKE 'pg\\_%' AND o.nspname <> 'information_schema'
"""
_EXTENSIONS = """
SELECT 'extension', NULL, extname::text, extversion::text FROM pg_catalog.pg_extension
"""
_RELATIONS = """
SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                    WHEN 'f' THEN 'foreign table' ELSE 'table' END,
       n.nspname::text, o.relname::text,
       pg_catalog.concat_ws(' ',
         CASE relpersistence WHEN 'u' THEN 'UNLOGGED' END,
         CASE WHEN relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(o.oid) END,
         CASE WHEN relkind = 'p' THEN 'PARTITION BY ' || pg_catalog.pg_get_partkeydef(o.oid) END,
         CASE WHEN relispartition THEN pg_catalog.pg_get_expr(relpartbound, o.oid) END,
         CASE WHEN reloptions IS NOT NULL THEN 'WITH ' || reloptions::text END,
         CASE WHEN relrowsecurity THEN 'ROW LEVEL SECURITY' END,
         CASE WHEN relforcerowsecurity THEN 'FORCED' END,
         'COMMENT ' || pg_catalog.quote_literal(pg_catalog.obj_description(o.oid, 'pg_class')))
  FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
 WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relpersistence <> 't' AND {own}
"""
_COLUMNS = """
SELECT 'column', n.nspname::text, o.relname || '.' || a.attname,
       pg_catalog.concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod),
         CASE WHEN a.attcollation <> t.typcollation AND a.attcollation <> 0 THEN
           'COLLATE ' || a.attcollation::pg_catalog.regcollation::text END,
         CASE WHEN a.attnotnull THEN 'NOT NULL' END,
         CASE a.attidentity WHEN 'a' THEN 'IDENTITY ALWAYS' WHEN 'd' THEN 'IDENTITY' END,
         CASE a.attgenerated WHEN '' THEN 'DEFAULT' ELSE 'GENERATED' END || ' ' ||
           pg_catalog.pg_get_expr(d.adbin, d.adrelid),
         'COMMENT ' || pg_catalog.quote_literal(pg_catalog.col_description(o.oid, a.attnum)))
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class o ON o.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped AND o.relkind IN ('r', 'p', 'f', 'c')
   AND o.relpersistence <> 't' AND {own}
"""
_CONSTRAINTS = """
SELECT 'constraint', n.nspname::text,
       coalesce(r.relname::text, t.typname::text, '') || '.' || o.conname,
       pg_catalog.pg_get_constraintdef(o.oid)
  FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_namespace n ON n.oid = o.connamespace
  LEFT JOIN pg_catalog.pg_class r ON r.oid = o.conrelid
  LEFT JOIN pg_catalog.pg_type t ON t.oid = o.contypid
 WHERE o.contype NOT IN ('n', 't') AND coalesce(r.relpersistence, 'p') <> 't' AND {own}
"""
_INDEXES = """
SELECT 'index', n.nspname::text, r.relname || '.' || o.relname,
       pg_catalog.pg_get_indexdef(o.oid) || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class o ON o.oid = i.indexrelid
  JOIN pg_catalog.pg_class r ON r.oid = i.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
 WHERE o.relpersistence <> 't' AND {own} AND NOT EXISTS
       (SELECT 1 FROM pg_catalog.pg_constraint c
         WHERE c.conindid = o.oid AND c.contype IN ('p', 'u', 'x'))
"""
_SEQUENCES = """
SELECT 'sequence', n.nspname::text, o.relname::text,
       pg_catalog.concat_ws(' ', pg_catalog.format_type(s.seqtypid, NULL), s.seqstart,
                            s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
  FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class o ON o.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
 WHERE o.relpersistence <> 't' AND {own} AND NOT EXISTS
       (SELECT 1 FROM pg_catalog.pg_depend y WHERE y.classid = 'pg_catalog.pg_class'::regclass
           AND y.objid = o.oid AND y.deptype IN ('a', 'i'))
"""
_TYPES = """
SELECT CASE o.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' ELSE 'type' END,
       n.nspname::text, o.typname::text,
       pg_catalog.concat_ws(' ',
         (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', '
                                       ORDER BY e.enumsortorder)
            FROM pg_catalog.pg_enum e WHERE e.enumtypid = o.oid),
         CASE WHEN o.typtype = 'd' THEN pg_catalog.format_type(o.typbasetype, o.typtypmod) END,
         CASE WHEN o.typnotnull THEN 'NOT NULL' END, 'DEFAULT ' || o.typdefault)
  FROM pg_catalog.pg_type o JOIN pg_catalog.pg_namespace n ON n.oid = o.typnamespace
  LEFT JOIN pg_catalog.pg_class r ON r.oid = o.typrelid
 WHERE (o.typtype IN ('e', 'd', 'r') OR r.relkind = 'c') AND {own}
"""
_FUNCTIONS = """
SELECT CASE o.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
       n.nspname::text, o.proname || '(' || pg_catalog.pg_get_function_identity_arguments(o.oid)
         || ')',
       CASE WHEN o.prokind = 'a' THEN '' ELSE pg_catalog.pg_get_functiondef(o.oid) END
  FROM pg_catalog.pg_proc o JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace
 WHERE {own}
"""
_TRIGGERS = """
SELECT 'trigger', n.nspname::text, r.relname || '.' || o.tgname,
       pg_catalog.pg_get_triggerdef(o.oid) || CASE o.tgenabled WHEN 'O' THEN ''
         ELSE ' ENABLED ' || o.tgenabled::text END
  FROM pg_catalog.pg_trigger o JOIN pg_catalog.pg_class r ON r.oid = o.tgrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 WHERE NOT o.tgisinternal AND r.relpersistence <> 't' AND {own}
"""
_POLICIES = """
SELECT 'policy', n.nspname::text, r.relname || '.' || o.polname,
       pg_catalog.concat_ws(' ', o.polcmd, o.polpermissive,
         o.polroles::pg_catalog.regrole[]::text, pg_catalog.pg_get_expr(o.polqual, o.polrelid),
         pg_catalog.pg_get_expr(o.polwithcheck, o.polrelid))
  FROM pg_catalog.pg_policy o JOIN pg_catalog.pg_class r ON r.oid = o.polrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE {own}
"""
_RULES = """
SELECT 'rule', n.nspname::text, r.relname || '.' || o.rulename, pg_catalog.pg_get_ruledef(o.oid)
  FROM pg_catalog.pg_rewrite o JOIN pg_catalog.pg_class r ON r.oid = o.ev_class
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 WHERE o.rulename <> '_RETURN' AND {own}
"""
_QUERIES = (
    *(_SCHEMAS, _EXTENSIONS, _RELATIONS, _COLUMNS, _CONSTRAINTS, _INDEXES, _SEQUENCES),
    *(_TYPES, _FUNCTIONS, _TRIGGERS, _POLICIES, _RULES),
)
