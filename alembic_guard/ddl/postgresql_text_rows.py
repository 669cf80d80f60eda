"""What PostgreSQL's statements do to rows: queries, changes, copies and maintenance."""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action, CreateTable, Reindex
from alembic_guard.ddl.data import (
    Copy,
    Delete,
    Insert,
    LockTable,
    Maintain,
    Read,
    SetParameter,
    Truncate,
    Update,
)
from alembic_guard.ddl.objects import CreateObject, RefreshMaterializedView
from alembic_guard.ddl.postgresql_text_names import (
    Names,
    Node,
    inner,
    is_on,
    kind_of,
    options_of,
    text_of,
    word_of,
)

CHANGES = ("delete_stmt", "insert_stmt", "merge_stmt", "update_stmt")
CHANGE_MESSAGES = ("DeleteStmt", "InsertStmt", "MergeStmt", "UpdateStmt")
# By the numbers of storage/lockdefs.h, in the words of the manual's "Explicit Locking".
LOCK_MODES = {
    1: "ACCESS SHARE",
    2: "ROW SHARE",
    3: "ROW EXCLUSIVE",
    4: "SHARE UPDATE EXCLUSIVE",
    5: "SHARE",
    6: "SHARE ROW EXCLUSIVE",
    7: "EXCLUSIVE",
    8: "ACCESS EXCLUSIVE",
}


def select(node: Node, names: Names) -> Iterator[Action]:
    """A query, with the changes in its WITH; ``set_config()`` is a parameter that is set."""
    yield from _changes_in_with(node, names)
    if node.HasField("into_clause"):
        yield _table_of_query(node.into_clause, names, if_not_exists=False)
        return
    settings = [
        SetParameter(text_of(name), text_of(value), local=text_of(local) == "true")
        for name, value, local in _arguments("set_config", 3, node)
    ]
    yield from settings
    tables = tables_in(node, names)
    if tables or not settings:
        from postgast import walk

        locking = any(field == "locking_clause" for field, _ in walk(node))
        yield Read(tables, locking=locking)


def _arguments(function: str, number: int, node: Node) -> Iterator[Node]:
    """The arguments of each call of a function among the columns of a query."""
    for target in node.target_list:
        call = inner(target.res_target.val)
        if type(call).DESCRIPTOR.name != "FuncCall" or text_of(call.funcname[-1]) != function:
            continue
        if len(call.args) == number:  # others are refused when they run
            yield call.args


def tables_in(node: Node, names: Names) -> tuple[str, ...]:
    """Keys of the tables that a query reads, each once, in order."""
    from postgast import walk

    nodes = [(field, each, type(each).DESCRIPTOR.name) for field, each in walk(node)]
    queries = {each.ctename for _, each, kind in nodes if kind == "CommonTableExpr"}
    # Two relations of one text do not begin at the same place.
    changed = {each.relation.location for _, each, kind in nodes if kind in CHANGE_MESSAGES}
    found: dict[str, None] = {}
    for field, each, kind in nodes:
        if kind != "RangeVar" or field in ("locked_rels", "rel") or each.location in changed:
            continue
        if each.schemaname or each.relname not in queries:
            found[names.key(each)] = None
    return tuple(found)


def _changes_in_with(node: Node, names: Names) -> Iterator[Action]:
    """What a WITH changes: PostgreSQL's manual, "Data-Modifying Statements in WITH"."""
    for each in node.with_clause.ctes:
        query = each.common_table_expr.ctequery
        if kind_of(query) in CHANGES:
            yield from READERS[kind_of(query)](inner(query), names)


def insert(node: Node, names: Names) -> Iterator[Action]:
    """INSERT."""
    yield from _changes_in_with(node, names)
    query = node.select_stmt.select_stmt
    from_query = node.HasField("select_stmt") and not query.values_lists
    if from_query:
        yield from _changes_in_with(query, names)
    yield Insert(names.key(node.relation), from_query=from_query)


def update(node: Node, names: Names) -> Iterator[Action]:
    """UPDATE."""
    yield from _changes_in_with(node, names)
    columns = tuple(each.res_target.name for each in node.target_list)
    yield Update(names.key(node.relation), where=node.HasField("where_clause"), columns=columns)


