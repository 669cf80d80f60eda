"""Tables that are declared on disk and that a MetaData lacks.

Promises: no file is imported or run. A name in a file is followed through imports and re-exports,
by syntax, until it is an object that is loaded; no property or `__getattr__` is called. What does
not lead to a MetaData that was handed in is not reported, so that two `Base`s are never mixed up.

Does not find: computed names (`declared_attr`, f-strings, Flask-SQLAlchemy's default), tables made
in functions, and what loaded files, tests or sibling services (with their own config) declare.
"""

from __future__ import annotations

import ast
import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, MappingProxyType, ModuleType
from typing import NamedTuple, TypeGuard, TypeVar

from sqlalchemy import BLANK_SCHEMA, MetaData, Table

from alembic_guard.runtime.names import bindings, statements

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_PASSED_BY = _INSTALLED | {"node_modules", "__pycache__", "build", "dist", "test", "tests"}
_TESTS = ("test_", "conftest")
_ANOTHER_PROJECT = ("pyvenv.cfg", "alembic.ini", "pyproject.toml")
_HINTS = (b"__tablename__", b"Table(", b"table=True")
_UNKNOWN = object()
_T = TypeVar("_T")
_Said = tuple[object, object, MetaData | None, str | None]  # name, schema, metadata, class


@dataclass(frozen=True)
class DeclaredTable:
    """A table that a file declares; `module` is what to import in env.py, `line` counts from 1."""

    name: str
    schema: str | None
    path: Path
    line: int
    class_name: str | None
    module: str

    @property
    def key(self) -> str:
        """The table's key in `MetaData.tables`."""
        return f"{self.schema}.{self.name}" if self.schema else self.name


class _Source(NamedTuple):
    """A file that is not loaded, and what its top level binds; "*" are its star imports."""

    module: str
    path: Path
    tree: ast.Module
    bound: Mapping[str, list[ast.AST | tuple[str, str]]]


class _Class(NamedTuple):
    source: _Source
    node: ast.ClassDef


def undeclared_tables(
    metadata: MetaData | Sequence[MetaData], roots: Sequence[Path], skip: Sequence[Path]
) -> list[DeclaredTable]:
    """Find the tables that the project declares for this metadata and has not loaded.

    :param metadata: what env.py gave as `target_metadata`, after it imported its models.
    :param roots: the folders on `sys.path` that belong to the project (cwd, `prepend_sys_path`).
    :param skip: folders not to enter: the Alembic script location and the version locations.
    :returns: the tables whose key no metadata has, by path, then line; unreadable files have none.
    """
    limits, avoided = ([Path(os.path.realpath(each)) for each in some] for some in (roots, skip))
    loaded = dict(_project_modules(limits))
    reader = _Reader([metadata] if isinstance(metadata, MetaData) else metadata)
    homes: dict[Path, Path] = {}
    for path, names in loaded.items():
        if reader.holds(names):
            homes.update(_homes(path, str(names.get("__name__"))))
    homes = homes or {limit: limit for limit in limits if limit.name and metadata}
    reader.places = list(dict.fromkeys(homes.values()))
    deepest_last = sorted(homes.items(), key=lambda home: len(home[1].parts))
    files = {path: place for top, place in deepest_last for path in _files(top, avoided)}
    unloaded = [(path, place) for path, place in files.items() if path not in loaded]
    found = [table for path, place in unloaded for table in reader.declared_in(path, place)]
    return sorted(found, key=lambda table: (table.path, table.line))


def _is(value: object, kind: type[_T]) -> TypeGuard[_T]:
    return issubclass(type(value), kind)  # isinstance() would ask a proxy, and a proxy may raise


def _module(name: str) -> object:
    return sys.modules.get(name) or ModuleType(name)  # an empty one stands for one not loaded


def _names_of(module: object) -> Mapping[str, object]:
    with suppress(AttributeError, TypeError):  # vars() would wake a lazy module
        return MappingProxyType(object.__getattribute__(module, "__dict__"))
    return {}


def _static(value: object, name: str) -> object:
    """An attribute as `inspect.getattr_static` finds it, but in a tenth of the time."""
    kinds = type.__getattribute__(value, "__mro__") if _is(value, type) else type(value).__mro__
    places = (_names_of(value), *map(vars, kinds))
    return next((names[name] for names in places if name in names), _UNKNOWN)


