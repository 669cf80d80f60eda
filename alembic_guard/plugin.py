"""What Alembic loads at ``import alembic``: it leaves notes, does no work and cannot raise.

This module runs in every application that imports Alembic, so it takes the standard library only
and loads none of our other modules. It leaves two notes:

- on the plugin registry, one comparator for each entry of :data:`COMPARATORS`, imported when an
  autogenerate first calls it;
- on the ``alembic`` package, a watch for its ``config`` submodule. Alembic is half imported now,
  and ``alembic.config`` can't be reached; when it appears, its ``CommandLine`` learns the commands
  of :data:`alembic_guard.COMMANDS`. Each is a subparser that hands its words to click untouched,
  and click is imported when one of them runs.

It is here and not in ``runtime/`` that argparse and ``CommandLine`` are touched, because stock
commands may load no second module of ours (DESIGN section 7). Measured on Alembic 1.18.4 to 1.20.1.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from alembic_guard import COMMANDS

COMPARATORS = {
    "alembic_guard.autogenerate.compare.journal": "FIRST",
    "alembic_guard.autogenerate.compare.libraries": "FIRST",
    "alembic_guard.autogenerate.observe": "LAST",
}
"""Modules with a ``compare(autogen_context, upgrade_ops)``, and when Alembic is to call it."""

KINDS = (
    # first: what others are made of
    *("tables", "schemas", "extensions", "sequences", "enums", "domains", "composite_types"),
    # generated columns before their types, identities before defaults: they settle those
    *("columns", "computed", "identity", "types", "nullability", "defaults", "comments", "storage"),
    "checks",
    *("primary_keys", "unique", "foreign_keys", "exclusions", "indexes"),
    # last: they are made again around what all others change
    *("views", "materialized_views", "functions", "triggers", "event_triggers", "rules"),
    *("policies", "grants", "owners"),
    "sqlite",  # all kinds of things there: most changes make a whole table anew
    "mysql",  # all kinds of things there, of MariaDB and MySQL: ALTER TABLE does several at once
)
"""Kinds of things that are compared by what the database makes of them, see ``autogenerate``. Each
is a plugin ``alembic_guard.<kind>`` of its own, with the module of that name in ``compare/``."""

DIALECTS = {"sqlite": ("sqlite",), "mysql": ("mysql", "mariadb")}
"""Whose a kind is, if not PostgreSQL's: what is not of the database at hand is not loaded."""

SETTLED = "alembic_guard.autogenerate.settled"
"""What keeps Alembic from tables that the kinds know to be as the models have them."""

COLUMNS = {
    "types": "types",
    "nullability": "nullable",
    "defaults": "server_default",
    "comments": "comments",
}
"""Alembic's words for what these kinds compare of each column, on PostgreSQL, in its place."""

AUTOGENERATE = "alembic.autogenerate.guard"
"""What ``autogenerate_plugins`` knows us by: inside Alembic's own default, ``~`` turns it off."""

COMPLETE = "_ALEMBIC_COMPLETE"
"""The variable by which a shell asks for completions; click names it after the program."""


class _PluginModule(ModuleType):
    """A module that yields itself: Alembic 1.18.0-1.20.0 iterate what the entry point loads.

    See https://github.com/sqlalchemy/alembic/issues/1873.
    """

    def __iter__(self) -> Iterator[ModuleType]:
        return iter((self,))


sys.modules[__name__].__class__ = _PluginModule


def setup(plugin: Any) -> None:
    """Alembic's entry point into the plugin.

    :param plugin: the ``alembic.runtime.plugins.Plugin`` made for our entry point.
    """
    _safely("its comparators", _note_comparators, type(plugin))
    _safely("its commands", _note_commands, sys.modules["alembic"])


def _safely(what: str, function: Callable[..., Any], *args: Any) -> Any:
    """Call a function of ours where a failure may not reach Alembic; it is logged instead."""
    try:
        return function(*args)
    except Exception:
        logging.getLogger("alembic_guard").warning(
            "alembic_guard: %s failed; Alembic goes on without", what, exc_info=True
        )
        return None


@functools.cache  # a second setup() would be refused the name
def _note_comparators(plugin_class: Any) -> None:
    from alembic.util import DispatchPriority

    plugin = plugin_class(AUTOGENERATE)
    for home, priority in COMPARATORS.items():
        plugin.add_autogenerate_comparator(
            _lazy_comparator(home), "autogenerate", home, priority=DispatchPriority[priority]
        )
    for kind in KINDS:
        home = f"alembic_guard.autogenerate.compare.{kind}"
        child = plugin_class(f"alembic_guard.{kind}")
        for dialect in DIALECTS.get(kind, ("postgresql",)):
            last: dict[str, Any] = {"qualifier": dialect, "priority": DispatchPriority.LAST}
            child.add_autogenerate_comparator(_kind_comparator(home), "autogenerate", home, **last)
        if kind == "tables":
            child.add_autogenerate_comparator(
                _kind_comparator(SETTLED), "autogenerate", SETTLED, priority=DispatchPriority.FIRST
            )
        if kind in COLUMNS:
            child.add_autogenerate_comparator(
                _column_comparator(COLUMNS[kind]),
                *("column", COLUMNS[kind]),
                qualifier="postgresql",
                priority=DispatchPriority.FIRST,
            )


