"""Sequences and their options. Those of identity columns come and go with them.

A serial sequence, which its own column draws from, is a kind of its own: it is called as it may be,
and says nothing that its column does not. Models that declare one by name mean that sequence.
"""

QUERY = """
SELECT CASE WHEN w.serial THEN 'serial sequence' ELSE 'sequence' END,
       n.nspname::text, '', o.relname::text,
       pg_catalog.json_build_object(
         'type', pg_catalog.format_type(s.seqtypid, NULL), 'start', s.seqstart,
         'increment', s.seqincrement, 'minvalue', s.seqmin, 'maxvalue', s.seqmax,
         'cache', s.seqcache, 'cycle', s.seqcycle, 'owned by', w.owner,
         'comment', pg_catalog.obj_description(o.oid, 'pg_class'))::text,
       '',
       pg_catalog.json_build_object('theirs', NOT pg_catalog.pg_has_role(o.relowner, 'USAGE'),
         'users', u.users)::text
  FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class o ON o.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
  LEFT JOIN
       (SELECT y.refobjid AS number, pg_catalog.json_agg(pg_catalog.json_build_array(
                 cn.nspname, c.relname, a.attname)) AS users
          FROM pg_catalog.pg_depend y
          JOIN pg_catalog.pg_attrdef d ON d.oid = y.objid
          JOIN pg_catalog.pg_class c ON c.oid = d.adrelid
          JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
         WHERE y.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
           AND y.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
         GROUP BY y.refobjid) u ON u.number = o.oid
  LEFT JOIN LATERAL
       (SELECT y.refobjid::pg_catalog.regclass || '.' || pg_catalog.quote_ident(a.attname) AS owner,
               EXISTS (SELECT 1 FROM pg_catalog.pg_attrdef d
                         JOIN pg_catalog.pg_depend u ON u.objid = d.oid
                          AND u.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
                        WHERE d.adrelid = y.refobjid AND d.adnum = y.refobjsubid
                          AND u.refobjid = o.oid
                          AND u.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass) AS serial
          FROM pg_catalog.pg_depend y
          JOIN pg_catalog.pg_attribute a ON a.attrelid = y.refobjid AND a.attnum = y.refobjsubid
         WHERE y.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND y.objid = o.oid
           AND y.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND y.deptype = 'a') w
       ON true
 WHERE {own} AND NOT EXISTS
       (SELECT 1 FROM pg_catalog.pg_depend y
         WHERE y.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND y.objid = o.oid
           AND y.deptype = 'i')
"""
