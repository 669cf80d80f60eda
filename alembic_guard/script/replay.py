"""What revisions do to tables and columns, read from the syntax of their files.

Promises: no file is run. `owned_tables` errs towards owning, so that a guard which refuses to drop
what a history does not own is not wrong about the project's own tables. `schema_after` errs towards
leaving out: what is not literal leaves no trace, and then no revision matches.

Does not: read SQL from other files, know the tables behind `metadata.create_all()` of imported
models, decide conditions (each branch of an `if` counts), or take the columns of a table from SQL.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic_guard.runtime.op_calls import Change, argument, functions, parse, upgrade_changes, verb

# A pattern is enough for SQL: it only widens what a history owns, so that a word too many costs
# nothing, and any dialect and any template is read alike. Names may be quoted, or placeholders.
_NAME = r'(?:"[^"]+"|`[^`]+`|\[[^\]]+\]|\{[^}]*\}|%s|%\(\w+\)s|[\w$]+)'
_TABLE = rf"({_NAME}(?:\s*\.\s*{_NAME})*|$)"
_IF = r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?"
_CREATE = re.compile(rf"\bCREATE\s+(?:\w+\s+){{0,3}}?TABLE\s+{_IF}{_TABLE}", re.I)
_RENAME = re.compile(rf"\bTABLE\s+{_IF}{_TABLE}\s+(?:RENAME(?:\s+TO|\s+AS)?|TO)\s+{_TABLE}", re.I)
_WORD = re.compile(r"[^\W\d][\w$]*(?:\.[^\W\d][\w$]*)?")
_MAKER = re.compile(r"create.*table(?!.*comment)", re.I)  # create_table, and helpers called alike


@dataclass(frozen=True)
class ScriptText:
    """A revision and the file that it is written in."""

    revision: str
    path: Path


def owned_tables(paths: Iterable[Path]) -> frozenset[str]:
    """The tables that some revision of a history creates, or renames to.

    :param paths: the revision files, in any order; what cannot be read or parsed is passed over.
    :returns: keys as in `MetaData.tables`, and in doubt words taken for one. What only a
        `downgrade()` creates is not among them: it puts back what was somebody else's.
    """
    return frozenset(key for path in paths for key in _owned(_parse(path)))


def schema_after(scripts: Sequence[ScriptText]) -> dict[str, frozenset[str]]:
    """The tables and their columns once every script has been applied to an empty database.

    :param scripts: revisions in the order of application.
    :returns: table keys with the names of their columns.
    """
    tables: dict[str, frozenset[str]] = {}
    for script in scripts:
        _apply(changes_in(script.path), tables)
    return tables


def matching_revision(
    ordered: Sequence[ScriptText], live: Mapping[str, frozenset[str]]
) -> str | None:
    """The last revision whose schema is the one that a database has.

    :param ordered: the whole history in the order of application.
    :param live: the tables of the database with their columns. Tables that the history never has
        are somebody else's and not compared.
    :returns: the revision; None if the schema is none of them, or has no table of the history.
    """
    steps = [(script.revision, changes_in(script.path)) for script in ordered]
    every = [change for _, changes in steps for change in changes]
    known = {change.table for change in every if change.verb == "create_table"}
    known |= {change.names[0] for change in every if change.verb == "rename_table"}
    wanted = {table: columns for table, columns in live.items() if table in known}
    tables: dict[str, frozenset[str]] = {}
    matching = None
    for revision, changes in steps:
        _apply(changes, tables)
        if tables and tables == wanted:
            matching = revision
    return matching


def changes_in(path: Path) -> tuple[Change, ...]:
    """What the upgrade of one file does to tables, in the order of its text."""
    return upgrade_changes(_parse(path))


def _apply(changes: Iterable[Change], tables: dict[str, frozenset[str]]) -> None:
    for change in changes:
        table, names = change.table, change.names
        if change.verb == "create_table":
            tables[table] = frozenset(names)
        elif table not in tables:
            continue  # made outside of the history
        elif change.verb == "drop_table":
            del tables[table]
        elif change.verb == "rename_table":
            tables[names[0]] = tables.pop(table)
        elif change.verb == "add_column":
            tables[table] |= {*names}
        elif change.verb == "drop_column" or (change.verb == "alter_column" and names[1:]):
            tables[table] = tables[table] - {names[0]} | {*names[1:]}


def _parse(path: Path) -> ast.Module:
    try:
        return parse(path.read_bytes(), str(path))
    except OSError:
        return ast.Module([], [])


def _owned(tree: ast.Module) -> Iterator[str]:
    """The keys that a file creates or renames to, anywhere but in its downgrade."""
    nodes = [node for kept in _without_downgrade(tree) for node in _parts(kept)]
    strings = {node.value for node in nodes if isinstance(node, ast.Constant)}
    words = {text for text in strings if isinstance(text, str) and _WORD.fullmatch(text)}
    own, places = functions(tree), {"rename_table": (1, "new_table_name")}
    if any(verb(node) in ("create", "create_all") for node in nodes):
        places["Table"] = (0, "name")
    for node in nodes:
        name = verb(node)
        is_maker = _MAKER.search(name) and name not in own
        place = places.get(name, (0, "table_name") if is_maker else None)
        if place and argument(node, *place):
            schema = argument(node, 99, "schema") or ast.Constant(None)
            yield from _keys(_literal(argument(node, *place)), _literal(schema), words)
        elif isinstance(node, ast.Constant | ast.JoinedStr):
            yield from _in_sql(_literal(node, "{}") or "", words)


def _without_downgrade(tree: ast.Module) -> list[ast.stmt]:
    """The statements of a file less its downgrade functions, and those that only they call."""
    down = [node for name, node in functions(tree).items() if name.startswith("downgrade")]
    rest = [node for node in tree.body if node not in down]
    theirs = {node.id for part in down for node in ast.walk(part) if isinstance(node, ast.Name)}
    ours = {node.id for part in rest for node in ast.walk(part) if isinstance(node, ast.Name)}
    return [node for node in rest if getattr(node, "name", None) not in theirs - ours]


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What runs in a node: no docstrings, and of an f-string the whole."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
            yield from _parts(child)


def _literal(node: ast.expr | None, unknown: str | None = None) -> str | None:
    """What a string says, "" for None; with `unknown` for each part that is not literal."""
    if isinstance(node, ast.JoinedStr) and unknown:
        return "".join(_literal(part, unknown) or "" for part in node.values)
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, str)):
        return node.value or ""
    return unknown


def _in_sql(text: str, words: set[str]) -> Iterator[str]:
    for found in (*_CREATE.finditer(text), *_RENAME.finditer(text)):
        tables = [re.findall(_NAME, table) for table in found.groups()]
        parts = (tables[-1][-1:] or ["{}"]) + (tables[-1][-2:-1] or tables[0][-2:-1] or [""])
        name, schema = (None if re.search("[{%]", part) else part.strip('"`[]') for part in parts)
        keys = set(_keys(name, schema, words))
        yield from keys | {key.lower() for key in keys}  # what is not quoted may be folded


def _keys(name: str | None, schema: str | None, words: set[str]) -> Iterator[str]:
    """The keys of a name in a schema; what is None may be any word of the file."""
    for word in words if name is None else {name}:
        yield f"{schema}.{word}" if schema else word
        if schema is None and name is not None:
            yield from (f"{other}.{word}" for other in words - {name})
