"""Follows a name in a file to what it stands for: an object that is loaded, or a class on disk.

Promises: no file is imported or run, and no property or `__getattr__` is called. A name is followed
through imports and re-exports by syntax; what does not lead anywhere is :data:`UNKNOWN`.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FunctionType, ModuleType
from typing import NamedTuple, TypeGuard, TypeVar

from sqlalchemy import MetaData

from alembic_guard.runtime.names import bindings, statements
from alembic_guard.runtime.project_files import module_name, names_of

_T = TypeVar("_T")
UNKNOWN = object()
Binding = ast.AST | tuple[str, str]


class Source(NamedTuple):
    """A file that is not loaded, and what its top level binds; "*" are its star imports."""

    module: str
    path: Path
    tree: ast.Module
    bound: Mapping[str, list[Binding]]


class Declared(NamedTuple):
    """A class of a file that is not loaded."""

    source: Source
    node: ast.ClassDef

    @property
    def said(self) -> dict[str, Binding]:
        """What its body binds."""
        return {name: value for inner in self.node.body for name, value in bindings(inner, "")}


def is_kind(value: object, kind: type[_T]) -> TypeGuard[_T]:
    """As `isinstance`, which would ask a proxy, and a proxy may raise."""
    return issubclass(type(value), kind)


def static(value: object, name: str) -> object:
    """An attribute as `inspect.getattr_static` finds it, but in a tenth of the time."""
    kinds = type.__getattribute__(value, "__mro__") if is_kind(value, type) else type(value).__mro__
    places = (names_of(value), *map(vars, kinds))
    return next((names[name] for names in places if name in names), UNKNOWN)


def parse(text: bytes, path: Path, place: Path, *, everywhere: bool = False) -> Source | None:
    """Read a file below a folder of `sys.path`; None where it does not parse.

    :param everywhere: what functions import and bind counts as well.
    """
    with suppress(SyntaxError, ValueError), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the project's, and not ours to show
        tree = ast.parse(text, str(path))
        module = module_name(path, place)
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        bound: dict[str, list[Binding]] = {}
        for statement, owner in statements(tree.body):
            for name, value in bindings(statement, package) if owner is None else ():
                bound.setdefault(name, []).append(value)
        if everywhere:
            for node in ast.walk(tree):
                for name, value in bindings(node, package):
                    bound.setdefault(name, []).append(value)
        return Source(module, path, tree, bound)
    return None


def metadata_in(value: object) -> Iterator[object]:
    """Where a value may keep a MetaData: itself, a class or registry, Flask-SQLAlchemy's `db`."""
    yield from (value, static(value, "metadata"), static(static(value, "Model"), "metadata"))


class Follower:
    """Follows names, and knows which of the values have one of some metadata.

    :param known: the metadata; :ivar places: the folders of `sys.path` that modules are looked for
        in.
    """

    def __init__(self, known: Sequence[MetaData]) -> None:
        self.places: list[Path] = []
        self.known = known
        self._sources: dict[Path, Source | None] = {}

    def holds(self, names: Mapping[str, object]) -> bool:
        """Whether one of the metadata, or a class or registry of it, is among the values."""
        values = (value for value in names.values() if type(value) not in (str, FunctionType))
        return any(self.metadata(value) is not None for value in values)

    def value(self, source: Source, node: object) -> object:
        """What an expression, or what a name is bound to, stands for."""
        node = node.value if isinstance(node, ast.Subscript) else node  # Base[T]
        if isinstance(node, tuple):
            module, name = node
            return self._member(_module(module), name) if name else _module(module)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.ClassDef):
            return Declared(source, node)
        if isinstance(node, ast.Attribute):
            return self._member(self.value(source, node.value), node.attr)
        return self._bound(source, node.id) if isinstance(node, ast.Name) else UNKNOWN

    def ancestors(self, value: object) -> Iterator[Declared | type]:
        """A class and what it inherits from, nearly in the order of its `__mro__`."""
        if is_kind(value, Declared):
            yield value
            for base in value.node.bases:
                yield from self.ancestors(self.value(value.source, base))
        elif is_kind(value, type):
            yield from type.__getattribute__(value, "__mro__")

    def metadata(self, value: object) -> MetaData | None:
        """The metadata that a value is or has, if it is one of the known."""
        if is_kind(value, Declared):
            said = value.said
            if own := said.get("metadata"):
                return self.metadata(self.value(value.source, own))
            bind = self.value(value.source, said.get("__bind_key__"))
            if is_kind(bind, str):
                return self.bound_to(bind, value)
            nodes = (*value.node.bases, *_registries(value.node))
            found = (self.metadata(self.value(value.source, node)) for node in nodes)
        else:
            held = list(metadata_in(value))
            found = (one for one in self.known if any(one is each for each in held))
        return next((metadata for metadata in found if metadata is not None), None)

    def bound_to(self, bind: str | None, value: object) -> MetaData | None:
        """The metadata of one of Flask-SQLAlchemy's binds (`SQLAlchemy.metadatas`)."""
        live = [value, *self.ancestors(value)]
        holders = [static(each, "__fsa__") for each in live if not is_kind(each, Declared)]
        every = [names_of(each).get("metadatas") for each in [value, *holders]]
        found = [each.get(bind) for each in every if is_kind(each, dict)]
        return next((one for one in self.known if any(one is each for each in found)), None)

    def _bound(self, source: Source, name: str) -> object:
        stars = [(each[0], name) for each in source.bound.get("*", ()) if isinstance(each, tuple)]
        found = (self.value(source, each) for each in [*source.bound.get(name, ()), *stars])
        return next((value for value in found if value is not UNKNOWN), UNKNOWN)

    def _member(self, holder: object, name: str) -> object:
        if not is_kind(holder, ModuleType):
            metadata = self.metadata(holder) if name == "metadata" else None
            return metadata or static(holder, name)
        names = names_of(holder)
        source = None if name in names else self._find(str(names["__name__"]))
        found = self._bound(source, name) if source else names.get(name, UNKNOWN)
        inner = f"{names['__name__']}.{name}"
        is_module = found is UNKNOWN and (inner in sys.modules or self._find(inner))
        return _module(inner) if is_module else found

    def _find(self, module: str) -> Source | None:
        for place in self.places:
            stem = place.joinpath(*module.split("."))
            for path in (stem / "__init__.py", stem.parent / f"{stem.name}.py"):
                if path not in self._sources and path.is_file():
                    self._sources[path] = parse(path.read_bytes(), path, place)
                if path in self._sources:
                    return self._sources[path]
        return None


def _module(name: str) -> object:
    return sys.modules.get(name) or ModuleType(name)  # an empty one stands for one not loaded


def _registries(node: ast.ClassDef) -> Iterator[ast.expr]:
    """Whose decorator maps a class: `@registry.mapped`, `@mapped_as_dataclass(registry)`."""
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        yield from [called.value] if isinstance(called, ast.Attribute) else ()
        yield from decorator.args[:1] if isinstance(decorator, ast.Call) else ()
