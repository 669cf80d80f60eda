"""How a table becomes a partition without a scan: what rules about partitions ask and say.

PostgreSQL's manual, "Partition Maintenance" (5.11.2.2): a valid CHECK that says the bounds spares
ATTACH PARTITION the scan of the table, one that excludes them spares the scan of the DEFAULT
partition. The code is known for a single column with RANGE or LIST, where the database was asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alembic_guard.ddl import expressions
from alembic_guard.ddl.postgresql_text_names import sql_of
from alembic_guard.rules._adding import constrained
from alembic_guard.rules._code import execute, quoted
from alembic_guard.rules._nodes import nodes
from alembic_guard.rules._run import Run
from alembic_guard.schema import Constraint


def bounds_of(run: Run, key: str) -> str | None:
    """What a partition of this step holds, as the expression of a CHECK.

    :param key: of the partitioned table.
    :return: None for HASH, DEFAULT and several columns, and where the key is not known.
    """
    table = run.table(key)
    method, _, rest = ((table.partition_key if table else None) or "").partition(" (")
    column = rest.removesuffix(")")
    if table is None or column.strip('"') not in table.columns:
        return None
    for bound in _bounds(run):
        if method == "RANGE" and len(bound.lowerdatums) == 1 == len(bound.upperdatums):
            return _range(column, bound)
        if method == "LIST" and bound.listdatums:
            return _list(column, bound)
    return None


def _bounds(run: Run) -> Iterator[Any]:
    """The bounds that the SQL of this step gives to partitions."""
    return nodes(run.step, "PartitionBoundSpec")


def _range(column: str, bound: Any) -> str:
    parts = [f"{column} IS NOT NULL"]
    for sign, datum in ((">=", bound.lowerdatums[0]), ("<", bound.upperdatums[0])):
        value = sql_of(datum)
        if value.lower() not in ("minvalue", "maxvalue"):
            parts.append(f"{column} {sign} {value}")
    return " AND ".join(parts)


def _list(column: str, bound: Any) -> str:
    values = [sql_of(each) for each in bound.listdatums if not each.a_const.isnull]
    some = f"{column} IN ({', '.join(values)})" if values else ""
    if len(values) == len(bound.listdatums):
        return f"{column} IS NOT NULL AND {some}"
    return " OR ".join(part for part in (f"{column} IS NULL", some) if part)


def default_to_scan(run: Run, key: str) -> str | None:
    """The DEFAULT partition that is read for rows of a new one; None where it is not.

    That is where nobody uses it, or a valid CHECK of it speaks of the partition key.
    """
    table = run.table(key)
    default = table.default_partition if table else None
    if table is None or default is None or run.is_new(default) or run.is_empty(default):
        return None
    known = run.table(default)
    for check in known.constraints_of("check") if known else ():
        named = expressions.names(check.expression or "")
        if check.valid and check.enforced and named & set(_key_columns(table.partition_key)):
            return None
    return default


def _key_columns(partition_key: str | None) -> frozenset[str]:
    return expressions.names((partition_key or "").partition(" ")[2])


def checked(key: str, partition: str, bounds: str, *, excluded: bool = False) -> tuple[str, str]:
    """A CHECK of the bounds, and its validation: two revisions.

    :param excluded: whether it is the DEFAULT partition, which has none of these rows.
    """
    name = f"{partition.rpartition('.')[2]}_bounds"
    # IS NOT TRUE does not spare the scan (measured on 15).
    text = f"NOT ({bounds})" if excluded else bounds
    found = constrained(partition, Constraint("check", name[:63], expression=text))
    return found[0], found[1]


def attach(run: Run, key: str, partition: str) -> str:
    """The line that attaches a partition with the bounds of this step."""
    bound = next((sql_of_bound(each) for each in _bounds(run)), "DEFAULT")
    return execute(f"ALTER TABLE {quoted(key)} ATTACH PARTITION {quoted(partition)} {bound}")


def sql_of_bound(bound: Any) -> str:
    """Bounds as SQL: ``FOR VALUES FROM (…) TO (…)``."""
    if bound.is_default:
        return "DEFAULT"
    if bound.strategy == "h":
        return f"FOR VALUES WITH (MODULUS {bound.modulus}, REMAINDER {bound.remainder})"
    if bound.strategy == "l":
        return f"FOR VALUES IN ({_listed(bound.listdatums)})"
    return f"FOR VALUES FROM ({_listed(bound.lowerdatums)}) TO ({_listed(bound.upperdatums)})"


def _listed(datums: Any) -> str:
    return ", ".join(sql_of(each) for each in datums)
