"""What the ini file and the ``pyproject.toml`` say of us: raw values, by their names.

An error names the file and the line and never repeats what stands there: it may be a password.
What the values mean is the business of :mod:`alembic_guard.settings`.
"""

from __future__ import annotations

import configparser
import copy
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic_guard.errors import WrongUsage

if TYPE_CHECKING:
    from alembic.config import Config


def tables(config: Config) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Where our settings stand in a project's files, and what stands there; weakest first.

    :returns: pairs of a place, as a message names it, and raw values by their names.
    :raises WrongUsage: for a file that cannot be parsed.
    """
    name = config.config_ini_section
    toml, ini = config.toml_file_name, config.config_file_name
    table = _toml_table(toml)
    named = table.get(name)
    if table:
        yield (
            f"[tool.alembic_guard] of {toml}",
            {key: value for key, value in table.items() if not isinstance(value, dict)},
        )
    yield f"[alembic_guard] of {ini}", _ini_section(config, "alembic_guard")
    if name != "alembic":
        if isinstance(named, dict):
            yield f"[tool.alembic_guard.{name}] of {toml}", named
        section = f"alembic_guard:{name}"
        yield f"[{section}] of {ini}", _ini_section(config, section)


def _toml_table(path: str | None) -> dict[str, Any]:
    if path is None or not Path(path).exists():
        return {}
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # Alembic depends on it below Python 3.11
    try:
        data = tomllib.loads(Path(path).read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise unreadable(path, error) from None
    tool = data.get("tool", {})
    table = tool.get("alembic_guard", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise WrongUsage.one("bad-setting", f"tool.alembic_guard in {path} is no table.")
    return table


def _ini_section(config: Config, section: str) -> dict[str, str]:
    """The options of a section itself: what it inherits from [DEFAULT] is no setting of ours."""
    try:
        values = config.get_section(section, {})
        if not values:
            return {}
        own = copy.deepcopy(config.file_config)
        for inherited in values:
            own.remove_option(own.default_section, inherited)
        return {key: values[key] for key in own.options(section)}
    except (configparser.Error, UnicodeDecodeError, OSError) as error:
        raise unreadable(config.config_file_name or "the configuration", error) from None


def unreadable(path: str, error: Exception) -> WrongUsage:
    """The error for a configuration file that cannot be parsed; its values are not repeated."""
    line = getattr(error, "lineno", None)
    where = f"{path}:{line}" if line else path
    kind = type(error).__name__
    return WrongUsage.one(
        "bad-setting",
        f"{where} cannot be read ({kind}).",
        why=_without_values(error),
        next=(f"mend {where}",),
    )


def _without_values(error: Exception) -> str:
    """What the parser says, without the text that it stumbled over: that may hold a password."""
    if isinstance(error, configparser.InterpolationError):
        return (
            f"The option {error.option!r} of [{error.section}] holds a '%' that is not doubled; "
            "in an ini file a '%' is written '%%'."
        )
    if isinstance(error, configparser.DuplicateOptionError):
        return f"The option {error.option!r} of [{error.section}] is there twice."
    if isinstance(error, configparser.DuplicateSectionError):
        return f"The section [{error.section}] is there twice."
    if isinstance(error, configparser.MissingSectionHeaderError):
        return "A line stands before the first [section]."
    if isinstance(error, configparser.ParsingError):
        line = getattr(error, "lineno", None) or error.errors[0][0]
        return f"Line {line} is neither a section, an option nor a comment."
    if isinstance(error, OSError):
        return error.strerror or "It cannot be opened."
    return re.sub(r"'[^']*'", "'…'", str(error)).split("\n")[0]
