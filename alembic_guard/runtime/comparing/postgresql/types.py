"""Enums, domains and composite types, with what uses them.

Notes say what has to move when a type is made anew: the columns, with their defaults, and what is
written in terms of its values (``around``: how to drop it, and how to make it again), and generated
columns that read those (``generated``: the same, with what is built on them). So are ``functions``
with arguments of the type, to which nobody has a privilege of his own. Views that depend on it are
named by kind, schema and name (``views``), the rest is described (``others``).
"""

from __future__ import annotations

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.postgresql.functions import KIND, NAME
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace, quoted

PROBED = ("domain",)


def probe(namespace: Namespace, fact: Fact, name: str) -> tuple[list[str], Thing]:
    """What makes the domain once more, and what will be called so."""
    thing, parts = fact.thing, fact.parts
    words = [f"CREATE DOMAIN {namespace.qualified(thing.schema, name)}"]
    words.append(f"AS {namespace.retarget(parts['base'])}")
    if parts["default"] is not None:
        words.append(f"DEFAULT {namespace.retarget(parts['default'])}")
    for check, definition in (parts["checks"] or {}).items():
        words.append(f"CONSTRAINT {quoted(check)} {namespace.retarget(definition)}")
    return [" ".join(words)], Thing("domain", name, schema=thing.schema)


