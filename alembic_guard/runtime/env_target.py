"""What env.py says of `target_metadata` and imports, by syntax: which line to change."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_NAME = "target_metadata"


@dataclass(frozen=True)
class EnvTarget:
    """The last `target_metadata = …` of an env.py.

    :param line: counted from 1, None where there is no such line; :param text: the line's code.
    :param made_at: the line on which env.py itself makes the MetaData, or the class that has it.
    :param handed: whether `context.configure()` with a connection takes one, or may take one.
    :param keyed: whether it is a dictionary, as in the multidb template; :param keys: those of its
        keys that have something else than None.
    """

    line: int | None = None
    text: str = ""
    made_at: int | None = None
    handed: bool = True
    keyed: bool = False
    keys: tuple[str, ...] = ()


def env_target(env_py: str | Path) -> EnvTarget:
    """Read an env.py; one that does not parse says nothing."""
    with suppress(OSError, SyntaxError, ValueError):
        return _target(ast.parse(Path(env_py).read_bytes()))
    return EnvTarget()


def _target(tree: ast.Module) -> EnvTarget:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    configuring = [call for call in calls if getattr(call.func, "attr", "") == "configure"]
    said = [{word.arg for word in call.keywords} for call in configuring]
    online = [words for words in said if "connection" in words] or said
    handed = not online or any(words & {_NAME, None} for words in online)  # None: `**options`
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign)]
    target = [node for node in assigned if _names(node) == {_NAME} and node.value is not None]
    if not target:
        return EnvTarget(handed=handed)
    last = max(target, key=lambda node: node.lineno)
    keyed, keys = isinstance(last.value, ast.Dict), _keys(last.value)
    return EnvTarget(last.lineno, ast.unparse(last), _made_at(tree, last), handed, keyed, keys)


def late_imports(env_py: str | Path) -> dict[str, int]:
    """The modules that an env.py imports and has not imported yet, with the line.

    Only of its top level, and asked while it migrates: what runs there without a condition can only
    be still to come.
    """
    found: dict[str, int] = {}
    with suppress(OSError, SyntaxError, ValueError):
        for node in ast.parse(Path(env_py).read_bytes()).body:
            found |= dict.fromkeys(_imported(node), node.lineno)
    return {name: line for name, line in found.items() if name not in sys.modules}


def _imported(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _keys(value: ast.expr | None) -> tuple[str, ...]:
    pairs = zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else ()
    given = (key for key, each in pairs if not (isinstance(each, ast.Constant) and not each.value))
    return tuple(str(key.value) for key in given if isinstance(key, ast.Constant))


def _names(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _made_at(tree: ast.Module, target: ast.Assign | ast.AnnAssign) -> int | None:
    """Where the root of the value is made: by the line itself, or by a class or a call above it."""
    if isinstance(target.value, ast.Call):
        return target.lineno
    root: object = target.value
    while isinstance(root, ast.Attribute):
        root = root.value
    name = getattr(root, "id", None)
    for node in reversed(tree.body):
        if isinstance(node, ast.ClassDef) and node.name == name:
            return node.lineno
        if isinstance(node, ast.Assign) and name in _names(node):
            return node.lineno if isinstance(node.value, ast.Call) else None
    return None
