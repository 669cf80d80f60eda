"""Parts of the SQL of a step, as PostgreSQL's own parser has them; none where it is not installed.

Nodes are messages of libpg_query's protobuf, named as in PostgreSQL's ``nodes/parsenodes.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alembic.operations.ops import BulkInsertOp

from alembic_guard.runtime.step import Step


def nodes(step: Step, name: str) -> Iterator[Any]:
    """The nodes of a class, such as ``PartitionBoundSpec``, in the order of the text."""
    try:
        from postgast import PgQueryError, parse, walk
    except ImportError:
        return
    for sql in step.sql:
        try:
            tree = parse(sql)
        except (PgQueryError, UnicodeEncodeError):
            continue
        yield from (node for _, node in walk(tree) if type(node).__name__ == name)


def literals(step: Step) -> frozenset[str]:
    """The texts that the SQL of a step holds in quotes, and the values that it inserts."""
    found = {str(each.sval.sval) for each in nodes(step, "A_Const")}
    if isinstance(step.directive, BulkInsertOp):
        found |= {str(value) for row in step.directive.rows for value in row.values()}
    return frozenset(found - {""})
