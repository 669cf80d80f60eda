"""The statements of ``upgrade()`` and ``downgrade()`` as their file has them, to be written again.

What a step was recorded to do is less than what its statement says: a loop has become its passes,
a comment is gone. Only the statements themselves mean the same in another file. The file is read,
never run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from textwrap import dedent

_FUNCTIONS = ("upgrade", "downgrade")
_NAMING = (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.FunctionDef)


@dataclass(frozen=True)
class Statement:
    """A statement of a function's own body, blocks as a whole.

    :param text: with its comments, from the first column; :param last: its last line.
    :param names: whether it only gives names, which other statements may need.
    """

    first: int
    last: int
    text: str
    names: bool


def body_around(path: str, line: int | None) -> tuple[Statement, ...]:
    """The statements of the function whose body holds a line; nothing where there is none."""
    try:
        changed = Path(path).stat().st_mtime_ns
    except (OSError, ValueError):
        return ()
    for body in _bodies(path, changed):
        if line is not None and body and body[0].first <= line <= body[-1].last:
            return body
    return ()


@lru_cache(maxsize=64)
def _bodies(path: str, _changed: int) -> tuple[tuple[Statement, ...], ...]:
    try:
        text = Path(path).read_text("utf-8")
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError):
        return ()
    lines = text.splitlines()

    def statement(node: ast.stmt) -> Statement:
        last = node.end_lineno or node.lineno
        own = dedent("\n".join(lines[node.lineno - 1 : last]))
        return Statement(node.lineno, last, own, isinstance(node, _NAMING))

    return tuple(
        tuple(statement(each) for each in node.body)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name in _FUNCTIONS
    )
