"""The frames of an exception, and whose code they are: the project's, ours, or a library's."""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import alembic
import sqlalchemy

_OURS = Path(__file__).parents[1]
_THEIRS = (Path(alembic.__file__).parent, Path(sqlalchemy.__file__).parent)
"""Wherever they are: editable, vendored."""
_STDLIB = Path(sysconfig.get_paths()["stdlib"])
_LIBRARIES = (_OURS, *_THEIRS, _STDLIB)
_ASKED = ("sqlglot", "postgast", "filelock")
"""What we call and nobody else does here."""

_NOT_CALLABLE_SO = re.compile(r"[\w.<>]+\(\) (?:got|missing|takes) ")
"""Of an ``upgrade()`` or a hook with other parameters, Python says so where we call it."""


class Frame(NamedTuple):
    """One call of a traceback; `names` are its local variables, as they were left."""

    module: str
    function: str
    file: str
    line: int
    names: dict[str, Any]


def frames_of(error: BaseException) -> list[Frame]:
    """Every frame, outermost first; those of the import machinery left out."""
    traceback: TracebackType | None = error.__traceback__
    found = []
    while traceback is not None:
        frame = traceback.tb_frame
        code, module = frame.f_code, str(frame.f_globals.get("__name__", ""))
        if not module.startswith("importlib"):
            found.append(
                Frame(module, code.co_name, code.co_filename, traceback.tb_lineno, frame.f_locals)
            )
        traceback = traceback.tb_next
    return found


def user_frames(error: BaseException) -> list[Frame]:
    """The frames of the project's own files, outermost first."""
    frames = frames_of(error)
    return [each for each in frames if not is_library(each.file) and Path(each.file).exists()]


def is_ours(error: BaseException) -> bool:
    """Whether an exception that came out of our code, while env.py runs, is a defect of ours.

    It is Python's own, and nothing but libraries stands below the last of our frames: no code of
    the project or of a driver, and no ``run_migrations()`` of Alembic's, under which it runs what
    the project has written.
    """
    if type(error).__module__ != "builtins" or isinstance(error, OSError):
        return False  # what a driver raises, or we to say something
    if not isinstance(error, Exception) or _NOT_CALLABLE_SO.match(str(error)):
        return False
    below: list[Frame] = []
    for frame in frames_of(error):
        below = [] if Path(frame.file).is_relative_to(_OURS) else [*below, frame]
    return all(_is_called(frame) for frame in below)


def _is_called(frame: Frame) -> bool:
    """Whether a frame below ours does what we have asked for."""
    path = Path(frame.file)
    if frame.function == "run_migrations":
        return False
    if any(path.is_relative_to(folder) for folder in _THEIRS):
        return True
    own = path.is_relative_to(_STDLIB) and not _is_installed(path)
    return own or frame.module.partition(".")[0] in _ASKED or frame.file.startswith("<frozen")


def is_library(file: str) -> bool:
    """Whether a file is Python's, Alembic's, SQLAlchemy's, ours, or an installed package's."""
    path = Path(file)
    if any(path.is_relative_to(folder) for folder in _LIBRARIES):
        return True
    return _is_installed(path) or "<" in file


def _is_installed(path: Path) -> bool:
    return "site-packages" in path.parts or "dist-packages" in path.parts
