"""ALTER and DROP of what is no table, privileges and comments, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from alembic_guard.ddl.actions import Action, DropIndex, DropTable
from alembic_guard.ddl.objects import (
    AddEnumValue,
    AlterDomain,
    AlterObject,
    Describe,
    DropObject,
    Privilege,
    Rename,
)
from alembic_guard.ddl.postgresql_text_create import first_published
from alembic_guard.ddl.postgresql_text_names import (
    Names,
    Node,
    definition_of,
    inner,
    object_kind,
    word_of,
)

# Statement: the kind of object, the field that names it, and what changes; with "" it is the
# options that are named.
ALTERED = {
    "alter_collation_stmt": ("collation", "collname", "refresh version"),
    "alter_database_refresh_coll_stmt": ("database", "dbname", "refresh collation version"),
    "alter_database_set_stmt": ("database", "dbname", "set"),
    "alter_database_stmt": ("database", "dbname", ""),
    "alter_event_trig_stmt": ("event trigger", "trigname", "enable"),
    "alter_extension_contents_stmt": ("extension", "extname", "add"),
    "alter_extension_stmt": ("extension", "extname", "update"),
    "alter_fdw_stmt": ("foreign data wrapper", "fdwname", "options"),
    "alter_foreign_server_stmt": ("server", "servername", "options"),
    "alter_op_family_stmt": ("operator family", "opfamilyname", "add"),
    "alter_operator_stmt": ("operator", "opername", "set"),
    "alter_policy_stmt": ("policy", "policy_name", ""),
    "alter_role_set_stmt": ("role", "role", "set"),
    "alter_role_stmt": ("role", "role", ""),
    "alter_seq_stmt": ("sequence", "sequence", ""),
    "alter_stats_stmt": ("statistics", "defnames", "set statistics"),
    "alter_subscription_stmt": ("subscription", "subname", ""),
    "alter_table_space_options_stmt": ("tablespace", "tablespacename", "set parameters"),
    "alter_tsconfiguration_stmt": ("text search configuration", "cfgname", "mapping"),
    "alter_tsdictionary_stmt": ("text search dictionary", "dictname", ""),
    "alter_type_stmt": ("type", "type_name", ""),
    "alter_user_mapping_stmt": ("user mapping", "servername", "options"),
}
DROPPED = {
    "drop_subscription_stmt": ("subscription", "subname"),
    "drop_table_space_stmt": ("tablespace", "tablespacename"),
    "drop_user_mapping_stmt": ("user mapping", "servername"),
    "dropdb_stmt": ("database", "dbname"),
}
# `defname` of an option of ALTER SEQUENCE, in the words of the manual.
OPTION_WORDS = {"as": "as type", "owned_by": "owned by"}
# Known by a table, and by a name in it.
IN_TABLES = ("OBJECT_POLICY", "OBJECT_RULE", "OBJECT_TRIGGER")
TABLES = ("OBJECT_TABLE", "OBJECT_FOREIGN_TABLE")
# `AlterDomainStmt.subtype`
DOMAIN_CLAUSES = {
    "C": "add constraint",
    "N": "drop not null",
    "O": "set not null",
    "T": "set default",
    "V": "validate constraint",
    "X": "drop constraint",
}


def alter_enum(node: Node, names: Names) -> Iterator[Action]:
    """ALTER TYPE … ADD VALUE and RENAME VALUE."""
    key = names.of(node.type_name)
    if node.old_val:
        yield Rename("enum value", node.old_val, node.new_val, table=key)
    else:
        placed = bool(node.new_val_neighbor)
        if_not_exists = node.skip_if_new_val_exists
        yield AddEnumValue(key, node.new_val, placed=placed, if_not_exists=if_not_exists)


def alter_domain(node: Node, names: Names) -> Iterator[Action]:
    """ALTER DOMAIN."""
    kind = DOMAIN_CLAUSES[node.subtype]
    if kind == "set default" and not node.HasField("def"):
        kind = "drop default"
    valid = not (kind == "add constraint" and definition_of(node).skip_validation)
    yield AlterDomain(names.of(node.type_name), kind, valid=valid)


def alter(kind: str, node: Node, names: Names) -> Iterator[Action]:
    """ALTER of what has no class of its own; each option is a change of its own."""
    word, field, change = ALTERED[kind]
    key = names.of(getattr(node, field))
    changes = [change]
    if not change and "options" in node.DESCRIPTOR.fields_by_name:
        said = [inner(each).defname for each in node.options]
        changes = [OPTION_WORDS.get(name, name) for name in said] or [""]
    for each in changes:
        yield AlterObject(word, key, each, table=names.table_of(node))


def alter_function(node: Node, names: Names) -> Iterator[Action]:
    """ALTER FUNCTION and PROCEDURE."""
    kind = object_kind(word_of(node, "objtype"))
    for each in node.actions:
        yield AlterObject(kind, names.of(node.func), inner(each).defname)


def alter_publication(node: Node, names: Names) -> Iterator[Action]:
    """ALTER PUBLICATION, on the first of the tables that it names."""
    change = word_of(node, "action").removeprefix("AP_").removesuffix("Objects").lower()
    if node.options:
        change = "set"
    yield AlterObject("publication", node.pubname, change, table=first_published(node, names))


def depends(node: Node, names: Names) -> Iterator[Action]:
    """ALTER … DEPENDS ON EXTENSION."""
    kind = object_kind(word_of(node, "object_type"))
    key = names.key(node.relation) if node.HasField("relation") else names.of(node.object)
    yield AlterObject(kind, key, "depends on extension")


def alter_system(node: Node, names: Names) -> Iterator[Action]:
    """ALTER SYSTEM."""
    yield AlterObject("system", node.setstmt.name, "set")


def drop(node: Node, names: Names) -> Iterator[Action]:
    """DROP; of several objects it is several actions."""
    word = word_of(node, "remove_type")
    how = {"cascade": word_of(node, "behavior") == "DROP_CASCADE", "if_exists": node.missing_ok}
    for each in node.objects:
        if word in TABLES:
            yield DropTable(names.of(each), **how)
        elif word == "OBJECT_INDEX":
            yield DropIndex("", names.of(each), concurrently=node.concurrent, **how)
        elif word in IN_TABLES:
            table, name = names.in_front(each)
            yield DropObject(object_kind(word), name, table=table, **how)
        else:
            yield DropObject(object_kind(word), _dropped(word, each, names), **how)


def _dropped(word: str, node: Node, names: Names) -> str:
    """The name of what is dropped and belongs to no table."""
    match word:
        case "OBJECT_CAST":
            return " as ".join(str(names.type(inner(side))) for side in inner(node).items)
        case "OBJECT_TRANSFORM":
            return str(names.type(inner(inner(node).items[0])))
        case "OBJECT_OPCLASS" | "OBJECT_OPFAMILY":  # the access method is written first
            return names.of(inner(node).items[1:])
    return names.of(node)


def drop_named(kind: str, node: Node, names: Names) -> Iterator[Action]:
    """DROP of what belongs to no schema."""
    word, field = DROPPED[kind]
    yield DropObject(word, getattr(node, field), if_exists=node.missing_ok)


def drop_roles(node: Node, names: Names) -> Iterator[Action]:
    """DROP ROLE."""
    for each in node.roles:
        yield DropObject("role", names.of(each), if_exists=node.missing_ok)


def drop_owned(node: Node, names: Names) -> Iterator[Action]:
    """DROP OWNED, which is of any kind."""
    for each in node.roles:
        cascade = word_of(node, "behavior") == "DROP_CASCADE"
        yield DropObject("owned", names.of(each), cascade=cascade)


def reassign_owned(node: Node, names: Names) -> Iterator[Action]:
    """REASSIGN OWNED."""
    for each in node.roles:
        yield AlterObject("role", names.of(each), "reassign owned")


def grant(node: Node, names: Names) -> Iterator[Action]:
    """GRANT and REVOKE of privileges."""
    on = ", ".join(names.of(each) for each in node.objects)
    kind = object_kind(word_of(node, "objtype"))
    if word_of(node, "targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        on = f"all {kind}s in schema {on}"
    elif kind != "table":
        on = f"{kind} {on}"
    yield Privilege("GRANT" if node.is_grant else "REVOKE", on)


def grant_role(node: Node, names: Names) -> Iterator[Action]:
    """GRANT and REVOKE of roles."""
    on = ", ".join(names.of(each) for each in node.granted_roles)
    yield Privilege("GRANT" if node.is_grant else "REVOKE", f"role {on}")


def default_privileges(node: Node, names: Names) -> Iterator[Action]:
    """ALTER DEFAULT PRIVILEGES."""
    yield Privilege("GRANT" if node.action.is_grant else "REVOKE", "default privileges")


def describe(node: Node, names: Names) -> Iterator[Action]:
    """COMMENT ON and SECURITY LABEL."""
    word = word_of(node, "objtype")
    table = ""
    if word in TABLES:
        table = names.of(node.object)
    elif word == "OBJECT_COLUMN":
        table = names.in_front(node.object)[0]
    yield Describe(object_kind(word), table)


READERS: dict[str, Callable[[Node, Names], Iterator[Action]]] = {
    **{kind: partial(alter, kind) for kind in ALTERED},
    **{kind: partial(drop_named, kind) for kind in DROPPED},
    "alter_default_privileges_stmt": default_privileges,
    "alter_domain_stmt": alter_domain,
    "alter_enum_stmt": alter_enum,
    "alter_function_stmt": alter_function,
    "alter_object_depends_stmt": depends,
    "alter_publication_stmt": alter_publication,
    "alter_system_stmt": alter_system,
    "comment_stmt": describe,
    "drop_owned_stmt": drop_owned,
    "drop_role_stmt": drop_roles,
    "drop_stmt": drop,
    "grant_role_stmt": grant_role,
    "grant_stmt": grant,
    "reassign_owned_stmt": reassign_owned,
    "sec_label_stmt": describe,
}
