"""Modules of a project that live no longer than the project: a process of its own has no others."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def own_modules(folder: Path) -> Iterator[None]:
    """Unload at the end what was loaded from a folder meanwhile, and restore `sys.path`.

    Most projects have a module `models`: without this the next one would get that of the last.
    """
    path, loaded = [*sys.path], set(sys.modules)
    importlib.invalidate_caches()  # a folder may have changed within the clock of its file system
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - loaded:
            module = sys.modules[name]
            # A package without __init__.py has a path and no file.
            places = f"{getattr(module, '__file__', '')} {getattr(module, '__path__', '')}"
            if str(folder) in places:
                del sys.modules[name]
