"""Which heads belong together, and which are kept apart on purpose.

Heads are kept apart when they carry different branch labels, live in different version locations,
share no base, or when one depends on another branch. Those that are not are two people's work on
the same history, and are joined.

Private names of Alembic, tried on 1.18.4 and 1.20.1: ``ScriptDirectory._version_locations``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from alembic_guard.runtime.history import relative

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from alembic.script.revision import Revision, RevisionMap


class Located(Protocol):
    """A revision that knows its file: Alembic's ``Script``, or one that was read by syntax."""

    revision: str
    path: str
    branch_labels: set[str]


Head = TypeVar("Head", bound=Located)


@dataclass(frozen=True)
class Heads(Generic[Head]):
    """The heads of a history, in groups that belong together.

    :param reasons: for each head, what keeps it apart; empty when nothing does.
    :param unmarked: the heads, by their ids, that only the lack of a common base keeps apart.
    """

    groups: tuple[tuple[Head, ...], ...]
    reasons: tuple[str, ...] = ()
    unmarked: tuple[tuple[str, ...], ...] = ()

    @property
    def joinable(self) -> tuple[Head, ...]:
        """The heads to merge into one; empty when there is one, or when some are kept apart."""
        if len(self.groups) == 1 and len(self.groups[0]) > 1:
            return self.groups[0]
        return ()


@dataclass(frozen=True)
class _Branch(Generic[Head]):
    """What leads to one head."""

    head: Head
    folder: Path
    bases: frozenset[str]
    depends: frozenset[str]

    @property
    def marks(self) -> tuple[object, ...]:
        """What heads that belong together have in common, besides a base."""
        return frozenset(self.head.branch_labels), self.folder, self.depends


def group_heads(
    revisions: RevisionMap, heads: Sequence[Head], locations: Sequence[Path] = ()
) -> Heads[Head]:
    """The heads of a history, in groups.

    :param heads: as ``get_revision`` of each of ``RevisionMap.heads`` gives them.
    :param locations: of versions; a file elsewhere counts by its own folder.
    """
    branches = [_branch(revisions, head, locations) for head in heads]
    groups: list[list[_Branch[Head]]] = []
    for branch in branches:
        related = [group for group in groups if any(_together(branch, each) for each in group)]
        groups = [group for group in groups if group not in related]
        groups.append([*(each for group in related for each in group), branch])
    return Heads(
        tuple(tuple(branch.head for branch in group) for group in groups),
        tuple(_reason(branch, branches) for branch in branches) if len(groups) > 1 else (),
        tuple(_unmarked(groups)),
    )


def _unmarked(groups: Sequence[Sequence[_Branch[Head]]]) -> Iterator[tuple[str, ...]]:
    """One head of each group, where groups have the same folder, and no label or dependency."""
    alike: dict[tuple[object, ...], list[str]] = {}
    for first, *_ in groups:
        if not first.head.branch_labels and not first.depends:
            alike.setdefault(first.marks, []).append(first.head.revision)
    yield from (tuple(sorted(ids)) for ids in alike.values() if len(ids) > 1)


def lineage(revisions: RevisionMap, head: str) -> Iterator[Revision]:
    """A head and everything below it, each once; what it depends on is no part of it."""
    waiting, seen = [head], set[str]()
    while waiting:
        found = revisions.get_revision(waiting.pop())
        if found is not None and found.revision not in seen:
            seen.add(found.revision)
            waiting += _tuple(found.down_revision)
            yield found


def version_locations(script: ScriptDirectory) -> tuple[Path, ...]:
    """The folders that a project keeps revisions in, resolved as the paths of a ``Script`` are."""
    return tuple(folder.resolve() for folder in script._version_locations)


def _together(one: _Branch[Head], other: _Branch[Head]) -> bool:
    return one.marks == other.marks and not one.bases.isdisjoint(other.bases)


def _branch(revisions: RevisionMap, head: Head, locations: Sequence[Path]) -> _Branch[Head]:
    below = list(lineage(revisions, head.revision))
    path = Path(head.path)
    # Of nested locations the inner one; recursive_version_locations has folders of no meaning.
    inside = [folder for folder in locations if path.is_relative_to(folder)]
    return _Branch(
        head,
        max(inside, key=lambda folder: len(folder.parts), default=path.parent),
        bases=frozenset(found.revision for found in below if found.is_base),
        depends=frozenset(name for found in below for name in _tuple(found.dependencies)),
    )


def _reason(branch: _Branch[Head], branches: Sequence[_Branch[Head]]) -> str:
    head = branch.head
    said = []
    if head.branch_labels:
        said.append(f"branch {', '.join(sorted(head.branch_labels))}")
    if any(other.folder != branch.folder for other in branches):
        said.append(f"in {relative(branch.folder)}")
    if branch.depends:
        said.append(f"depends on {', '.join(sorted(branch.depends))}")
    if any(branch.bases.isdisjoint(other.bases) for other in branches):
        said.append(f"from base {', '.join(sorted(branch.bases))}")
    return f"{head.revision} ({'; '.join(said)})" if said else head.revision


def _tuple(value: str | Sequence[str] | None) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)
