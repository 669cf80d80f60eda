"""``alembic guard-revision -m MESSAGE``: writes a migration only when it can be right."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click
from alembic import util

from alembic_guard import COMMANDS, guards
from alembic_guard.autogenerate.renaming import NotARename, Rename
from alembic_guard.commands.drafting import Drafting
from alembic_guard.commands.invoke import GuardCommand, Invocation, Progress
from alembic_guard.commands.options import adopt as adopt_option
from alembic_guard.commands.options import judging
from alembic_guard.commands.options import migration_url as migration_url_option
from alembic_guard.commands.refusing import error_for, masked_progress, refusing
from alembic_guard.commands.writing import write
from alembic_guard.errors import GuardError, Refused, StoppedPartWay, WrongUsage
from alembic_guard.finding import Finding
from alembic_guard.guards._subjects import ProposedId, Taken
from alembic_guard.masking import Mask
from alembic_guard.reports import Report
from alembic_guard.runtime.history import (
    Revision,
    SeveralHeads,
    as_revision,
    load,
    open_script,
    relative,
    resolve,
)
from alembic_guard.runtime.loggers import kept_loggers
from alembic_guard.runtime.stopped import Applied, Interrupted
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from alembic_guard.runtime.proof import Proved


@dataclass(frozen=True)
class Revised:
    """What was written.

    :param revisions: the files, a merge first.
    :param findings: what the guards saw and did not refuse.
    :param applied: what ``upgrade`` applied first.
    :param proved: what was seen to hold, for each database that is changed.
    """

    revisions: tuple[Revision, ...]
    findings: tuple[Finding, ...]
    applied: tuple[Applied, ...] = ()
    proved: tuple[Proved, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For a report's ``data``."""
        return {
            "revisions": [revision.as_json() for revision in self.revisions],
            "applied": [applied.as_json() for applied in self.applied],
            "proved": [proved.as_json() for proved in self.proved],
        }


@kept_loggers()
def guard_revision(
    config: Config,
    message: str | None = None,
    *,
    head: str = "head",
    splice: bool = False,
    branch_label: str | None = None,
    version_path: str | None = None,
    rev_id: str | None = None,
    depends_on: Sequence[str] = (),
    allow: Sequence[str] = (),
    upgrade: bool = False,
    migration_url: str | None = None,
    merge: bool | None = None,
    rename: Sequence[str] = (),
    no_rename: bool = False,
    prove: bool | None = None,
    progress: Callable[[str], None] | None = None,
) -> Revised:
    """Write a migration by autogenerate, once every guard has let it through.

    :param message: as ``alembic revision`` takes it, like the six that follow.
    :param allow: names of guards that only report.
    :param upgrade: bring the database to the heads first, by a safe upgrade.
    :param migration_url: of the server itself for that, where env.py connects through a pooler.
    :param merge: join several heads; the setting of the same name by default. Nothing is joined
        where ``head`` says what to build on.
    :param rename: what is a rename: ``table.old:new``, or ``old:new`` for a table.
    :param no_rename: nothing (else) is a rename.
    :param prove: run it on a scratch database first; the setting of the same name by default.
    :param progress: takes lines for people, as the work goes on.
    :raises GuardError: when nothing was written.
    :raises StoppedPartWay: when nothing was written after ``upgrade`` had applied something.
    """
    asked = {
        "message": message,
        "head": head,
        "splice": splice,
        "branch_label": branch_label,
        "version_path": version_path,
        "rev_id": rev_id,
        "depends_on": tuple(depends_on),
    }
    more = {"allow": allow, "no_merge": merge is False, "rename": rename, "no_rename": no_rename}
    command = _typed({**asked, **more, "no_prove": prove is False})
    mask, applied = Mask(), list[Applied]()
    say = masked_progress(progress, mask)
    with _applied_before(applied), refusing(mask):
        settings = Settings.load(config).override(allow=tuple(allow), merge=merge, prove=prove)
        renames = _parse_renames(rename)
        script = open_script(config)
        _check_words(script, asked)
        merging = _merging(script, head, settings.merge, command)
        if upgrade:
            from alembic_guard.commands.safe_upgrade import safe_upgrade  # costs 30 ms

            # what the models have and the database lacks is what is about to be written
            upgraded = safe_upgrade(
                config,
                "heads",
                allow=allow,
                migration_url=migration_url,
                verify=False,
                progress=progress,
            )
            applied += upgraded.applied
        drafting = Drafting(
            config, script, settings, mask, _arguments(asked, merging), command, renames, no_rename
        )
        revisions, proved = write(drafting, drafting.run(), merging, say)
    for revision in revisions:
        say(f"Generated {revision.path}")
    return Revised(revisions, tuple(drafting.findings), tuple(applied), proved)


