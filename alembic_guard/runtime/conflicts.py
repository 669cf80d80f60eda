"""What branches that have to be joined do to the same table, column, index or constraint.

Promises: nothing is run. What syntax does not tell (SQL, computed names) is no conflict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alembic_guard.runtime.op_calls import parse, upgrade_changes
from alembic_guard.runtime.revision_syntax import RevisionFile


@dataclass(frozen=True)
class Touch:
    """What a file does to one object.

    :param act: "adds", "drops"…; :param what: "column users.email".
    :param table: that it belongs to; "" where the text does not tell.
    """

    file: RevisionFile
    act: str
    what: str
    table: str

    @property
    def whole(self) -> bool:
        """Whether the table itself comes, goes or gets another name."""
        return self.what == f"table {self.table}"


@dataclass(frozen=True)
class Branch:
    """What leads to one head and not to all of those that it has to be joined with."""

    head: str
    files: frozenset[RevisionFile]


@dataclass(frozen=True)
class Conflict:
    """What several branches do to one object.

    :param what: the object, such as "column users.email" or "table users".
    :param clashes: whether the branches cannot be applied one after the other.
    """

    what: str
    touches: tuple[Touch, ...]
    clashes: bool
    branches: tuple[Branch, ...]

    @property
    def heads(self) -> tuple[str, ...]:
        """Of the branches that touch it."""
        return tuple(branch.head for branch in self.branches)

    def other_than(self, file: RevisionFile) -> str:
        """The head of a branch that this file is not in."""
        return next(branch.head for branch in self.branches if file not in branch.files)

    def root_of(self, file: RevisionFile) -> RevisionFile:
        """Where the branch of a file leaves what is common."""
        branch = next(branch for branch in self.branches if file in branch.files)
        ids = {each.revision: each for each in branch.files}
        while parent := next((ids[name] for name in file.down if name in ids), None):
            file = parent
        return file


def conflicts(
    heads: Sequence[RevisionFile], files: Sequence[Sequence[RevisionFile]]
) -> Iterator[Conflict]:
    """The objects that several branches touch: those that clash, then tables that do not.

    :param heads: that have to be joined; :param files: for each, what leads to it alone.
    """
    branches = [
        Branch(str(head.revision), frozenset(each)) for head, each in zip(heads, files, strict=True)
    ]
    every = [
        touch for file in dict.fromkeys(sum(map(tuple, files), ())) for touch in _touches(file)
    ]
    told = set[str]()
    for table in dict.fromkeys(touch.table for touch in every if touch.whole):
        met = _meeting([touch for touch in every if touch.table == table], branches)
        if any(touch.whole for touch in met):
            told.add(table)
            yield _conflict(f"table {table}", met, branches, clashes=True)
    for what in dict.fromkeys(touch.what for touch in every if touch.table not in told):
        met = _meeting([touch for touch in every if touch.what == what], branches)
        if met:
            told.update(touch.table for touch in met)
            yield _conflict(what, met, branches, clashes=True)
    for table in dict.fromkeys(touch.table for touch in every if touch.table):
        met = _meeting([touch for touch in every if touch.table == table], branches)
        if met and table not in told:
            yield _conflict(f"table {table}", met, branches, clashes=False)


def _meeting(touches: Sequence[Touch], branches: Sequence[Branch]) -> tuple[Touch, ...]:
    """Those of different branches, of which none leads to the other."""
    sides = {
        touch.file: {branch.head for branch in branches if touch.file in branch.files}
        for touch in touches
    }
    return tuple(
        touch
        for touch in touches
        if any(side - sides[touch.file] and sides[touch.file] - side for side in sides.values())
    )


def _conflict(
    what: str, touches: tuple[Touch, ...], branches: Sequence[Branch], clashes: bool
) -> Conflict:
    files = {touch.file for touch in touches}
    touching = tuple(branch for branch in branches if not files.isdisjoint(branch.files))
    return Conflict(what, touches, clashes, touching)


def _touches(file: RevisionFile) -> Iterator[Touch]:
    for change in upgrade_changes(parse(file.source)):
        verb, _, kind = change.verb.partition("_")
        if kind == "table":
            renamed = change.names if verb == "rename" else ()
            for table in (change.table, *renamed):
                yield Touch(file, f"{verb}s", f"table {table}", table)
        elif kind == "index":
            yield Touch(file, f"{verb}s", f"index {change.names[0]}", change.table)
        else:
            object_kind = "column" if kind == "column" else "constraint"
            for name in change.names:
                what = f"{object_kind} {change.table}.{name}"
                yield Touch(file, f"{verb}s", what, change.table)
