"""Merges that join nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter

from alembic_guard.runtime.op_calls import does_nothing, parse
from alembic_guard.runtime.revision_files import RevisionFiles
from alembic_guard.runtime.revision_syntax import RevisionFile


def merges_of_one(files: RevisionFiles) -> Iterator[RevisionFile]:
    """Files that are called a merge, have one parent and do nothing."""
    for file in files.files:
        called = file.message.lower().startswith("merge")
        if called and len(file.down) == 1 and does_nothing(parse(file.source)):
            yield file


def needless_parents(files: RevisionFiles) -> Iterator[tuple[RevisionFile, str, str]]:
    """Merges with a parent that another parent rests on: the file, that parent, the other."""
    merges = [file for file in files.files if len(file.down) > 1]
    if not merges or files.history is None:
        return
    order = TopologicalSorter(files.below).static_order()
    position = {revision: place for place, revision in enumerate(order)}
    for file in merges:
        for older in file.down:
            for younger in file.down:
                if older != younger and _rests_on(younger, older, files, position):
                    yield file, older, younger


def _rests_on(younger: str, older: str, files: RevisionFiles, position: Mapping[str, int]) -> bool:
    """Whether one leads to the other.

    What stands below the older one is passed over: with all ancestors of every parent, a history of
    merges would cost the square of its length.
    """
    waiting, seen = [*files.named(younger)], set[str]()
    (end,) = files.named(older)
    while waiting:
        revision = waiting.pop()
        if revision == end:
            return True
        if revision not in seen and position[revision] > position[end]:
            seen.add(revision)
            (file,) = files.by_id[revision]
            waiting += [name for parent in file.down for name in files.named(parent)]
    return False
