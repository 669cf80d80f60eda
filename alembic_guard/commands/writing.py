"""How a drafted migration gets into the versions folder: with merge and hooks, or not at all.

Everything is rendered, judged and proved in a temporary folder first. Once the files are in place
the post-write hooks run on them, as they must (they look for their configuration around the file);
a refusal or an interrupt takes every file back. Only a kill that no program can see (SIGKILL) while
a hook runs leaves the files: whole, and judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.observe import KEY
from alembic_guard.commands.drafting import Drafting
from alembic_guard.errors import Refused
from alembic_guard.guards._subjects import BrokenByHooks, HookFailure, RenderedText, Taken
from alembic_guard.runtime.autogenerate import DraftedRevision
from alembic_guard.runtime.history import Revision, as_revision, relative
from alembic_guard.runtime.staging import Staging
from alembic_guard.runtime.template import TemplateFailed
from alembic_guard.runtime.write_hooks import run_write_hooks

if TYPE_CHECKING:
    from alembic.script import Script

    from alembic_guard.runtime.proof import Proved


def write(
    drafting: Drafting,
    drafted: DraftedRevision,
    merging: dict[str, Any] | None,
    say: Callable[[str], None],
) -> tuple[tuple[Revision, ...], tuple[Proved, ...]]:
    """Render, judge the text, prove it, place the files, run the hooks; all of it or nothing.

    :param merging: what ``ScriptDirectory.generate_revision`` takes for a merge that comes first.
    :param say: takes lines for people.
    :returns: the revisions, a merge first, and what of them was proved.
    :raises Refused: by what the guards have found.
    """
    script = drafting.script
    # The header in script.py.mako is told that everything has been judged already.
    template_args: dict[str, Any] = drafted.context.template_args
    template_args[KEY] = tuple(drafting.findings)
    staging = Staging(script, lambda path, text: _judge_text(drafting, path, text))
    try:
        with staging.open():
            generated = []
            if merging:
                nothing: dict[str, Any] = {"config": drafting.config, KEY: ""}
                merge = script.generate_revision(refresh=True, **merging, **nothing)
                generated.append(merge)
            generated += drafted.context.generate_scripts()
            proved = _prove(drafting, drafted, generated, say)
            if drafting.settings.heads_file:
                from alembic_guard.runtime.heads_file import heads_files

                files = heads_files(script)
                staging.rewritten = {file.path: file.should_be for file in files}
            paths = staging.place()
        _run_hooks(drafting, paths)
    except FileExistsError as error:
        drafting.judge(Taken(relative(error.filename)))
        raise Refused(drafting.findings) from None
    except TemplateFailed as failed:
        drafting.judge(failed)
        raise Refused(drafting.findings) from failed
    except BaseException:
        staging.take_back()
        raise
    return tuple(as_revision(found) for found in generated if found is not None), proved


def _prove(
    drafting: Drafting,
    drafted: DraftedRevision,
    generated: Iterable[Script | None],
    say: Callable[[str], None],
) -> tuple[Proved, ...]:
    """Run what is staged elsewhere, for each database that it changes."""
    operations = [*drafted.operations()]
    calls = [call.number for _, call in drafting.observations]
    # a hook of env.py may have left fewer or more than there are databases
    told = zip(calls, operations, strict=True) if len(calls) == len(operations) else ()
    untouched = frozenset(number for number, (up, _) in told if up.is_empty())
    if not drafting.settings.prove or untouched.issuperset(calls):
        return ()
    from alembic_guard.commands.proving import Proving  # it loads what runs migrations

    revisions = [script for script in generated if script is not None]
    return Proving(drafting, revisions, untouched, say).run()


def _judge_text(drafting: Drafting, path: Path, text: str) -> None:
    template = relative(Path(drafting.script.dir, "script.py.mako"))
    drafting.judge(RenderedText(relative(path), text, template))
    drafting.refuse()


def _run_hooks(drafting: Drafting, paths: Sequence[Path]) -> None:
    for path in paths:
        for end in run_write_hooks(drafting.script, path):
            drafting.judge(HookFailure(end.hook, end.command, end.status, path, end.message))
        try:
            compile(path.read_text(drafting.script.output_encoding), str(path), "exec")
        except (SyntaxError, ValueError, OSError) as error:
            drafting.judge(BrokenByHooks(path, str(error)))
    drafting.refuse()
