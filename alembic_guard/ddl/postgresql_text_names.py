"""Names, types and expressions of a statement that PostgreSQL's parser has read, as text.

Nodes are messages of libpg_query's protobuf; their fields have the names of PostgreSQL's
``nodes/parsenodes.h``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from alembic_guard.sql_types import SqlType, parse_type

Node = Any  # which message it is, the text decides
# What stands before an expression or a type in the shortest statement that holds one.
BEFORE_EXPRESSION = "SELECT "
BEFORE_TYPE = "ALTER TABLE a ADD COLUMN b "
# Where the manual's word is not the one of `ObjectType` in parsenodes.h.
OBJECT_WORDS = {
    "OBJECT_DOMCONSTRAINT": "domain constraint",
    "OBJECT_FDW": "foreign data wrapper",
    "OBJECT_FOREIGN_SERVER": "server",
    "OBJECT_LARGEOBJECT": "large object",
    "OBJECT_MATVIEW": "materialized view",
    "OBJECT_OPCLASS": "operator class",
    "OBJECT_OPFAMILY": "operator family",
    "OBJECT_PARAMETER_ACL": "parameter",
    "OBJECT_STATISTIC_EXT": "statistics",
    "OBJECT_TABCONSTRAINT": "constraint",
    "OBJECT_TSCONFIGURATION": "text search configuration",
    "OBJECT_TSDICTIONARY": "text search dictionary",
    "OBJECT_TSPARSER": "text search parser",
    "OBJECT_TSTEMPLATE": "text search template",
}
ROLE_WORDS = {
    "ROLESPEC_CURRENT_ROLE": "CURRENT_ROLE",
    "ROLESPEC_CURRENT_USER": "CURRENT_USER",
    "ROLESPEC_PUBLIC": "PUBLIC",
    "ROLESPEC_SESSION_USER": "SESSION_USER",
}


@dataclass(frozen=True)
class Names:
    """How the objects of a text are called.

    :param default_schema: what is written in it is known without its schema.
    """

    default_schema: str = "public"

    def key(self, relation: Node) -> str:
        """The key of a ``RangeVar``, "" for none."""
        return self._key([relation.schemaname, relation.relname])

    def of(self, named: Node) -> str:
        """The key of whatever a field names an object with: text, a list, a relation, a role."""
        if isinstance(named, str):
            return named
        if not hasattr(named, "DESCRIPTOR"):
            return self._key([text_of(each) for each in named])
        node = inner(named)
        match type(node).DESCRIPTOR.name:
            case "RangeVar":
                return self.key(node)
            case "List":
                return self.of(node.items)
            case "TypeName":
                return self.of(node.names)
            case "ObjectWithArgs":
                return self.of(node.objname)
            case "RoleSpec":
                return str(node.rolename) or ROLE_WORDS.get(word_of(node, "roletype"), "")
            case "AccessPriv":
                return str(node.priv_name)
        return text_of(node)

    def in_front(self, named: Node) -> tuple[str, str]:
        """The key of the table, and the name, of what belongs to one: ``schema.table.name``."""
        node = inner(named)
        parts = [text_of(each) for each in node.items]
        return self._key(parts[:-1]), parts[-1]

    def table_of(self, node: Node) -> str:
        """The table that a statement on a policy, a trigger or a rule names; "" for none."""
        for field in ("relation", "table"):
            if field in node.DESCRIPTOR.fields_by_name:
                return self.key(getattr(node, field))
        return ""

    def beside(self, key: str, name: str) -> str:
        """The key of a name in the schema of another."""
        schema, point, _ = key.rpartition(".")
        return f"{schema}{point}{name}"

    def type(self, node: Node) -> SqlType:
        """The type that a ``TypeName`` spells."""
        from postgast import deparse, parse

        tree = parse(BEFORE_TYPE + "int")
        clause = tree.stmts[0].stmt.alter_table_stmt.cmds[0].alter_table_cmd
        column = definition_of(clause)
        column.type_name.CopyFrom(node)
        if len(node.names) == 2 and text_of(node.names[0]) == self.default_schema:
            del column.type_name.names[0]
        return parse_type(str(deparse(tree)).removeprefix(BEFORE_TYPE))

    def _key(self, parts: Iterable[str]) -> str:
        known = [part for part in parts if part]
        if len(known) > 1 and known[-2] == self.default_schema:
            known = known[-1:]
        return ".".join(known[-2:])


def inner(node: Node) -> Node:
    """The message in a ``Node``, or the message itself."""
    from postgast import unwrap_node

    return unwrap_node(node)


def kind_of(node: Node) -> str:
    """Which message a ``Node`` holds, such as ``alter_table_stmt``; "" for none."""
    return str(node.WhichOneof("node") or "")


def definition_of(clause: Node) -> Node:
    """What a clause defines; its field is called ``def``, which is a word of Python."""
    return inner(getattr(clause, "def"))


def word_of(node: Node, field: str) -> str:
    """The name of the value of an enumeration, such as ``OBJECT_TABLE``."""
    number = getattr(node, field)
    return str(type(node).DESCRIPTOR.fields_by_name[field].enum_type.values_by_number[number].name)


def text_of(node: Node) -> str:
    """A string, a number or a constant as its value; anything else as SQL."""
    value = inner(node)
    match type(value).DESCRIPTOR.name:
        case "String":
            return str(value.sval)
        case "Integer":
            return str(value.ival)
        case "Float":
            return str(value.fval)
        case "Boolean":
            return str(value.boolval).lower()
        case "TypeName":
            return ".".join(text_of(each) for each in value.names)
        case "A_Const":
            if value.isnull:
                return "NULL"
            return text_of(getattr(value, value.WhichOneof("val")))
    return sql_of(node)


def sql_of(node: Node) -> str:
    """An expression as SQL, in the spelling of PostgreSQL's own deparser."""
    from postgast import deparse, parse

    tree = parse(BEFORE_EXPRESSION + "1")
    target = tree.stmts[0].stmt.select_stmt.target_list[0].res_target
    target.val.CopyFrom(node)
    return str(deparse(tree)).removeprefix(BEFORE_EXPRESSION)


def columns_in(node: Node) -> tuple[str, ...]:
    """The columns that an expression names, each once, in order."""
    from postgast import walk

    found: dict[str, None] = {}
    for _, each in walk(node):
        if type(each).DESCRIPTOR.name == "ColumnRef" and kind_of(each.fields[-1]) == "string":
            found[text_of(each.fields[-1])] = None
    return tuple(found)


def options_of(nodes: Iterable[Node]) -> dict[str, str]:
    """``DefElem`` options by name; "" where one has no value."""
    elements = (inner(node) for node in nodes)
    return {each.defname: text_of(each.arg) if each.HasField("arg") else "" for each in elements}


def is_on(options: dict[str, str], name: str) -> bool:
    """Whether a boolean option is said and not false; its words are of ``defGetBoolean()``."""
    return options.get(name, "off") not in ("off", "false", "0")


def object_kind(word: str) -> str:
    """``OBJECT_MATVIEW`` as the manual says it: ``materialized view``."""
    return OBJECT_WORDS.get(word) or word.removeprefix("OBJECT_").lower().replace("_", " ")
