"""Where a project runs Alembic inside of its own program, and what its env.py does to loggers.

By syntax only: nothing is imported or run. Tests are left out, and so is whatever
:mod:`alembic_guard.runtime.project_files` does not take for the project's own code.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic_guard.runtime.env_text import Line, parsed
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.project_files import code_files, real

_RUN_ENV_PY = {"upgrade", "downgrade", "current", "check", "stamp", "ensure_version", "revision"}


@dataclass(frozen=True)
class InProcess:
    """Two places that do not go together.

    :param calls: of commands of Alembic that run env.py: file, line, and the call as written.
    :param disabling: where env.py calls ``fileConfig()`` so that it disables loggers, if it does.
    """

    calls: tuple[Line, ...]
    disabling: Line | None


def in_process(env_py: str, roots: Sequence[Path], avoided: Collection[Path] = ()) -> InProcess:
    """Look at env.py, and at the project's code.

    :param roots: folders of the project that are on ``sys.path``.
    :param avoided: folders not to enter: the script location and the version locations.
    """
    disabling = disabling_call(env_py)
    if disabling is None:
        return InProcess((), None)
    files = code_files(real(roots), real(avoided), {}, ())
    found = (call for file in files for call in calls_of_alembic(file.path))
    calls = sorted(found, key=lambda line: (line.path, line.line))
    return InProcess(tuple(calls), disabling)


def disabling_call(env_py: str) -> Line | None:
    """Where a file calls ``fileConfig()`` without ``disable_existing_loggers=False``."""
    for node in ast.walk(parsed(env_py)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "fileConfig":
            given = {each.arg: each.value for each in node.keywords}
            given |= dict(
                zip(("", "defaults", "disable_existing_loggers"), node.args, strict=False)
            )
            value = given.get("disable_existing_loggers")
            if not (isinstance(value, ast.Constant) and value.value is False):
                return Line(relative(env_py), node.lineno, ast.unparse(node))
    return None


def calls_of_alembic(path: Path) -> Iterator[Line]:
    """The calls of ``alembic.command.upgrade()`` and its like in a file, whatever they go by."""
    if b"alembic" not in _bytes(path):
        return
    tree = parsed(path)
    names = dict(_names(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            first, _, rest = ast.unparse(node.func).partition(".")
            called = ".".join(part for part in (names.get(first, ""), rest) if part)
            module, _, command = called.rpartition(".")
            if module == "alembic.command" and command in _RUN_ENV_PY:
                yield Line(relative(path), node.lineno, ast.unparse(node.func))


def _names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What the names that come from Alembic stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "alembic":
                    yield (alias.asname, alias.name) if alias.asname else ("alembic", "alembic")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "alembic":
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
