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

import difflib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from alembic_guard.catalogue import entries
from alembic_guard.config_files import tables
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
    frozen: bool = _setting(
        False, boolean, "false", "a revision that was edited after it was applied is an error"
    )
    require_committed: bool = _setting(
        False, boolean, "false", "a pending revision that is not committed to git is an error"
    )
    heads_file: bool = _setting(
        False,
        boolean,
        "false",
        "keep a HEADS file, so that git reports two new heads as a conflict",
    )

    @classmethod
    def load(cls, config: Config, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings of a project.

        :param config: Alembic's own; it says which files there are.
        :param environ: ``os.environ`` by default.
        :raises WrongUsage: for an unknown name, a bad value or a file that cannot be read.
        """
        found = cls()
        for where, values in tables(config):
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