def _project_modules(limits: Sequence[Path]) -> Iterator[tuple[Path, Mapping[str, object]]]:
    resolved = cache(lambda folder: os.path.join(os.path.realpath(folder), ""))  # few hold many
    for module in list(sys.modules.values()):
        file = (names := _names_of(module)).get("__file__")
        if not isinstance(file, str) or any(folder in file for folder in _INSTALLED):
            continue
        if resolved(os.path.dirname(file)).startswith(tuple(map(resolved, limits))):
            yield Path(os.path.realpath(file)), dict(names)


def _homes(path: Path, module: str) -> Iterator[tuple[Path, Path]]:
    """A module's top-level package and the folder on `sys.path` around it, each with the latter."""
    parts = tuple(module.split("."))
    own = path.parent if path.name == "__init__.py" else path.with_suffix("")
    if own.parts[-len(parts) :] == parts:
        place = own.parents[len(parts) - 1]  # the root of the file system is nobody's project
        yield from ((top, place) for top in (place / parts[0], place) if top.name)


def _files(start: Path, avoided: Sequence[Path]) -> Iterator[Path]:
    """The files below a folder that can be imported and are not tests."""
    for folder, folders, files in os.walk(start):
        here = Path(folder)
        folders[:] = [
            name
            for name in folders
            if name.isidentifier()
            and name not in _PASSED_BY
            and here / name not in avoided
            and not any((here / name / mark).exists() for mark in _ANOTHER_PROJECT)
        ]
        for stem, extension in map(os.path.splitext, files):
            if extension == ".py" and stem.isidentifier() and not stem.startswith(_TESTS):
                yield here / f"{stem}.py"


def _said(node: ast.ClassDef) -> dict[str, ast.AST | tuple[str, str]]:
    return {name: value for inner in node.body for name, value in bindings(inner, "")}


def _parse(text: bytes, path: Path, place: Path) -> _Source | None:
    with suppress(SyntaxError, ValueError), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the project's, and not ours to show
        tree = ast.parse(text, str(path))
        parts = path.relative_to(place).with_suffix("").parts
        package = ".".join(parts[:-1])
        module = package if parts[-1] == "__init__" else ".".join(parts)
        bound: dict[str, list[ast.AST | tuple[str, str]]] = {}
        for statement, owner in statements(tree.body):
            for name, value in bindings(statement, package) if owner is None else ():
                bound.setdefault(name, []).append(value)
        return _Source(module, path, tree, bound)
    return None


