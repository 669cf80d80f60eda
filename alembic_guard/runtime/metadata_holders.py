"""What a project has that env.py could give as `target_metadata`, found by syntax.

Promises: nothing is imported or run. A `Base` comes before a `registry`, and that before a bare
`MetaData`, where one file has several. Used only where there is nothing to compare with, so that
reading every file costs nothing in a healthy project.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import MetaData

from alembic_guard.runtime.following import Source, is_kind, metadata_in, parse
from alembic_guard.runtime.names import bindings, statements
from alembic_guard.runtime.project_files import code_files, loaded_modules, names_of, real

_HINTS = (
    b"DeclarativeBase",
    b"eclarative",
    b"SQLAlchemy(",
    b"SQLModel",
    b"MetaData(",
    b"registry(",
)
_PACKAGES = {"sqlalchemy", "flask_sqlalchemy", "sqlmodel"}
_BASES = {"DeclarativeBase", "DeclarativeBaseNoMeta", "as_declarative"}
_MAKERS = {"declarative_base": 0, "generate_base": 0, "SQLAlchemy": 0, "registry": 1, "MetaData": 2}


@dataclass(frozen=True)
class MetadataHolder:
    """A Base, `db`, registry or MetaData, with the lines that give it to Alembic.

    :param module: what it is imported from; :param expression: its MetaData, once it is imported.
    :param path: where it is declared, or for SQLModel the first model; `line` counts from 1.
    :param tables: how many tables it holds now; None where nobody imported it.
    :param models: modules to import besides, for the models that they declare.
    """

    module: str
    name: str
    expression: str
    path: Path
    line: int
    tables: int | None = None
    models: tuple[str, ...] = ()

    def code(self, engines: Sequence[str] = ()) -> str:
        """What to write in env.py, on one line.

        :param engines: the names of the databases whose models these are.
        """
        imports = [f"import {module}" for module in self.models]
        imports.append(f"from {self.module} import {self.name}")
        each = ", ".join(f'"{engine}": {self.expression}' for engine in engines)
        value = f"{{{each}}}" if engines else self.expression
        return "; ".join([*imports, f"target_metadata = {value}"])


def target_codes(holders: Sequence[MetadataHolder], engines: Sequence[str]) -> tuple[str, ...]:
    """The lines to choose from; for several databases one, which says what is to be decided.

    :param engines: the names of the databases that take a MetaData each.
    """
    if not holders or len(engines) < 2:
        return tuple(one.code(engines) for one in holders)
    if len(holders) == 1:
        return (f"{holders[0].code(engines)}  # leave out a database that has other models",)
    each = ", ".join(f'"{engine}": …' for engine in engines)
    choice = " or ".join(f"{one.module}.{one.expression}" for one in holders)
    return (f"target_metadata = {{{each}}}  # instead of each …: {choice}",)


def metadata_holders(roots: Sequence[Path], skip: Sequence[Path]) -> tuple[MetadataHolder, ...]:
    """Look through the project's files, loaded or not.

    :param roots: the folders that belong to the project; :param skip: folders not to enter.
    :returns: those with most tables first, then by path.
    """
    limits, loaded = real(roots), loaded_modules()
    homes = [path for path in loaded if any(path.is_relative_to(limit) for limit in limits)]
    found: list[MetadataHolder] = []
    for file in code_files(limits, real(skip), loaded, homes):
        with suppress(OSError, RecursionError):
            text = file.path.read_bytes()
            hinted = any(hint in text for hint in _HINTS)
            source = parse(text, file.path, file.place) if hinted else None
            found += _held_in(source) if source else []
    models = [holder for holder in found if holder.module == "sqlmodel"]
    rest = [holder for holder in found if holder.module != "sqlmodel"]
    if models:
        first = min(models, key=lambda holder: holder.path)
        modules = sorted(module for holder in models for module in holder.models)
        rest.append(replace(first, models=tuple(modules)))
    with_tables = [replace(holder, tables=_tables(holder)) for holder in rest]
    return tuple(sorted(with_tables, key=lambda one: (-(one.tables or 0), one.path, one.line)))


def _held_in(source: Source) -> list[MetadataHolder]:
    ranked = list(_ranked(source))
    best = min((rank for rank, _ in ranked), default=0)
    return [holder for rank, holder in ranked if rank == best]


def _ranked(source: Source) -> Iterator[tuple[int, MetadataHolder]]:
    for statement, owner in statements(source.tree.body):
        if owner is None and isinstance(statement, ast.ClassDef):
            yield from _of_class(source, statement)
        elif owner is None:
            for name, value in bindings(statement, ""):
                made = _last(source, value.func) if isinstance(value, ast.Call) else ""
                if made in _MAKERS:
                    expression = name if made == "MetaData" else f"{name}.metadata"
                    line = getattr(statement, "lineno", 1)
                    holder = MetadataHolder(source.module, name, expression, source.path, line)
                    yield _MAKERS[made], holder


def _of_class(source: Source, node: ast.ClassDef) -> Iterator[tuple[int, MetadataHolder]]:
    above = [*node.bases, *(getattr(each, "func", each) for each in node.decorator_list)]
    if _BASES & {_last(source, each) for each in above}:
        name = node.name
        yield 0, MetadataHolder(source.module, name, f"{name}.metadata", source.path, node.lineno)
    flags = {word.arg: getattr(word.value, "value", None) for word in node.keywords}
    bound = [each for many in source.bound.values() for each in many]
    imported = {each[0] for each in bound if isinstance(each, tuple)}
    if flags.get("table") is True and "sqlmodel" in imported:
        said = ("sqlmodel", "SQLModel", "SQLModel.metadata", source.path, node.lineno)
        yield 0, MetadataHolder(*said, models=(source.module,))


def _last(source: Source, node: ast.AST) -> str:
    """The last word of what SQLAlchemy, or what builds on it, calls a thing; "" of any other."""
    if isinstance(node, ast.Attribute):
        made_of = _last(source, node.value)
        return node.attr if made_of or node.attr == "generate_base" else ""
    found = source.bound.get(node.id, ()) if isinstance(node, ast.Name) else ()
    for pair in found:
        if isinstance(pair, tuple) and pair[0].partition(".")[0] in _PACKAGES:
            return pair[1] or pair[0]
    return ""


def _tables(holder: MetadataHolder) -> int | None:
    module = sys.modules.get(holder.module)
    value = names_of(module).get(holder.name)
    found = [each for each in metadata_in(value) if is_kind(each, MetaData)]
    return len(found[0].tables) if found else None