def _lazy_comparator(home: str) -> Callable[..., Any]:
    def compare(*args: Any, **options: Any) -> Any:
        from importlib import import_module

        from alembic.util import CommandError, PriorityDispatchResult

        try:
            return import_module(home).compare(*args, **options)
        except CommandError:  # a refusal of ours, such as a setting that does not exist
            raise
        except Exception:
            logging.getLogger("alembic_guard").warning(
                "alembic_guard: %s failed; Alembic goes on without", home, exc_info=True
            )
            return PriorityDispatchResult.CONTINUE

    return compare


def _kind_comparator(home: str) -> Callable[..., Any]:
    """One that was asked for by name: what it raises is seen, or half would pass for the whole."""

    def compare(*args: Any, **options: Any) -> Any:
        from importlib import import_module

        return import_module(home).compare(*args, **options)

    return compare


def _column_comparator(element: str) -> Callable[..., Any]:
    """One that stands before Alembic's own, which runs defaults on the live database."""

    def compare(*args: Any, **options: Any) -> Any:
        from importlib import import_module

        pairs = import_module("alembic_guard.autogenerate.pairs")
        return pairs.compare(element, *args, **options)

    return compare


def _note_commands(alembic: ModuleType) -> None:
    """Call :func:`_mount` when importlib binds ``alembic.config``, then leave no trace."""
    if "alembic.config" in sys.modules:
        _mount(sys.modules["alembic.config"].CommandLine)
        return
    before = type(alembic)

    class _Watched(before):  # type: ignore[valid-type,misc]
        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if name == "config" and isinstance(value, ModuleType):
                if alembic.__class__ is _Watched:  # else another watch lies over ours: it stays
                    alembic.__class__ = before  # type: ignore[assignment]
                _safely("its commands", lambda: _mount(value.CommandLine))

    alembic.__class__ = _Watched


def _mount(command_line: type[Any]) -> None:
    """Teach ``CommandLine``, and whoever subclasses it, our commands and our refusals."""
    if hasattr(command_line.run_cmd, "alembic_guard"):
        return
    plain_init = command_line.__init__
    plain_main, plain_run = command_line.main, command_line.run_cmd

    @functools.wraps(plain_init)
    def __init__(self: Any, *args: Any, **options: Any) -> None:
        plain_init(self, *args, **options)
        _safely("its commands", _add_commands, self)

    @functools.wraps(plain_main)
    def main(self: Any, *args: Any, **options: Any) -> Any:
        if os.environ.get(COMPLETE):
            from alembic_guard.commands.completion import complete

            complete(self, COMPLETE)
        return plain_main(self, *args, **options)

    @functools.wraps(plain_run)
    def run_cmd(self: Any, config: Any, options: Any) -> None:
        _run_revealing(functools.partial(plain_run, self, config), options)

    run_cmd.alembic_guard = True  # type: ignore[attr-defined]
    command_line.__init__ = __init__
    command_line.main = main
    command_line.run_cmd = run_cmd


def _add_commands(cli: Any) -> None:
    for name, help_text in COMMANDS.items():
        if name not in cli.subparsers.choices:
            parser = cli.subparsers.add_parser(name, help=help_text.replace("%", "%%"))
            parser.__class__ = _click_parser(parser.__class__)
            parser.guard_command = name


@functools.cache
def _click_parser(parser_class: type[Any]) -> type[Any]:
    class ClickParser(parser_class):  # type: ignore[misc]
        """Hands every word to click, which validates them, prompts and shows the help."""

        def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
            from argparse import Namespace

            name = self.guard_command
            namespace = Namespace() if namespace is None else namespace
            namespace.cmd = (_command_function(name, list(args or ()), self.prog), [], [])
            # env.py recipes read these two from config.cmd_opts
            namespace.autogenerate = name == "guard-revision"
            namespace.sql = False
            return namespace, []

    return ClickParser


def _command_function(name: str, words: list[str], prog: str) -> Callable[[Any], None]:
    def run(config: Any) -> None:
        try:
            from alembic_guard.runtime.collecting import fewer_collections

            with fewer_collections():
                from alembic_guard.commands.invoke import invoke

                invoke(name, words, config, prog)
        except KeyboardInterrupt:  # before the command began, or after it ended
            raise SystemExit(130) from None

    run.__name__ = name
    return run


def _run_revealing(run: Callable[[Any], None], options: Any) -> None:
    """Run a stock command; what one of our hooks raised inside a template is shown as itself.

    Alembic hides it behind "Template rendering failed"; the original is its ``__context__``
    (alembic/util/pyfiles.py, 1.18.4 to 1.20.1). ``config.cmd_opts`` keeps the function that
    recipes compare with: only the copy that runs is wrapped.
    """
    from argparse import Namespace

    function, positional, keywords = options.cmd
    revealed: list[Any] = []

    @functools.wraps(function)
    def revealing(*args: Any, **named: Any) -> Any:
        try:
            return function(*args, **named)
        except Exception as error:
            if "alembic_guard.errors" in sys.modules:
                from alembic_guard.mako import reveal

                hidden = reveal(error)
                if hidden is not None:
                    revealed.append(hidden)
                    raise hidden from None
            raise

    try:
        run(Namespace(**{**vars(options), "cmd": (revealing, positional, keywords)}))
    except SystemExit:
        if revealed:
            raise SystemExit(revealed[0].exit_status) from None
        raise
