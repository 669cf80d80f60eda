"""CREATE of what is no table, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.objects import CreateDomain, CreateEnum, CreateObject
from alembic_guard.ddl.postgresql_text_names import (
    Names,
    Node,
    inner,
    object_kind,
    text_of,
    word_of,
)
from alembic_guard.ddl.postgresql_text_rows import tables_in

# Statement: the kind of object, and the field that names it.
CREATED = {
    "composite_type_stmt": ("type", "typevar"),
    "create_am_stmt": ("access method", "amname"),
    "create_conversion_stmt": ("conversion", "conversion_name"),
    "create_event_trig_stmt": ("event trigger", "trigname"),
    "create_extension_stmt": ("extension", "extname"),
    "create_fdw_stmt": ("foreign data wrapper", "fdwname"),
    "create_foreign_server_stmt": ("server", "servername"),
    "create_op_class_stmt": ("operator class", "opclassname"),
    "create_op_family_stmt": ("operator family", "opfamilyname"),
    "create_plang_stmt": ("language", "plname"),
    "create_policy_stmt": ("policy", "policy_name"),
    "create_range_stmt": ("type", "type_name"),
    "create_role_stmt": ("role", "role"),
    "create_schema_stmt": ("schema", "schemaname"),
    "create_seq_stmt": ("sequence", "sequence"),
    "create_subscription_stmt": ("subscription", "subname"),
    "create_table_space_stmt": ("tablespace", "tablespacename"),
    "create_trig_stmt": ("trigger", "trigname"),
    "create_user_mapping_stmt": ("user mapping", "servername"),
    "createdb_stmt": ("database", "dbname"),
    "import_foreign_schema_stmt": ("foreign table", "local_schema"),
    "rule_stmt": ("rule", "rulename"),
}


def create(kind: str, node: Node, names: Names) -> Iterator[Action]:
    """CREATE of what has no class of its own."""
    word, field = CREATED[kind]
    yield CreateObject(
        word,
        names.of(getattr(node, field)),
        table=names.table_of(node),
        replace=getattr(node, "replace", False),
        if_not_exists=getattr(node, "if_not_exists", False),
    )


def create_view(node: Node, names: Names) -> Iterator[Action]:
    """CREATE VIEW."""
    first = next(iter(tables_in(node.query, names)), "")
    yield CreateObject("view", names.key(node.view), table=first, replace=node.replace)


def create_function(node: Node, names: Names) -> Iterator[Action]:
    """CREATE FUNCTION and PROCEDURE; their bodies run when they are called."""
    kind = "procedure" if node.is_procedure else "function"
    yield CreateObject(kind, names.of(node.funcname), replace=node.replace)


def define(node: Node, names: Names) -> Iterator[Action]:
    """CREATE TYPE, AGGREGATE, OPERATOR, COLLATION and TEXT SEARCH."""
    yield CreateObject(
        object_kind(word_of(node, "kind")),
        names.of(node.defnames),
        replace=node.replace,
        if_not_exists=node.if_not_exists,
    )


def create_cast(node: Node, names: Names) -> Iterator[Action]:
    """CREATE CAST."""
    both = f"{names.type(node.sourcetype)} as {names.type(node.targettype)}"
    yield CreateObject("cast", both)


def create_transform(node: Node, names: Names) -> Iterator[Action]:
    """CREATE TRANSFORM."""
    yield CreateObject("transform", str(names.type(node.type_name)), replace=node.replace)


def create_statistics(node: Node, names: Names) -> Iterator[Action]:
    """CREATE STATISTICS."""
    yield CreateObject(
        "statistics",
        names.of(node.defnames),
        table=names.of(node.relations[0]),
        if_not_exists=node.if_not_exists,
    )


def create_publication(node: Node, names: Names) -> Iterator[Action]:
    """CREATE PUBLICATION, on the first of its tables."""
    yield CreateObject("publication", node.pubname, table=first_published(node, names))


def first_published(node: Node, names: Names) -> str:
    """The first table that a publication names; "" for none."""
    for each in node.pubobjects:
        return names.key(inner(each).pubtable.relation)
    return ""


def create_enum(node: Node, names: Names) -> Iterator[Action]:
    """CREATE TYPE … AS ENUM."""
    yield CreateEnum(names.of(node.type_name), tuple(text_of(each) for each in node.vals))


def create_domain(node: Node, names: Names) -> Iterator[Action]:
    """CREATE DOMAIN."""
    words = {word_of(inner(each), "contype") for each in node.constraints}
    constrained = bool(words & {"CONSTR_CHECK", "CONSTR_NOTNULL"})
    yield CreateDomain(names.of(node.domainname), constrained=constrained)


READERS: dict[str, Callable[[Node, Names], Iterator[Action]]] = {
    **{kind: partial(create, kind) for kind in CREATED},
    "create_cast_stmt": create_cast,
    "create_domain_stmt": create_domain,
    "create_enum_stmt": create_enum,
    "create_function_stmt": create_function,
    "create_publication_stmt": create_publication,
    "create_stats_stmt": create_statistics,
    "create_transform_stmt": create_transform,
    "define_stmt": define,
    "view_stmt": create_view,
}
