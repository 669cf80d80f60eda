"""Our commands in Flask: ``flask db guard-revision`` beside Flask-Migrate's own.

Flask loads this through the ``flask.commands`` entry point in *every* application of an environment
that has the package, so it never raises and imports nothing until a command is asked for. Where
Flask-Migrate is absent the group says so when it is used, and ``flask routes`` stays whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from alembic_guard import COMMANDS

_OWN = {"-d": "directory", "--directory": "directory", "-x": "x_arg", "--x-arg": "x_arg"}
"""Options of every command of Flask-Migrate, by the parameters of its ``get_config()``."""


class GuardGroup(click.Group):
    """``flask guard``: the same commands, loaded when one is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command for Flask, or None for a name that is not ours."""
        return _LazyCommand(cmd_name) if cmd_name in COMMANDS else None


class _LazyCommand(click.Command):
    """Stands for a command in ``--help``, and becomes it when it runs."""

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            help=COMMANDS[name],
            add_help_option=False,
            context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep every word for the real command."""
        ctx.args = list(args)
        return []

    def invoke(self, ctx: click.Context) -> Any:
        """Run the real command on the configuration that Flask-Migrate makes."""
        from alembic.config import Config

        from alembic_guard.commands.invoke import invoke

        assert self.name is not None
        words, directory, x_arg = _own_options(ctx.args)
        if "--help" in words:  # needs no application
            return invoke(self.name, words, Config(), ctx.command_path)
        return _in_application(lambda: _config(directory, x_arg, self.name), self.name, words, ctx)


def _own_options(words: list[str]) -> tuple[list[str], str | None, list[str]]:
    """Take Flask-Migrate's own options out of the words: Alembic's are global, these are not."""
    rest: list[str] = []
    taken: dict[str, list[str]] = {"directory": [], "x_arg": []}
    given = iter(words)
    for word in given:
        name, equals, value = word.partition("=")
        if name in _OWN:
            taken[_OWN[name]].append(value if equals else next(given, ""))
        else:
            rest.append(word)
    directory = taken["directory"][-1] if taken["directory"] else None
    return rest, directory, taken["x_arg"]


def _in_application(
    config: Callable[[], Any], name: str, words: list[str], ctx: click.Context
) -> None:
    from flask.cli import with_appcontext

    from alembic_guard.commands.invoke import invoke

    ctx.invoke(with_appcontext(lambda: invoke(name, words, config(), ctx.command_path)))


def _config(directory: str | None, x_arg: list[str], name: str | None) -> Any:
    from flask import current_app, g

    extension = current_app.extensions.get("migrate")
    if extension is None:
        raise click.ClickException(
            "this application has no Flask-Migrate: Migrate(app, db) is missing"
        )
    # `flask db -d DIRECTORY` leaves it in g, where get_config() finds -x by itself
    config = extension.migrate.get_config(directory or g.get("directory"), x_arg=x_arg or None)
    vars(config.cmd_opts).update(autogenerate=name == "guard-revision", sql=False)
    return config


def _join_flask_migrate() -> None:
    """Put our commands into ``flask db``, if Flask-Migrate is there."""
    try:
        from flask_migrate.cli import db
    except Exception:  # absent or broken: either way "flask" itself must go on
        return
    for name in COMMANDS:
        if name not in db.commands:
            db.add_command(_LazyCommand(name))


guard = GuardGroup("guard", help="Guarded migrations (alembic_guard).")

_join_flask_migrate()
