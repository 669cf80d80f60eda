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
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# A pattern is enough for SQL: it only widens what a history owns, so that a word too many costs
# nothing, and any dialect and any template is read alike. Names may be quoted, or placeholders.
_NAME = r'(?:"[^"]+"|`[^`]+`|\[[^\]]+\]|\{[^}]*\}|%s|%\(\w+\)s|[\w$]+)'
_TABLE = rf"({_NAME}(?:\s*\.\s*{_NAME})*|$)"
_IF = r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?"
_CREATE = re.compile(rf"\bCREATE\s+(?:\w+\s+){{0,3}}?TABLE\s+{_IF}{_TABLE}", re.I)
_RENAME = re.compile(rf"\bTABLE\s+{_IF}{_TABLE}\s+(?:RENAME(?:\s+TO|\s+AS)?|TO)\s+{_TABLE}", re.I)
# What each directive takes after its table, by the words of its signature.
_TAKES: dict[str, tuple[str, ...]] = {
    "create_table": (),
    "drop_table": (),
    "rename_table": ("new_table_name",),
    "add_column": (),
    "drop_column": ("column_name",),
    "alter_column": ("column_name", "new_column_name"),
}
_WORD = re.compile(r"[^\W\d][\w$]*(?:\.[^\W\d][\w$]*)?")
_MAKER = re.compile(r"create.*table(?!.*comment)", re.I)  # create_table, and helpers called alike


@dataclass(frozen=True)
class ScriptText:
    """A revision and the file that it is written in."""

    revision: str
    path: Path


@dataclass(frozen=True)
class Change:
    """What a directive of `op` does to a table, with some columns or its new key."""

    verb: str
    table: str
    names: tuple[str, ...] = ()


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
        _apply(_changes_in(script.path), tables)
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
    steps = [(script.revision, _changes_in(script.path)) for script in ordered]
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


def _changes_in(path: Path) -> list[Change]:
    return list(_Replay(_parse(path)).function("upgrade", {}))


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
        else:  # drop_column has the old name only
            tables[table] = tables[table] - {names[0]} | {*names[1:]}


