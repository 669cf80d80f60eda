"""The revision files as they would be after a merge of another branch, without merging.

``guard-check --against REF`` judges these: a branch that is fine by itself breaks main when both
have a new head. Files of REF are read from git's objects; nothing is checked out or written.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from alembic_guard.errors import WrongUsage
from alembic_guard.runtime.git import GitSilent, Repository, source
from alembic_guard.runtime.history import relative


@dataclass(frozen=True)
class Joined:
    """What a merge would leave in the version folders.

    :param texts: of every Python file, by its path as the user would type it.
    :param absent: the paths of those that only the other branch has.
    :param note: what could not be known, in a sentence; empty as a rule.
    """

    texts: dict[str, str]
    note: str = ""
    absent: frozenset[str] = frozenset()


def joined_texts(ref: str, folders: Iterable[Path], recursive: bool = False) -> Joined:
    """Merge REF's revision files with those of the working tree, file by file.

    What one side deleted since their common ancestor stays deleted. Where both changed a file, the
    working tree's counts: git would stop there, and let the user decide. Without a common ancestor
    (a shallow clone) nothing is known to be deleted.

    :param ref: a branch, a tag or a commit of the repository that the user is in.
    :param folders: the version locations; each may be in a repository of its own (a submodule).
    :param recursive: whether Alembic reads the folders in them, too.
    :raises WrongUsage: when git does not answer, or has no REF.
    """
    texts: dict[str, str] = {}
    notes: dict[str, None] = {}
    here: set[str] = set()
    for folder in folders:
        repository = Repository.around(folder)
        if repository is None:
            raise _no_repository(ref, folder)
        try:
            side = _Sides.between(repository, ref, folder, recursive)
            texts.update(side.join())
            here.update(relative(repository.root / path) for path in side.ours)
        except GitSilent as error:
            raise _unreadable(ref, repository, error) from error
        if side.base is None and side.theirs:
            notes[_note(ref, repository)] = None
    return Joined(texts, " ".join(notes), frozenset(texts.keys() - here))


def new_since(ref: str, folders: Iterable[Path], recursive: bool = False) -> frozenset[Path]:
    """The revision files of the working tree that REF does not have, or has with another text.

    :param ref: a branch, a tag or a commit; what it has gained since it parted counts too.
    :returns: resolved paths.
    :raises WrongUsage: when git does not answer, or has no REF.
    """
    found: set[Path] = set()
    for folder in folders:
        repository = Repository.around(folder)
        if repository is None:
            raise _no_repository(ref, folder)
        try:
            side = _Sides.between(repository, ref, folder, recursive)
            known = [id for tree in (side.theirs, side.base or {}) for id in tree.values()]
            texts = repository.texts(known)
        except GitSilent as error:
            raise _unreadable(ref, repository, error) from error
        for path, text in side.ours.items():
            ids = (side.theirs.get(path), (side.base or {}).get(path))
            if text not in [texts.get(id) for id in ids if id]:
                found.add((repository.root / path).resolve())
    return frozenset(found)


@dataclass(frozen=True)
class _Sides:
    """One folder, by the paths of git: here, there (object ids), and before they parted."""

    repository: Repository
    ours: dict[str, str]
    theirs: dict[str, str]
    base: dict[str, str] | None

    @classmethod
    def between(cls, repository: Repository, ref: str, folder: Path, recursive: bool) -> _Sides:
        inside = repository.inside(folder)
        commit = _commit(repository, ref)
        parted = repository.first("merge-base", "HEAD", commit) if commit else ""

        def files(tree: str) -> dict[str, str]:
            found = repository.files(tree, inside).items()
            return {path: id for path, id in found if _counts(path, inside, recursive)}

        paths = folder.rglob("*.py") if recursive else folder.glob("*.py")
        here = {repository.inside(path): source(path.read_bytes()) for path in sorted(paths)}
        theirs = files(commit) if commit else {}
        return cls(repository, here, theirs, files(parted) if parted else None)

    def join(self) -> Iterator[tuple[str, str]]:
        """Path, as the user types it, and text of what is left."""
        base = self.base or {}
        changed = {
            path for path in {*self.theirs, *base} if self.theirs.get(path) != base.get(path)
        }
        ids = {self.theirs.get(path) for path in changed} | {base.get(path) for path in changed}
        texts = self.repository.texts([id for id in ids if id])
        for path in sorted({*self.ours, *self.theirs}):
            mine, old = self.ours.get(path), base.get(path)
            untouched = old is not None and mine is not None and mine == texts.get(old)
            if path in changed and (untouched or (mine is None and old is None)):
                mine = texts.get(self.theirs.get(path, ""))
            if mine is not None:
                yield relative(self.repository.root / path), mine


def _counts(path: str, folder: str, recursive: bool) -> bool:
    inside = recursive or PurePosixPath(path).parent == PurePosixPath(folder)
    return inside and path.endswith(".py")


def _commit(repository: Repository, ref: str) -> str:
    """REF's commit in this repository; of a submodule, the one that REF has of it, or none."""
    around = Repository.around(Path.cwd())
    if around is None or around.root == repository.root:
        return _resolved(repository, ref)
    if not repository.root.is_relative_to(around.root):
        return _resolved(repository, ref)
    entry = around.ask("ls-tree", _resolved(around, ref), "--", around.inside(repository.root))
    words = os.fsdecode(entry).split()
    return words[2] if words[1:2] == ["commit"] else ""


def _resolved(repository: Repository, ref: str) -> str:
    asked = ("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    commit = "" if ref.startswith("-") else repository.first(*asked)
    if not commit:
        raise _unknown(repository, ref)
    return commit


def _unknown(repository: Repository, ref: str) -> WrongUsage:
    refs = repository.lines("for-each-ref", "--count=1000", "--format=%(refname:short)")
    near = difflib.get_close_matches(ref, refs, n=1)
    remote, _, branch = ref.partition("/")
    fetched = branch and remote in repository.lines("remote")
    return WrongUsage.one(
        "wrong-usage",
        f"git knows no {ref!r} here{f'; did you mean {near[0]!r}?' if near else '.'}",
        why="It may not have been fetched: a CI job has one branch only, as a rule."
        if fetched
        else "",
        next=(f"git fetch {remote} {branch}:refs/remotes/{ref}",)
        if fetched
        else ("git branch --all  # what there is",),
    )


def _no_repository(ref: str, folder: Path) -> WrongUsage:
    return WrongUsage.one(
        "wrong-usage",
        f"{relative(folder)} cannot be compared with {ref!r}: git does not answer there.",
        why="There is no git, no repository around the folder, or it belongs to another user.",
        next=(f"git -C {relative(folder)} status",),
    )


def _unreadable(ref: str, repository: Repository, error: GitSilent) -> WrongUsage:
    root = relative(repository.root)
    return WrongUsage.one(
        "wrong-usage",
        f"git cannot read {ref!r} in {root}: {str(error) or 'it gave no reason'}.",
        why="What it names was not fetched, as a rule.",
        next=(f"git -C {root} fetch",),
    )


def _note(ref: str, repository: Repository) -> str:
    shallow = ", for this clone is shallow (git fetch --unshallow)" if repository.shallow else ""
    return (
        f"git knows no common ancestor of HEAD and {ref}{shallow}: "
        "a revision file that one of them deleted counts as present."
    )
