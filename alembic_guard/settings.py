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

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from alembic_guard.config_files import tables
from alembic_guard.errors import WrongUsage
from alembic_guard.setting_values import (
    boolean,
    database,
    duration,
    identifier,
    judges,
    names,
    nearest,
    plain,
    rules,
    version,
    when_linted,
    whole,
)

if TYPE_CHECKING:
    from alembic.config import Config

PREFIX = "ALEMBIC_GUARD_"
TEST_PREFIX = "ALEMBIC_GUARD_TEST_"
"""Variables of the project's own test suite; they are no settings and no mistakes."""

_TYPED = ("allow", "enable", "server_version")
"""What an option or a program may say in any words."""


def _setting(default: Any, parse: Callable[[object], Any], shown: str, help: str) -> Any:
    return field(default=default, metadata={"parse": parse, "shown": shown, "help": help})


@dataclass(frozen=True)
class Settings:
    """Every setting, with its default. Durations are in seconds."""

    allow: tuple[str, ...] = _setting(
        (), judges, "", "names of guards and rules that only report, separated by commas"
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
        0.05, duration, "50ms", "how long the first try queues for a lock before it steps back"
    )
    lock_timeout_last: float = _setting(
        0.2, duration, "200ms", "how long a try queues at most; each waits longer than the last"
    )
    lock_tries: int = _setting(
        0, whole, "0", "how often a revision is tried for its locks; 0 is without limit"
    )
    statement_timeout: float = _setting(
        0.0, duration, "0", "how long a statement may run in all; 0 is without limit"
    )
    retry_for: float = _setting(
        600.0, duration, "10min", "how long a revision is tried again when a lock is not granted"
    )
    retry_delay: float = _setting(
        0.1, duration, "100ms", "how long to wait before the second try; it grows, and varies"
    )
    retry_delay_longest: float = _setting(
        15.0, duration, "15s", "how long to wait between two tries at most"
    )
    cancel_blockers_after: float = _setting(
        0.0, duration, "0", "cancel a query of the same role that blocks for so long; 0 is never"
    )
    backup: str = _setting(
        "", plain, "", "a file or a folder: safe-upgrade takes a backup before it changes anything"
    )
    verify: bool = _setting(
        False, boolean, "false", "safe-upgrade compares models and database at its end"
    )
    prove: bool = _setting(
        True, boolean, "true", "guard-revision runs what it writes on a scratch database first"
    )
    forward_only: bool = _setting(
        False,
        boolean,
        "false",
        "nothing is ever downgraded: no revision needs a downgrade, and none is rehearsed",
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
    lint_on_upgrade: str = _setting(
        "live",
        when_linted,
        "live",
        "safe-upgrade refuses for live (what the database proves) or error (all); or off",
    )
    lint_after: str = _setting(
        "", plain, "", "the last revision of the past: guard-lint judges what comes after it"
    )
    small_table_rows: int = _setting(
        10_000, whole, "10000", "rows up to which a table is small, so that locks on it are short"
    )
    enable: tuple[str, ...] = _setting(
        (), rules, "", "names of opt-in rules to judge by, separated by commas"
    )
    rules: tuple[str, ...] = _setting(
        (), names, "", "modules with rules of your own, separated by commas"
    )
    server_version: str = _setting(
        "", version, "", "the server's version where no database is asked, such as 15 or 10.11"
    )
    sql_objects: str = _setting(
        "", plain, "", "a folder of .sql files that declare views, functions and their like"
    )
    compare_owners: bool = _setting(
        False, boolean, "false", "PostgreSQL: compare owners, where the models say one"
    )
    scratch_database: str = _setting(
        "",
        database,
        "",
        "MariaDB and MySQL: the name of the database in which models are made; unset, a new one",
    )
    dev_url: str = _setting(
        "", plain, "", "URL of a second database, where models and scratch ones are made"
    )
    shadow_url: str = _setting(
        "", plain, "", "URL of a server on which safe-upgrade --rehearse works; unset, dev_url"
    )
    migration_url: str = _setting(
        "",
        plain,
        "",
        "URL of the server itself, for migrations where env.py connects through a pooler",
    )

    @classmethod
    def load(cls, config: Config, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings of a project.

        :param config: Alembic's own; it says which files there are.
        :param environ: ``os.environ`` by default.
        :raises WrongUsage: for an unknown name, a bad value or a file that cannot be read.
        """
        variables = dict(_from_environment(os.environ if environ is None else environ))
        files = [*tables(config)]
        own = any(values.get("rules") for values in (*(each for _, each in files), variables))
        found = cls()
        for where, values in files:
            found = found._with(where, values, own=own)
        return found._with("the environment", variables, variables=True, own=own)

    def override(self, **options: Any) -> Settings:
        """The settings with the options that were given; None and () mean "not given".

        :param options: ``allow`` and ``enable`` are added to what is set.
        :raises WrongUsage: for a name or a version that is none.
        """
        given = {name: value for name, value in options.items() if value not in (None, ())}
        typed = {name: given[name] for name in _TYPED if name in given}
        self._with("the arguments", typed, own=bool(self.rules))
        for name in ("allow", "enable"):
            if name in given:
                given[name] = (*getattr(self, name), *given[name])
        return replace(self, **given)

    def _with(
        self,
        where: str,
        values: Mapping[str, object],
        *,
        variables: bool = False,
        own: bool = False,
    ) -> Settings:
        """These settings with other values.

        :param own: whether the project has rules of its own, whose names are not known yet.
        """
        parsed: dict[str, Any] = {}
        for name, value in values.items():
            shown = PREFIX + name.upper() if variables else name
            setting = _FIELDS.get(name.replace("-", "_"))
            if setting is None:
                raise _unknown(name, where)
            try:
                parse = setting.metadata["parse"]
                parsed[setting.name] = names(value) if own and parse in _NAMED else parse(value)
            except ValueError as error:
                raise WrongUsage.one(
                    "bad-setting",
                    f"{shown} in {where}: {error}",
                    why=f"{setting.name}: {setting.metadata['help']}.",
                    next=(f"in {where}, mend {shown}",),
                ) from None
        return replace(self, **parsed)


_NAMED = (judges, rules)
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
        f"There is no setting {name!r}, found in {where}{nearest(name, _FIELDS)}",
        why=f"Settings: {', '.join(_FIELDS)}.",
        next=(f"in {where}, rename {name} or take it out",),
    )
