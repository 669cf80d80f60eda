"""Puts into words where the file of a revision is, and what brings it back."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from alembic_guard.runtime.git_places import Holder
from alembic_guard.runtime.git_search import Commit, Found
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.missing import Lost

_SHOWN = 3
_AHEAD = (Holder.UPSTREAM, Holder.BRANCH)


def whereabouts(found: Found | None, lost: Lost) -> str:
    """One cause for a database: where the file is, or why nobody knows."""
    if found is None:
        return _lost(lost)
    said = present(found, lost.folders)
    if found.holder is Holder.OUTSIDE:
        return f"{said[:-1]}, or the database belongs to that other history."
    return f"The database is ahead of this checkout: {said}" if found.holder in _AHEAD else said


def present(found: Found, folders: Sequence[str | Path]) -> str:
    """Where the file is; the folders are those that Alembic reads."""
    wrote = f", written in {_shown(found.commit)}" if found.commit else ""
    if found.holder is Holder.OUTSIDE:
        return (
            f"{found.path} defines it, and Alembic reads {' and '.join(map(relative, folders))}: "
            "the file was moved away."
        )
    if found.holder is Holder.CHANGED:
        return f"{found.path} defined it{wrote}, and defines something else now."
    if found.holder is Holder.CHECKOUT:
        return f"{found.path} was deleted here, and that is not committed: git has it{wrote}."
    if found.holder is Holder.DELETED and found.commit:
        return f"{found.path} was deleted in {_shown(found.commit)}.{_also(found.refs)}"
    if found.holder is Holder.COMMIT:
        return f"{found.path} is on no branch any more{wrote}."
    where = "on" if found.holder in _AHEAD else "in"
    return f"{found.path} is {where} {_names(found.refs)}{wrote}."


def commands(found: Found | None, lost: Lost) -> Iterator[str]:
    """What to type next for a database."""
    yield from _give_up(lost) if found is None else bringing(found, lost.folders)


def bringing(found: Found, folders: Sequence[str | Path]) -> Iterator[str]:
    """What brings the file back, to where Alembic reads revision files."""
    files = shlex.join(found.files)
    if found.holder is Holder.OUTSIDE:
        yield f"{found.git} mv {shlex.quote(found.path)} {shlex.quote(relative(folders[0]))}"
        return
    if found.holder is Holder.CHANGED:
        path = shlex.quote(found.path)
        yield f"{found.git} diff {found.source} -- {path}  # what was changed"
        yield f"in {found.path}, write again: revision = {found.revision!r}"
        return
    if found.holder is Holder.UPSTREAM:
        yield f"{found.git} pull"
    elif found.holder is Holder.BRANCH:
        yield f"{found.git} {found.switch}"
    source = f" --source={shlex.quote(found.source)}" if found.source else ""
    alone = f"  # only the file{'' if len(found.files) == 1 else 's'}"
    yield f"{found.git} restore{source} -- {files}{alone if found.holder in _AHEAD else ''}"


def _lost(lost: Lost) -> str:
    if not lost.search.answered:
        why = (
            "The file was deleted or renamed, is on a branch that is not checked out here, or the "
            "database belongs to another project."
        )
    elif not lost.search.whole:
        cut = (
            "this clone is shallow" if lost.search.shallow else "it did not answer, or not in time"
        )
        why = f"git could not be searched to the end: {cut}."
    else:
        why = (
            "git knows no file of it, on any branch, in a stash, a tag or the reflog: it was never "
            "committed, is not fetched yet, or the database belongs to another project."
        )
    return (
        f"{why}\nIf the file is lost, stamp --purge records another revision in its place. What "
        "the lost one did to the tables stays, and its downgrade is gone."
    )


def _give_up(lost: Lost) -> Iterator[str]:
    if lost.search.shallow:
        yield "git fetch --unshallow  # then try again: git searches the whole history"
    elif lost.search.remotes:
        yield "git fetch --all  # then try again: a branch that is not here may have it"
    yield "alembic history  # what this checkout has"
    others = "".join(f"{revision} " for revision in lost.others)
    yield (
        f"alembic stamp --purge {others}REVISION  "
        "# REVISION: the newest whose changes the database has"
    )


def _also(refs: tuple[str, ...]) -> str:
    return f" It is still on {_names(refs)}." if refs else ""


def _names(refs: tuple[str, ...]) -> str:
    more = f" and {len(refs) - _SHOWN} more" if len(refs) > _SHOWN else ""
    return ", ".join(refs[:_SHOWN]) + more


def _shown(commit: Commit) -> str:
    return f"{commit.id} by {commit.author} on {commit.date} ({commit.subject})"
