"""``guard-revision --adopt``: what nobody declares is written into ``.sql`` files, and no revision.

All of the files or none: each is new, and a refusal or Ctrl-C takes every one of them back. Neither
the configuration nor a database is changed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from alembic_guard import guards
from alembic_guard.autogenerate.adopting import Adoption, File, adoption
from alembic_guard.autogenerate.compared import subject_with, uncompared_in
from alembic_guard.autogenerate.declarations import objects_folder
from alembic_guard.commands.drafting import Drafting
from alembic_guard.commands.refusing import masked_progress, refusing
from alembic_guard.errors import Refused, WrongUsage
from alembic_guard.masking import Mask
from alembic_guard.reports import Report
from alembic_guard.runtime.autogenerate import autogen_context
from alembic_guard.runtime.comparing.comparison import NotAdopted
from alembic_guard.runtime.comparing.declared import Declared
from alembic_guard.runtime.comparing.words import WORDS
from alembic_guard.runtime.history import open_script, relative
from alembic_guard.runtime.loggers import kept_loggers
from alembic_guard.runtime.staging import Staged, Staging
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config

    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.commands.invoke import Invocation, Progress
    from alembic_guard.finding import Finding
    from alembic_guard.runtime.environment import Call

HOME = "db/objects"
"""The folder, where neither the option nor the setting ``sql_objects`` names one."""

_ALSO = {"adopt", "format", "output", "allow", "explain"}
"""Options of ``guard-revision`` that do not say what a revision is to be like."""


@dataclass(frozen=True)
class Adopted:
    """What was written.

    :param files: with the object in each; :param setting: the line that has them read, None where
        it is set already.
    """

    files: tuple[tuple[Path, str], ...]
    setting: str | None
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        files = [{"path": relative(path), "object": thing} for path, thing in self.files]
        return {"files": files, "setting": self.setting}


@kept_loggers()
def adopt(
    config: Config,
    folder: str = "",
    *,
    allow: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Adopted:
    """Write what the databases have and nobody declares into ``.sql`` files.

    :param folder: as the setting ``sql_objects`` takes it; that setting, or ``db/objects``, if "".
    :param allow: names of guards that only report.
    :param progress: takes lines for people, as the work goes on.
    :raises GuardError: when nothing was written.
    """
    mask = Mask()
    with refusing(mask):
        settings = Settings.load(config).override(allow=tuple(allow))
        shown = _shown(folder, settings.sql_objects)
        drafting = Drafting(config, open_script(config), settings, mask, {}, "")
        found = dict[str, Adoption]()

        def look(call: Call, recorded: Any, context: Any) -> None:
            if drafting.observed(call, recorded, context) is not None:
                found[mask(str(call.connection.engine.url))] = _of(drafting, context, shown)

        drafting.run_env_py(look)
        files = _of_all(drafting, found)
        home = objects_folder(config, shown)
        new = [each for each in files if not (home / each.path).exists()]
        for each in files:
            if each not in new and not _is(home / each.path, each.text):
                there = f"{shown}/{each.path}"
                drafting.judge(NotAdopted(there, "it is there already, and is not overwritten"))
        drafting.refuse()
        paths = _placed(drafting, home, new)
    say = masked_progress(progress, mask)
    for path in paths:
        say(f"Wrote {relative(path)}")
    things = (str(each.thing) for each in new)
    line = None if settings.sql_objects or not files else f'sql_objects = "{shown}"'
    return Adopted(tuple(zip(paths, things, strict=True)), line, tuple(drafting.findings))


def _shown(folder: str, setting: str) -> str:
    """The folder to write to, as the setting says it.

    :raises WrongUsage: where the setting would not have it read.
    """
    shown = Path(folder or setting or HOME)
    if setting and not shown.is_relative_to(Path(setting)):
        raise WrongUsage.one(
            "wrong-usage",
            f"--adopt {folder}: declarations are read from sql_objects = {setting}, "
            "and what is elsewhere would not be.",
            next=("alembic guard-revision --adopt",),
        )
    return shown.as_posix()


def _of(drafting: Drafting, context: Any, shown: str) -> Adoption:
    autogen = autogen_context(context)
    if context.dialect.name not in WORDS:
        reason = "declarations are read for PostgreSQL, SQLite, MariaDB and MySQL"
        return Adoption((), (NotAdopted(f"a database of {context.dialect.name}", reason),))

    def compare(declared: Declared) -> Subject | None:
        subject = subject_with(autogen, declared)
        if not declared.statements and (uncompared := uncompared_in(context.opts)):
            drafting.judge(uncompared)
        return subject

    return adoption(compare, shown)


def _of_all(drafting: Drafting, found: Mapping[str, Adoption]) -> Sequence[File]:
    """The files, which count for all databases that env.py configures."""
    drafting.refuse()
    for each in dict.fromkeys(one for adopted in found.values() for one in adopted.refused):
        drafting.judge(each)
    home, *urls = found
    first = found[home]
    for url in urls:
        other = found[url]
        if other.files != first.files:
            same = {each.path for each in first.files if each in other.files}
            odd = [each for each in (*first.files, *other.files) if each.path not in same]
            reason = f"it is not the same in {home} and {url}, and files count for both"
            drafting.judge(NotAdopted(str(odd[0].thing), reason))
            first = Adoption(tuple(each for each in first.files if each.path in same), ())
    return first.files


def _is(path: Path, text: str) -> bool:
    """Whether a file is there already as it would be written: its folder is not read yet."""
    return path.is_file() and path.read_bytes() == text.encode()


def _placed(drafting: Drafting, home: Path, files: Sequence[File]) -> list[Path]:
    staging = Staging(drafting.script, lambda *_: None)
    with tempfile.TemporaryDirectory(prefix="alembic-guard-") as folder:
        for number, each in enumerate(files):
            staged = Path(folder, str(number))
            staged.write_text(each.text, "utf-8", newline="\n")
            staging.files.append(Staged(staged, home / each.path))
        try:
            return list(staging.place())
        except OSError as error:
            reason = f"it cannot be written: {error.strerror}"
            drafting.findings += guards.judge(NotAdopted(relative(error.filename), reason))
            raise Refused(drafting.findings) from error


def run(invocation: Invocation, format: str, output: str | None, options: Mapping[str, Any]) -> int:
    """Run the command for its words.

    :param options: those of ``guard-revision``.
    """
    source = click.get_current_context().get_parameter_source
    given = [name for name in options if source(name) is ParameterSource.COMMANDLINE]
    for name in given:
        if name not in _ALSO:
            option = name.replace("_", "-")
            raise click.UsageError(f"--adopt writes no revision: --{option} is for one.")
    invocation.tell_env_py(autogenerate=True)

    def work(progress: Progress) -> Report:
        done = adopt(invocation.config, options["adopt"], allow=options["allow"], progress=progress)
        return Report(invocation.name, 0, done.findings, done.as_json(), list(_lines(done)))

    return invocation.run(work, format, output)


def _lines(done: Adopted) -> list[str]:
    if done.setting is not None:
        there = [] if done.files else ["Nothing to write: the files are there already."]
        return [
            *there,
            f"Add to the settings of alembic_guard, so that they are read: {done.setting}",
        ]
    if done.files:
        return []
    return ["Nothing to adopt: everything that is compared is in the models, or declared."]
