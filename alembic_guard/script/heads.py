"""Which heads belong together, and which are kept apart on purpose.

Heads are kept apart when they carry different branch labels, live in different version locations,
share no base, or when one depends on another branch. Those that are not are two people's work on
the same history, and are joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic_guard.runtime.history import relative

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory


@dataclass(frozen=True)
class Heads:
    """The heads of a history, in groups that belong together.

    :param reasons: for each head, what keeps it apart; empty when nothing does.
    """

    groups: tuple[tuple[Script, ...], ...]
    reasons: tuple[str, ...] = ()

    @property
    def joinable(self) -> tuple[Script, ...]:
        """The heads to merge into one; empty when there is one, or when some are kept apart."""
        if len(self.groups) == 1 and len(self.groups[0]) > 1:
            return self.groups[0]
        return ()


@dataclass(frozen=True)
class _Branch:
    """What leads to one head."""

    head: Script
    bases: frozenset[str]
    depends: frozenset[str]

    @property
    def marks(self) -> tuple[object, ...]:
        """What heads that belong together have in common, besides a base."""
        return frozenset(self.head.branch_labels), Path(self.head.path).parent, self.depends


def group_heads(script: ScriptDirectory, heads: Sequence[Script]) -> Heads:
    """The heads of a script directory, in groups.

    :param heads: as ``get_revisions`` of each of ``get_heads()`` gives them.
    """
    branches = [_branch(script, head) for head in heads]
    groups: list[list[_Branch]] = []
    for branch in branches:
        related = [group for group in groups if any(_together(branch, each) for each in group)]
        groups = [group for group in groups if group not in related]
        groups.append([*(each for group in related for each in group), branch])
    return Heads(
        tuple(tuple(branch.head for branch in group) for group in groups),
        tuple(_reason(branch, branches) for branch in branches) if len(groups) > 1 else (),
    )


def merge_message(heads: Sequence[Script]) -> str:
    """The message of a merge, naming every branch that it joins."""
    return "merge " + " and ".join(
        f"{head.revision} ({head.doc or 'no message'})" for head in heads
    )


def _together(one: _Branch, other: _Branch) -> bool:
    return one.marks == other.marks and not one.bases.isdisjoint(other.bases)


def _branch(script: ScriptDirectory, head: Script) -> _Branch:
    lineage = list(_lineage(script, head))
    return _Branch(
        head,
        bases=frozenset(found.revision for found in lineage if found.is_base),
        depends=frozenset(name for found in lineage for name in _tuple(found.dependencies)),
    )


def _lineage(script: ScriptDirectory, head: Script) -> Iterator[Script]:
    """A head and everything below it, each once; what it depends on is no part of it."""
    waiting, seen = [head.revision], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            found = script.get_revision(name)
            waiting += _tuple(found.down_revision)
            yield found


def _reason(branch: _Branch, branches: Sequence[_Branch]) -> str:
    """A head with what it has and another has not."""
    head, folder = branch.head, Path(branch.head.path).parent
    said = []
    if head.branch_labels:
        said.append(f"branch {', '.join(sorted(head.branch_labels))}")
    if any(Path(other.head.path).parent != folder for other in branches):
        said.append(f"in {relative(folder)}")
    if branch.depends:
        said.append(f"depends on {', '.join(sorted(branch.depends))}")
    if any(branch.bases.isdisjoint(other.bases) for other in branches):
        said.append(f"from base {', '.join(sorted(branch.bases))}")
    return f"{head.revision} ({'; '.join(said)})" if said else head.revision


def _tuple(value: str | Sequence[str] | None) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)
