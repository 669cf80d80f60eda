"""All revision files of a project, read from their syntax, and the history that they make.

Promises: no file is run, and no text makes it raise. Where the files make no history (two have the
same id, one refers to none, they run in a circle) there are no heads: the harm itself is told.

Does not: resolve revisions. The history is Alembic's own ``RevisionMap``; what is asked here of the
files directly is what that map stumbles over, or cannot say.

Private names of Alembic, tried on 1.18.4 and 1.20.1: ``script.base._only_source_rev_file``,
``script.revision._revision_illegal_chars``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script.base import _only_source_rev_file
from alembic.script.revision import Revision, RevisionMap, _revision_illegal_chars

from alembic_guard.runtime.git_search import Search
from alembic_guard.runtime.heads import Heads, group_heads, lineage
from alembic_guard.runtime.history import RESERVED, BrokenHistory, relative
from alembic_guard.runtime.revision_syntax import RevisionFile, read_text

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Missing:
    """A reference to a revision that no file defines.

    :param identifier: ``down_revision`` or ``depends_on``.
    """

    file: RevisionFile
    identifier: str
    revision: str


@dataclass(frozen=True)
class Clash:
    """A branch label that is the label, or the id, of another revision too."""

    label: str
    file: RevisionFile
    other: RevisionFile


@dataclass(frozen=True)
class Unrelated:
    """Heads without a common base that neither a label, a folder nor a dependency keeps apart.

    :param base: of the smallest of their histories, which may have been meant to follow another.
    :param follows: the head of the largest one.
    """

    heads: tuple[RevisionFile, ...]
    base: RevisionFile
    follows: str


class _Node(Revision):
    """A file in Alembic's map."""

    def __init__(self, file: RevisionFile, revision: str) -> None:
        super().__init__(revision, file.down, file.depends_on or None, file.branch_labels)
        self.path = file.path


