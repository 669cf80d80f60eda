"""The normal form of a revision's source: what it does, without how it is written down.

Two sources have the same one when they differ in formatting, comments, docstrings, type hints, the
order of imports that stand together, names that are imported and used by nothing but hints, or in
where the file stands in the history (``revision``, ``down_revision``, ``branch_labels``,
``depends_on``). It promises to be the same on every Python that can parse the source, 3.10 to 3.14:
``ast.dump`` and ``ast.unparse`` say the same tree differently in different versions, so the walk is
our own, over the fields that mean something.

Hints in the body of a class are kept: dataclasses and ORM models are made of them.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

VERSION = 1
"""Changes with the form; forms of different versions say nothing about each other."""

_PLACE = {"revision", "down_revision", "branch_labels", "depends_on"}

# The fields that mean something, in the order of the language reference. `ctx`, `kind` and
# `type_comment` repeat what is said elsewhere, hints and `type_params` are not run.
_FIELDS_IN_WORDS = {
    "Assert": "test msg",
    "Assign": "targets value",
    "AsyncFor": "target iter body orelse",
    "AsyncFunctionDef": "name args body decorator_list",
    "AsyncWith": "items body",
    "Attribute": "value attr",
    "AugAssign": "target op value",
    "Await": "value",
    "BinOp": "left op right",
    "BoolOp": "op values",
    "Call": "func args keywords",
    "ClassDef": "name bases keywords body decorator_list",
    "Compare": "left ops comparators",
    "Delete": "targets",
    "Dict": "keys values",
    "DictComp": "key value generators",
    "ExceptHandler": "type name body",
    "Expr": "value",
    "For": "target iter body orelse",
    "FormattedValue": "value conversion format_spec",
    "FunctionDef": "name args body decorator_list",
    "GeneratorExp": "elt generators",
    "Global": "names",
    "If": "test body orelse",
    "IfExp": "test body orelse",
    "Import": "names",
    "ImportFrom": "level module names",
    "Interpolation": "value str conversion format_spec",
    "JoinedStr": "values",
    "Lambda": "args body",
    "List": "elts",
    "ListComp": "elt generators",
    "Match": "subject cases",
    "MatchAs": "pattern name",
    "MatchClass": "cls patterns kwd_attrs kwd_patterns",
    "MatchMapping": "keys patterns rest",
    "MatchOr": "patterns",
    "MatchSequence": "patterns",
    "MatchSingleton": "value",
    "MatchStar": "name",
    "MatchValue": "value",
    "Module": "body",
    "Name": "id",
    "NamedExpr": "target value",
    "Nonlocal": "names",
    "Raise": "exc cause",
    "Return": "value",
    "Set": "elts",
    "SetComp": "elt generators",
    "Slice": "lower upper step",
    "Starred": "value",
    "Subscript": "value slice",
    "TemplateStr": "values",
    "Try": "body handlers orelse finalbody",
    "TryStar": "body handlers orelse finalbody",
    "Tuple": "elts",
    "TypeAlias": "name value",
    "UnaryOp": "op operand",
    "While": "test body orelse",
    "With": "items body",
    "Yield": "value",
    "YieldFrom": "value",
    "alias": "name asname",
    "arg": "arg",
    "arguments": "posonlyargs args vararg kwonlyargs kw_defaults kwarg defaults",
    "comprehension": "target iter ifs is_async",
    "keyword": "arg value",
    "match_case": "pattern guard body",
    "withitem": "context_expr optional_vars",
}
_FIELDS = {node: tuple(words.split()) for node, words in _FIELDS_IN_WORDS.items()}
_OF_A_BODY = {"body", "orelse", "finalbody"}


def normal_form(source: bytes | str) -> str:
    """The version of the form and its SHA-256, such as ``"1:9f86d0…"``.

    :param source: of a whole module; bytes with their encoding as Python reads it.
    :raises SyntaxError: when this Python cannot parse it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in a string is a warning from 3.12 on
        try:
            tree = ast.parse(source)
        except (ValueError, RecursionError, MemoryError) as error:  # null bytes, too deep
            raise SyntaxError(str(error)) from error
    tree.body = [statement for statement in tree.body if not _is_place(statement)]
    tokens, used = _walk(tree)
    text = "".join(one if isinstance(one, str) else _imported(one, used) for one in tokens)
    return f"{VERSION}:{hashlib.sha256(text.encode()).hexdigest()}"