QUERY = """
SELECT CASE o.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' ELSE 'composite type' END,
       n.nspname::text, '', o.typname::text,
       pg_catalog.json_build_object(
         'labels', (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder)
                      FROM pg_catalog.pg_enum e WHERE e.enumtypid = o.oid),
         'base', CASE WHEN o.typtype = 'd'
                      THEN pg_catalog.format_type(o.typbasetype, o.typtypmod) END,
         'not null', o.typnotnull,
         'default', pg_catalog.pg_get_expr(o.typdefaultbin, 0),
         'collation', CASE WHEN o.typtype = 'd' AND o.typcollation <> b.typcollation
                           THEN o.typcollation::pg_catalog.regcollation::text END,
         'checks', (SELECT pg_catalog.json_object_agg(
                             c.conname, pg_catalog.pg_get_constraintdef(c.oid) ORDER BY c.conname)
                      FROM pg_catalog.pg_constraint c
                     WHERE c.contypid = o.oid AND c.contype = 'c'),
         'attributes', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attname,
                          pg_catalog.format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
                          FROM pg_catalog.pg_attribute a
                         WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped),
         'comment', pg_catalog.obj_description(o.oid, 'pg_type'))::text,
       '',
       pg_catalog.json_build_object('users', u.users, 'around', w.around, 'others', y.others,
         'views', x.views, 'generated', z.generated, 'functions', f.functions,
         'theirs', NOT pg_catalog.pg_has_role(o.typowner, 'USAGE'))::text
  FROM pg_catalog.pg_type o JOIN pg_catalog.pg_namespace n ON n.oid = o.typnamespace
  LEFT JOIN pg_catalog.pg_type b ON b.oid = o.typbasetype
  LEFT JOIN pg_catalog.pg_class r ON r.oid = o.typrelid
 CROSS JOIN LATERAL
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                 'schema', cn.nspname, 'table', c.relname, 'column', a.attname,
                 'on', c.oid::pg_catalog.regclass::text,
                 'array', a.atttypid <> o.oid, 'generated', a.attgenerated <> '',
                 'default', CASE WHEN a.attgenerated = ''
                            THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END)
                 ORDER BY cn.nspname, c.relname, a.attnum) AS users
          FROM pg_catalog.pg_depend p
          JOIN pg_catalog.pg_class c ON c.oid = p.objid AND c.relkind IN ('r', 'p')
          JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.objsubid
          LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
           AND p.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
           AND p.refobjid IN (o.oid, o.typarray) AND a.attinhcount = 0) u
 CROSS JOIN LATERAL
       (SELECT pg_catalog.json_agg(DISTINCT each.words::pg_catalog.jsonb) AS around
          FROM pg_catalog.pg_depend p
         CROSS JOIN LATERAL
               (SELECT pg_catalog.json_build_array(
                         'ALTER TABLE ' || c.conrelid::pg_catalog.regclass
                           || ' DROP CONSTRAINT ' || pg_catalog.quote_ident(c.conname),
                         'ALTER TABLE ' || c.conrelid::pg_catalog.regclass
                           || ' ADD CONSTRAINT ' || pg_catalog.quote_ident(c.conname) || ' '
                           || pg_catalog.pg_get_constraintdef(c.oid)) AS words
                  FROM pg_catalog.pg_constraint c
                 WHERE p.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
                   AND c.oid = p.objid AND c.contype = 'c' AND c.conrelid <> 0
                   AND c.coninhcount = 0
                UNION ALL
                SELECT pg_catalog.json_build_array(
                         'DROP INDEX ' || i.indexrelid::pg_catalog.regclass,
                         pg_catalog.pg_get_indexdef(i.indexrelid))
                  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                 WHERE p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                   AND i.indexrelid = p.objid AND NOT c.relispartition) each
         WHERE p.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
           AND p.refobjid IN (o.oid, o.typarray)) w
 CROSS JOIN LATERAL
       (SELECT pg_catalog.json_agg(DISTINCT
                 pg_catalog.pg_describe_object(p.classid, p.objid, p.objsubid)) AS others
          FROM pg_catalog.pg_depend p LEFT JOIN pg_catalog.pg_class c
               ON c.oid = p.objid AND p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
         WHERE p.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
           AND p.refobjid IN (o.oid, o.typarray) AND p.deptype = 'n'
           AND (p.classid IN ('pg_catalog.pg_proc'::pg_catalog.regclass,
                              'pg_catalog.pg_type'::pg_catalog.regclass)
                OR c.relkind IN ('c', 'f'))) y
 CROSS JOIN LATERAL
       (SELECT pg_catalog.json_agg(DISTINCT pg_catalog.jsonb_build_array(
                 CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END,
                 cn.nspname, c.relname)) AS views
          FROM pg_catalog.pg_depend p LEFT JOIN pg_catalog.pg_rewrite e
               ON e.oid = p.objid AND p.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
          JOIN pg_catalog.pg_class c ON c.oid = e.ev_class
               OR (c.oid = p.objid AND p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass)
          JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
         WHERE p.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
           AND p.refobjid IN (o.oid, o.typarray) AND p.deptype = 'n'
           AND (e.oid IS NOT NULL OR c.relkind IN ('v', 'm'))) x
 CROSS JOIN LATERAL
       (SELECT pg_catalog.json_agg(each.words ORDER BY each.name) AS functions
          FROM (SELECT DISTINCT p.objid FROM pg_catalog.pg_depend p
                 WHERE p.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                   AND p.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
                   AND p.refobjid IN (o.oid, o.typarray) AND p.deptype = 'n') p
         CROSS JOIN LATERAL (
                SELECT {name} AS name, pg_catalog.json_build_array({kind}, fn.nspname, {name},
                         pg_catalog.concat('DROP ', pg_catalog.upper({kind}), ' ',
                           o.oid::pg_catalog.regprocedure),
                         pg_catalog.pg_get_functiondef(o.oid), CASE WHEN d.description IS NOT NULL
                         THEN pg_catalog.concat('COMMENT ON ', pg_catalog.upper({kind}), ' ',
                           o.oid::pg_catalog.regprocedure, ' IS ',
                           pg_catalog.quote_literal(d.description)) END) AS words
                  FROM pg_catalog.pg_proc o
                  JOIN pg_catalog.pg_namespace fn ON fn.oid = o.pronamespace
                  LEFT JOIN pg_catalog.pg_description d
                         ON d.objoid = o.oid AND d.classoid = o.tableoid AND d.objsubid = 0
                 WHERE o.oid = p.objid AND o.prokind IN ('f', 'p') AND o.proacl IS NULL) each) f
 CROSS JOIN LATERAL
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
                 'ALTER TABLE ' || c.relname || ' DROP COLUMN ' || g.name,
                 pg_catalog.array_cat(ARRAY[pg_catalog.concat('ALTER TABLE ', c.relname,
                   ' ADD COLUMN ', g.name, ' ', g.type, ' GENERATED ALWAYS AS (', g.words,
                   ') ', CASE g.stored WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END,
                   CASE WHEN g.required THEN ' NOT NULL' END)], g.more))
                 ORDER BY c.relname, g.place) AS generated
          FROM (SELECT DISTINCT c.oid AS attrelid, c.oid::pg_catalog.regclass::text AS relname
                  FROM pg_catalog.pg_depend p
                  JOIN pg_catalog.pg_class c ON c.oid = p.objid AND c.relkind IN ('r', 'p')
                 WHERE p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                   AND p.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
                   AND p.refobjid IN (o.oid, o.typarray) AND p.objsubid > 0) c
          JOIN LATERAL (
                SELECT a.attnum AS place, pg_catalog.quote_ident(a.attname) AS name,
                       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
                       pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS words,
                       a.attgenerated AS stored, a.attnotnull AS required,
                       pg_catalog.array_cat(ARRAY(
                         SELECT pg_catalog.concat('COMMENT ON COLUMN ', c.relname, '.',
                                  pg_catalog.quote_ident(a.attname), ' IS ',
                                  pg_catalog.quote_literal(t.description))
                           FROM pg_catalog.pg_description t WHERE t.objoid = a.attrelid
                            AND t.objsubid = a.attnum
                            AND t.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass), ARRAY(
                         SELECT pg_catalog.concat('ALTER TABLE ', c.relname, ' ADD CONSTRAINT ',
                                  pg_catalog.quote_ident(t.conname), ' ',
                                  pg_catalog.pg_get_constraintdef(t.oid))
                           FROM pg_catalog.pg_constraint t
                          WHERE t.conrelid = a.attrelid AND a.attnum = ANY (t.conkey)
                            AND t.contype <> 'n'
                          UNION ALL
                         SELECT pg_catalog.pg_get_indexdef(i.indexrelid)
                           FROM pg_catalog.pg_index i
                          WHERE i.indrelid = a.attrelid
                            AND EXISTS (SELECT 1 FROM pg_catalog.pg_depend q
                                         WHERE q.objid = i.indexrelid AND q.objsubid = 0
                                           AND q.refobjid = a.attrelid AND q.refobjsubid = a.attnum)
                            AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint t
                                             WHERE t.conindid = i.indexrelid
                                               AND t.conrelid = a.attrelid))) AS more
                  FROM pg_catalog.pg_attribute a
                  JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                 WHERE a.attrelid = c.attrelid AND a.attgenerated <> '' AND a.attinhcount = 0
                   AND (a.atttypid IN (o.oid, o.typarray) OR EXISTS (
                       SELECT 1 FROM pg_catalog.pg_depend q
                         JOIN pg_catalog.pg_attribute r
                           ON r.attrelid = q.refobjid AND r.attnum = q.refobjsubid
                        WHERE q.refobjid = a.attrelid AND r.atttypid IN (o.oid, o.typarray)
                          AND r.attnum <> a.attnum
                          AND (q.objid = d.oid OR (q.objid = a.attrelid
                                                   AND q.objsubid = a.attnum))))) g ON true) z
 WHERE (o.typtype IN ('e', 'd') OR r.relkind = 'c') AND {own}
""".replace("{name}", NAME).replace("{kind}", KIND)