@contextmanager
def _applied_before(applied: Sequence[Applied]) -> Iterator[None]:
    """What stops the block after something was applied says so, in words and in its status."""
    try:
        yield
    except GuardError as error:
        if not applied:
            raise
        stays = ", ".join(str(each.revision) for each in applied)
        first, *rest = error.findings
        why = f"{first.why}\nApplied before, and staying: {stays}.".strip()
        data = {**error.data, "applied": [each.as_json() for each in applied]}
        raise StoppedPartWay([replace(first, why=why), *rest], data) from error
    except KeyboardInterrupt:
        if not applied:
            raise
        raise error_for(Interrupted("interrupted"), applied) from None


def _parse_renames(given: Sequence[str]) -> list[Rename]:
    try:
        return [Rename.parse(text) for text in given]
    except NotARename as error:
        raise WrongUsage.one("looks-like-rename", f"--rename: {error}.") from None


def _typed(asked: Mapping[str, Any]) -> str:
    """The command again, for whoever has to repeat it with one more option."""
    words = ["alembic", "guard-revision", "-m", asked["message"] or "MESSAGE"]
    for name, value in asked.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(option)
        elif name != "message" and (name, value) != ("head", "head"):
            values = [value] if isinstance(value, str) else value or ()
            words += [word for each in values for word in (option, str(each))]
    return shlex.join(words)


def _check_words(script: ScriptDirectory, asked: Mapping[str, Any]) -> None:
    """See that what was typed fits the history, before anything is run."""
    known = load(script)
    if asked["rev_id"] and (reserved := guards.judge(ProposedId(asked["rev_id"]))):
        raise Refused(reserved)
    for name in [asked["head"], *asked["depends_on"]]:
        if name != "head":
            resolve(script, name)
    for found in known:
        if found.revision == asked["rev_id"]:
            raise Refused(guards.judge(Taken(relative(found.path), found.revision)))


def _merging(
    script: ScriptDirectory, head: str, merge: bool, command: str
) -> dict[str, Any] | None:
    """How the heads are joined first, or None where the new revision has its one parent.

    :raises SeveralHeads: when somebody has to choose.
    """
    found = [script.get_revision(revision) for revision in sorted(script.get_heads())]
    if head != "head" or len(found) < 2:
        return None
    from alembic_guard.script.heads import group_heads, merge_message

    heads = group_heads(script, found)
    if not merge or not heads.joinable:
        raise SeveralHeads(tuple(map(as_revision, found)), head, heads.reasons, command)
    return {
        "revid": util.rev_id(),
        "message": merge_message(heads.joinable),
        "head": [member.revision for member in heads.joinable],
    }


def _arguments(asked: Mapping[str, Any], merging: Mapping[str, Any] | None) -> dict[str, Any]:
    """As ``alembic revision`` has them."""
    return {
        **asked,
        "head": merging["revid"] if merging else asked["head"],
        "rev_id": asked["rev_id"] or util.rev_id(),
        "depends_on": list(asked["depends_on"]) or None,
    }


@click.command("guard-revision", cls=GuardCommand, help=COMMANDS["guard-revision"])
@click.option("-m", "--message", help="What the migration does; needed but for --adopt.")
@click.option("--head", default="head", help="The revision to build on; the head by default.")
@click.option("--splice", is_flag=True, help="Let --head be a revision that is no head.")
@click.option("--branch-label", help="A branch label for the new revision.")
@click.option("--version-path", help="The version location to write to.")
@click.option("--rev-id", help="The revision identifier, instead of a generated one.")
@click.option("--depends-on", multiple=True, help="A revision that this one depends on.")
@click.option("--upgrade", is_flag=True, help="Bring the database to the heads first.")
@migration_url_option
@click.option(
    "--merge/--no-merge", default=None, help="Join several heads first, which is the default."
)
@click.option(
    "--rename",
    multiple=True,
    metavar="TABLE.OLD:NEW",
    help="Write this drop and add as a rename; OLD:NEW for a table.",
)
@click.option("--no-rename", is_flag=True, help="No drop and add is a rename.")
@click.option(
    "--prove/--no-prove",
    default=None,
    help="Run it on a scratch database first, which is the default.",
)
@adopt_option
@judging
@click.pass_obj
def command(invocation: Invocation, /, format: str, output: str | None, **options: Any) -> int:
    """Run the command for its words."""
    if options["adopt"] is not None:
        from alembic_guard.commands.adopting import run

        return run(invocation, format, output, options)
    del options["adopt"]
    if options["message"] is None:
        raise click.UsageError("Missing option '-m' / '--message'.")
    if options["merge"] and options["head"] != "head":
        raise click.UsageError(
            "--merge and --head contradict each other: build on one head, or join all."
        )
    if options["migration_url"] and not options["upgrade"]:
        raise click.UsageError("--migration-url is for --upgrade: nothing else changes a database.")
    told = {name: value for name, value in options.items() if name != "migration_url"}
    invocation.tell_env_py(**told, autogenerate=True)

    def work(progress: Progress) -> Report:
        revised = guard_revision(invocation.config, progress=progress, **options)
        return Report(invocation.name, 0, revised.findings, revised.as_json())

    return invocation.run(work, format, output)
