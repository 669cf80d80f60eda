"""Where a module that Python does not find would be found: in the project, or in another venv.

Promises: nothing is imported; of the project, only names of files and folders are looked at.
"""

from __future__ import annotations

import ast
import difflib
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic_guard.runtime.env_text import (
    base_of,
    folders_up,
    option_line,
    parsed,
    toml_of,
)

if TYPE_CHECKING:
    from alembic.config import Config

_SKIPPED = {"node_modules", "__pycache__", "site-packages", "build", "dist", "venv", "env"}
_DEPTH = 3
_MOST_FOLDERS = 2_000


@dataclass(frozen=True)
class MissingModule:
    """What is known of an import that failed.

    :param name: the module; of a name that a module lacks, that module.
    :param searched: the folders that Python looked in and that are no installation's.
    :param root: the folder of the project that holds it.
    :param file: the config file that the project is configured by.
    :param paste: the place in it, and the line that finds the module and all that was found.
    :param environment: a virtual environment of the project that has it.
    :param python: the Python that runs.
    :param parent: where the package is that lacks the module.
    :param near: what the module has that is spelled nearly so.
    """

    name: str
    searched: tuple[str, ...] = ()
    root: str | None = None
    file: str = "alembic.ini"
    paste: str = ""
    environment: str | None = None
    python: str = sys.executable
    parent: str | None = None
    near: str | None = None


def missing_module(
    error: BaseException, frame: tuple[str, int], config: Config | None
) -> MissingModule:
    """Look for what an import did not find.

    :param frame: the line of the user's code that imports it.
    """
    name = str(getattr(error, "name", None) or "a module")
    if not isinstance(error, ModuleNotFoundError):
        return MissingModule(name, near=_near(error, name))
    base, wanted = base_of(config), _imported_by(*frame, name)
    package = sys.modules.get(name.rpartition(".")[0])
    parent = getattr(package, "__file__", None) or next(
        iter(getattr(package, "__path__", ())), None
    )
    found = _root(base, wanted) or (_root(base, name) if wanted != name else None)
    file, paste = _paste(_entries(found, base, frame[0], config), config) if found else ("", "")
    return MissingModule(
        name,
        searched=tuple(dict.fromkeys(os.path.abspath(each) for each in sys.path if _own(each))),
        root=str(found) if found else None,
        file=file,
        paste=paste,
        environment=_environment(base, name) if found is None else None,
        parent=str(parent) if parent else None,
        near=_near_file(name, parent),
    )


