"""``alembic guard-init``: the hooks in ``script.py.mako``, the settings in the config file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alembic_guard import COMMANDS
from alembic_guard.commands.invoke import GuardCommand, Invocation, Progress
from alembic_guard.commands.options import reporting
from alembic_guard.commands.refusing import refusing
from alembic_guard.errors import Refused
from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.masking import Mask
from alembic_guard.reports import Report
from alembic_guard.runtime.history import open_script, relative
from alembic_guard.script import config_file, template
from alembic_guard.script.edit import Edit
from alembic_guard.settings import Settings, describe

if TYPE_CHECKING:
    from alembic.config import Config

_SETTINGS = [config_file.SettingLine(*line) for line in describe()]


def guard_init(config: Config, *, remove: bool = False) -> tuple[list[Edit], list[Finding]]:
    """What would change in the project's files; writes nothing.

    :param remove: take the hooks and the settings out again.
    :returns: the edits, those that change nothing left out, and what stays for the user to do.
    :raises GuardError: when a file has no place for them.
    """
    with refusing(Mask()):
        Settings.load(config)
        script = open_script(config)
        notes: list[Finding] = []
        mako = Path(relative(Path(script.dir, "script.py.mako")))
        edits = [_edit(mako, template.remove if remove else template.install, notes)]
        file, install, take_out = _config_file(config)
        edits.append(
            _edit(
                file,
                lambda text: (take_out if remove else install)(text, _SETTINGS),
                notes,
            )
        )
    return [edit for edit in edits if edit.changes], notes


def write(edits: Sequence[Edit]) -> None:
    """Write every edit, or none.

    :raises Refused: when a file cannot be written; every file holds again what it held.
    """
    for number, edit in enumerate(edits, 1):
        try:
            edit.path.write_bytes(edit.after.encode())
        except OSError as error:
            for begun in edits[:number]:
                with suppress(OSError):
                    begun.path.write_bytes(begun.before.encode())
            raise _not_editable(edit.path, f"It cannot be written: {error.strerror}.") from None


def _config_file(
    config: Config,
) -> tuple[Path, Callable[..., str], Callable[..., str]]:
    """The file that names the script location: the ini, unless only pyproject.toml does."""
    ini = Path(config.config_file_name or "alembic.ini")
    if config.toml_file_name and config.toml_alembic_config.get("script_location"):
        toml = Path(config.toml_file_name)
        return toml, config_file.install_toml, config_file.remove_toml
    return ini, config_file.install_ini, config_file.remove_ini


def _edit(path: Path, change: Callable[[str], str], notes: list[Finding]) -> Edit:
    try:
        before = path.read_bytes().decode()
    except OSError as error:
        raise _not_editable(path, f"It cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise _not_editable(path, f"It is no UTF-8 at byte {error.start}.") from None
    try:
        return Edit(path, before, change(before))
    except config_file.SectionEdited as error:
        message = f"{relative(path)}: {error}"
        place = Place(relative(path))
        notes.append(Finding("not-editable", message, severity=Severity.NOTE, place=place))
        return Edit(path, before, before)
    except ValueError as error:
        raise _not_editable(path, str(error)) from None


def _not_editable(path: Path, problem: str) -> Refused:
    return Refused.one(
        "not-editable",
        f"{relative(path)}: {problem}",
        why="Nothing was changed.",
        next=(f"mend {relative(path)}, then alembic guard-init",),
        place=Place(relative(path)),
    )


@click.command("guard-init", cls=GuardCommand, help=COMMANDS["guard-init"])
@click.option("--check", is_flag=True, help="Only say what is missing; status 1 if anything is.")
@click.option("--remove", is_flag=True, help="Take the hooks and the settings out again.")
@reporting
@click.pass_obj
def command(
    invocation: Invocation, check: bool, remove: bool, format: str, output: str | None
) -> int:
    """Run the command for its words."""
    if check and remove:
        raise click.UsageError("--check and --remove contradict each other")

    def work(_progress: Progress) -> Report:
        edits, notes = guard_init(invocation.config, remove=remove)
        data: dict[str, Any] = {
            "edits": [{"path": relative(edit.path), "diff": edit.diff()} for edit in edits]
        }
        if check:
            missing = [_missing(edit) for edit in edits]
            lines = [] if missing else ["Everything is in place."]
            return Report(invocation.name, int(bool(missing)), [*missing, *notes], data, lines)
        with refusing(Mask()):
            write(edits)
        return Report(invocation.name, 0, notes, data, _lines(edits, remove))

    return invocation.run(work, format, output)


def _missing(edit: Edit) -> Finding:
    path = relative(edit.path)
    return Finding(
        "not-installed",
        f"{path} lacks what guard-init puts there.",
        why=edit.diff(),
        next=("alembic guard-init",),
        place=Place(path),
    )


def _lines(edits: list[Edit], remove: bool) -> list[str]:
    if not edits:
        return [
            "Nothing to do: everything is out." if remove else "Nothing to do: all is in place."
        ]
    lines = [line for edit in edits for line in edit.diff().splitlines()]
    return [*lines, *(f"Changed {relative(edit.path)}" for edit in edits)]
