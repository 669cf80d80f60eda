"""Columns: type, collation, nullability, default, generated expression, identity, storage, comment.

A default that draws from the sequence which the column owns is the same whatever the sequence is
called, and DEFAULT NULL is none, but for a domain, whose own default it hides; the columns of
partitions are their parents'.
"""

from __future__ import annotations

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace, quoted

PROBED = ("column",)
_QUOTE = "'"


def probe(namespace: Namespace, fact: Fact, name: str) -> tuple[list[str], Thing]:
    """What makes the expression once more, on a copy of the table, and the column there."""
    thing, parts = fact.thing, fact.parts
    plain = namespace.qualified(thing.schema, thing.table)
    copy, column = namespace.qualified(thing.schema, name), quoted(thing.name)
    found = Thing("column", thing.name, name, thing.schema)
    made = f"CREATE TABLE {copy} (LIKE {plain})"
    if parts["generated"] is not None:
        stored = {"v": "VIRTUAL"}.get(parts["stored"], "STORED")
        words = f"GENERATED ALWAYS AS ({namespace.retarget(parts['generated'])}) {stored}"
        added = f"ADD {column} {namespace.retarget(parts['type'])} {words}"
        return [made, f"ALTER TABLE {copy} DROP {column}, {added}"], found
    default = namespace.retarget(parts["default"] or "NULL")
    owned = []
    if default == "SERIAL":
        sequence = namespace.qualified(thing.schema, f"{name}_seq")
        owned = [f"CREATE SEQUENCE {sequence} OWNED BY {copy}.{column}"]
        default = f"nextval('{sequence.replace(_QUOTE, _QUOTE * 2)}')"
    return [made, *owned, f"ALTER TABLE {copy} ALTER {column} SET DEFAULT {default}"], found


QUERY = """
SELECT 'column', n.nspname::text, o.relname::text, a.attname::text,
       pg_catalog.json_build_object(
         'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
         'collation', CASE WHEN a.attcollation <> t.typcollation AND a.attcollation <> 0
                           THEN a.attcollation::pg_catalog.regcollation::text END,
         'not null', a.attnotnull,
         'default', CASE WHEN a.attgenerated <> '' THEN NULL WHEN q.name IS NOT NULL THEN 'SERIAL'
                    WHEN t.typtype <> 'd' AND w.words ~ '^NULL(::|$)' THEN NULL
                    ELSE w.words END,
         'generated', CASE WHEN a.attgenerated <> '' THEN w.words END,
         'stored', a.attgenerated,
         'identity', a.attidentity,
         'identity options', i.options,
         'storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END,
         'compression', nullif(pg_catalog.to_jsonb(a)->>'attcompression', ''),
         'comment', pg_catalog.col_description(o.oid, a.attnum))::text,
       '',
       pg_catalog.json_build_object('place', a.attnum, 'sequence', q.name, 'sequence type', q.type,
         'identity sequence', i.name,
         'inherited', a.attinhcount > 0, 'own storage', t.typstorage,
         'uses', CASE WHEN a.attgenerated <> '' THEN
           (SELECT pg_catalog.json_agg(DISTINCT b.attname)
              FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_attribute b
                ON b.attrelid = p.refobjid AND b.attnum = p.refobjsubid
             WHERE p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
               AND p.refobjid = o.oid AND p.refobjsubid NOT IN (0, a.attnum)
               AND ((p.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND p.objid = d.oid)
                 OR (p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                     AND p.objid = o.oid AND p.objsubid = a.attnum))) END)::text
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class o ON o.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN LATERAL
       (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS words OFFSET 0) w ON true
  LEFT JOIN LATERAL
       (SELECT s.seqrelid::pg_catalog.regclass::text AS name,
               pg_catalog.json_build_object('start', s.seqstart, 'increment', s.seqincrement,
                 'minvalue', s.seqmin, 'maxvalue', s.seqmax, 'cache', s.seqcache,
                 'cycle', s.seqcycle) AS options
          FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_depend p ON p.objid = s.seqrelid
         WHERE a.attidentity <> '' AND p.deptype = 'i'
           AND p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
           AND p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
           AND p.refobjid = o.oid AND p.refobjsubid = a.attnum) i ON true
  LEFT JOIN LATERAL
       (SELECT v.objid::pg_catalog.regclass::text AS name,
               pg_catalog.format_type(s.seqtypid, NULL) AS type
          FROM pg_catalog.pg_depend u JOIN pg_catalog.pg_depend v
            ON v.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND v.objid = u.refobjid
           AND v.deptype = 'a' AND v.refobjid = o.oid AND v.refobjsubid = a.attnum
          JOIN pg_catalog.pg_sequence s ON s.seqrelid = v.objid
         WHERE u.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND u.objid = d.oid
           AND u.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
           AND w.words LIKE 'nextval(%::regclass)' LIMIT 1) q ON true
 WHERE a.attnum > 0 AND NOT a.attisdropped AND o.relkind IN ('r', 'p')
   AND NOT o.relispartition AND {own}
"""