def delete(node: Node, names: Names) -> Iterator[Action]:
    """DELETE."""
    yield from _changes_in_with(node, names)
    yield Delete(names.key(node.relation), where=node.HasField("where_clause"))


def merge(node: Node, names: Names) -> Iterator[Action]:
    """MERGE, as each of its WHEN clauses; its condition is their WHERE."""
    yield from _changes_in_with(node, names)
    key = names.key(node.relation)
    for each in node.merge_when_clauses:
        clause = each.merge_when_clause
        match word_of(clause, "command_type"):
            case "CMD_INSERT":
                yield Insert(key, from_query=True)
            case "CMD_UPDATE":
                columns = tuple(target.res_target.name for target in clause.target_list)
                yield Update(key, where=True, columns=columns)
            case "CMD_DELETE":
                yield Delete(key, where=True)


def truncate(node: Node, names: Names) -> Iterator[Action]:
    """TRUNCATE."""
    cascade = word_of(node, "behavior") == "DROP_CASCADE"
    for each in node.relations:
        yield Truncate(names.of(each), cascade=cascade)


def copy(node: Node, names: Names) -> Iterator[Action]:
    """COPY."""
    if node.HasField("relation"):
        yield Copy(names.key(node.relation), into=node.is_from)
    else:
        yield Read(tables_in(node.query, names))


def lock(node: Node, names: Names) -> Iterator[Action]:
    """LOCK TABLE."""
    for each in node.relations:
        yield LockTable(names.of(each), LOCK_MODES[node.mode], nowait=node.nowait)


def create_table_as(node: Node, names: Names) -> Iterator[Action]:
    """CREATE TABLE … AS, and CREATE MATERIALIZED VIEW."""
    if word_of(node, "objtype") == "OBJECT_MATVIEW":
        yield CreateObject(
            "materialized view",
            names.key(node.into.rel),
            table=next(iter(tables_in(node.query, names)), ""),
            if_not_exists=node.if_not_exists,
        )
    else:
        yield _table_of_query(node.into, names, if_not_exists=node.if_not_exists)


def _table_of_query(into: Node, names: Names, *, if_not_exists: bool) -> Action:
    return CreateTable(
        names.key(into.rel),
        if_not_exists=if_not_exists,
        as_query=True,
        temporary=into.rel.relpersistence == "t",
    )


def refresh(node: Node, names: Names) -> Iterator[Action]:
    """REFRESH MATERIALIZED VIEW."""
    yield RefreshMaterializedView(
        names.key(node.relation), concurrently=node.concurrent, with_data=not node.skip_data
    )


def vacuum(node: Node, names: Names) -> Iterator[Action]:
    """VACUUM and ANALYZE."""
    options = options_of(node.options)
    verb = "VACUUM" + " FULL" * is_on(options, "full") if node.is_vacuumcmd else "ANALYZE"
    if not node.rels:
        yield Maintain(verb)
    for each in node.rels:
        yield Maintain(verb, names.key(each.vacuum_relation.relation))


def cluster(node: Node, names: Names) -> Iterator[Action]:
    """CLUSTER."""
    yield Maintain("CLUSTER", names.key(node.relation) if node.HasField("relation") else "")


def reindex(node: Node, names: Names) -> Iterator[Action]:
    """REINDEX."""
    yield Reindex(
        word_of(node, "kind").removeprefix("REINDEX_OBJECT_").lower(),
        names.key(node.relation) if node.HasField("relation") else node.name,
        concurrently=is_on(options_of(node.params), "concurrently"),
    )


READERS = {
    "cluster_stmt": cluster,
    "copy_stmt": copy,
    "create_table_as_stmt": create_table_as,
    "delete_stmt": delete,
    "insert_stmt": insert,
    "lock_stmt": lock,
    "merge_stmt": merge,
    "refresh_mat_view_stmt": refresh,
    "reindex_stmt": reindex,
    "select_stmt": select,
    "truncate_stmt": truncate,
    "update_stmt": update,
    "vacuum_stmt": vacuum,
}
