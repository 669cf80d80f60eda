"""What of a repository may have a file now: its branches, stashes and tags."""

from __future__ import annotations

import enum
from collections.abc import Collection
from typing import NamedTuple

from alembic_guard.runtime.git import Repository

_REFS = 10_000
"""The branches and the tags that are looked at, newest first."""
_STASHES = 50


class Holder(enum.Enum):
    """What has the file, the nearest first."""

    OUTSIDE = "a folder of this checkout that Alembic does not read"
    CHECKOUT = "the commit that is checked out, or the index"
    DELETED = "the history of this checkout, up to a commit that deleted it"
    UPSTREAM = "what this branch would pull"
    BRANCH = "a branch"
    STASH = "a stash"
    TAG = "a tag"
    COMMIT = "a commit that no branch and no tag has any more"
    CHANGED = "an older state of a file that defines something else by now"


class Place(NamedTuple):
    """One of them, by the name that a user gives it; empty for the index."""

    holder: Holder
    name: str


def places(repository: Repository) -> dict[str, Place]:
    """Every one, the nearest first, by what git calls it when it asks for no other of that name.

    :raises GitSilent: when git does not answer.
    """
    found = {"HEAD": Place(Holder.CHECKOUT, "HEAD"), "": Place(Holder.CHECKOUT, "")}
    upstream = repository.first("rev-parse", "--symbolic-full-name", "@{upstream}")
    form = "--format=%(refname)%00%(refname:short)%00%(symref)"
    newest = ("for-each-ref", "--sort=-creatordate", f"--count={_REFS}", form)
    lines = repository.lines(*newest, "refs/heads", "refs/remotes")
    refs = [line.split("\0") for line in lines]
    refs.sort(key=lambda ref: (ref[0] != upstream, ref[0].startswith("refs/remotes")))
    for full, short, points_at in refs:
        if not points_at:  # origin/HEAD
            holder = Holder.UPSTREAM if full == upstream else Holder.BRANCH
            found[full] = Place(holder, short)
    # By number: with log.date set, git itself would name them by their dates.
    stashes = repository.lines("stash", "list", f"-{_STASHES}", "--format=%H")
    for number, _ in enumerate(stashes):
        for stash in (f"stash@{{{number}}}", f"stash@{{{number}}}^3"):  # ^3: what was untracked
            found[stash] = Place(Holder.STASH, stash)
    for line in repository.lines(*newest, "refs/tags"):
        full, short, _ = line.split("\0")
        found[full] = Place(Holder.TAG, short)
    return found


def switch(ref: str, known: Collection[str]) -> str:
    """What checks out a branch by its full name, after ``git``; empty for what is no branch.

    :param known: the full names of every branch.
    """
    if ref.startswith("refs/heads/"):
        return f"switch {ref.removeprefix('refs/heads/')}"
    if not ref.startswith("refs/remotes/"):
        return ""
    remote = ref.removeprefix("refs/remotes/")
    local = remote.partition("/")[2]
    there = f"refs/heads/{local}" in known
    return f"switch {local} && git pull" if there else f"switch --track {remote}"
