"""Recognises a rename: the same shape under another name, and one candidate on each side.

What the models leave unnamed has no other name than the one that the database gave to it, and is
never renamed; nor is what goes with a column that is made anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from alembic_guard.autogenerate.remaking import goes_along

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Fact, Thing


class Renames:
    """The renames of one kind in one comparison, found when they are first asked for."""

    def __init__(self) -> None:
        self._found: dict[Thing, Thing] | None = None

    def of(self, subject: Subject, kind: str) -> Mapping[Thing, Thing]:
        """The new thing, by the one that it was."""
        if self._found is None:
            self._found = renames(subject, kind)
        return self._found

    def is_new(self, subject: Subject, thing: Thing) -> bool:
        """Whether a thing comes of a rename."""
        return thing in self.of(subject, thing.kind).values()


def renames(subject: Subject, kind: str) -> dict[Thing, Thing]:
    """The new thing, by the one that it was, of one kind."""
    gone: dict[str, list[Thing]] = defaultdict(list)
    come: dict[str, list[Thing]] = defaultdict(list)
    for difference in subject.comparison.of(kind):
        thing, live, model = difference.thing, difference.live, difference.model
        if not subject.filters.include(thing):
            continue
        if live is not None and model is None and not goes_along(subject, live):
            gone[_shape(live)].append(thing)
        elif model is not None and live is None and thing not in subject.comparison.names:
            come[_shape(model)].append(thing)
    return {
        old[0]: come[shape][0]
        for shape, old in gone.items()
        if len(old) == len(come.get(shape, ())) == 1
    }


def _shape(fact: Fact) -> str:
    """What a rename keeps: the table, and all that is said on both sides."""
    thing = fact.thing
    parts = {
        word: fact.parts[word] for word in ("definition", "unique", "valid") if word in fact.parts
    }
    return json.dumps([thing.schema, thing.table, parts], sort_keys=True)
