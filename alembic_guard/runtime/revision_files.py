"""All revision files of a project, read from their syntax, and the history that they make.

Promises: no file is run, and no text makes it raise. Where the files make no history (two have the
same id, one refers to none, they run in a circle) there are no heads: the harm itself is told.

Does not: resolve revisions. The history is Alembic's own ``RevisionMap``; what is asked here of the
files directly is what that map stumbles over, or cannot say.

Private names of Alembic, tried on 1.18.4 and 1.20.1: ``Script._list_py_dir``,
``script.base._only_source_rev_file``, ``script.revision._revision_illegal_chars``.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script.base import Script, _only_source_rev_file
from alembic.script.revision import Revision, RevisionMap, _revision_illegal_chars

from alembic_guard.runtime.heads import group_heads, lineage, version_locations
from alembic_guard.runtime.history import RESERVED, BrokenHistory, relative
from alembic_guard.runtime.revision_syntax import Harm, Problem, RevisionFile, read_text

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


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


class _Node(Revision):
    """A file in Alembic's map."""

    def __init__(self, file: RevisionFile, revision: str) -> None:
        super().__init__(revision, file.down, file.depends_on or None, file.branch_labels)
        self.path = file.path


@dataclass(frozen=True)
class RevisionFiles:
    """The revision files of a project.

    :param locations: the folders that they are in, where those are known.
    """

    files: tuple[RevisionFile, ...]
    locations: tuple[Path, ...] = ()

    @classmethod
    def from_texts(
        cls, texts: Mapping[str, str | bytes], locations: tuple[Path, ...] = ()
    ) -> RevisionFiles:
        """Files by their paths; what Alembic takes for no revision by its name is left out."""
        names = [path for path in texts if _only_source_rev_file.match(Path(path).name)]
        with _without_warnings():
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
        if self.history is None:
            return ()
        nodes = [self.history.get_revision(head.revision) for head in self.heads]
        found = [node for node in nodes if isinstance(node, _Node)]
        folders = tuple(Path(relative(folder)) for folder in self.locations)
        groups = group_heads(self.history, found, folders).groups
        return tuple(
            tuple(self.by_id[node.revision][0] for node in group)
            for group in groups
            if len(group) > 1
        )

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


def read_revision_files(script: ScriptDirectory) -> RevisionFiles:
    """The files of every version location, as Alembic lists them; none is run."""
    locations = version_locations(script)
    there = [location for location in locations if location.exists()]
    listed = [path for location in there for path in Script._list_py_dir(script, location)]
    named = _by_shown_path(listed)
    with _without_warnings():
        files = [
            read_file(name, path, read_text)
            for name, path in named.items()
            if _only_source_rev_file.match(path.name)
        ]
    files += _compiled(named) if script.sourceless else ()
    return RevisionFiles(tuple(files), locations)


def _by_shown_path(listed: Sequence[Path]) -> dict[str, Path]:
    """Each file once, by the path that a user would type; links are followed, as Alembic does."""
    resolved = {folder: folder.resolve() for folder in {path.parent for path in listed}}
    paths = dict.fromkeys(
        # Path.resolve raises where links go in a circle.
        Path(os.path.realpath(path)) if path.is_symlink() else resolved[path.parent] / path.name
        for path in listed
    )
    shown = {folder: Path(relative(folder)) for folder in {path.parent for path in paths}}
    return {str(shown[path.parent] / path.name): path for path in paths}


def read_file(
    name: str, path: str | Path, read: Callable[[str, bytes], RevisionFile]
) -> RevisionFile:
    """Read a file that may not let itself be read.

    :param name: its path as the user would type it.
    """
    try:
        with open(path, "rb") as file:
            return read(name, file.read())
    except OSError as error:
        problem = Problem(Harm.UNREADABLE, said=error.strerror or str(error))
        return RevisionFile(name, problem=problem, opaque=True)


def _compiled(paths: Mapping[str, Path]) -> Iterator[RevisionFile]:
    """Revisions of which only the bytecode is there."""
    sources = {path.name.split(".")[0] for path in paths.values() if path.suffix == ".py"}
    for name, path in paths.items():
        if path.suffix in (".pyc", ".pyo") and path.name.split(".")[0] not in sources:
            yield RevisionFile(name, problem=Problem(Harm.COMPILED), opaque=True)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """What Python warns of when it compiles; Alembic shows it when it loads the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def files_of(subject: BrokenHistory | RevisionFiles) -> RevisionFiles:
    """The files, whether Alembic failed on them or not."""
    return subject.files if isinstance(subject, BrokenHistory) else subject
