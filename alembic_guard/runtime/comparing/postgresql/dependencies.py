"""What of a schema is built on what, as the catalogue has it, and in which transaction each came.

Known are relations, functions, triggers, rules, policies and event triggers, and what belongs to a
table and may call a function: defaults, constraints, indexes. A function whose body is text is
built on nothing that the catalogue knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import text

from alembic_guard.runtime.comparing.dependencies import Dependencies
from alembic_guard.runtime.comparing.facts import Thing
from alembic_guard.runtime.comparing.postgresql.functions import KIND, NAME
from alembic_guard.runtime.comparing.postgresql.reading import stripping

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True)
class Origins:
    """Things by the transactions that made them, and that changed them last.

    :param order: the things as they came, by what the server numbers them with.
    """

    made: Mapping[Thing, tuple[str, ...]] = field(default_factory=dict)
    order: Mapping[Thing, int] = field(default_factory=dict)


def read_dependencies(
    connection: Connection, schemas: Mapping[str, str], *, everywhere: bool = False
) -> tuple[Dependencies, Origins]:
    """What is built on what.

    :param schemas: the models' names for schemas, by the names in the catalogue.
    :param everywhere: whether to look into all schemas but the server's own.
    """
    strip = stripping(connection, schemas)
    values = {"schemas": [] if everywhere else list(schemas)}
    found: dict[tuple[int, int], Thing] = {}
    made: dict[Thing, tuple[str, ...]] = {}
    order: dict[Thing, int] = {}
    for class_, number, kind, schema, table, name, *came in connection.execute(
        text(_THINGS), values
    ):
        one = Thing(kind, strip(name), table, schemas.get(schema, schema))
        found[class_, number] = one
        made.setdefault(one, tuple(each for each in came if each))
        order.setdefault(one, number)
    needs: dict[Thing, set[Thing]] = {}
    for class_, number, ref_class, ref_number, column in connection.execute(text(_NEEDS)):
        user, used = found.get((class_, number)), found.get((ref_class, ref_number))
        if user is None or used is None or user == used:
            continue
        needs.setdefault(user, set()).add(used)
        if column is not None:
            needs[user].add(Thing("column", column, used.name, used.schema))
    return Dependencies({user: frozenset(used) for user, used in needs.items()}), Origins(
        made, order
    )


_IN = """(n.nspname = ANY (:schemas) OR coalesce(cardinality(CAST(:schemas AS text[])), 0) = 0
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
  AND n.nspname NOT LIKE 'guard\\_%')"""
_RELATION = """CASE r.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
  WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' ELSE 'table' END"""
_CAME = """(SELECT d.xmin::text FROM pg_catalog.pg_depend d WHERE d.classid = o.tableoid
  AND d.objid = o.oid AND d.refclassid = '{0}'::pg_catalog.regclass LIMIT 1)"""
"""What a thing is built on is noted anew when it is replaced, and not when it is altered."""

_THINGS = f"""
SELECT r.tableoid, r.oid, {_RELATION}, n.nspname::text, '', r.relname::text, w.xmin::text, NULL
  FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
  LEFT JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid AND w.rulename = '_RETURN'
 WHERE r.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {_IN}
UNION ALL
SELECT o.tableoid, o.oid, {_RELATION}, n.nspname::text, '', r.relname::text, NULL, NULL
  FROM pg_catalog.pg_type o JOIN pg_catalog.pg_class r ON r.oid = o.typrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_IN}
UNION ALL
SELECT o.tableoid, o.oid, 'index', n.nspname::text, t.relname::text, o.relname::text,
       {_CAME.format("pg_catalog.pg_class")}, NULL
  FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace
  JOIN pg_catalog.pg_index i ON i.indexrelid = o.oid
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid WHERE {_IN}
UNION ALL
SELECT o.tableoid, o.oid, CASE o.rulename WHEN '_RETURN' THEN {_RELATION} ELSE 'rule' END,
       n.nspname::text, CASE o.rulename WHEN '_RETURN' THEN '' ELSE r.relname::text END,
       CASE o.rulename WHEN '_RETURN' THEN r.relname::text ELSE o.rulename::text END,
       {_CAME.format("pg_catalog.pg_class")}, NULL
  FROM pg_catalog.pg_rewrite o JOIN pg_catalog.pg_class r ON r.oid = o.ev_class
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE {_IN}
UNION ALL
SELECT o.tableoid, o.oid, {KIND}, n.nspname::text, '', {NAME},
       {_CAME.format("pg_catalog.pg_namespace")}, o.xmin::text
  FROM pg_catalog.pg_proc o JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace WHERE {_IN}
UNION ALL
SELECT o.tableoid, o.oid, 'trigger', n.nspname::text, r.relname::text, o.tgname::text,
       {_CAME.format("pg_catalog.pg_proc")}, NULL
  FROM pg_catalog.pg_trigger o JOIN pg_catalog.pg_class r ON r.oid = o.tgrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE NOT o.tgisinternal AND {_IN}
UNION ALL
SELECT o.tableoid, o.oid, 'policy', n.nspname::text, r.relname::text, o.polname::text,
       o.xmin::text, NULL
  FROM pg_catalog.pg_policy o JOIN pg_catalog.pg_class r ON r.oid = o.polrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE {_IN}
UNION ALL
SELECT o.tableoid, o.oid, 'event trigger', '', '', o.evtname::text,
       {_CAME.format("pg_catalog.pg_proc")}, NULL
  FROM pg_catalog.pg_event_trigger o JOIN pg_catalog.pg_proc f ON f.oid = o.evtfoid
  JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace WHERE {_IN}
UNION ALL
SELECT o.tableoid, o.oid, 'default', n.nspname::text, r.relname::text, a.attname::text, NULL, NULL
  FROM pg_catalog.pg_attrdef o JOIN pg_catalog.pg_class r ON r.oid = o.adrelid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = o.adrelid AND a.attnum = o.adnum
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE {_IN}
UNION ALL
SELECT o.tableoid, o.oid, CASE o.contype WHEN 'c' THEN 'check' ELSE 'constraint' END,
       n.nspname::text, r.relname::text, o.conname::text, NULL, NULL
  FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class r ON r.oid = o.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 WHERE o.contype IN ('c', 'x') AND {_IN}
"""
_NEEDS = """
SELECT d.classid, d.objid, d.refclassid, d.refobjid, a.attname::text
  FROM pg_catalog.pg_depend d
  LEFT JOIN pg_catalog.pg_attribute a ON d.refobjsubid > 0 AND a.attnum = d.refobjsubid
   AND a.attrelid = d.refobjid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
 WHERE d.deptype IN ('n', 'a') AND d.refobjid >= 16384 AND d.classid IN (
   'pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_rewrite'::pg_catalog.regclass,
   'pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_trigger'::pg_catalog.regclass,
   'pg_catalog.pg_policy'::pg_catalog.regclass, 'pg_catalog.pg_attrdef'::pg_catalog.regclass,
   'pg_catalog.pg_constraint'::pg_catalog.regclass,
   'pg_catalog.pg_event_trigger'::pg_catalog.regclass)
"""
"""Numbers below 16384 are the server's own (PostgreSQL's ``FirstNormalObjectId``)."""
