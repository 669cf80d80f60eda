"""Tables that are declared on disk and that a MetaData lacks.

Promises: no file is imported or run. What does not lead to a MetaData that was handed in is not
reported, so that two `Base`s are never mixed up. Where a name is computed, or a condition decides,
the table says so.

Does not find: tables made in functions, and what loaded files, tests or sibling services (with
their own config or script location) declare.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import BLANK_SCHEMA, MetaData, Table

from alembic_guard.runtime.following import UNKNOWN, Declared, Follower, Source, is_kind, parse
from alembic_guard.runtime.names import statements
from alembic_guard.runtime.project_files import (
    CodeFile,
    code_files,
    loaded_modules,
    names_of,
    real,
)

_HINTS = (b"__tablename__", b"Table(", b"table=True", b"Column(", b"mapped_column(", b"Mapped[")
_FLASK_HINTS = (*_HINTS, b".Model")
_DECIDES = (ast.If, ast.For, ast.While, ast.Match, ast.ExceptHandler)
COMPUTED = "whose table name is computed"
CONDITIONAL = "under a condition"


@dataclass(frozen=True)
class DeclaredTable:
    """A table that a file declares; `module` is what to import in env.py, `line` counts from 1.

    :param name: None where it is computed.
    :param doubt: why it may be none, if that cannot be told.
    :param package: the loaded `__init__.py` that imports neighbours of the file and not the file.
    :param near: whether a loaded file of its package or folder has this metadata, too.
    """

    name: str | None
    schema: str | None
    path: Path
    line: int
    class_name: str | None
    module: str
    doubt: str = ""
    package: Path | None = None
    near: bool = True

    @property
    def key(self) -> str:
        """The table's key in `MetaData.tables`; a class stands for a name that is computed."""
        name = self.name or self.class_name or ""
        return f"{self.schema}.{name}" if self.schema and self.name else name


def undeclared_tables(
    metadata: MetaData | Sequence[MetaData], roots: Sequence[Path], skip: Sequence[Path]
) -> list[DeclaredTable]:
    """Find the tables that the project declares for this metadata and has not loaded.

    :param metadata: what env.py gave as `target_metadata`, after it imported its models.
    :param roots: the folders that belong to the project (cwd, `prepend_sys_path`).
    :param skip: folders not to enter: the Alembic script location and the version locations.
    :returns: the tables whose key no metadata has, by path, then line; unreadable files have none.
    """
    if not metadata and not isinstance(metadata, MetaData):
        return []
    tables = _Tables([metadata] if isinstance(metadata, MetaData) else metadata)
    loaded = loaded_modules()
    homes = [path for path, names in loaded.items() if tables.holds(names)]
    files = code_files(real(roots), real(skip), loaded, homes)
    tables.places = list(dict.fromkeys(file.place for file in files))
    found = [
        replace(table, near=file.near)
        for file in files
        if not file.loaded and not file.is_script
        for table in tables.declared_in(file)
    ]
    packages = {file.path: file for file in files if file.loaded and file.path.stem == "__init__"}
    placed = [replace(table, package=_leaves_out(table, packages)) for table in found]
    return sorted(placed, key=lambda table: (table.path, table.line))


def _leaves_out(table: DeclaredTable, packages: dict[Path, CodeFile]) -> Path | None:
    """The package whose business importing the file is: it imports others of its modules."""
    own = table.path.parent if table.path.stem == "__init__" else table.path
    package = packages.get(own.parent / "__init__.py")
    source = package and parse(package.path.read_bytes(), package.path, package.place)
    if not package or not source:
        return None
    imported = [each for many in source.bound.values() for each in many if isinstance(each, tuple)]
    modules = {name for pair in imported for name in (pair[0], ".".join(pair))}
    neighbours = (own.parent.glob("*.py"), own.parent.glob("*/__init__.py"))
    names = {
        f"{package.module}.{(path.parent if path.stem == '__init__' else path).stem}"
        for paths in neighbours
        for path in paths
    }
    return package.path if modules & (names - {package.module + ".__init__"}) else None


