"""What the files around env.py say, read as text or by syntax: nothing is imported or run.

Promises: a file that is not there or does not parse says nothing; no value leaves this module
unless a caller asked for that very option.
"""

from __future__ import annotations

import ast
import configparser
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alembic.config import Config

_GETTERS = {"getenv", "os.getenv", "environ.get", "os.environ.get", "config", "env", "env.str"}
_MAPPINGS = {"environ", "os.environ"}
_DOTENV = (".env", ".env.local", ".env.development", ".env.dev", ".flaskenv")
_LEVELS = 4
"""Folders upwards in which a project's files are looked for, from the one with the config."""


@dataclass(frozen=True)
class Line:
    """A line of a file; `text` is what stands there, where the caller asked for it."""

    path: str
    line: int
    text: str = ""


def parsed(path: str | Path) -> ast.Module:
    """The syntax of a file, an empty module where it has none."""
    try:
        return ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ast.Module(body=[], type_ignores=[])


def variables_read(path: str | Path) -> list[tuple[str, int]]:
    """The environment variables that a file asks for, with the lines where it does."""
    return [
        (name.value, name.lineno)
        for node in ast.walk(parsed(path))
        for name in _asked(node)
        if isinstance(name, ast.Constant) and isinstance(name.value, str)
    ]


def variables_needed(path: str | Path) -> list[tuple[str, int, str]]:
    """The variables that a file asks for without a default.

    :returns: of each its name, the line, and the name that its value is given to, if any.
    """
    tree = parsed(path)
    given = {
        id(inner): ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for inner in ast.walk(node.value)
    }
    return [
        (name.value, name.lineno, given.get(id(node), "").split(".")[-1])
        for node in ast.walk(tree)
        for name in _asked(node)
        if isinstance(name, ast.Constant) and isinstance(name.value, str) and not _default(node)
    ]


def _default(node: ast.AST) -> bool:
    """Whether a reading of a variable says what it is when it is not set."""
    if not isinstance(node, ast.Call):
        return False
    said = [*node.args[1:2], *(each.value for each in node.keywords if each.arg == "default")]
    return any(not isinstance(each, ast.Constant) or each.value for each in said)


def names_on(path: str | Path, line: int) -> set[str]:
    """The names and attributes that the code on a line uses."""
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Name | ast.Attribute)
        and node.lineno <= line <= (node.end_lineno or line)
    }


def imports_of(path: str | Path) -> set[str]:
    """The dotted names of what may be modules that a file imports, relative ones left out."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _asked(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) in _MAPPINGS:
        return [node.slice]
    if isinstance(node, ast.Call) and ast.unparse(node.func) in _GETTERS:
        return node.args[:1]
    return []


def call_line(path: str | Path, function: str) -> int | None:
    """The first line on which a file calls a function of this name."""
    calls = [
        node.lineno
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == function
    ]
    return min(calls, default=None)


def unawaited_call(path: str | Path) -> tuple[str, int] | None:
    """A call, as a statement of its own, of a coroutine function of the same file."""
    tree = parsed(path)
    coroutines = {node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = ast.unparse(node.value.func)
            if called in coroutines:
                return called, node.lineno
    return None


def folders_up(start: Path) -> Iterator[Path]:
    """A folder and those above it, as far as they can belong to the same project."""
    for folder in (start, *start.parents)[:_LEVELS]:
        yield folder
        if (folder / ".git").exists() or folder in (Path.home(), Path(folder.anchor)):
            return


def dotenv_line(name: str, start: Path) -> Line | None:
    """Where a ``.env`` file around a folder gives a variable a value."""
    pattern = re.compile(rf"\s*(?:export\s+)?{re.escape(name)}\s*=\s*(\S.*)")
    for folder in dict.fromkeys([*folders_up(start), Path.cwd()]):
        for file in _DOTENV:
            for number, line in enumerate(_lines(folder / file), start=1):
                if found := pattern.match(line):
                    return Line(str(folder / file), number, found[1].strip().strip("'\""))
    return None


def sections(path: str | None) -> tuple[str, ...]:
    """The sections of an ini file, in its order."""
    found = (re.match(r"\[([^]]+)\]", line) for line in _lines(path))
    return tuple(match[1] for match in found if match)


def option_line(path: str | None, section: str, option: str) -> Line | None:
    """Where an ini file sets an option: in the section, else in ``[DEFAULT]``; as written."""
    found: dict[str, Line] = {}
    current = ""
    for number, line in enumerate(_lines(path), start=1):
        if header := re.match(r"\[([^]]+)\]", line):
            current = header[1]
        elif re.match(rf"{re.escape(option)}\s*[=:]", line, re.IGNORECASE):
            found.setdefault(current, Line(str(path), number, line.rstrip()))
    return found.get(section) or found.get("DEFAULT")


def options(config: Config) -> Iterator[tuple[str, str, str]]:
    """Section, option and value of an ini file on disk; env.py may have changed them since."""
    defaults: dict[str, Any] = {str(key): str(value) for key, value in config.config_args.items()}
    parser = configparser.ConfigParser(defaults, strict=False)
    try:
        parser.read(config.config_file_name or [], encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError, OSError):
        return
    for section in parser.sections():
        for option in parser.options(section):
            try:
                yield section, option, parser.get(section, option)
            except configparser.Error:
                continue


def base_of(config: Config | None) -> Path:
    """The folder of the configuration, which is what ``%(here)s`` stands for."""
    name = config and (toml_of(config) or config.config_file_name)
    return Path(os.path.abspath(name)).parent if name else Path.cwd()


def toml_of(config: Config) -> str | None:
    """The ``pyproject.toml`` that names the script directory, where the ini file does not."""
    if config.file_config.has_option(config.config_ini_section, "script_location"):
        return None
    name = config.toml_file_name
    return name if name and Path(name).is_file() and config.toml_alembic_config else None


def _lines(path: str | Path | None) -> list[str]:
    try:
        return Path(path).read_text("utf-8", errors="replace").splitlines() if path else []
    except OSError:
        return []
