"""The project's settings: one frozen value, read once, passed down.

Weakest first: ``[tool.alembic_guard]`` in the ``pyproject.toml`` that Alembic uses, the
``[alembic_guard]`` section of the ini file, the same two for ``alembic -n NAME``
(``[tool.alembic_guard.NAME]``, ``[alembic_guard:NAME]``), the environment variable
``ALEMBIC_GUARD_<NAME>``, the option of the same name. What no setting is called, and a value that
does not fit, is refused with the nearest valid name; an unknown environment variable only warns,
for it may belong to another version.

A setting is one field of :class:`Settings`; its comment-free ``help`` is what ``guard-init`` writes
beside it and what the docs show.
"""

from __future__ import annotations

import configparser
import copy
import difflib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic_guard.catalogue import entries
from alembic_guard.errors import WrongUsage

if TYPE_CHECKING:
    from alembic.config import Config

PREFIX = "ALEMBIC_GUARD_"
TEST_PREFIX = "ALEMBIC_GUARD_TEST_"
"""Variables of the project's own test suite; they are no settings and no mistakes."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h|)")
_SECONDS = {"ms": 0.001, "s": 1.0, "": 1.0, "min": 60.0, "h": 3600.0}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def duration(value: object) -> float:
    """Seconds of ``"200ms"``, ``"5s"``, ``"10min"``, ``"1h"``; a bare number is in seconds.

    :raises ValueError: when it is none of these, or negative.
    """
    match = _DURATION.fullmatch(str(value).strip().lower())
    if isinstance(value, bool) or match is None:
        raise ValueError(f"{value!r} is no duration; write 200ms, 5s, 10min or 1h.")
    return float(match[1]) * _SECONDS[match[2]]


def boolean(value: object) -> bool:
    """True or false, also as ini files and the environment spell them.

    :raises ValueError: when it is neither.
    """
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError(f"{value!r} is neither true nor false.")
    return word in _TRUE


def names(value: object) -> tuple[str, ...]:
    """A list, or words separated by commas, spaces or lines.

    :raises ValueError: when it is neither text nor a list of texts.
    """
    if isinstance(value, str):
        return tuple(re.split(r"[\s,]+", value.strip())) if value.strip() else ()
    if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
        return tuple(value)
    raise ValueError(f"{value!r} is no list of names.")


def guards(value: object) -> tuple[str, ...]:
    """Names of guards, as :func:`names` takes them; ``all`` is every one.

    :raises ValueError: for a name that no guard has, with the nearest one.
    """
    words = names(value)
    known = ("all", *entries("alembic_guard.guards")) if words else ()
    for word in words:
        if word not in known:
            raise ValueError(f"there is no guard {word!r}{_nearest(word, known)}")
    return words


def identifier(value: object) -> str:
    """A table name.

    :raises ValueError: when it is empty or would need quoting.
    """
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", value):
        return value
    raise ValueError(f"{value!r} is no plain table name of at most 63 characters.")


def _setting(default: Any, parse: Callable[[object], Any], shown: str, help: str) -> Any:
    return field(default=default, metadata={"parse": parse, "shown": shown, "help": help})


@dataclass(frozen=True)
class Settings:
    """Every setting, with its default. Durations are in seconds."""

    allow: tuple[str, ...] = _setting(
        (), guards, "", "names of guards that only report, separated by commas"
    )
    merge: bool = _setting(True, boolean, "true", "guard-revision merges several heads by itself")
    journal: bool = _setting(
        True, boolean, "true", "safe-upgrade writes who applied what, and when"
    )
    journal_table: str = _setting(
        "alembic_guard_journal", identifier, "alembic_guard_journal", "the journal's table"
    )
    wait: float | None = _setting(
        None,
        duration,
        "60s",
        "hard limit on waiting for another deployer; unset, 60s without progress",
    )
    lock_timeout: float = _setting(
        0.2, duration, "200ms", "how long a statement may queue for a lock before it steps back"
    )
    statement_timeout: float = _setting(
        0.0, duration, "0", "how long a statement may run in all; 0 is without limit"
    )
    retry_for: float = _setting(
        600.0, duration, "10min", "how long a revision is tried again when a lock is not granted"
    )

    @classmethod
    def load(cls, config: Config, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings of a project.

        :param config: Alembic's own; it says which files there are.
        :param environ: ``os.environ`` by default.
        :raises WrongUsage: for an unknown name, a bad value or a file that cannot be read.
        """
        found = cls()
        for where, values in _sources(config):
            found = found._with(where, values)
        environ = os.environ if environ is None else environ
        return found._with("the environment", dict(_from_environment(environ)), variables=True)

    def override(self, **options: Any) -> Settings:
        """The settings with the options that were given; None and () mean "not given"."""
        given = {name: value for name, value in options.items() if value not in (None, ())}
        if "allow" in given:
            self._with("the arguments", {"allow": given["allow"]})
            given["allow"] = (*self.allow, *given["allow"])
        return replace(self, **given)

    def _with(self, where: str, values: Mapping[str, object], variables: bool = False) -> Settings:
        parsed: dict[str, Any] = {}
        for name, value in values.items():
            shown = PREFIX + name.upper() if variables else name
            setting = _FIELDS.get(name.replace("-", "_"))
            if setting is None:
                raise _unknown(name, where)
            try:
                parsed[setting.name] = setting.metadata["parse"](value)
            except ValueError as error:
                raise WrongUsage.one(
                    "bad-setting",
                    f"{shown} in {where}: {error}",
                    why=f"{setting.name}: {setting.metadata['help']}.",
                    next=(f"in {where}, mend {shown}",),
                ) from None
        return replace(self, **parsed)


_FIELDS = {setting.name: setting for setting in fields(Settings)}


def describe() -> Iterator[tuple[str, str, str]]:
    """Name, default as a user writes it, and help of each setting, in order."""
    for setting in fields(Settings):
        yield setting.name, setting.metadata["shown"], setting.metadata["help"]


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """``ALEMBIC_GUARD_*`` variables that no setting reads, sorted."""
    return sorted(
        name
        for name in environ
        if name.startswith(PREFIX)
        and not name.startswith(TEST_PREFIX)
        and name.removeprefix(PREFIX).lower() not in _FIELDS
    )


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in _FIELDS:
        value = environ.get(PREFIX + name.upper())
        if value is not None:
            yield name, value


def _sources(config: Config) -> Iterator[tuple[str, Mapping[str, object]]]:
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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
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


def _unknown(name: str, where: str) -> WrongUsage:
    return WrongUsage.one(
        "unknown-setting",
        f"There is no setting {name!r}, found in {where}{_nearest(name, _FIELDS)}",
        why=f"Settings: {', '.join(_FIELDS)}.",
        next=(f"in {where}, rename {name} or take it out",),
    )


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name.lower(), known, n=1)
    return f"; did you mean {near[0]!r}?" if near else "."