def _imported_by(file: str, line: int, name: str) -> str:
    """The whole dotted name that the statement on a line asks for: ``backend.models``."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import | ast.ImportFrom) and node.lineno == line:
            from_ = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for dotted in from_ or [alias.name for alias in node.names]:
                if f"{dotted}.".startswith(f"{name}."):
                    return dotted
    return name


def _root(base: Path, dotted: str) -> Path | None:
    """The nearest folder of a project that holds a module: here and below, then above."""
    places = [*_below(base), *folders_up(base.parent)]
    return next((folder for folder in places if _holds(folder, dotted)), None)


def _holds(folder: Path, dotted: str) -> bool:
    path = folder.joinpath(*dotted.split("."))
    package = path.is_dir() and any(path.glob("*.py"))
    return package or path.with_name(f"{path.name}.py").is_file()


def _below(base: Path) -> Iterator[Path]:
    """Folders in which modules may lie, nearest first; never those of installations."""
    level, seen = [base], 0
    for _ in range(_DEPTH + 1):
        yield from level
        seen += len(level)
        if seen > _MOST_FOLDERS:
            return
        level = [inner for folder in level for inner in _folders_in(folder)]


def _folders_in(folder: Path) -> list[Path]:
    try:
        inner = sorted(each for each in folder.iterdir() if each.is_dir())
    except OSError:
        return []
    return [
        each
        for each in inner
        if each.name not in _SKIPPED
        and not each.name.startswith(".")
        and not (each / "pyvenv.cfg").exists()
    ]


def _said(folder: Path, base: Path) -> str:
    """A folder as a config file would say it, wherever Alembic is started."""
    way = Path(os.path.relpath(folder, base)).as_posix()
    return "%(here)s" if way == "." else f"%(here)s/{way}"


def _entries(found: Path, base: Path, importer: str, config: Config | None) -> tuple[str, ...]:
    """The folder, behind those of ``prepend_sys_path`` in which something else is found."""
    given = (config.get_prepend_sys_paths_list() if config else None) or []
    folders = [Path(os.path.abspath(each)) for each in given]
    kept = [each for each in folders if each != found and _is_used(each, importer)]
    return tuple(_said(each, base) for each in [*kept, found])


_SEPARATORS = {"os": os.pathsep, "space": " ", "newline": "\n    ", ":": ":", ";": ";"}
"""By the option ``path_separator``; without it, Alembic splits at spaces too."""


def _paste(entries: tuple[str, ...], config: Config | None) -> tuple[str, str]:
    """The file that the project is configured by, and what to write there."""
    option = "prepend_sys_path"
    section = config.config_ini_section if config else "alembic"
    toml = toml_of(config) if config else None
    if toml is not None:
        values = ", ".join(f'"{entry}"' for entry in entries)
        if config and option in config.toml_alembic_config:
            return toml, f", instead of the {option} of [tool.alembic]: {option} = [{values}]"
        return toml, f", under [tool.alembic]: {option} = [{values}]"
    given = str(config.get_alembic_option("path_separator") or "space") if config else "os"
    value = _SEPARATORS.get(given, " ").join(entries)
    file = (config.config_file_name if config else None) or "alembic.ini"
    if there := option_line(file, section, option):
        return file, f":{there.line}, instead of {there.text}: {option} = {value}"
    return file, f", under [{section}]: {option} = {value}"


def _is_used(folder: Path, importer: str) -> bool:
    """Whether something that is loaded, or that the importing file asks for, lies in a folder."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    if any(file and _root_of(file) == str(folder) for file in files if isinstance(file, str)):
        return True
    asked = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for node in ast.walk(parsed(importer))
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
        for alias in node.names
    }
    return any(name not in sys.modules and name and _holds(folder, name) for name in asked)


def _root_of(file: str) -> str:
    """The folder from which a loaded file was imported as a top-level module or package."""
    path = Path(file)
    folder = path.parent.parent if path.name == "__init__.py" else path.parent
    return str(folder) if not path.name.startswith("env.py") else ""


def _own(entry: str) -> bool:
    path = Path(entry or ".").absolute()
    installed = {"site-packages", "dist-packages"} & set(path.parts)
    return (
        path.is_dir()
        and not installed
        and not path.is_relative_to(sys.base_prefix)
        and (not path.is_relative_to(sys.prefix))
    )


def _environment(base: Path, name: str) -> str | None:
    """A virtual environment in the project, other than this one, that has a module."""
    top = name.split(".")[0]
    for folder in folders_up(base):
        for marker in (*folder.glob("*/pyvenv.cfg"), *folder.glob(".*/pyvenv.cfg")):
            places = [*marker.parent.glob("lib/python*/site-packages"), marker.parent / "Lib"]
            has = any((each / top).exists() or (each / f"{top}.py").exists() for each in places)
            if has and os.path.realpath(marker.parent) != os.path.realpath(sys.prefix):
                return str(marker.parent)
    return None


def _near(error: BaseException, module: str) -> str | None:
    """A name of a loaded module that is nearly the one that it lacks."""
    missing = re.search(r"cannot import name '(\w+)'", str(error))
    names = [name for name in vars(sys.modules.get(module, error)) if not name.startswith("_")]
    return next(iter(difflib.get_close_matches(missing[1], names, 1)), None) if missing else None


def _near_file(name: str, parent: object) -> str | None:
    if not parent or "." not in name:
        return None
    folder = Path(str(parent)).parent if str(parent).endswith(".py") else Path(str(parent))
    package, _, last = name.rpartition(".")
    names = [path.stem for path in folder.glob("*") if path.suffix in ("", ".py")]
    near = difflib.get_close_matches(last, names, 1)
    return f"{package}.{near[0]}" if near else None
