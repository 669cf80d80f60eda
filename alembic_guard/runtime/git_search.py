"""Looks in git for the file of a revision that this checkout lacks.

Every branch, local and remote, stashes, tags, the index and the reflog, by revision id: a file
counts when its module says ``revision = "ID"``. The version folders are searched first, then every
Python file. It is bounded by :data:`alembic_guard.runtime.git.BUDGET` and by the numbers below.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from alembic_guard.runtime.git import GitSilent, Repository, source
from alembic_guard.runtime.git_places import Holder, Place, places, switch
from alembic_guard.runtime.revision_syntax import read_text

_CHANGES = 200
"""The changes of one revision id that are looked at, newest first."""

_FORMAT = "--format=%x01%H%x00%h%x00%an%x00%ad%x00%s"
_WITH_WILDCARDS = {"GIT_LITERAL_PATHSPECS": "0"}


@dataclass(frozen=True)
class Commit:
    """One commit, as a sentence names it: ``id`` is short, ``date`` is ``YYYY-MM-DD``."""

    id: str
    author: str
    date: str
    subject: str


@dataclass(frozen=True)
class Found:
    """Where the file of a revision is.

    :param path: of the file, as the user would type it here.
    :param holder: the nearest of what has it.
    :param source: what ``git restore --source=`` takes; empty for the index.
    :param refs: every branch, stash and tag that has it, by their short names.
    :param commit: the newest that wrote it, or the one that deleted it; None if never committed.
    :param switch: the command that checks out the first branch that has it, if one has.
    :param files: it, and the missing ones that it rests on, as the user would type them here.
    :param git: how git is called from here.
    """

    revision: str
    path: str
    holder: Holder
    source: str
    refs: tuple[str, ...]
    commit: Commit | None
    files: tuple[str, ...]
    switch: str = ""
    git: str = "git"


@dataclass(frozen=True)
class Search:
    """What git had to say.

    :param answered: whether there is a repository around the version folders at all.
    :param whole: whether everything could be looked at; not in a shallow clone.
    :param remotes: whether there is something to fetch from.
    """

    found: tuple[Found, ...] = ()
    answered: bool = False
    whole: bool = True
    shallow: bool = False
    remotes: bool = False


def search(folders: Iterable[Path], revisions: Sequence[str], known: Collection[str]) -> Search:
    """Look for revisions that no file defines.

    :param folders: where Alembic reads revision files.
    :param known: every revision that has a file.
    """
    asked: dict[Path, tuple[Repository, list[Path]]] = {}
    for folder in folders:
        if repository := Repository.around(folder):
            asked.setdefault(repository.root, (repository, []))[1].append(folder)
    found: dict[str, Found] = {}
    whole = True
    for repository, inside in asked.values():
        for revision in revisions:
            looking = _Looking(repository, inside, frozenset(known), revision)
            try:
                if revision not in found and (seen := looking.look()):
                    found[revision] = seen
            except GitSilent:
                whole = False
    repositories = [repository for repository, _ in asked.values()]
    shallow = any(repository.shallow for repository in repositories)
    return Search(
        found=tuple(found.values()),
        answered=bool(repositories),
        whole=whole and not shallow,
        shallow=shallow,
        remotes=any(repository.first("remote") for repository in repositories),
    )


@dataclass
class _Looking:
    """For one revision, in one repository. A *name* is what git calls a file: ``COMMIT:PATH``.

    :param wrote: the full id of a commit, and the commit, behind a name that it changed.
    :param deleted: the same for a name (``COMMIT^:PATH``) that it deleted.
    """

    repository: Repository
    folders: Sequence[Path]
    known: frozenset[str]
    revision: str
    wrote: dict[str, tuple[str, Commit]] = field(default_factory=dict)
    deleted: dict[str, tuple[str, Commit]] = field(default_factory=dict)

    def look(self) -> Found | None:
        inside = [self.repository.inside(folder) for folder in self.folders]
        for where in (inside, ["*.py"]):
            names = self._that_define([*self._in_history(where), *self._in_index(where)])
            if names:
                return self._found(names)
        return None

    def _in_history(self, where: Sequence[str]) -> Iterator[str]:
        """Names of what commits had after or before they changed the id, newest first.

        ``-m`` looks into merges, where ``alembic merge`` is often committed, and into stashes.
        """
        escaped = re.sub(r"([][\\.^$*+?(){}|])", r"\\\1", self.revision)
        answer = self.repository.ask(
            *("log", "--all", "--reflog", "-m", "--full-history", "--no-renames", "--name-status"),
            *("--no-textconv", "--no-ext-diff", "--date=short", _FORMAT, "--pickaxe-regex"),
            *(f"-S^revision[^=]*=[ (]*[\"']{escaped}[\"']", "--", *where),
            environment=_WITH_WILDCARDS,
        )
        for entry in os.fsdecode(answer).split("\x01")[1 : _CHANGES + 1]:
            about, *changes = entry.strip("\n").split("\n")
            sha, *words = about.split("\0")
            commit = sha, Commit(*words)
            for status, _, path in (change.partition("\t") for change in changes if change):
                if status == "D":
                    names = (f"{sha}^:{path}", f"{sha}^2:{path}")
                    self.deleted.update(dict.fromkeys(names, commit))
                    yield from names
                else:
                    self.wrote[f"{sha}:{path}"] = commit
                    yield f"{sha}:{path}"

    def _in_index(self, where: Sequence[str]) -> Iterator[str]:
        """Names of what was added, and perhaps never committed."""
        with suppress(GitSilent):  # which is how grep says that there is none
            words = ("grep", "--cached", "-l", "-F", "-e", self.revision, "--", *where)
            answer = self.repository.ask(*words, environment=_WITH_WILDCARDS)
            yield from (f":{path}" for path in os.fsdecode(answer).split("\n") if path)

    def _that_define(self, names: Iterable[str]) -> list[str]:
        ids = self.repository.ids([*dict.fromkeys(names)])
        texts = self.repository.texts([*dict.fromkeys(ids.values())])
        defining = {id for id, text in texts.items() if self._defines(text)}
        return [name for name, id in ids.items() if id in defining]

    def _found(self, names: Sequence[str]) -> Found:
        paths = dict.fromkeys(_path(name) for name in names)
        held = self._that_define(f"{tree}:{path}" for tree in self._places for path in paths)
        holder, name = self._nearest(names, held)
        tree, git, shown = _tree(name), *self._typed()
        _, newest = next(iter(self.wrote[name] for name in names if name in self.wrote), ("", None))
        _, deleter = self.deleted.get(name, ("", None))
        if tree in self._places:
            source = self._places[tree].name
        else:
            full, commit = self.wrote.get(name) or self.deleted[name]
            source = tree.replace(full, commit.id)
        refs = dict.fromkeys(self._places[_tree(each)].name for each in held)
        return Found(
            revision=self.revision,
            path=shown(_path(name)),
            holder=holder,
            source=source,
            refs=tuple(ref for ref in refs if ref not in ("", "HEAD")),
            commit=deleter if holder is Holder.DELETED else newest,
            files=tuple(map(shown, self._with_what_it_rests_on(name))),
            switch=switch(tree, self._places),
            git=git,
        )

    def _nearest(self, names: Sequence[str], held: Sequence[str]) -> tuple[Holder, str]:
        having = [(self._places[_tree(name)].holder, name) for name in held]
        having += [(Holder.DELETED, name) for name in names if self._deleted_here(name)]
        having += [(Holder.COMMIT, name) for name in names if _tree(name)]
        order = list(Holder)
        having.sort(key=lambda one: order.index(one[0]))
        for _, name in having:
            file = self.repository.root / _path(name)
            if file.is_file() and self._defines(source(file.read_bytes())):
                return Holder.OUTSIDE, name
        free = (one for one in having if not (self.repository.root / _path(one[1])).exists())
        return next(free, (Holder.CHANGED, having[0][1]))

    def _deleted_here(self, name: str) -> bool:
        """Whether the commit that is checked out comes after the one that deleted it."""
        if name not in self.deleted:
            return False
        try:
            self.repository.ask("merge-base", "--is-ancestor", self.deleted[name][0], "HEAD")
        except GitSilent:
            return False
        return True

    def _with_what_it_rests_on(self, name: str) -> list[str]:
        """The path of a name, and of what has to be restored with it: beside it, not on disk."""
        tree, path, folder = _tree(name), _path(name), str(PurePosixPath(_path(name)).parent)
        beside = self.repository.files(tree, folder) if tree else {}
        absent = {each: id for each, id in beside.items() if self._is_absent(each)}
        texts = self.repository.texts([*dict.fromkeys(absent.values())])
        files = (read_text(each, texts[id]) for each, id in absent.items())
        defined = {file.revision: file for file in files}
        restored, waiting = {path: None}, [self.revision]
        while waiting:
            if file := defined.pop(waiting.pop(), None):
                restored[file.path] = None
                below = (*file.down, *file.depends_on)
                waiting += [revision for revision in below if revision not in self.known]
        return [*restored]

    def _defines(self, text: str) -> bool:
        return read_text("", text).revision == self.revision

    def _is_absent(self, path: str) -> bool:
        return path.endswith(".py") and not (self.repository.root / path).exists()

    @cached_property
    def _places(self) -> dict[str, Place]:
        return places(self.repository)

    def _typed(self) -> tuple[str, Callable[[str], str]]:
        """How git is called from here, and how a path of the repository is typed here."""
        root, here = self.repository.root, Path.cwd()
        if here.is_relative_to(root):
            return "git", lambda path: Path(os.path.relpath(root / path, here)).as_posix()
        return f"git -C {shlex.quote(str(root))}", str


def _tree(name: str) -> str:
    return name.partition(":")[0]


def _path(name: str) -> str:
    return name.partition(":")[2]
