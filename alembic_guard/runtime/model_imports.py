"""Which mapped classes and tables of the project's own a revision file imports.

The file is read, never run; what its names stand for is looked up among the modules that are
imported already, which those of a revision that was recorded are. Others are not known, and left
out.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Table

from alembic_guard.finding import Place
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.traces import is_library

_FROM = re.compile(rb"\bfrom[\s\\]+([A-Za-z_][\w.]*)[\s\\]+import\b")
"""A quick look, which may find too many: most revisions import no model and need no parsing."""
_is_library = cache(is_library)


@dataclass(frozen=True)
class ModelImport:
    """A model that a revision file imports.

    :param name: dotted, as the file says it.
    :param table: key of its table; :param columns: their names, as it has them today.
    """

    name: str
    place: Place
    table: str
    columns: tuple[str, ...] = ()


def model_imports(path: str | Path) -> tuple[ModelImport, ...]:
    """The models that a revision file imports, in the order of its lines; none if it can't be read.

    :param path: of the file.
    """
    try:
        text = Path(path).read_bytes()
        if not any(map(_module, {name.decode() for name in _FROM.findall(text)})):
            return ()
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError):
        return ()
    shown = str(relative(path))
    return tuple(found for node in ast.walk(tree) for found in _of(node, shown))


def _of(node: ast.AST, path: str) -> Iterator[ModelImport]:
    """What one statement imports by name; of a module that is imported whole nothing is known."""
    if not isinstance(node, ast.ImportFrom) or node.level or not node.module:
        return
    module = _module(node.module)
    if module is None:
        return
    for each in node.names:
        table = _table_of(getattr(module, each.name, None))
        if table is not None:
            name = f"{node.module}.{each.name}"
            columns = tuple(column.name for column in table.columns)
            yield ModelImport(name, Place(path, node.lineno), str(table.key), columns)


def _module(name: str) -> ModuleType | None:
    """A module of the project's own, if it is imported already."""
    module = sys.modules.get(name)
    if module is None or _is_library(str(getattr(module, "__file__", None) or "<")):
        return None
    return module


def _table_of(value: Any) -> Table | None:
    """The table of a mapped class, or a table itself."""
    found = getattr(value, "__table__", None) if isinstance(value, type) else value
    return found if isinstance(found, Table) else None
