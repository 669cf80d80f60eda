"""Columns, constraints, indexes and tables as PostgreSQL's statements define them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from alembic_guard.ddl.actions import Action, CreateIndex, CreateTable
from alembic_guard.ddl.postgresql_text_names import (
    Names,
    Node,
    columns_in,
    inner,
    kind_of,
    sql_of,
    text_of,
    word_of,
)
from alembic_guard.schema import Column, Constraint, Index

CONSTRAINTS = {
    "CONSTR_CHECK": "check",
    "CONSTR_EXCLUSION": "exclude",
    "CONSTR_FOREIGN": "foreign key",
    "CONSTR_NOTNULL": "not null",
    "CONSTR_PRIMARY": "primary key",
    "CONSTR_UNIQUE": "unique",
}
CAN_BE_UNENFORCED = ("CONSTR_CHECK", "CONSTR_FOREIGN")
# The manual's "Serial Types": an integer that is NOT NULL and has a default.
SERIAL = ("smallserial", "serial", "bigserial")
GENERATED = {"s": "stored", "v": "virtual"}


def read_constraint(node: Node, names: Names, column: str | None = None) -> Constraint:
    """A constraint; :param column: the one that it is written behind."""
    word = word_of(node, "contype")
    own = tuple(text_of(each) for each in (node.fk_attrs or node.keys))
    expression = sql_of(node.raw_expr) if word == "CONSTR_CHECK" else None
    if word == "CONSTR_EXCLUSION":
        own = tuple(_element(inner(each).items[0])[0] for each in node.exclusions)
    elif expression is not None:
        own = columns_in(node.raw_expr)
    elif column is not None:
        own = (column,)
    return Constraint(
        CONSTRAINTS[word],
        name=node.conname or None,
        columns=own,
        valid=not node.skip_validation,
        enforced=node.is_enforced or word not in CAN_BE_UNENFORCED,
        using_index=node.indexname or None,
        refers_to=names.key(node.pktable) if node.HasField("pktable") else None,
        referred_columns=tuple(text_of(each) for each in node.pk_attrs),
        expression=expression,
    )


def read_column(node: Node, names: Names) -> Column:
    """A column with all that is written behind it."""
    kind = names.type(node.type_name) if node.HasField("type_name") else None
    column = Column(
        node.colname,
        type=kind,
        nullable=kind is None or kind.name not in SERIAL,
        collation=names.of(node.coll_clause.collname) if node.HasField("coll_clause") else None,
    )
    for each in node.constraints:
        column = _with_clause(column, each.constraint, names)
    return column


def _with_clause(column: Column, node: Node, names: Names) -> Column:
    """A column with one more of what is written behind it."""
    match word_of(node, "contype"):
        case "CONSTR_NOTNULL":
            return replace(column, nullable=False)
        case "CONSTR_DEFAULT":
            return replace(column, default=sql_of(node.raw_expr))
        case "CONSTR_IDENTITY":
            return replace(column, identity=True, nullable=False)
        case "CONSTR_GENERATED":
            return replace(column, generated=GENERATED.get(node.generated_kind, "stored"))
        case "CONSTR_ATTR_NOT_ENFORCED":
            last = replace(column.constraints[-1], enforced=False, valid=False)
            return replace(column, constraints=(*column.constraints[:-1], last))
        case word if word in CONSTRAINTS:
            constraint = read_constraint(node, names, column.name)
            nullable = column.nullable and constraint.kind != "primary key"
            constraints = (*column.constraints, constraint)
            return replace(column, nullable=nullable, constraints=constraints)
    return column  # NULL is what it is anyway; DEFERRABLE and its like change no column


def read_index(node: Node) -> Index:
    """The index of a CREATE INDEX."""
    elements = [_element(each) for each in node.index_params]
    return Index(
        name=node.idxname or None,
        columns=tuple(text for text, _ in elements),
        unique=node.unique,
        method=node.access_method or None,
        where=sql_of(node.where_clause) if node.HasField("where_clause") else None,
        include=tuple(_element(each)[0] for each in node.index_including_params),
        expressions=any(expression for _, expression in elements),
    )


def _element(node: Node) -> tuple[str, bool]:
    """A column of an index, and whether it is an expression."""
    element = inner(node)
    if element.HasField("expr"):
        return sql_of(element.expr), True
    return element.name, False


def create_index(node: Node, names: Names) -> Iterator[Action]:
    """CREATE INDEX."""
    yield CreateIndex(
        names.key(node.relation),
        read_index(node),
        concurrently=node.concurrent,
        if_not_exists=node.if_not_exists,
        only=not node.relation.inh,
    )


def create_table(node: Node, names: Names) -> Iterator[Action]:
    """CREATE TABLE."""
    parents = tuple(names.of(each) for each in node.inh_relations)
    part = node.HasField("partbound")
    constraints = tuple(
        read_constraint(each, names)
        for each in _only("constraint", node)
        if word_of(each, "contype") in CONSTRAINTS
    )
    filled = {
        name
        for each in constraints
        if each.kind in ("primary key", "not null")
        for name in each.columns
    }
    columns = (read_column(each, names) for each in _only("column_def", node))
    yield CreateTable(
        names.key(node.relation),
        columns=tuple(
            replace(each, nullable=each.nullable and each.name not in filled) for each in columns
        ),
        constraints=constraints,
        if_not_exists=node.if_not_exists,
        partition_of=parents[0] if part else None,
        partitioned=node.HasField("partspec"),
        inherits=() if part else parents,
        temporary=node.relation.relpersistence == "t",
        like=tuple(names.key(each.relation) for each in _only("table_like_clause", node)),
    )


def create_foreign_table(node: Node, names: Names) -> Iterator[Action]:
    """CREATE FOREIGN TABLE."""
    for each in create_table(node.base_stmt, names):
        yield replace(each, foreign=True) if isinstance(each, CreateTable) else each


def _only(kind: str, node: Node) -> Iterable[Node]:
    """Those of the elements of a table that are of one kind."""
    return (inner(each) for each in node.table_elts if kind_of(each) == kind)


READERS = {
    "create_foreign_table_stmt": create_foreign_table,
    "create_stmt": create_table,
    "index_stmt": create_index,
}
