"""The Python files of a project that env.py could import, and the name that each is imported by.

Promises: only names of files and folders, `.gitignore` and `sys.modules` are looked at. A file's
name starts from a folder that is on `sys.path` now, after env.py has run, so that an `import` of it
can be pasted. Tests, installations, other projects and ignored folders are not entered.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_PASSED_BY = _INSTALLED | {"node_modules", "__pycache__", "build", "dist", "test", "tests"}
_BESIDE = {"benchmarks", "doc", "docs", "example", "examples", "testing"}
_NO_MODELS = re.compile(r"test_.*|.*_test|tests|conftest.*|__main__")
_ANOTHER_PROJECT = {"pyvenv.cfg", "conda-meta", "alembic.ini", "pyproject.toml"}
_ENVIRONMENT = "script.py.mako"  # every script location of Alembic has one
_PLAIN = re.compile(r"/?[\w.-]+/?")  # of .gitignore's patterns those that are one folder's name
_LIBRARY = tuple(os.path.join(sysconfig.get_paths()[name], "") for name in ("stdlib", "platstdlib"))


class CodeFile(NamedTuple):
    """A file, and the folder on `sys.path` that it is imported from.

    :param near: whether it is in a package, or a folder of single modules, of the files that were
        started from; :param is_script: whether it is in ``scripts``, which may make tables, but has
        no models of the application.
    """

    path: Path
    place: Path
    loaded: bool
    near: bool = True
    is_script: bool = False

    @property
    def module(self) -> str:
        """What to import."""
        return module_name(self.path, self.place)


def real(paths: Iterable[Path]) -> list[Path]:
    """The paths without symbolic links, each once."""
    return list(dict.fromkeys(Path(os.path.realpath(path)) for path in paths))


def module_name(path: Path, place: Path) -> str:
    """The dotted name of a file below a folder of `sys.path`."""
    parts = path.relative_to(place).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def names_of(module: object) -> Mapping[str, object]:
    """What a module or an object holds, read without waking a lazy one."""
    with suppress(AttributeError, TypeError):
        return MappingProxyType(object.__getattribute__(module, "__dict__"))
    return {}


def loaded_modules() -> dict[Path, Mapping[str, object]]:
    """What is loaded and not installed: the project's modules, and editable ones."""
    resolved = cache(os.path.realpath)  # few folders hold many modules
    modules: dict[Path, Mapping[str, object]] = {}
    for module in list(sys.modules.values()):
        file = (names := names_of(module)).get("__file__")
        if not isinstance(file, str) or file.startswith(_LIBRARY):
            continue
        if not any(folder in file for folder in _INSTALLED):
            folder, name = os.path.split(file)
            modules[Path(resolved(folder), name)] = dict(names)
    return modules


def code_files(
    limits: Sequence[Path],
    avoided: Collection[Path],
    loaded: Mapping[Path, Mapping[str, object]],
    homes: Collection[Path],
) -> list[CodeFile]:
    """The files around some loaded ones.

    :param limits: the project's own folders, real; :param avoided: folders not to enter, real.
    :param homes: those of the loaded files in whose packages, and beside them, to look; where
        there are none, every folder of `sys.path` within the limits is looked at.
    """
    packages: dict[Path, Path] = {}
    for path in homes:
        packages.update(_homes(path, str(loaded[path].get("__name__"))))
    entries = [each for each in real(map(Path, sys.path)) if each.name and _own(each, limits)]
    around = [place for place in packages.values() if _within(place, limits)]
    beside = {each: each for each in around if each.name}
    beside |= {each: each for each in entries if not homes or _within(each, around)}
    ours = {folder for path in (*homes, *avoided) for folder in path.parents} | {*limits}
    deepest_last = [sorted(tops.items(), key=_depth) for tops in (beside, packages)]
    found = {
        path: place
        for top, place in (*deepest_last[0], *deepest_last[1])
        for path in _files(top, avoided, ours)
    }
    folders = {home.parent for home in homes}
    return [
        CodeFile(
            path,
            place,
            path in loaded,
            near=not homes or path.parent in folders or _within(path, packages),
            is_script=place / "scripts" in path.parents and not _within(path, packages),
        )
        for path, place in found.items()
    ]


def _depth(home: tuple[Path, Path]) -> int:
    return len(home[1].parts)


def _within(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _own(entry: Path, limits: Iterable[Path]) -> bool:
    """Whether a folder of `sys.path` is the project's, and not what is installed inside of it.

    An environment in the project's folder has its `site-packages` there, with thousands of files.
    """
    below = [entry.relative_to(each).parts for each in limits if entry.is_relative_to(each)]
    return any(_INSTALLED.isdisjoint(parts) for parts in below)


def _homes(path: Path, module: str) -> Iterator[tuple[Path, Path]]:
    """A module's top-level package, if it is in one, with the folder on `sys.path` around it."""
    parts = tuple(module.split("."))
    own = path.parent if path.name == "__init__.py" else path.with_suffix("")
    if own.parts[-len(parts) :] == parts:
        place = own.parents[len(parts) - 1]
        yield place / parts[0], place


def _files(start: Path, avoided: Collection[Path], ours: Collection[Path]) -> Iterator[Path]:
    """The files below a folder that can be imported and are not tests."""
    ignored = _ignored(start).difference(ours)
    for folder, folders, files in os.walk(start):
        here = Path(folder)
        inner = [here / name for name in folders if here / name not in avoided]
        if here not in ours and _is_anothers({*folders, *files}, inner):
            folders.clear()
            continue
        folders[:] = [
            each.name
            for each in inner
            if each.name.isidentifier()
            and each.name not in _PASSED_BY
            and (each in ours or not _is_beside(each))
            and not {each, Path(each.name)} & ignored
        ]
        for stem, extension in map(os.path.splitext, files):
            if extension == ".py" and stem.isidentifier() and not _NO_MODELS.fullmatch(stem):
                yield here / f"{stem}.py"


def _is_beside(folder: Path) -> bool:
    """Whether a folder's name says that it is not of the application; a part of a package is."""
    named = folder.name in _BESIDE
    return named and (folder.name == "testing" or not (folder.parent / "__init__.py").exists())


def _is_anothers(names: set[str], folders: Iterable[Path]) -> bool:
    """Whether a folder is an installation, or a project with migrations of its own.

    :param names: of all that it holds; :param folders: those in it that are not ours.
    """
    return bool(_ANOTHER_PROJECT & names) or any((each / _ENVIRONMENT).exists() for each in folders)


def _ignored(start: Path) -> set[Path]:
    """What `.gitignore` names, as a name for any depth or as the path of one folder."""
    found: set[Path] = set()
    for folder in (start, *start.parents):
        with suppress(OSError, UnicodeDecodeError):
            for line in (folder / ".gitignore").read_text("utf-8").splitlines():
                name = line.strip()
                if _PLAIN.fullmatch(name):
                    at_any_depth = not name.startswith("/")
                    found.add(Path(name) if at_any_depth else folder / name.strip("/"))
        if (folder / ".git").exists():
            return found
    return found
