"""What an operation of autogenerate would change, as the things of the catalogue.

By it Alembic's own operations are held against what the database itself says: one whose things are
the same on both sides would change nothing, and what differs and is touched by none is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.runtime.comparing.facts import Facts, Thing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic_guard.runtime.comparing.sources import Sources

Claims = Mapping[Thing, frozenset[str]]
"""The parts of each thing that an operation changes; none named means the whole of it."""

WHOLE: frozenset[str] = frozenset()

CONSTRAINTS = {"foreignkey": "foreign key", "unique": "unique", "check": "check"}
CONSTRAINTS |= {"primary": "primary key", "exclude": "exclude"}


def leaves(container: Any) -> Iterator[tuple[Any, Any]]:
    """Each operation with the container that holds it."""
    for operation in list(container.ops):
        if isinstance(operation, ops.OpContainer):
            yield from leaves(operation)
        else:
            yield container, operation


def claims(operation: Any, live: Facts, sources: Sources, default: str | None) -> Claims:
    """What an operation would change; nothing for one that is not Alembic's own.

    :param default: the name of the schema that things without one are in.
    """
    schema = getattr(operation, "schema", None) or getattr(operation, "source_schema", None)
    schema = "" if schema in (None, default) else schema
    if isinstance(operation, ops.CreateTableOp):
        return dict.fromkeys(_created(operation, schema, sources), WHOLE)
    if isinstance(operation, ops.DropTableOp):
        gone = Thing("table", sources.kept(operation.table_name), schema=schema)
        return dict.fromkeys(
            (gone, *(each for each in live if each.table and each.owner == gone)), WHOLE
        )
    return dict(_claimed(operation, schema, sources))


def _claimed(
    operation: Any, schema: str, sources: Sources
) -> Iterator[tuple[Thing, frozenset[str]]]:
    def thing(kind: str, name: object) -> Thing:
        table = getattr(operation, "table_name", None) or operation.source_table
        return Thing(kind, sources.kept(name), sources.kept(table), schema)

    if isinstance(operation, ops.AddColumnOp):
        yield thing("column", operation.column.name), WHOLE
    elif isinstance(operation, ops.DropColumnOp):
        yield thing("column", operation.column_name), WHOLE
    elif isinstance(operation, ops.AlterColumnOp):
        yield thing("column", operation.column_name), _altered(operation)
    elif isinstance(operation, (ops.CreateIndexOp, ops.DropIndexOp)):
        yield thing("index", operation.index_name), WHOLE
    elif isinstance(operation, (ops.DropConstraintOp, ops.AddConstraintOp)):
        kind = CONSTRAINTS.get(str(operation.constraint_type), "")
        yield thing(kind, getattr(operation, "constraint_name", "")), WHOLE
    elif isinstance(operation, (ops.CreateTableCommentOp, ops.DropTableCommentOp)):
        yield (
            Thing("table", sources.kept(operation.table_name), schema=schema),
            frozenset({"comment"}),
        )


def _altered(operation: ops.AlterColumnOp) -> frozenset[str]:
    words = set()
    if operation.modify_type is not None:
        words |= {"type", "collation"}
    if operation.modify_nullable is not None:
        words.add("not null")
    if operation.modify_server_default is not False:  # what Alembic says where it stays
        words |= {"default", "generated", "identity", "identity options", "stored"}
    if operation.modify_comment is not False:
        words.add("comment")
    return frozenset(words)


def _created(operation: ops.CreateTableOp, schema: str, sources: Sources) -> Iterable[Thing]:
    """A table, and what ``op.create_table`` makes with it: no index, no CHECK of a column."""
    table = Thing("table", sources.kept(operation.table_name), schema=schema)
    yield table
    yield from sources.parts(table)
