"""One revision file, read from its syntax: what it says of itself, and what is wrong with it.

Promises: the file is never run, any text gives a :class:`RevisionFile`, and doubt is silence: what
an ``if`` or a ``try`` decides, a star import may bring or code computes, is not called broken.
"""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath

IDENTIFIERS = ("revision", "down_revision", "branch_labels", "depends_on")
# In a file that does not compile, the lines that do say which revision it is.
_LINE = re.compile(rf"^({'|'.join(IDENTIFIERS)})\b\s*(?::[^=\n]*)?=\s*(.+)$", re.M)
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_CREATED = re.compile(r"^Create Date: *(\S.*)$", re.M)
# As script/base.py of Alembic: files of its version 0.1 had their id in the name alone.
_LEGACY = re.compile(r"([a-f0-9]+)\.py")


class Harm(enum.Enum):
    """Why Alembic, or a reader of syntax, cannot use a file."""

    UNREADABLE = "cannot be opened"
    SYNTAX = "is no Python"
    STRAY = "is no revision"
    NO_DOWN = "has no down_revision"
    NOT_TEXT = "has an identifier that is no text"
    OP_CALL = "calls op while it is loaded"
    COMPUTED = "computes an identifier"
    COMPILED = "has no source"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a file.

    :param line: counted from 1; :param text: the line, the call, or what the system said.
    :param said: the compiler's word, or the identifier that it is about.
    """

    harm: Harm
    line: int | None = None
    text: str = ""
    said: str = ""


@dataclass(frozen=True)
class RevisionFile:
    """What a file says of itself.

    :param path: as the user would type it.
    :param revision: None where the file has none, or computes it.
    :param lines: on which line each of :data:`IDENTIFIERS` is.
    :param created: the ``Create Date`` of its docstring, or "".
    :param opaque: whether it is a revision, and syntax does not tell which one or after which.
    :param source: its text, for those who look at what it does.
    """

    path: str
    revision: str | None = None
    down: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    message: str = ""
    created: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, hash=False)
    problem: Problem | None = None
    opaque: bool = False
    source: str | bytes = field(default="", repr=False)

    def at(self, identifier: str) -> str:
        """The place of an identifier: the path with its line, where that is known."""
        line = self.lines.get(identifier)
        return self.path if line is None else f"{self.path}:{line}"


@dataclass(frozen=True)
class _Bound:
    """An identifier of a module: its value, unless that is computed."""

    line: int
    value: object = None
    computed: bool = False


def read_text(path: str, source: str | bytes) -> RevisionFile:
    """Read one file.

    :param path: as the user would type it.
    :param source: its text; bytes are decoded as Python does.
    """
    try:
        return _read(path, source, ast.parse(source))
    except _UNREADABLE as error:
        return _broken(path, source, error)


def _read(path: str, source: str | bytes, tree: ast.Module) -> RevisionFile:
    bound = _identifiers(tree)
    if "revision" not in bound and (legacy := _LEGACY.match(PurePath(path).name)):
        bound["revision"] = _Bound(1, legacy[1])
    doc = ast.get_docstring(tree, clean=False) or ""
    return described(replace(_file(path, source, bound), problem=_problem(bound, tree)), doc)


def described(file: RevisionFile, doc: str) -> RevisionFile:
    """The file with what its docstring says."""
    created = _CREATED.search(doc)
    return replace(
        file,
        message=doc.strip().split("\n\n")[0],
        created=created[1].strip() if created else "",
    )


def _file(path: str, source: str | bytes, bound: Mapping[str, _Bound]) -> RevisionFile:
    values = {name: texts(one.value) or () for name, one in bound.items()}
    named = "revision" not in bound or isinstance(bound["revision"].value, str)
    known = all(not one.computed and texts(one.value) is not None for one in bound.values())
    return RevisionFile(
        path,
        revision=next(iter(values.get("revision", ())), None),
        down=tuple(dict.fromkeys(name for name in values.get("down_revision", ()) if name)),
        depends_on=values.get("depends_on", ()),
        branch_labels=values.get("branch_labels", ()),
        lines={name: one.line for name, one in bound.items()},
        opaque=not (named and known),
        source=source,
    )


def texts(value: object) -> tuple[str, ...] | None:
    """A text or several, as a tuple; none for None; None for what is neither."""
    if value is None or isinstance(value, str):
        return () if value is None else (value,)
    if isinstance(value, tuple | list | set) and all(isinstance(one, str) for one in value):
        return tuple(value)
    return None


def _broken(path: str, source: str | bytes, error: Exception) -> RevisionFile:
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
    bound = {}
    for match in _LINE.finditer(text):
        try:
            value = ast.literal_eval(match[2].partition("#")[0].strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        bound[match[1]] = _Bound(text.count("\n", 0, match.start()) + 1, value)
    line = getattr(error, "lineno", None) or None
    lines = text.splitlines()
    shown = lines[line - 1].strip() if line and line <= len(lines) else ""
    said = getattr(error, "msg", None) or str(error) or type(error).__name__
    file = _file(path, source, bound)
    return replace(
        file,
        problem=Problem(Harm.SYNTAX, line, shown, str(said)),
        opaque=file.opaque or not {"revision", "down_revision"} <= {*bound},
    )


def _problem(bound: Mapping[str, _Bound], tree: ast.Module) -> Problem | None:
    """What stops Alembic in a file that compiles, or else a reader of syntax."""
    if (call := _op_call(tree)) is not None:
        return Problem(Harm.OP_CALL, call.lineno, f"{ast.unparse(call.func)}()")
    if "revision" not in bound:
        return Problem(Harm.STRAY)
    if "down_revision" not in bound:
        return Problem(Harm.NO_DOWN, bound["revision"].line)
    for name, one in bound.items():
        is_text = isinstance(one.value, str) or name != "revision"
        if not one.computed and (texts(one.value) is None or not is_text):
            return Problem(Harm.NOT_TEXT, one.line, repr(one.value), name)
    computed = [(name, one) for name, one in bound.items() if one.computed]
    return next((Problem(Harm.COMPUTED, one.line, said=name) for name, one in computed), None)


def _identifiers(tree: ast.Module) -> dict[str, _Bound]:
    """What the module binds the identifiers to, the last time."""
    known: dict[str, object] = {}
    bound: dict[str, _Bound] = {}
    star: dict[str, _Bound] = {}
    for node, certain in _statements(tree.body):
        for name, value in _bindings(node):
            one = _bound(node.lineno, value if certain else None, known)
            known.pop(name, None)
            if not one.computed:
                known[name] = one.value
            if name == "*":
                star = dict.fromkeys(IDENTIFIERS[:2], one)
            elif name in IDENTIFIERS:
                bound[name] = one
    return {**star, **bound}


def _statements(body: Iterable[ast.stmt], certain: bool = True) -> Iterator[tuple[ast.stmt, bool]]:
    """What may run when the module is loaded, and whether it certainly does."""
    for node in body:
        yield node, certain
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for part in (node, *getattr(node, "handlers", ())):
                for name in ("body", "orelse", "finalbody"):
                    yield from _statements(getattr(part, name, ()), certain=False)


def _bindings(node: ast.stmt) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a statement binds, with the expression where there is one."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (((alias.asname or alias.name), None) for alias in node.names)
    elif isinstance(node, ast.AnnAssign) and node.value is None:
        return
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            yield from _targets(target, node.value)
    elif isinstance(node, ast.AugAssign):
        yield from ((name, None) for name, _ in _targets(node.target, None))


def _targets(target: object, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List):
        given = getattr(value, "elts", [])
        same = len(given) == len(target.elts)
        for place, each in enumerate(target.elts):
            yield from _targets(each, given[place] if same else None)


def _bound(line: int, value: ast.expr | None, known: Mapping[str, object]) -> _Bound:
    try:
        return _Bound(line, _evaluate(value, known))
    except (LookupError, ValueError, TypeError, RecursionError):
        return _Bound(line, computed=True)


def _evaluate(node: ast.expr | None, known: Mapping[str, object]) -> object:
    """A constant, a sequence of them, or a name that stands for one.

    :raises ValueError: for everything else; LookupError for an unknown name.
    """
    if isinstance(node, ast.Name):
        return known[node.id]
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return tuple(_evaluate(each, known) for each in node.elts)
    if isinstance(node, ast.Constant):
        return node.value
    raise ValueError("computed")


def _op_call(tree: ast.Module) -> ast.Call | None:
    """The first call of `op` that certainly runs when the module is loaded."""
    names = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "alembic"
        for alias in node.names
        if alias.name == "op"
    }
    for node in tree.body if names else ():
        if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign | ast.For | ast.With):
            for call in _run_in(getattr(node, "value", node)):
                if isinstance(call.func, ast.Attribute) and _name(call.func.value) in names:
                    return call
    return None


def _run_in(node: ast.AST) -> Iterator[ast.Call]:
    if isinstance(
        node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If
    ):
        return
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _run_in(child)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
