"""Options that several commands share, and the click types behind them."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from alembic_guard import guards, reports, rules
from alembic_guard.catalogue import Entry
from alembic_guard.errors import GuardError
from alembic_guard.setting_values import duration, nearest, whole
from alembic_guard.settings import PREFIX

_F = TypeVar("_F", bound=Callable[..., Any])

FORMATS = sorted((info.name for info in pkgutil.iter_modules(reports.__path__)), reverse=True)
"""A module of ``reports`` is a format; text comes first."""


DIALECTS = ("postgresql", "mariadb", "mysql", "sqlite")
"""Kinds of database that rules are about."""


class GuardName(click.ParamType):  # type: ignore[type-arg]  # no generic before click 8.4
    """The name of a guard or a rule.

    :param everything: whether ``all`` is one too.
    """

    name = "name"
    what = "guard or rule"

    def __init__(self, everything: bool = True) -> None:
        self.everything = everything

    def known(self) -> tuple[str, ...]:
        """The names, looked up when one is typed."""
        return (*guards.names(), *rules.names(), *([guards.EVERYTHING] if self.everything else []))

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Refuse an unknown name, with the nearest one."""
        if value in self.known():
            return str(value)
        own = self._own(param, ctx)
        if value not in own:
            hint = nearest(value, (*self.known(), *own))
            self.fail(f"there is no {self.what} {value!r}{hint}", param, ctx)
        return str(value)

    def _own(self, param: Any, ctx: Any) -> dict[str, Entry]:
        """The rules of the project's own, which are imported only where a name is none of ours."""
        try:
            return own_pages(ctx)
        except GuardError as error:
            self.fail(error.findings[0].message, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The names that begin with what was typed."""
        return [CompletionItem(name) for name in self.known() if name.startswith(incomplete)]


class RuleName(GuardName):
    """The name of a rule, or ``all``."""

    what = "rule"

    def known(self) -> tuple[str, ...]:
        """The names, looked up when one is typed."""
        return (*rules.names(), guards.EVERYTHING)


class OutputFile(click.Path):
    """A file that can be written, which is seen before any work is done."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True)

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Refuse a file whose folder is missing or closed."""
        path = str(super().convert(value, param, ctx))
        folder = os.path.dirname(os.path.abspath(path))
        if not os.path.isdir(folder):
            self.fail(f"there is no folder {folder!r}.", param, ctx)
        if not os.path.exists(path) and not os.access(folder, os.W_OK):
            self.fail(f"the folder {folder!r} is not writable.", param, ctx)
        return path


class Duration(click.ParamType):  # type: ignore[type-arg]
    """Seconds, or a number with ms, s, min or h."""

    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """Seconds of ``200ms``, ``5s``, ``10min``."""
        if isinstance(value, float):
            return value
        try:
            return duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Whole(click.ParamType):  # type: ignore[type-arg]  # no generic before click 8.4
    """A number of things, not negative."""

    name = "number"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """The number, or a refusal in the words of the settings."""
        try:
            return whole(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def setting(name: str, help: str, type: Any = None) -> Callable[[_F], _F]:
    """An option of the same name as a setting, which is a duration unless a type is said."""
    said = f"{help}  [env var: {PREFIX}{name.upper()}]"
    return click.option(f"--{name.replace('_', '-')}", type=type or Duration(), help=said)


def migration_url(command: _F) -> _F:
    """``--migration-url``, whose password may be in the environment instead."""
    return click.option(
        "--migration-url",
        metavar="URL",
        help="The server itself, where env.py connects through a pooler; what it leaves out is "
        f"env.py's.  [env var: {PREFIX}MIGRATION_URL]",
    )(command)


def adopt(command: _F) -> _F:
    """``--adopt``, with or without a folder."""
    return click.option(
        "--adopt",
        is_flag=False,
        flag_value="",
        metavar="[FOLDER]",
        help="Write no revision, but what the database has and nobody declares into .sql files.",
    )(command)


def forward_only(command: _F) -> _F:
    """``--forward-only``, for what goes down or rehearses it."""
    return click.option(
        "--forward-only/--no-forward-only",
        default=None,
        help=f"No revision needs a downgrade.  [env var: {PREFIX}FORWARD_ONLY]",
    )(command)


def judging(command: _F) -> _F:
    """The options of every command that judges: --format, --output, --allow, --explain."""
    for option in reversed(_JUDGING):
        command = option(command)
    return command


def reporting(command: _F) -> _F:
    """The options of every command that reports: --format and --output."""
    for option in reversed(_REPORTING):
        command = option(command)
    return command


def own_pages(ctx: click.Context) -> dict[str, Entry]:
    """The pages of the project's own rules, by name; none where there is no project.

    :raises GuardError: when the settings are wrong, or name what is no rule.
    """
    from alembic_guard.commands.own_rules import own_entries  # it loads the revisions' machinery

    config = getattr(ctx.obj, "config", None)
    return {} if config is None else own_entries(config)


def _explain(ctx: click.Context, _param: click.Parameter, name: str | None) -> None:
    if name is None or ctx.resilient_parsing:
        return
    ours = {**guards.catalogue(), **rules.catalogue()}
    entry = ours[name] if name in ours else own_pages(ctx)[name]
    click.echo(f"{entry.name}: {entry.title}")
    for text in (entry.why, entry.fix and f"Fix: {entry.fix}"):
        if text:
            click.echo(f"\n{text}")
    for title, example in (("Bad", entry.bad), ("Good", entry.good)):
        if example:
            indented = "\n".join(f"    {line}".rstrip() for line in example.splitlines())
            click.echo(f"\n{title}:\n\n{indented}")
    ctx.exit()


def _heed(_ctx: click.Context, _param: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """An allowance that can allow nothing is said to be none."""
    for name in names:
        if name in guards.catalogue() and guards.is_never_allowed(name):
            click.echo(f"warning: --allow {name}: nothing lets that through", err=True)
    return names


_REPORTING = [
    click.option(
        "--format",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="How to report on stdout.",
    ),
    click.option(
        "--output",
        type=OutputFile(),
        help="Write the report to a file.",
    ),
]
_JUDGING = [
    *_REPORTING,
    click.option(
        "--allow",
        multiple=True,
        type=GuardName(),
        callback=_heed,
        help="Let a guard or a rule only report; may be repeated. 'all' lets through what can be.",
    ),
    click.option(
        "--explain",
        type=GuardName(everything=False),
        metavar="NAME",
        is_eager=True,
        expose_value=False,
        callback=_explain,
        help="Say what a guard or a rule is about, and exit.",
    ),
]
