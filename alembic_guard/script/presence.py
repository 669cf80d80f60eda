"""What the tables of a database say of where it is in a history.

Promises: no file is run, and in doubt there is no answer: a table counts as one that a revision is
going to create only where the text says so without a condition.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from alembic_guard.runtime.op_calls import argument, parse, verb
from alembic_guard.script.replay import ScriptText, changes_in, schema_after

_TAKES_AWAY = re.compile(r"drop|rename|set\s+schema", re.IGNORECASE)
_RUNS_SQL = {"execute", "exec_driver_sql", "get_bind", "run_async", "run_sync"}
_TABLE_CALLS = {
    "create_table": "table_name",
    "drop_table": "table_name",
    "rename_table": "old_table_name",
}


@dataclass(frozen=True)
class Collision:
    """The first revision that would create what is there, and every table of such a kind."""

    revision: str
    tables: tuple[str, ...]


def collision(pending: Sequence[ScriptText], live: Collection[str]) -> Collision | None:
    """What of a database stands in the way of the revisions that are to be applied.

    :param pending: in the order of application.
    :param live: keys of the tables, those of the default schema without it.
    :returns: None where nothing does, or where it cannot be told: a statement that may drop or
        rename a table, or leave ``upgrade()``, ends the reading.
    """
    first, tables = "", list[str]()
    for script in pending:
        for statement in _upgrade(script):
            there = [key for key in _created(statement) if key in live]
            first = first or (script.revision if there else "")
            tables += there
            if _may_change_the_answer(statement):
                return Collision(first, tuple(tables)) if first else None
    return Collision(first, tuple(tables)) if first else None


def absent_tables(ordered: Sequence[ScriptText], live: Collection[str]) -> frozenset[str]:
    """The tables that a history makes, if a database has none of them; nothing where one may be
    elsewhere, for a name is computed, or SQL may have moved or dropped it.

    :param ordered: the whole history in the order of application. It is read from its end, and only
        until one of its tables is found.
    """
    for script in reversed(ordered) if live else ():
        if any({each.table, *each.names} & {*live} for each in changes_in(script.path)):
            return frozenset()
    if any(_may_hide_a_table(script) for script in ordered):
        return frozenset()
    return frozenset(schema_after(ordered))


def _may_hide_a_table(script: ScriptText) -> bool:
    """Whether an upgrade's tables may be others than those that its text names."""
    with suppress(OSError):
        tree = parse(script.path.read_bytes(), str(script.path))
        tree.body = [node for node in tree.body if getattr(node, "name", None) != "downgrade"]
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        runs_sql = [call for call in calls if verb(call) in _RUNS_SQL]
        said = [argument(call, 0, "sqltext") for call in runs_sql]
        for call in calls:
            if verb(call) in _TABLE_CALLS:
                said += [argument(call, 0, _TABLE_CALLS[verb(call)]), argument(call, 99, "schema")]
        moves = runs_sql and _TAKES_AWAY.search(ast.unparse(tree))
        return bool(moves) or not all(map(_is_literal, said))
    return True


def _is_literal(node: ast.expr | None) -> bool:
    """Whether an argument says what it is: left out, a constant, or SQL in ``text()``."""
    if isinstance(node, ast.Call) and verb(node) == "text":
        node = argument(node, 0, "text")
    return node is None or isinstance(node, ast.Constant)


def _upgrade(script: ScriptText) -> list[ast.stmt]:
    """The body of ``upgrade()``."""
    with suppress(OSError, SyntaxError, ValueError, RecursionError):
        for node in ast.parse(script.path.read_bytes()).body:
            if isinstance(node, ast.FunctionDef) and node.name == "upgrade":
                return node.body
    return []


def _created(statement: ast.stmt) -> Iterator[str]:
    """The key of the table that a statement creates, unless a condition decides."""
    call = getattr(statement, "value", None)
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "op.create_table":
        return
    words = {word.arg: word.value for word in call.keywords}
    name = words.get("table_name", next(iter(call.args), None))
    schema = words.get("schema", ast.Constant(None))
    said = [getattr(node, "value", None) for node in (schema, name)]
    is_literal = isinstance(schema, ast.Constant) and isinstance(name, ast.Constant)
    if is_literal and not words.keys() & {"if_not_exists", "prefixes", None}:
        yield ".".join(str(each) for each in said if each)


def _may_change_the_answer(statement: ast.stmt) -> bool:
    returns = any(isinstance(node, ast.Return | ast.Raise) for node in ast.walk(statement))
    return returns or _TAKES_AWAY.search(ast.unparse(statement)) is not None
