"""What a migration file says beside its code: which findings it lets through, where, and why.

- ``# guard: allow(index-blocks-writes) built before anybody reads it`` behind a statement, on any
  of its lines, or alone above it. Behind a ``with``, ``for``, ``if`` or ``def`` it holds for the
  whole block. Several names are separated by commas.
- ``allow = {"drop-column": "nobody has read it since 2026-10"}`` in the file: for all of it.

A reason is required: without one it allows nothing. The file is read, never run.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.history import relative

_COMMENT = re.compile(r"#\s*guard:\s*allow\(([^)]*)\)\s*(.*)")
_NAME = "allow"


@dataclass(frozen=True)
class Allowance:
    """One name that a file lets through.

    :param reason: empty where none is given, and nothing is allowed.
    :param place: of the comment, or of the entry in ``allow``.
    :param first: the first line that it holds for; :param last: the last one.
    """

    name: str
    reason: str
    place: Place
    first: int
    last: int

    def covers(self, finding: Finding, places: tuple[Place | None, ...]) -> bool:
        """Whether a finding is let through by it.

        :param places: where the finding is: its own place, and the line of the revision that led
            there.
        """
        return finding.name == self.name and any(
            place is not None
            and place.path == self.place.path
            and (place.line is None or self.first <= place.line <= self.last)
            for place in places
        )


@dataclass(frozen=True)
class IdleAllowance:
    """An allowance that allowed nothing.

    :param known: whether there is a guard or a rule of its name; :param near: one that there is.
    """

    allowance: Allowance
    revision: str
    known: bool
    near: str = ""


def allowances(path: str | Path) -> tuple[Allowance, ...]:
    """What a revision file lets through, in the order of its lines; nothing if it can't be read."""
    try:
        text = Path(path).read_bytes()
        if b"allow" not in text:
            return ()
        tree = ast.parse(text)
        tokens = list(tokenize.tokenize(io.BytesIO(text).readline))
    except (OSError, SyntaxError, ValueError, tokenize.TokenError):
        return ()
    shown = str(relative(path))
    found = [*_of_comments(tokens, tree, shown), *_of_the_file(tree, shown)]
    return tuple(sorted(found, key=lambda each: each.place.line or 0))


def _of_comments(
    tokens: list[tokenize.TokenInfo], tree: ast.Module, path: str
) -> Iterator[Allowance]:
    for token in tokens:
        match = _COMMENT.match(token.string) if token.type == tokenize.COMMENT else None
        if match is None:
            continue
        line = token.start[0]
        alone = not token.line[: token.start[1]].strip()
        first, last = _span(tree, line, alone)
        for name in filter(None, re.split(r"[\s,]+", match[1].strip())):
            yield Allowance(name, match[2].strip(), Place(path, line), first, last)


def _span(tree: ast.Module, line: int, alone: bool) -> tuple[int, int]:
    """The lines of the innermost statement at a line or, for a comment alone, of the next one."""
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    around = [node for node in statements if node.lineno <= line <= _end(node)]
    inner = max(around, key=lambda node: node.lineno, default=None)
    # A comment alone between the lines of a call belongs to that call, not to what follows it.
    if inner is not None and not (alone and hasattr(inner, "body")):
        return inner.lineno, _end(inner)
    below = [node for node in statements if node.lineno > line] if alone else []
    following = min(below, key=lambda node: (node.lineno, -_end(node)), default=None)
    return (line, line) if following is None else (following.lineno, _end(following))


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _of_the_file(tree: ast.Module, path: str) -> Iterator[Allowance]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        named = any(isinstance(target, ast.Name) and target.id == _NAME for target in targets)
        value = getattr(node, "value", None)
        if not named or not isinstance(value, ast.Dict):
            continue
        for key, said in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                reason = said.value if isinstance(said, ast.Constant) else ast.unparse(said)
                yield Allowance(
                    key.value, str(reason or "").strip(), Place(path, key.lineno), 1, 10**9
                )
