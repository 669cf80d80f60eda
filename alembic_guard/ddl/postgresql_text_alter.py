"""ALTER TABLE, clause by clause, and what else changes the name or the schema of a table."""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterTable,
    AttachPartition,
    DetachPartition,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropNotNull,
    RenameColumn,
    RenameTable,
    SetDefault,
    SetNotNull,
    SetSchema,
    SetType,
    ValidateConstraint,
)
from alembic_guard.ddl.objects import AlterObject, Rename
from alembic_guard.ddl.postgresql_text_names import (
    Names,
    Node,
    definition_of,
    inner,
    object_kind,
    options_of,
    sql_of,
    word_of,
)
from alembic_guard.ddl.postgresql_text_tables import read_column, read_constraint

TABLES = ("OBJECT_TABLE", "OBJECT_FOREIGN_TABLE")
# The clauses of the manual's ALTER TABLE that have no class of their own, by `AlterTableType`.
TABLE_CLAUSES = {
    "AT_AddInherit": "inherit",
    "AT_AddOf": "of",
    "AT_AlterConstraint": "alter constraint",
    "AT_ChangeOwner": "owner",
    "AT_ClusterOn": "cluster on",
    "AT_DetachPartitionFinalize": "detach partition finalize",
    "AT_DisableRowSecurity": "disable row level security",
    "AT_DisableRule": "disable rule",
    "AT_DisableTrig": "disable trigger",
    "AT_DisableTrigAll": "disable trigger",
    "AT_DisableTrigUser": "disable trigger",
    "AT_DropCluster": "set without cluster",
    "AT_DropInherit": "no inherit",
    "AT_DropOf": "not of",
    "AT_DropOids": "set without oids",
    "AT_EnableAlwaysRule": "enable always rule",
    "AT_EnableAlwaysTrig": "enable always trigger",
    "AT_EnableReplicaRule": "enable replica rule",
    "AT_EnableReplicaTrig": "enable replica trigger",
    "AT_EnableRowSecurity": "enable row level security",
    "AT_EnableRule": "enable rule",
    "AT_EnableTrig": "enable trigger",
    "AT_EnableTrigAll": "enable trigger",
    "AT_EnableTrigUser": "enable trigger",
    "AT_ForceRowSecurity": "force row level security",
    "AT_GenericOptions": "options",
    "AT_NoForceRowSecurity": "no force row level security",
    "AT_ReplicaIdentity": "replica identity",
    "AT_ResetRelOptions": "reset parameters",
    "AT_SetAccessMethod": "set access method",
    "AT_SetLogged": "set logged",
    "AT_SetRelOptions": "set parameters",
    "AT_SetTableSpace": "set tablespace",
    "AT_SetUnLogged": "set unlogged",
}
COLUMN_CLAUSES = {
    "AT_AddIdentity": "add identity",
    "AT_AlterColumnGenericOptions": "options",
    "AT_DropExpression": "drop expression",
    "AT_DropIdentity": "drop identity",
    "AT_ResetOptions": "reset options",
    "AT_SetCompression": "set compression",
    "AT_SetExpression": "set expression",
    "AT_SetIdentity": "set identity",
    "AT_SetOptions": "set options",
    "AT_SetStatistics": "set statistics",
    "AT_SetStorage": "set storage",
}
# What the same clauses are called where they are written behind ALTER TYPE, VIEW or INDEX.
OBJECT_CLAUSES = {
    "AT_AddColumn": "add attribute",
    "AT_AlterColumnType": "alter attribute",
    "AT_ColumnDefault": "set default",
    "AT_DropColumn": "drop attribute",
    **TABLE_CLAUSES,
    **COLUMN_CLAUSES,
}
# `ReplicaIdentityStmt.identity_type`, REPLICA_IDENTITY_… in catalog/pg_class.h.
IDENTITIES = {"d": "default", "f": "full", "i": "using index", "n": "nothing"}


def alter_table(node: Node, names: Names) -> Iterator[Action]:
    """ALTER TABLE, and the ALTER of another relation or type that has the same clauses."""
    key = names.key(node.relation)
    word = word_of(node, "objtype")
    for each in node.cmds:
        clause = inner(each)
        if word_of(clause, "subtype") in ("AT_AttachPartition", "AT_DetachPartition"):
            yield _partition(key, clause, names, index=word == "OBJECT_INDEX")
        elif word in TABLES:
            yield _clause(key, clause, names)
        else:
            change = OBJECT_CLAUSES.get(word_of(clause, "subtype"), "")
            yield AlterObject(object_kind(word), key, change)


def _partition(key: str, clause: Node, names: Names, *, index: bool) -> Action:
    partition = definition_of(clause)
    name = names.key(partition.name)
    if word_of(clause, "subtype") == "AT_AttachPartition":
        return AttachPartition(key, name, index=index)
    return DetachPartition(key, name, concurrently=partition.concurrent)


