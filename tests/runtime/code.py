"""Files in a folder on sys.path, some of them loaded: what the tests of reading a project share."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from sqlalchemy import MetaData

from alembic_guard.runtime.models import undeclared_tables
from tests.own_modules import own_modules

BASE = """\
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase): pass
"""


class Code:
    """Files in a folder on sys.path, and what is loaded of them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str = "") -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
        importlib.invalidate_caches()

    def load(self, module: str) -> ModuleType:
        return importlib.import_module(module)

    def find(self, metadata: MetaData | list[MetaData], *skip: str) -> list[tuple[str, ...]]:
        """Module, class, key and line of each table that is found."""
        tables = undeclared_tables(metadata, [self.root], [self.root / each for each in skip])
        return [
            (table.module, table.class_name or "", table.key, str(table.line)) for table in tables
        ]


@contextmanager
def code_in(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Code]:
    """A folder on sys.path; what is loaded of it is forgotten at the end."""
    monkeypatch.syspath_prepend(str(root))
    with own_modules(root):
        yield Code(root)


def metadata_of(module: str, name: str = "Base") -> MetaData:
    """The metadata of a class of a loaded module."""
    metadata = getattr(sys.modules[module], name).metadata
    assert isinstance(metadata, MetaData)
    return metadata
