"""Functions, procedures and aggregates, each by the types of its arguments.

A body is text to PostgreSQL and compared as text; the body of ``BEGIN ATOMIC``, and the defaults of
arguments, are what the server made of them. Those that a range type brings with it are left out.
"""

from __future__ import annotations

import re

from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace

PROBED = ("function", "procedure")


def probe(namespace: Namespace, fact: Fact, name: str) -> tuple[list[str], Thing]:
    """What makes the function once more, and what will be called so."""
    thing = fact.thing
    head = namespace.retarget(f"{fact.notes['head']}(")
    own = rf"(?<![\w.\"]){re.escape(fact.notes['sql'])}\."
    words = fact.definition
    if fact.notes["tracked"]:  # its arguments are called by its own name
        words = re.sub(own, f"{name}.", words)
    made = namespace.retarget(words)
    arguments = thing.name[thing.name.rindex("(") :] if "(" in thing.name else "()"
    found = Thing(thing.kind, f"{name}{arguments}", schema=thing.schema)
    plain = f"CREATE OR REPLACE {thing.kind.upper()} {namespace.qualified(thing.schema, name)}("
    return [plain + made.removeprefix(head)], found


TYPES = """
coalesce((SELECT pg_catalog.string_agg(pg_catalog.format_type(y.type, NULL), ', ' ORDER BY y.place)
   FROM pg_catalog.unnest(o.proargtypes) WITH ORDINALITY AS y (type, place)), '')
"""
NAME = f"""
o.proname || '(' || CASE o.prokind WHEN 'a' THEN
  coalesce(nullif(pg_catalog.pg_get_function_identity_arguments(o.oid), ''), '*')
  ELSE {TYPES} END || ')'
"""
"""With the arguments by which PostgreSQL tells functions of one name apart, and drops them."""

KIND = "CASE o.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END"

_BARE = """
CASE n.nspname WHEN pg_catalog.current_schema() THEN '' ELSE pg_catalog.quote_ident(n.nspname)
  || '.' END || pg_catalog.quote_ident(o.proname)
"""
_AGGREGATE = """
pg_catalog.concat('CREATE AGGREGATE ', w.bare, '(',
  coalesce(nullif(pg_catalog.pg_get_function_arguments(o.oid), ''), '*'), ') (', E'\\n    ',
  pg_catalog.concat_ws(E',\\n    ',
    'SFUNC = ' || g.aggtransfn::pg_catalog.regproc::text,
    'STYPE = ' || pg_catalog.format_type(g.aggtranstype, NULL),
    'SSPACE = ' || nullif(g.aggtransspace, 0),
    'FINALFUNC = ' || nullif(g.aggfinalfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
    CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
    'COMBINEFUNC = ' || nullif(g.aggcombinefn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
    'SERIALFUNC = ' || nullif(g.aggserialfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
    'DESERIALFUNC = ' || nullif(g.aggdeserialfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
    'INITCOND = ' || pg_catalog.quote_literal(g.agginitval),
    'MSFUNC = ' || nullif(g.aggmtransfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
    'MINVFUNC = ' || nullif(g.aggminvtransfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
    'MSTYPE = ' || pg_catalog.format_type(nullif(g.aggmtranstype, 0), NULL),
    'MFINALFUNC = ' || nullif(g.aggmfinalfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
    'MINITCOND = ' || pg_catalog.quote_literal(g.aggminitval),
    'SORTOP = ' || (SELECT 'OPERATOR(' || pg_catalog.quote_ident(sn.nspname) || '.' || s.oprname
                           || ')' FROM pg_catalog.pg_operator s
                      JOIN pg_catalog.pg_namespace sn ON sn.oid = s.oprnamespace
                     WHERE s.oid = g.aggsortop),
    CASE WHEN g.aggkind = 'h' THEN 'HYPOTHETICAL' END,
    CASE o.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END),
  E'\\n)')
"""
QUERY = f"""
SELECT {KIND}, n.nspname::text, '', {NAME},
       pg_catalog.json_build_object(
         'definition', d.definition,
         'comment', pg_catalog.obj_description(o.oid, 'pg_proc'))::text,
       d.definition,
       pg_catalog.json_build_object(
         'sql', pg_catalog.quote_ident(o.proname),
         'call', w.bare || '(' || CASE o.prokind WHEN 'a' THEN
                 coalesce(nullif(pg_catalog.pg_get_function_identity_arguments(o.oid), ''), '*')
                 ELSE {TYPES} END || ')',
         'head', 'CREATE OR REPLACE ' || pg_catalog.upper({KIND}) || ' ' || w.bare,
         'tracked', coalesce(pg_catalog.to_jsonb(o)->>'prosqlbody', '') <> '',
         'result', pg_catalog.pg_get_function_result(o.oid),
         'defaults', o.pronargdefaults,
         'inputs', (SELECT pg_catalog.json_agg(coalesce(o.proargnames[y.place], '')
                             ORDER BY y.place)
                      FROM pg_catalog.unnest(coalesce(o.proargmodes, pg_catalog.array_fill(
                             'i'::"char", ARRAY[o.pronargs::integer]))) WITH ORDINALITY
                        AS y (mode, place) WHERE y.mode IN ('i', 'b', 'v')),
         'outputs', (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
                               o.proargnames[y.place], pg_catalog.format_type(y.type, NULL))
                             ORDER BY y.place)
                       FROM ROWS FROM (pg_catalog.unnest(o.proargmodes),
                              pg_catalog.unnest(o.proallargtypes)) WITH ORDINALITY
                         AS y (mode, type, place) WHERE y.mode IN ('o', 'b', 't')),
         'theirs', NOT pg_catalog.pg_has_role(o.proowner, 'USAGE'),
         'acl', o.proacl::text[])::text
  FROM pg_catalog.pg_proc o JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace
  LEFT JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = o.oid
 CROSS JOIN LATERAL (SELECT {_BARE} AS bare) w
 CROSS JOIN LATERAL (SELECT CASE o.prokind WHEN 'a' THEN {_AGGREGATE} ELSE
   'CREATE OR REPLACE ' || pg_catalog.upper({KIND}) || ' ' || w.bare
   || pg_catalog.substr(pg_catalog.pg_get_functiondef(
        CASE WHEN o.prokind <> 'a' THEN o.oid END), pg_catalog.length(
        'CREATE OR REPLACE ' || pg_catalog.upper({KIND}) || ' ' ||
        CASE n.oid WHEN pg_catalog.pg_my_temp_schema() THEN 'pg_temp'
                   ELSE pg_catalog.quote_ident(n.nspname) END || '.'
        || pg_catalog.quote_ident(o.proname)) + 1)
   END AS definition) d
 WHERE {{own}} AND NOT EXISTS (
       SELECT 1 FROM pg_catalog.pg_depend i WHERE i.objid = o.oid AND i.classid = o.tableoid
          AND i.deptype = 'i')
"""
