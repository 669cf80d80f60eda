"""The statements in the body of a DO, as far as they are written there.

``EXECUTE`` of a text that is one constant is as plain as the text; of any other it is known only
when it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import ControlTransaction, Opaque
from alembic_guard.ddl.postgresql_text_names import BEFORE_EXPRESSION, Node, inner, options_of

# `RawParseMode` of PostgreSQL's parser/parser.h: what a text in a body is.
STATEMENT, EXPRESSION = 0, 2
DYNAMIC = ("PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors")
MADE_WHEN_IT_RUNS = "EXECUTE of a text that is made when it runs"


@dataclass(frozen=True)
class PlainText:
    """SQL in a body.

    :param statement: whether it is a statement, and not an expression behind a SELECT.
    """

    sql: str
    statement: bool = True


def body_of(node: Node) -> Iterator[PlainText | Action | str]:
    """What a DO runs, in the order of its text; a text says why it cannot be seen."""
    from postgast import PgQueryError, deparse, parse, parse_plpgsql

    language = options_of(node.args).get("language", "plpgsql")
    if language != "plpgsql":
        yield f"its language is {language}"
        return
    tree = parse("DO ''")
    tree.stmts[0].stmt.do_stmt.CopyFrom(node)
    try:
        functions = parse_plpgsql(deparse(tree))
    except PgQueryError as error:
        yield str(error)
        return
    for each in functions:
        function = each["PLpgSQL_function"]
        # Variables first: their defaults are queries too.
        yield from _parts([function["datums"], function.get("action", {})])


def _parts(value: Any) -> Iterator[PlainText | Action]:
    """The parts of a node of PL/pgSQL's tree, which is made of dicts and lists."""
    if isinstance(value, list):
        for each in value:
            yield from _parts(each)
    elif isinstance(value, dict):
        # A loop's query runs before its body, and exceptions are handled after theirs; bodies are
        # lists.
        ordered = sorted(
            value.items(), key=lambda item: isinstance(item[1], list) or item[0] == "exceptions"
        )
        for name, each in ordered:
            yield from _part(name, each)


def _part(name: str, value: Any) -> Iterator[PlainText | Action]:
    if name in DYNAMIC or name == "dynquery":
        query = value["PLpgSQL_expr"] if name == "dynquery" else value["query"]["PLpgSQL_expr"]
        yield from _executed(query["query"])
        yield from _parts(value.get("body", []))
    elif name == "PLpgSQL_stmt_commit":
        yield ControlTransaction("COMMIT")
    elif name == "PLpgSQL_stmt_rollback":
        yield ControlTransaction("ROLLBACK")
    elif name != "PLpgSQL_expr":
        yield from _parts(value)
    elif value["parseMode"] == STATEMENT:
        yield PlainText(value["query"])
    elif value["parseMode"] == EXPRESSION:
        yield PlainText(BEFORE_EXPRESSION + value["query"], statement=False)
    else:  # an assignment; what stands on its right is an expression
        _, _, right = value["query"].partition(":=")
        if right:
            yield PlainText(BEFORE_EXPRESSION + right, statement=False)


def _executed(expression: str) -> Iterator[PlainText | Action]:
    """What EXECUTE runs."""
    from postgast import parse

    query = parse(BEFORE_EXPRESSION + expression).stmts[0].stmt.select_stmt
    constant = inner(query.target_list[0].res_target.val)
    if type(constant).DESCRIPTOR.name == "A_Const" and constant.HasField("sval"):
        yield PlainText(constant.sval.sval)
    else:
        yield Opaque("EXECUTE", reason=MADE_WHEN_IT_RUNS)