def _parse(path: Path) -> ast.Module:
    """The file's tree, with the names that it imports under others put back."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Alembic shows them when it loads the file
            tree = ast.parse(path.read_bytes(), str(path))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])
    aliases = {node.asname: node.name for node in ast.walk(tree) if isinstance(node, ast.alias)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = aliases.get(node.id, node.id)
    return tree


def _functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _verb(call: object) -> str:
    func = getattr(call, "func", None)
    return str(getattr(func, "attr", None) or getattr(func, "id", ""))


def _argument(call: object, position: int, word: str) -> ast.expr | None:
    words = {keyword.arg: keyword.value for keyword in getattr(call, "keywords", ())}
    return words.get(word, next(iter(getattr(call, "args", ())[position:]), None))


def _owned(tree: ast.Module) -> Iterator[str]:
    """The keys that a file creates or renames to, anywhere but in its downgrade."""
    nodes = [node for kept in _without_downgrade(tree) for node in _parts(kept)]
    strings = {node.value for node in nodes if isinstance(node, ast.Constant)}
    words = {text for text in strings if isinstance(text, str) and _WORD.fullmatch(text)}
    functions, places = _functions(tree), {"rename_table": (1, "new_table_name")}
    if any(_verb(node) in ("create", "create_all") for node in nodes):
        places["Table"] = (0, "name")
    for node in nodes:
        verb = _verb(node)
        is_maker = _MAKER.search(verb) and verb not in functions
        place = places.get(verb, (0, "table_name") if is_maker else None)
        if place and _argument(node, *place):
            schema = _argument(node, 99, "schema") or ast.Constant(None)
            yield from _keys(_literal(_argument(node, *place)), _literal(schema), words)
        elif isinstance(node, ast.Constant | ast.JoinedStr):
            yield from _in_sql(_literal(node, "{}") or "", words)


def _without_downgrade(tree: ast.Module) -> list[ast.stmt]:
    """The statements of a file less its downgrade functions, and those that only they call."""
    down = [node for name, node in _functions(tree).items() if name.startswith("downgrade")]
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


def _value(node: object, names: Mapping[str, object]) -> object:
    """What is known of an expression: a constant, what a name was given, or itself."""
    known = names.get(node.id) if isinstance(node, ast.Name) else node
    return known.value if isinstance(known, ast.Constant) else known


def _columns(given: Iterable[ast.expr], names: Mapping[str, object]) -> Iterator[object]:
    for node in given:
        value = _value(node.value if isinstance(node, ast.Starred) else node, names)
        if isinstance(value, ast.List | ast.Tuple):
            yield from _columns(value.elts, names)
        elif isinstance(value, ast.Call) and _verb(value) == "Column":
            yield _value(_argument(value, 0, "name"), names)


class _Replay:
    """The changes that the functions of a file make, in the order of the text."""

    def __init__(self, tree: ast.Module) -> None:
        self._functions = _functions(tree)
        self._open: list[str] = []
        self._top: dict[str, object] = {}
        for node in tree.body:
            self._assign(node, self._top)

    def function(self, name: str, given: Mapping[str, object]) -> Iterator[Change]:
        """What one function does when its parameters have these values."""
        if name in self._functions and name not in self._open:
            self._open.append(name)
            yield from self._run(self._functions[name].body, {**self._top, **given})
            self._open.pop()

    def _run(self, body: Iterable[ast.AST], names: dict[str, object]) -> Iterator[Change]:
        for node in body:
            if isinstance(node, ast.FunctionDef):
                self._functions[node.name] = node
            elif isinstance(node, ast.For):
                for value in getattr(_value(node.iter, names), "elts", [None]):
                    names[getattr(node.target, "id", "")] = _value(value, names)
                    yield from self._run(node.body, names)
            elif isinstance(node, ast.If | ast.While | ast.Try | ast.With):
                for item in getattr(node, "items", ()):
                    names[getattr(item.optional_vars, "id", "")] = item.context_expr
                for part in ("body", "orelse", "finalbody"):
                    yield from self._run(getattr(node, part, ()), names)
            else:
                self._assign(node, names)
                for call in ast.walk(node):
                    if isinstance(call, ast.Call):
                        yield from self._called(call, names)

    def _assign(self, node: ast.AST, names: dict[str, object]) -> None:
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            names[getattr(target, "id", "")] = _value(getattr(node, "value", None), names)

    def _called(self, call: ast.Call, names: Mapping[str, object]) -> Iterator[Change]:
        function = self._functions.get(getattr(call.func, "id", ""))
        if function:
            named = [each.arg for each in function.args.args]
            given = dict(zip(named[::-1], function.args.defaults[::-1], strict=False))
            given |= dict(zip(named, call.args, strict=False))
            given |= {word.arg: word.value for word in call.keywords if word.arg}
            known = {name: _value(given.get(name), names) for name in {*named, *given}}
            yield from self.function(function.name, {**names, **self._top, **known})
        elif _verb(call) in _TAKES:
            yield from self._directive(call, names)

    def _directive(self, call: ast.Call, names: Mapping[str, object]) -> Iterator[Change]:
        verb, holder = _verb(call), _value(getattr(call.func, "value", None), names)
        on = holder if _verb(holder) == "batch_alter_table" else call
        first = "old_table_name" if verb == "rename_table" else "table_name"
        table, schema = (_value(_argument(on, *at), names) for at in ((0, first), (99, "schema")))
        prefix, shift = f"{schema}." if schema else "", 1 if on is call else 0
        if verb in ("create_table", "add_column"):
            words = (word.value for word in call.keywords if word.arg == "column")
            given = [*_columns([*call.args[shift:], *words], names)]
        else:
            places = enumerate(_TAKES[verb], start=shift)
            given = [_value(_argument(call, place, word), names) for place, word in places]
        before = prefix if verb == "rename_table" else ""
        said = tuple(before + each for each in given if isinstance(each, str))
        if isinstance(table, str) and len(said) == len(given):
            yield Change(verb, prefix + table, said)
