"""The frames of an exception, and which of them are the user's own code."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import alembic
import sqlalchemy

_LIBRARIES = (
    Path(__file__).parents[1],
    Path(alembic.__file__).parent,  # wherever they are: editable, vendored
    Path(sqlalchemy.__file__).parent,
    Path(sysconfig.get_paths()["stdlib"]),
)


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


def is_library(file: str) -> bool:
    """Whether a file is Python's, Alembic's, SQLAlchemy's, ours, or an installed package's."""
    path = Path(file)
    if any(path.is_relative_to(folder) for folder in _LIBRARIES):
        return True
    return "site-packages" in path.parts or "dist-packages" in path.parts or "<" in file
