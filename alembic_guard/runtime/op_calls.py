"""What a revision file does through `op`, read from its syntax.

Promises: no file is run, and what is not literal leaves no trace. Loops over literals, helper
functions of the same file and `op.batch_alter_table` are followed; each branch of an `if` counts.

Does not: read SQL, or see the tables behind `metadata.create_all()`.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

# The words of each directive by position, as its signature has them; a batch leaves the table out.
_WORDS: dict[str, tuple[str, ...]] = {
    "create_table": ("table_name",),
    "drop_table": ("table_name",),
    "rename_table": ("old_table_name", "new_table_name"),
    "add_column": ("table_name",),
    "drop_column": ("table_name", "column_name"),
    "alter_column": ("table_name", "column_name"),
    "create_index": ("index_name", "table_name"),
    "drop_index": ("index_name", "table_name"),
    "create_check_constraint": ("constraint_name", "table_name"),
    "create_exclude_constraint": ("constraint_name", "table_name"),
    "create_foreign_key": ("constraint_name", "source_table"),
    "create_primary_key": ("constraint_name", "table_name"),
    "create_unique_constraint": ("constraint_name", "table_name"),
    "drop_constraint": ("constraint_name", "table_name"),
}
_TABLE = ("table_name", "old_table_name", "source_table")
_RENAMED = "new_column_name"


@dataclass(frozen=True)
class Change:
    """What a directive of `op` does to a table, with some columns, a constraint or its new key."""

    verb: str
    table: str
    names: tuple[str, ...] = ()


def parse(source: str | bytes, path: str = "<unknown>") -> ast.Module:
    """A file's tree, with the names that it imports under others put back.

    :returns: an empty one where the text is no Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Alembic shows them when it loads the file
            tree = ast.parse(source, path)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
    aliases = {node.asname: node.name for node in ast.walk(tree) if isinstance(node, ast.alias)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = aliases.get(node.id, node.id)
    return tree


def upgrade_changes(tree: ast.Module) -> tuple[Change, ...]:
    """What `upgrade()` does, in the order of the text."""
    return tuple(_Replay(tree).function("upgrade", {}))


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """The functions of a module, by name."""
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def does_nothing(tree: ast.Module) -> bool:
    """Whether no function of a module has more than `pass` and texts."""
    return all(
        isinstance(node, ast.Pass)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for function in functions(tree).values()
        for node in function.body
    )


def verb(call: object) -> str:
    """The last word of what a call calls."""
    func = getattr(call, "func", None)
    return str(getattr(func, "attr", None) or getattr(func, "id", ""))


def argument(call: object, position: int, word: str) -> ast.expr | None:
    """An argument of a call, given by its word or by position."""
    words = {keyword.arg: keyword.value for keyword in getattr(call, "keywords", ())}
    return words.get(word, next(iter(getattr(call, "args", ())[position:]), None))


def _value(node: object, names: Mapping[str, object]) -> object:
    """What is known of an expression: a constant, what a name was given, or itself."""
    known = names.get(node.id) if isinstance(node, ast.Name) else node
    if isinstance(known, ast.Call) and verb(known) == "f":  # op.f("ix_…"): a name that is final
        return _value(argument(known, 0, "name"), names)
    return known.value if isinstance(known, ast.Constant) else known


def _columns(given: Iterable[ast.expr], names: Mapping[str, object]) -> Iterator[object]:
    for node in given:
        value = _value(node.value if isinstance(node, ast.Starred) else node, names)
        if isinstance(value, ast.List | ast.Tuple):
            yield from _columns(value.elts, names)
        elif isinstance(value, ast.Call) and verb(value) == "Column":
            yield _value(argument(value, 0, "name"), names)


class _Replay:
    """The changes that the functions of a file make, in the order of the text."""

    def __init__(self, tree: ast.Module) -> None:
        self._functions = functions(tree)
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
        elif verb(call) in _WORDS:
            yield from self._directive(call, names)

    def _directive(self, call: ast.Call, names: Mapping[str, object]) -> Iterator[Change]:
        holder = _value(getattr(call.func, "value", None), names)
        batch = holder if verb(holder) == "batch_alter_table" else None
        table, given = _said(call, batch, names)
        on = batch or call
        schema = _value(argument(on, 99, "schema") or argument(on, 99, "source_schema"), names)
        prefix = f"{schema}." if schema else ""
        before = prefix if verb(call) == "rename_table" else ""
        said = tuple(before + each for each in given if isinstance(each, str))
        if isinstance(table, str) and isinstance(schema, str | None) and len(said) == len(given):
            yield Change(verb(call), prefix + table, said)


def _said(
    call: ast.Call, batch: object, names: Mapping[str, object]
) -> tuple[object, list[object]]:
    """The table of a directive, and what else it names; an object that is no text is unknown."""
    words = [word for word in _WORDS[verb(call)] if batch is None or word not in _TABLE]
    found = {word: argument(call, place, word) for place, word in enumerate(words)}
    values = {word: _value(node, names) for word, node in found.items()}
    table = next((values.pop(word) for word in _TABLE if word in values), None)
    if batch is not None:
        table = _value(argument(batch, 0, "table_name"), names)
    elif table is None and verb(call) == "drop_index":
        table = ""  # PostgreSQL and SQLite need none
    if verb(call) in ("create_table", "add_column"):
        column = [word.value for word in call.keywords if word.arg == "column"]
        return table, [*_columns([*call.args[len(words) :], *column], names)]
    renamed = argument(call, 99, _RENAMED) if verb(call) == "alter_column" else None
    return table, [*values.values(), *([_value(renamed, names)] if renamed else [])]