@dataclass(frozen=True)
class RevisionFiles:
    """The revision files of a project.

    :param locations: the folders that they are in, where those are known.
    :param against: what of git they were joined with; :param absent: the paths that only it has.
    :param untracked: the paths of duplicates that git does not have.
    :param search: what git knows of the missing revisions, where it was asked.
    """

    files: tuple[RevisionFile, ...]
    locations: tuple[Path, ...] = ()
    against: str = ""
    absent: frozenset[str] = frozenset()
    untracked: frozenset[str] = frozenset()
    search: Search = field(default_factory=Search)

    @classmethod
    def from_texts(
        cls, texts: Mapping[str, str | bytes], locations: tuple[Path, ...] = ()
    ) -> RevisionFiles:
        """Files by their paths; what Alembic takes for no revision by its name is left out."""
        names = [path for path in texts if _only_source_rev_file.match(Path(path).name)]
        with without_warnings():
            return cls(tuple(read_text(path, texts[path]) for path in names), locations)

    @cached_property
    def by_id(self) -> dict[str, tuple[RevisionFile, ...]]:
        """The files of each revision; several are one too many."""
        found: dict[str, list[RevisionFile]] = {}
        for file in self.files:
            if file.revision is not None:
                found.setdefault(file.revision, []).append(file)
        return {revision: tuple(files) for revision, files in found.items()}

    @cached_property
    def _by_label(self) -> dict[str, RevisionFile]:
        labels = [(label, file) for file in self.files for label in file.branch_labels]
        return dict(reversed(labels))  # the first one counts

    @cached_property
    def duplicates(self) -> tuple[tuple[RevisionFile, ...], ...]:
        """The files that say to be the same revision."""
        return tuple(files for files in self.by_id.values() if len(files) > 1)

    @cached_property
    def unresolvable(self) -> tuple[RevisionFile, ...]:
        """The files whose id means something else where Alembic reads one."""
        return tuple(
            file
            for file in self.files
            if file.revision is not None
            and (file.revision in RESERVED or illegal_characters(file.revision))
        )

    @cached_property
    def clashes(self) -> tuple[Clash, ...]:
        """Labels that are taken."""
        found = []
        for file in self.files:
            for label in file.branch_labels:
                other = self.by_id.get(label, (self._by_label[label],))[0]
                if other is not file or label == file.revision:
                    found.append(Clash(label, file, other))
        return tuple(found)

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """References to nothing; none are told while some file does not tell its id."""
        if any(file.opaque for file in self.files):
            return ()
        return tuple(
            Missing(file, identifier, name)
            for file in self.files
            for identifier, names in (
                ("down_revision", file.down),
                ("depends_on", file.depends_on),
            )
            for name in names
            if name not in self.by_id and name not in self._by_label
        )

    @cached_property
    def cycle(self) -> tuple[RevisionFile, ...]:
        """The first files found that run in a circle, each the parent of the next."""
        try:
            TopologicalSorter(self.below).prepare()
        except CycleError as error:
            around: list[str] = error.args[1][:-1]
            if any(len(self.by_id[revision]) > 1 for revision in around):
                return ()  # of duplicates nobody knows which one closes the circle
            files = [self.by_id[revision][0] for revision in around]
            first = files.index(min(files, key=lambda file: (file.created, file.path)))
            return (*files[first:], *files[:first])
        return ()

    @cached_property
    def below(self) -> dict[str, dict[str, None]]:
        """What each revision rests on, dependencies included, as far as there are files."""
        return {
            revision: dict.fromkeys(
                below
                for file in files
                for name in (*file.down, *file.depends_on)
                for below in self.named(name)
            )
            for revision, files in self.by_id.items()
        }

    def named(self, name: str) -> tuple[str, ...]:
        """The revision that an id or a label stands for; none where there is no file."""
        if name in self.by_id:
            return (name,)
        labelled = self._by_label.get(name)
        return () if labelled is None or labelled.revision is None else (labelled.revision,)

    @property
    def contradicts_itself(self) -> bool:
        """Whether the files, each of which may be whole, make no history."""
        found = (self.duplicates, self.missing, self.clashes, self.cycle, self.unresolvable)
        return any(found)

    @cached_property
    def history(self) -> RevisionMap | None:
        """The history that they make, if they make one."""
        unsure = any(file.opaque for file in self.files)
        if unsure or self.contradicts_itself:
            return None
        nodes = [_Node(files[0], revision) for revision, files in self.by_id.items()]
        return RevisionMap(lambda: nodes)

    @property
    def heads(self) -> tuple[RevisionFile, ...]:
        """The revisions that nothing follows, as ``alembic heads`` shows them."""
        heads = self.history.heads if self.history else ()
        return tuple(self.by_id[revision][0] for revision in sorted(heads))

    @cached_property
    def diverged(self) -> tuple[tuple[RevisionFile, ...], ...]:
        """The heads that have to be joined, those of one history together."""
        groups = self._grouped.groups if self._grouped else ()
        return tuple(
            tuple(self.by_id[node.revision][0] for node in group)
            for group in groups
            if len(group) > 1
        )

    @cached_property
    def unrelated(self) -> tuple[Unrelated, ...]:
        """The heads that may have lost their base."""
        if self.history is None or self._grouped is None:
            return ()
        found = []
        for ids in self._grouped.unmarked:
            heads = tuple(self.by_id[head][0] for head in ids)
            below = [self._lineage(head) for head in heads]
            # The smallest comes first, and of two that are as small the younger one.
            below.sort(key=lambda files: (files[-1].created, files[-1].path), reverse=True)
            below.sort(key=len)
            base = next(file for file in below[0] if not file.down)
            found.append(Unrelated(heads, base, str(below[-1][0].revision)))
        return tuple(found)

    def _lineage(self, head: RevisionFile) -> tuple[RevisionFile, ...]:
        assert self.history is not None
        found = lineage(self.history, str(head.revision))
        return tuple(self.by_id[one.revision][0] for one in found)

    @cached_property
    def _grouped(self) -> Heads[_Node] | None:
        if self.history is None:
            return None
        nodes = [self.history.get_revision(head.revision) for head in self.heads]
        found = [node for node in nodes if isinstance(node, _Node)]
        folders = tuple(Path(relative(folder)) for folder in self.locations)
        return group_heads(self.history, found, folders)

    def branches(self, heads: tuple[RevisionFile, ...]) -> list[tuple[RevisionFile, ...]]:
        """For each of these heads the files that lead to it and not to all of them, oldest last."""
        assert self.history is not None
        below = [
            [found.revision for found in lineage(self.history, str(head.revision))]
            for head in heads
        ]
        common = frozenset(below[0]).intersection(*below)
        return [
            tuple(self.by_id[name][0] for name in names if name not in common) for names in below
        ]


def illegal_characters(revision: str) -> tuple[str, ...]:
    """The characters of an id that mean something else where Alembic reads one."""
    return tuple(character for character in _revision_illegal_chars if character in revision)


@contextmanager
def without_warnings() -> Iterator[None]:
    """What Python warns of when it compiles; Alembic shows it when it loads the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def files_of(subject: BrokenHistory | RevisionFiles) -> RevisionFiles:
    """The files, whether Alembic failed on them or not."""
    return subject.files if isinstance(subject, BrokenHistory) else subject
