"""Completion of ``alembic`` in a shell, by click's own scripts.

Put one of these into the start-up file of the shell::

    eval "$(_ALEMBIC_COMPLETE=bash_source alembic)"      # ~/.bashrc, bash 4.4 or newer
    eval "$(_ALEMBIC_COMPLETE=zsh_source alembic)"       # ~/.zshrc
    _ALEMBIC_COMPLETE=fish_source alembic | source       # ~/.config/fish/completions/alembic.fish

It completes the names of all commands, ours and Alembic's; of ours also the options, and the names
of guards behind ``--allow`` and ``--explain``. The options of Alembic's own commands are not
completed. Nothing of this is loaded unless the shell asks, which it does by the variable.
"""

from __future__ import annotations

import os
from typing import Any, NoReturn

import click
from click.shell_completion import shell_complete

from alembic_guard import COMMANDS
from alembic_guard.commands.invoke import load_command

_GLOBAL = (
    (("-c", "--config"), "Alternate config file."),
    (("-n", "--name"), "Name of the section to use for Alembic's config."),
    (("-x",), "Additional arguments for env.py."),
)
_GLOBAL_FLAGS = (
    (("--raiseerr",), "Raise a full stack trace on error."),
    (("-q", "--quiet"), "Do not log to stdout."),
    (("--version",), "Show Alembic's version."),
)


def complete(cli: Any, variable: str) -> NoReturn:
    """Answer the shell, and exit.

    :param cli: an ``alembic.config.CommandLine``.
    :param variable: the environment variable that holds what the shell asks for.
    """
    helps = {name: parser.description or "" for name, parser in cli.subparsers.choices.items()}
    asked = os.environ[variable]
    raise SystemExit(shell_complete(_Alembic(helps), {}, "alembic", variable, asked))


class _Alembic(click.Group):
    """Alembic's command line in click's terms, as far as completion needs it."""

    def __init__(self, helps: dict[str, str]) -> None:
        options = [click.Option(names, help=text) for names, text in _GLOBAL]
        flags = [click.Option(names, is_flag=True, help=text) for names, text in _GLOBAL_FLAGS]
        super().__init__("alembic", params=[*options, *flags])
        self.helps = {**helps, **COMMANDS}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, stock ones included."""
        return sorted(self.helps)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A stand-in with the name and the help; no module is loaded for it."""
        if cmd_name not in self.helps:
            return None
        return click.Command(cmd_name, help=self.helps[cmd_name], add_help_option=False)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The real command, once its name has been typed."""
        if args[0] in COMMANDS:
            return args[0], load_command(args[0]), args[1:]
        return super().resolve_command(ctx, args)