class _Reader:
    """Follows names to the objects that are loaded, and finds tables by them."""

    def __init__(self, known: Sequence[MetaData]) -> None:
        self.places: list[Path] = []
        self._known = known
        self._keys = {key for metadata in known for key in metadata.tables}
        self._bare = {table.name for metadata in known for table in metadata.tables.values()}
        self._sources: dict[Path, _Source | None] = {}

    def holds(self, names: Mapping[str, object]) -> bool:
        """Whether one of the metadata, or a class or registry of it, is among the values."""
        values = (value for value in names.values() if type(value) not in (str, FunctionType))
        return any(self._metadata(value) is not None for value in values)

    def declared_in(self, path: Path, place: Path) -> list[DeclaredTable]:
        """The tables of a file below `place` that no metadata has."""
        with suppress(OSError, RecursionError):  # of names in circles, which nothing could import
            text = path.read_bytes()
            source = _parse(text, path, place) if any(hint in text for hint in _HINTS) else None
            return [*self._declared(source, b"Table(" in text)] if source else []
        return []

    def _declared(self, source: _Source, has_calls: bool) -> Iterator[DeclaredTable]:
        for statement, owner in statements(source.tree.body):
            if isinstance(statement, ast.ClassDef):
                yield from self._mapped(source, statement)
            elif has_calls and isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)):
                for node in ast.walk(statement):
                    if isinstance(node, ast.Call):
                        yield from self._table(source, node, owner)

    def _mapped(self, source: _Source, node: ast.ClassDef) -> Iterator[DeclaredTable]:
        said, metadata = _said(node), self._metadata(_Class(source, node))
        name = self._value(source, said.get("__tablename__"))
        flags = {word.arg: self._value(source, word.value) for word in node.keywords}
        if flags.get("table") is True:
            name = node.name.lower() if name is _UNKNOWN else name  # SQLModel's own default
        elif metadata is self._metadata(_names_of(sys.modules.get("sqlmodel")).get("SQLModel")):
            return
        if self._value(source, said.get("__abstract__")) is not True:
            schema = self._schema(source, said.get("__table_args__"))
            yield from self._missing(source, node.lineno, (name, schema, metadata, node.name))

    def _table(self, source: _Source, node: ast.Call, owner: str | None) -> Iterator[DeclaredTable]:
        made = self._value(source, node.func)
        if not (_is(made, type) and issubclass(made, Table)):
            return
        given = dict(zip(("name", "metadata"), node.args, strict=False))
        given |= {word.arg: word.value for word in node.keywords if word.arg}
        held = given.get("metadata")
        if isinstance(node.func, ast.Attribute) and not isinstance(held, ast.Name | ast.Attribute):
            held = node.func.value  # Flask-SQLAlchemy: db.Table("x", db.Column(…))
        metadata = self._metadata(self._value(source, held))
        name = self._value(source, given.get("name"))
        schema = self._value(source, given["schema"]) if "schema" in given else None
        yield from self._missing(source, node.lineno, (name, schema, metadata, owner))

    def _missing(self, source: _Source, line: int, said: _Said) -> Iterator[DeclaredTable]:
        name, schema, metadata, owner = said
        if not _is(name, str) or metadata is None:
            return
        # A computed schema may be any, so that only a name that no schema has is missing.
        computed = not _is(schema, str) and schema is not None and schema is not BLANK_SCHEMA
        stated = schema if _is(schema, str) else metadata.schema if schema is None else None
        table = DeclaredTable(name, stated, source.path, line, owner, source.module)
        if (name not in self._bare) if computed else (table.key not in self._keys):
            yield table

    def _schema(self, source: _Source, node: object) -> object:
        """The schema in `__table_args__`, which are a dictionary or a tuple that ends in one."""
        last = node.elts[-1] if isinstance(node, ast.Tuple) and node.elts else node
        if isinstance(last, ast.Dict):
            for key, value in zip(last.keys, last.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "schema":
                    return self._value(source, value)
        return None if last is None or isinstance(last, (ast.Dict, ast.Call)) else _UNKNOWN

    def _value(self, source: _Source, node: object) -> object:
        """What an expression, or what a name is bound to, stands for."""
        node = node.value if isinstance(node, ast.Subscript) else node  # Base[T]
        if isinstance(node, tuple):
            module, name = node
            return self._member(_module(module), name) if name else _module(module)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.ClassDef):
            return _Class(source, node)
        if isinstance(node, ast.Attribute):
            return self._member(self._value(source, node.value), node.attr)
        return self._bound(source, node.id) if isinstance(node, ast.Name) else _UNKNOWN

    def _bound(self, source: _Source, name: str) -> object:
        stars = [(each[0], name) for each in source.bound.get("*", ()) if isinstance(each, tuple)]
        found = (self._value(source, each) for each in [*source.bound.get(name, ()), *stars])
        return next((value for value in found if value is not _UNKNOWN), _UNKNOWN)

    def _member(self, holder: object, name: str) -> object:
        if not _is(holder, ModuleType):
            metadata = self._metadata(holder) if name == "metadata" else None
            return metadata or _static(holder, name)
        names = _names_of(holder)
        source = None if name in names else self._find(str(names["__name__"]))
        found = self._bound(source, name) if source else names.get(name, _UNKNOWN)
        inner = f"{names['__name__']}.{name}"
        is_module = found is _UNKNOWN and (inner in sys.modules or self._find(inner))
        return _module(inner) if is_module else found

    def _metadata(self, value: object) -> MetaData | None:
        """The metadata that a value is or has: a class, a registry, Flask-SQLAlchemy's `db`."""
        if _is(value, _Class):
            own = _said(value.node).get("metadata")
            called = (getattr(each, "func", each) for each in value.node.decorator_list)
            makers = [getattr(each, "value", None) for each in called]  # @registry.mapped
            bases = [own] if own else [*value.node.bases, *makers]
            found = (self._metadata(self._value(value.source, base)) for base in bases)
            return next((metadata for metadata in found if metadata is not None), None)
        held = (value, _static(value, "metadata"), _static(_static(value, "Model"), "metadata"))
        return next((known for known in self._known if any(known is each for each in held)), None)

    def _find(self, module: str) -> _Source | None:
        for place in self.places:
            stem = place.joinpath(*module.split("."))
            for path in (stem / "__init__.py", stem.parent / f"{stem.name}.py"):
                if path not in self._sources and path.is_file():
                    self._sources[path] = _parse(path.read_bytes(), path, place)
                if path in self._sources:
                    return self._sources[path]
        return None