def _clause(key: str, clause: Node, names: Names) -> Action:
    """One clause of ALTER TABLE."""
    word = word_of(clause, "subtype")
    cascade = word_of(clause, "behavior") == "DROP_CASCADE"
    match word:
        case "AT_AddColumn":
            column = read_column(definition_of(clause), names)
            return AddColumn(key, column, if_not_exists=clause.missing_ok)
        case "AT_DropColumn":
            return DropColumn(key, clause.name, cascade=cascade)
        case "AT_AlterColumnType":
            return _set_type(key, clause, names)
        case "AT_ColumnDefault":
            if not clause.HasField("def"):
                return DropDefault(key, clause.name)
            return SetDefault(key, clause.name, sql_of(getattr(clause, "def")))
        case "AT_SetNotNull":
            return SetNotNull(key, clause.name)
        case "AT_DropNotNull":
            return DropNotNull(key, clause.name)
        case "AT_AddConstraint":
            return AddConstraint(key, read_constraint(definition_of(clause), names))
        case "AT_DropConstraint":
            return DropConstraint(key, clause.name, cascade=cascade)
        case "AT_ValidateConstraint":
            return ValidateConstraint(key, clause.name)
        case _ if word in COLUMN_CLAUSES:
            # A column of an index has a number and no name.
            return AlterColumn(key, clause.name or str(clause.num), COLUMN_CLAUSES[word])
    return AlterTable(key, TABLE_CLAUSES.get(word, word), _detail(word, clause, names))


def _set_type(key: str, clause: Node, names: Names) -> Action:
    column = definition_of(clause)
    return SetType(
        key,
        clause.name,
        names.type(column.type_name),
        using=sql_of(column.raw_default) if column.HasField("raw_default") else None,
        collation=names.of(column.coll_clause.collname) if column.HasField("coll_clause") else None,
    )


def _detail(word: str, clause: Node, names: Names) -> str:
    """What follows the words of a clause."""
    if word.endswith(("TrigAll", "TrigUser")):
        return "all" if word.endswith("All") else "user"
    if word == "AT_ChangeOwner":
        return names.of(clause.newowner)
    if not clause.HasField("def"):
        return str(clause.name)
    definition = definition_of(clause)
    match type(definition).DESCRIPTOR.name:
        case "ReplicaIdentityStmt":
            return f"{IDENTITIES[definition.identity_type]} {definition.name}".rstrip()
        case "ATAlterConstraint":
            return str(definition.conname)
        case "PartitionCmd":
            return names.key(definition.name)
        case "List":
            options = options_of(definition.items)
            return ", ".join(
                f"{name}={value}" if value else name for name, value in options.items()
            )
    return names.of(definition)


def rename(node: Node, names: Names) -> Iterator[Action]:
    """RENAME of anything."""
    word = word_of(node, "rename_type")
    key = names.key(node.relation) if node.HasField("relation") else ""
    if word in TABLES:
        yield RenameTable(key, names.beside(key, node.newname))
    elif word == "OBJECT_COLUMN":
        yield RenameColumn(key, node.subname, node.newname)
    elif node.subname:  # of a table, a type or a domain; or a role, a schema, a database
        owner = key or (names.of(node.object) if node.HasField("object") else "")
        yield Rename(object_kind(word), node.subname, node.newname, table=owner)
    else:
        old = key or names.of(node.object)
        yield Rename(object_kind(word), old, names.beside(old, node.newname))


def set_schema(node: Node, names: Names) -> Iterator[Action]:
    """SET SCHEMA of anything."""
    word = word_of(node, "object_type")
    key = names.key(node.relation) if node.HasField("relation") else names.of(node.object)
    if word in TABLES:
        yield SetSchema(key, node.newschema)
    else:
        yield AlterObject(object_kind(word), key, "set schema")


def set_owner(node: Node, names: Names) -> Iterator[Action]:
    """OWNER TO of anything but a relation, which says it in ALTER TABLE's words."""
    word = word_of(node, "object_type")
    key = names.key(node.relation) if node.HasField("relation") else names.of(node.object)
    yield AlterObject(object_kind(word), key, "owner")


def move_all(node: Node, names: Names) -> Iterator[Action]:
    """ALTER TABLE ALL IN TABLESPACE … SET TABLESPACE."""
    word = word_of(node, "objtype")
    if word in TABLES:
        yield AlterTable("", "set tablespace", node.new_tablespacename)
    else:
        yield AlterObject(object_kind(word), "", "set tablespace")


READERS = {
    "alter_object_schema_stmt": set_schema,
    "alter_owner_stmt": set_owner,
    "alter_table_move_all_stmt": move_all,
    "alter_table_stmt": alter_table,
    "rename_stmt": rename,
}
