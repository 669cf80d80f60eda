"""The lines with which a revision file is taken out of a history, and put above everything.

Private name of Alembic, tried on 1.18.4 and 1.20.1: ``Revision._all_nextrev``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from alembic_guard.runtime.history import as_revision

if TYPE_CHECKING:
    from alembic.script import Script


def on_top(
    script: Script, files: Mapping[str, Script], skipped: set[str]
) -> Iterator[tuple[str, str]]:
    """The lines that take a revision out from below what is applied, and put it on top."""
    if not skipped.intersection(_down(script)):
        yield as_revision(script).path, f"down_revision = {_written(_heads_above(script, files))}"
    for name in sorted(script.nextrev):
        if name in files and name not in skipped:
            child = files[name]
            down = [parent for one in _down(child) for parent in _grounded(one, files, skipped)]
            yield as_revision(child).path, f"down_revision = {_written([*dict.fromkeys(down)])}"


def _grounded(name: str, files: Mapping[str, Script], skipped: set[str]) -> Iterator[str]:
    """A revision, or what is left below it without those that were skipped."""
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one in skipped:
            waiting += reversed(_down(files[one]))
        else:
            yield one


def _heads_above(script: Script, files: Mapping[str, Script]) -> list[str]:
    """The heads that rest on a revision."""
    heads = sorted(name for name, one in files.items() if not one._all_nextrev)
    if len(heads) == 1:
        return heads
    seen, waiting = {script.revision}, [script.revision]
    while waiting:
        above = files[waiting.pop()]._all_nextrev - seen
        waiting += above
        seen |= above
    return [name for name in heads if name in seen]


def _down(script: Script) -> tuple[str, ...]:
    down = script.down_revision or ()
    return (down,) if isinstance(down, str) else tuple(down)


def _written(names: list[str]) -> str:
    """As a revision file has it."""
    if len(names) > 1:
        return repr(tuple(names)).replace("'", '"')
    return f'"{names[0]}"' if names else "None"