def _walk(tree: ast.Module) -> tuple[list[str | _Imports], set[str]]:
    """The tree as text, and the names that are used outside of hints.

    Without recursion: a sum of a thousand strings is as many levels deep.
    """
    tokens: list[str | _Imports] = []
    used: set[str] = set()
    waiting: list[object] = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Constant):
            tokens.append(_constant(one.value))
        elif isinstance(one, ast.AST):
            if isinstance(one, ast.Name):
                used.add(one.id)
            tokens.append(f"{type(one).__name__}(")
            waiting.append(_CLOSE)
            waiting += reversed([*_parts(one)])
        elif isinstance(one, list):
            tokens.append("[")
            waiting.append(_END)
            waiting += reversed(one)
        elif isinstance(one, _Token):
            tokens.append(one.text)
        elif isinstance(one, _Imports):
            tokens.append(one)
        else:
            tokens.append("-," if one is None else _constant(one))
    return tokens, used


@dataclass(frozen=True)
class _Token:
    """A text that is no value of the source."""

    text: str


@dataclass(frozen=True)
class _Imports:
    """Imports that stand together, whose order means nothing."""

    statements: tuple[ast.Import | ast.ImportFrom, ...]


_CLOSE, _END = _Token(")"), _Token("]")


def _constant(value: object) -> str:
    """Equal on every Python: what ``repr`` escapes depends on the Unicode that it knows."""
    return f"{type(value).__name__}:{value:x}," if type(value) is int else f"{value!a},"


def _parts(node: ast.AST) -> Iterator[object]:
    """What a node consists of, in order."""
    if isinstance(node, ast.JoinedStr):
        yield _joined(node.values)
        return
    for name in _FIELDS.get(type(node).__name__, ()):
        value = getattr(node, name)
        if isinstance(value, list) and name in _OF_A_BODY:
            yield [*_statements(value, of_a_class=isinstance(node, ast.ClassDef))]
        elif isinstance(node, ast.Delete):
            yield [*_flat(value)]
        elif name == "format_spec":  # an empty one, f"{a:}", is none
            yield value if value is None or _joined(value.values) else None
        else:
            yield value


def _statements(body: Iterable[ast.stmt], of_a_class: bool) -> Iterator[object]:
    plain = (one for statement in body for one in _plain(statement, of_a_class))
    for imports, run in groupby(plain, lambda one: isinstance(one, ast.Import | ast.ImportFrom)):
        if imports:
            yield _Imports(tuple(run))  # type: ignore[arg-type]
        else:
            yield from run


def _plain(statement: ast.stmt, of_a_class: bool) -> Iterator[ast.AST]:
    """A statement without its hints; nothing for one that does nothing."""
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return
        case ast.AnnAssign(target=target, annotation=hint, value=value):
            if of_a_class:
                yield hint
            if value is not None:
                yield ast.Assign([target], value)
            elif of_a_class:
                yield target
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            for otherwise in statement.orelse:
                yield from _plain(otherwise, of_a_class)
        case _:
            yield statement


def _imported(imports: _Imports, used: set[str]) -> str:
    """What is imported and used; a name that nothing else uses is there for hints."""
    found = set()
    for statement in imports.statements:
        for alias in statement.names:
            bound = alias.asname or alias.name
            if isinstance(statement, ast.ImportFrom):
                home = f"{'.' * (statement.level or 0)}{statement.module or ''}"
                if home != "__future__" and (bound in used or bound == "*"):
                    found.add(f"from {home} import {alias.name} as {bound},")
            elif bound.split(".")[0] in used:
                found.add(f"import {alias.name} as {alias.asname},")
    return "".join(sorted(found))


def _joined(values: list[ast.expr]) -> list[object]:
    """The values of an f-string, neighbouring texts as one, which Python does not always do."""
    joined: list[object] = []
    for value in values:
        text = value.value if isinstance(value, ast.Constant) else None
        if isinstance(text, str) and joined and isinstance(joined[-1], str):
            joined[-1] += text
        else:
            joined.append(value if text is None else text)
    return [value for value in joined if value != ""]


def _flat(targets: Iterable[ast.expr]) -> Iterator[ast.expr]:
    """``del (a, b)`` is what the formatters write as ``del a, b``."""
    for target in targets:
        if isinstance(target, ast.Tuple):
            yield from _flat(target.elts)
        else:
            yield target


def _is_place(statement: ast.stmt) -> bool:
    """Whether it only says where in the history the file stands."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name in _PLACE
    return False