class _Tables(Follower):
    """Finds the tables of files that are not loaded."""

    def __init__(self, known: Sequence[MetaData]) -> None:
        super().__init__(known)
        self._keys = {key for metadata in known for key in metadata.tables}
        self._bare = {table.name for metadata in known for table in metadata.tables.values()}
        self._sqlmodel = names_of(sys.modules.get("sqlmodel")).get("SQLModel", UNKNOWN)
        self._hints = _FLASK_HINTS if "flask_sqlalchemy" in sys.modules else _HINTS

    def declared_in(self, file: CodeFile) -> list[DeclaredTable]:
        """The tables of a file that no metadata has."""
        with suppress(OSError, RecursionError):  # of names in circles, which nothing could import
            text = file.path.read_bytes()
            hinted = any(hint in text for hint in self._hints)
            source = parse(text, file.path, file.place) if hinted else None
            return [*self._declared(source, b"Table(" in text)] if source else []
        return []

    def _declared(self, source: Source, has_calls: bool) -> Iterator[DeclaredTable]:
        for statement, owner in statements(source.tree.body):
            if isinstance(statement, ast.ClassDef):
                yield from self._mapped(Declared(source, statement))
            elif has_calls and isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)):
                for node in ast.walk(statement):
                    if isinstance(node, ast.Call):
                        yield from self._table(source, node, owner)

    def _mapped(self, own: Declared) -> Iterator[DeclaredTable]:
        metadata = self.metadata(own)
        name = self._name(own) if metadata is not None else None
        if metadata is not None and name is not None:
            schema = self._schema(own.source, own.said.get("__table_args__"))
            yield from self._missing(own.source, own.node, name, schema, metadata, own.node.name)

    def _name(self, own: Declared) -> object:
        """The name of a class's own table: UNKNOWN if it is computed, None if it has no table.

        A mapped class keeps its `__tablename__` to itself; a mixin or an abstract class hands it on
        (https://docs.sqlalchemy.org/en/20/orm/declarative_mixins.html).
        """
        if self._is_abstract(own) or "__table__" in own.said:
            return None
        ancestors, is_child = list(self.ancestors(own)), False
        flags = {word.arg: self.value(own.source, word.value) for word in own.node.keywords}
        if any(each is self._sqlmodel for each in ancestors) and flags.get("table") is not True:
            return None
        for each in ancestors:
            if each is not own and self._is_mapped(each):
                is_child = True
            elif each is self._sqlmodel:
                return own.node.name.lower()  # SQLModel's own default
            elif "__tablename__" in (each.said if isinstance(each, Declared) else vars(each)):
                return self._said_name(each)
        if any(map(_names_its_models, ancestors)) and (not is_child or _has_primary_key(own)):
            return camel_to_snake_case(own.node.name)
        return None

    def _said_name(self, each: Declared | type) -> object:
        if isinstance(each, Declared):
            name = self.value(each.source, each.said["__tablename__"])
        else:
            name = vars(each)["__tablename__"]
        return name if name is None or is_kind(name, str) else UNKNOWN

    def _is_abstract(self, own: Declared) -> bool:
        return self.value(own.source, own.said.get("__abstract__")) is True

    def _is_mapped(self, each: Declared | type) -> bool:
        if not isinstance(each, Declared):
            return "__mapper__" in vars(each)
        if self._is_abstract(each) or self.metadata(each) is None:
            return False
        return "__table__" in each.said or self._name(each) is not None

    def _table(self, source: Source, node: ast.Call, owner: str | None) -> Iterator[DeclaredTable]:
        made = self.value(source, node.func)
        if not (is_kind(made, type) and issubclass(made, Table)):
            return
        given = dict(zip(("name", "metadata"), node.args, strict=False))
        given |= {word.arg: word.value for word in node.keywords if word.arg}
        held = given.get("metadata")
        if isinstance(node.func, ast.Attribute) and not isinstance(held, ast.Name | ast.Attribute):
            held = node.func.value  # Flask-SQLAlchemy: db.Table("x", db.Column(…))
        bind = self.value(source, given.get("bind_key"))
        metadata = self.metadata(self.value(source, held))
        if is_kind(bind, str):
            metadata = self.bound_to(bind, self.value(source, held))
        name = self.value(source, given.get("name"))
        schema = self.value(source, given["schema"]) if "schema" in given else None
        if is_kind(name, str) and metadata is not None:
            yield from self._missing(source, node, name, schema, metadata, owner)

    def _missing(
        self,
        source: Source,
        node: ast.ClassDef | ast.Call,
        name: object,
        schema: object,
        metadata: MetaData,
        owner: str | None,
    ) -> Iterator[DeclaredTable]:
        # A computed schema may be any, so that only a name that no schema has is missing.
        computed = not is_kind(schema, str) and schema is not None and schema is not BLANK_SCHEMA
        stated = schema if is_kind(schema, str) else metadata.schema if schema is None else None
        said = name if is_kind(name, str) else None
        table = DeclaredTable(said, stated, source.path, node.lineno, owner, source.module)
        if said is None:
            yield replace(table, doubt=COMPUTED)
        elif (said not in self._bare) if computed else (table.key not in self._keys):
            yield replace(table, doubt=CONDITIONAL) if _is_conditional(node, source) else table

    def _schema(self, source: Source, node: object) -> object:
        """The schema in `__table_args__`, which are a dictionary or a tuple that ends in one."""
        last = node.elts[-1] if isinstance(node, ast.Tuple) and node.elts else node
        if isinstance(last, ast.Dict):
            for key, value in zip(last.keys, last.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "schema":
                    return self.value(source, value)
        return None if last is None or isinstance(last, (ast.Dict, ast.Call)) else UNKNOWN


def camel_to_snake_case(name: str) -> str:
    """As Flask-SQLAlchemy 3.1.1 names a table (`flask_sqlalchemy.model.camel_to_snake_case`)."""
    return re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", name).lower().lstrip("_")


def _names_its_models(each: Declared | type) -> bool:
    """Whether it is Flask-SQLAlchemy's Model, unless that was made with `disable_autonaming`."""
    if isinstance(each, Declared):
        return False
    kinds = [*each.__mro__, *type.__getattribute__(type(each), "__mro__")]
    return any(kind.__name__ in ("NameMixin", "NameMetaMixin") for kind in kinds)


def _has_primary_key(own: Declared) -> bool:
    words = (node for node in ast.walk(own.node) if isinstance(node, ast.keyword))
    return any(word.arg == "primary_key" for word in words)


def _is_conditional(node: ast.AST, source: Source) -> bool:
    decided = (each for each in ast.walk(source.tree) if isinstance(each, _DECIDES))
    return any(inner is node for each in decided for inner in ast.walk(each))
