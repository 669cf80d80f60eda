"""What env.py asked for and did not get: the variable or the option, and who asks.

pydantic is recognised by the names of its classes; it is never imported here.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic_guard.runtime.env_text import (
    Line,
    base_of,
    call_line,
    dotenv_line,
    imports_of,
    names_on,
    option_line,
    sections,
    variables_needed,
)
from alembic_guard.runtime.failed_url import url_in
from alembic_guard.runtime.traces import frames_of, is_library, user_frames

if TYPE_CHECKING:
    from alembic.config import Config

_NAMES_DATABASE = re.compile(r"(?i)DATABASE|(?:^|_)DB(?:_|$)|UR[IL]|DSN|SQL|POSTGRES|(?:^|_)PG")


@dataclass(frozen=True)
class Unset:
    """A setting without a value.

    :param name: of the variable, or of the option.
    :param variable: whether it is a variable of the environment.
    :param section: of the config file, for an option.
    :param sections: those that the config file has.
    :param place: where env.py, or what it imports, asks for it.
    :param option: the option's line, where it is there; :param empty: whether nothing stands in it.
    :param dotenv: where a ``.env`` defines the variable.
    :param loader: the line of env.py that calls ``load_dotenv()``.
    :param has_loader: whether python-dotenv is installed.
    """

    name: str
    variable: bool
    section: str
    sections: tuple[str, ...]
    place: tuple[str, int]
    option: Line | None
    empty: bool
    dotenv: Line | None
    loader: int | None
    has_loader: bool


def names_database(name: str) -> bool:
    """Whether a variable's name says that it is about a database."""
    return bool(_NAMES_DATABASE.search(name.strip("'")))


def is_pydantic(error: BaseException) -> bool:
    """Whether pydantic found a setting about the database missing."""
    return any(names_database(name) for name in _missing_fields(error))


def reads_unset(error: BaseException) -> bool:
    """Whether the code that raised reads a variable about the database that is not set."""
    return any(_unset_reads(frame.file) for frame in user_frames(error)[-1:])


def unset_in(
    error: BaseException, env_py: str, frame: tuple[str, int], config: Config | None
) -> Unset:
    """Tell what was asked for, by the exception and by the source of who raised it.

    :param frame: the line of the user's code that raised.
    """
    section = _section(error, config)
    file = config.config_file_name if config else None
    base = base_of(config)
    option = option_line(file, section, "sqlalchemy.url")
    empty = option is not None and not re.split("[=:]", option.text, maxsplit=1)[1].strip()
    whatever = not (empty and url_in(error) == "")
    name, place = _variable(error, env_py, frame, whatever)
    return Unset(
        name=name or "sqlalchemy.url",
        variable=name is not None,
        section=section,
        sections=sections(file),
        place=place,
        option=option,
        empty=empty,
        dotenv=dotenv_line(name, base) if name else None,
        loader=call_line(place[0], "load_dotenv"),
        has_loader=find_spec("dotenv") is not None,
    )


def _variable(
    error: BaseException, env_py: str, frame: tuple[str, int], whatever: bool
) -> tuple[str | None, tuple[str, int]]:
    """The variable that was not set, and where it is read.

    :param whatever: take one whose name says nothing of a database too.
    """
    if isinstance(error, KeyError):
        if str(error) not in ("'url'", "'sqlalchemy.url'"):
            return str(error.args[0]), frame
        whatever = False  # an option is missing, and no value was handed over
    if fields := [name for name in _missing_fields(error) if names_database(name)]:
        return fields[0], frame
    files = [frame[0], *(each.file for each in user_frames(error)), *_project_files(env_py)]
    used = names_on(*frame)
    found = [
        ((file, line) != frame, given not in used, not names_database(name), name, (file, line))
        for file in dict.fromkeys(files)
        for name, line, given in variables_needed(file)
        if not os.environ.get(name) and (whatever or names_database(name))
    ]
    best = min(found, key=lambda read: read[:3], default=None)
    return best[3:] if best else (None, frame)


def _project_files(file: str) -> list[str]:
    """A file, and those of the project that it imports, and that they do, nearest first."""
    files = [file]
    for each in files:
        modules = [sys.modules.get(name) for name in sorted(imports_of(each))]
        paths = dict.fromkeys(getattr(module, "__file__", None) for module in modules)
        files += [str(path) for path in paths if path and path not in files and _own(path)]
    return files


def _own(path: str) -> bool:
    return path.endswith(".py") and not is_library(path)


def _unset_reads(file: str | Path) -> list[str]:
    reads = variables_needed(file)
    return [name for name, *_ in reads if names_database(name) and not os.environ.get(name)]


def _missing_fields(error: BaseException) -> list[str]:
    """Names of the variables that a settings class of pydantic requires and lacks."""
    kind = type(error)
    if kind.__name__ != "ValidationError" or not kind.__module__.startswith("pydantic"):
        return []
    errors: list[dict[str, Any]] = getattr(error, "errors", list)()
    fields = [str(one["loc"][-1]) for one in errors if "missing" in str(one.get("type"))]
    return [f"{_prefix(error)}{field}".upper() for field in fields]


def _prefix(error: BaseException) -> str:
    """``env_prefix`` of the settings class that was being made, from pydantic's own frame."""
    for frame in frames_of(error):
        for owner in frame.names.values():
            settings = getattr(type(owner), "model_config", None)
            if isinstance(settings, dict) and "env_prefix" in settings:
                return str(settings["env_prefix"])
    return ""


def _section(error: BaseException, config: Config | None) -> str:
    """The section that was read: the main one, or the one that env.py's loop is at."""
    main = config.config_ini_section if config else "alembic"
    file = config.config_file_name if config else None
    for frame in reversed(user_frames(error)):
        name = frame.names.get("name")  # the multidb template: for name in db_names.split(", ")
        if frame.file.endswith("env.py") and isinstance(name, str) and name in sections(file):
            return name
    return main
