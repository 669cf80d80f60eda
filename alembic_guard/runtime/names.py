"""Names in Python source: what binds them, and which are loaded although nothing does.

Promises: the source is read with `ast` and `symtable`, never run; only `from x import *` imports x,
and looking for an import to propose may import the packages on the way to it. Doubt is silence: a
name that anything in the module binds, under whatever condition, counts as bound from the start.

Does not: follow the order of statements, look into strings (quoted annotations, `eval`), or know
what `globals()[…] = …` adds.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import importlib.util
import symtable
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

# What every module has, and a class body besides (Language Reference, 3.2).
_IMPLICIT = frozenset(dir(builtins)) | {
    *("__annotations__", "__builtins__", "__cached__", "__doc__", "__file__", "__loader__"),
    *("__module__", "__name__", "__package__", "__qualname__", "__spec__"),
}
_DIALECTS = ("postgresql", "mysql", "sqlite", "oracle", "mssql")
_USUAL_IMPORTS = {
    "op": "from alembic import op",
    "sa": "import sqlalchemy as sa",
    "sqlmodel": "import sqlmodel",
    **{dialect: f"from sqlalchemy.dialects import {dialect}" for dialect in _DIALECTS},
}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# What `symtable` calls the scopes that have no name, with and without angle brackets.
_NAMELESS = {
    ast.Lambda: "lambda",
    ast.ListComp: "listcomp",
    ast.SetComp: "setcomp",
    ast.DictComp: "dictcomp",
    ast.GeneratorExp: "genexpr",
}
_Scopes = dict[tuple[str, int], set[str]]


@dataclass(frozen=True)
class UndefinedName:
    """A global name that nothing binds; `dotted` is its whole attribute chain, `line` is from 1."""

    name: str
    dotted: str
    line: int


@dataclass(frozen=True)
class _Frame:
    """Where a name stands: the names that are global there (None: every one), less some."""

    names: set[str] | None = None
    hidden: frozenset[str] = frozenset()
    in_function: bool = False


def undefined_names(source: str, filename: str) -> list[UndefinedName]:
    """Find the global names that a module or its functions load and that nothing defines.

    :param source: the text of the module.
    :param filename: its name, for the error when it does not parse.
    :returns: the first place of each attribute chain, by line; nothing when a star import cannot
        be resolved.
    :raises SyntaxError: when the source does not parse.
    """
    tree = ast.parse(source, filename)
    table = symtable.symtable(source, filename, "exec")
    imported = _star_names(tree)
    if imported is None:
        return []
    scopes: _Scopes = {}
    defined = _IMPLICIT | imported | set(_bound_in(tree)) | _read_scopes(table, scopes)
    loads = [name for name in _Loads(tree, scopes).of(tree, _Frame()) if name.name not in defined]
    first: dict[str, UndefinedName] = {}
    for name in sorted(loads, key=lambda name: name.line):
        first.setdefault(name.dotted, name)
    return list(first.values())


def import_for(undefined: UndefinedName) -> str:
    """The import to add to `script.py.mako` so that a name is defined.

    :param undefined: what :func:`undefined_names` found.
    :returns: one import statement: the usual one in Alembic's templates, else of the longest module
        that the chain names, else of what SQLAlchemy, one of its dialects or a single loaded module
        calls so. When there is none of them, of the chain up to its last dot.
    """
    name, parts = undefined.name, undefined.dotted.split(".")
    if name in _USUAL_IMPORTS:
        return _USUAL_IMPORTS[name]
    for length in range(len(parts), 0, -1):
        if _exists(".".join(parts[:length])):
            return f"import {'.'.join(parts[:length])}"
    home = _home_of(name)
    return f"from {home} import {name}" if home else f"import {'.'.join(parts[:-1]) or name}"


def statements(
    body: Iterable[ast.AST], owner: str | None = None
) -> Iterator[tuple[ast.AST, str | None]]:
    """What runs when a module is imported, statement by statement, with the class around it."""
    for statement in body:
        yield statement, owner
        if not isinstance(statement, _FUNCTIONS):
            inner = statement.name if isinstance(statement, ast.ClassDef) else owner
            for part in ("body", "orelse", "handlers", "finalbody", "cases"):
                nested = getattr(statement, part, None)
                yield from statements(nested if isinstance(nested, list) else (), inner)


def bindings(statement: ast.AST, package: str) -> Iterator[tuple[str, ast.AST | tuple[str, str]]]:
    """The names that one statement binds, each with what it stands for.

    :param statement: a statement; what is nested in it is not looked at.
    :param package: the dotted name of the package that relative imports start from.
    :returns: pairs of a name and an expression, class or function, or (module, name in it). The
        name in it is "" for the module itself, and both names are "*" for a star import.
    """
    if isinstance(statement, (ast.ClassDef, *_FUNCTIONS)):
        yield statement.name, statement
    elif isinstance(statement, ast.Assign):
        names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        yield from ((name, statement.value) for name in names)
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        yield from [(statement.target.id, statement.value)] if statement.value else ()
    elif isinstance(statement, ast.Import):
        for alias in statement.names:
            module = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or module, (module, "")
    elif isinstance(statement, ast.ImportFrom):
        said = "." * statement.level + (statement.module or "")
        try:
            module = importlib.util.resolve_name(said, package)
        except ImportError:
            return
        for alias in statement.names:
            yield alias.asname or alias.name, (module, alias.name)


def _star_names(tree: ast.Module) -> set[str] | None:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            if node.level or not node.module:
                return None
            try:
                module = importlib.import_module(node.module)
                public = [name for name in vars(module) if not name.startswith("_")]
                names.update(getattr(module, "__all__", public))
            except (Exception, SystemExit):  # whatever somebody's module raises
                return None
    return names


def _bound_in(node: ast.AST) -> Iterator[str]:
    """The names that a module binds, in whatever branch; not those of inner scopes."""
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        yield node.name
    elif isinstance(node, _COMPREHENSIONS):
        inner = [part.target for part in ast.walk(node) if isinstance(part, ast.NamedExpr)]
        yield from (target.id for target in inner)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif not isinstance(node, ast.Lambda):
        if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
        if not isinstance(node, ast.AnnAssign) or node.value is not None:
            for child in ast.iter_child_nodes(node):
                yield from _bound_in(child)


def _read_scopes(table: symtable.SymbolTable, scopes: _Scopes) -> set[str]:
    """Fill in the names that are global in each scope; return those that functions define."""
    declared: set[str] = set()
    # Two scopes of one name on one line (lambdas) are one here: the name and the line stay right.
    names = scopes.setdefault((table.get_name().strip("<>"), table.get_lineno()), set())
    for symbol in table.get_symbols():
        bound = symbol.is_assigned() or symbol.is_imported() or symbol.is_parameter()
        if bound and symbol.is_declared_global():
            declared.add(symbol.get_name())
        # `not bound`: in a function called `top`, is_global() is true of its local names as well.
        if symbol.is_declared_global() or (symbol.is_global() and not bound):
            names.add(symbol.get_name())
    for child in table.get_children():
        declared |= _read_scopes(child, scopes)
        if child.get_type() not in ("function", "class"):  # type parameters hold bases and defaults
            names |= scopes[child.get_name().strip("<>"), child.get_lineno()]
    return declared


class _Loads:
    """The loads of global names, in whatever scope they stand."""

    def __init__(self, tree: ast.Module, scopes: _Scopes) -> None:
        self._scopes = scopes
        imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        future = {a.name for node in imports if node.module == "__future__" for a in node.names}
        # PEP 649: since Python 3.14 no annotation is evaluated until somebody asks for it.
        self._annotations = sys.version_info < (3, 14) and "annotations" not in future

    def of(self, node: ast.AST, frame: _Frame) -> Iterator[UndefinedName]:
        """Every load of a global name in a node, whether it is defined or not."""
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name):
            known_global = frame.names is None or root.id in frame.names
            if known_global and isinstance(root.ctx, ast.Load) and root.id not in frame.hidden:
                yield UndefinedName(root.id, ast.unparse(node), root.lineno)
            return
        outside, inside = self._evaluated(root, frame.in_function)
        parameters = {parameter.name for parameter in getattr(root, "type_params", ())}
        frame = replace(frame, hidden=frame.hidden | parameters)
        for child in outside:
            yield from self.of(child, frame)
        if inside:
            frame = self._inner(root, frame)
            for child in inside:
                yield from self.of(child, frame)

    def _inner(self, node: ast.AST, frame: _Frame) -> _Frame:
        name = _NAMELESS.get(type(node)) or str(getattr(node, "name", ""))
        names = self._scopes.get((name, int(getattr(node, "lineno", 0))))
        if not isinstance(node, _COMPREHENSIONS):
            return _Frame(names or set(), frame.hidden, not isinstance(node, ast.ClassDef))
        # PEP 709: since Python 3.12 the symbols of most comprehensions are with those around them.
        targets = [inner for part in node.generators for inner in ast.walk(part.target)]
        hidden = frame.hidden | {inner.id for inner in targets if isinstance(inner, ast.Name)}
        return _Frame(frame.names if names is None else names, hidden, frame.in_function)

    def _evaluated(self, node: ast.AST, in_function: bool) -> tuple[list[ast.AST], list[ast.AST]]:
        """What is evaluated in the scope around a node, and in the scope that it opens."""
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            body = node.body if isinstance(node.body, list) else [node.body]
            defaults = [*node.args.defaults, *(value for value in node.args.kw_defaults if value)]
            arguments = [each for each in ast.walk(node.args) if isinstance(each, ast.arg)]
            notes = [each.annotation for each in arguments] + [getattr(node, "returns", None)]
            decorators = getattr(node, "decorator_list", [])
            said = [note for note in notes if note] if self._annotations else []
            return [*decorators, *defaults, *said], [*body]
        if isinstance(node, ast.ClassDef):
            return [*node.decorator_list, *node.bases, *node.keywords], [*node.body]
        if isinstance(node, _COMPREHENSIONS):
            first = node.generators[0]
            rest = [child for child in children if child is not first]
            return [first.iter], [*rest, first.target, *first.ifs]
        if isinstance(node, ast.AnnAssign) and (in_function or not self._annotations):
            return [child for child in children if child is not node.annotation], []
        if isinstance(node, ast.Try) and _catches_name_error(node):
            return [child for child in children if child not in node.body], []
        # PEP 695: the value of `type X = …` is evaluated when somebody asks for it.
        return ([] if type(node).__name__ == "TypeAlias" else children), []


def _catches_name_error(node: ast.Try) -> bool:
    types = [inner for handler in node.handlers if handler.type for inner in ast.walk(handler.type)]
    return any(isinstance(inner, ast.Name) and inner.id == "NameError" for inner in types)


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (Exception, SystemExit):  # it imports the packages on the way, and they may raise
        return False


def _home_of(name: str) -> str | None:
    """Where to import a bare name from, if that is plain."""
    for home in ("sqlalchemy", *(f"sqlalchemy.dialects.{dialect}" for dialect in _DIALECTS)):
        if name in vars(importlib.import_module(home)):
            return home
    loaded = [getattr(module, "__dict__", {}).get(name) for module in list(sys.modules.values())]
    homes = {str(value.__module__) for value in loaded if issubclass(type(value), type)}
    return homes.pop() if len(homes) == 1 else None
