"""Takes out of the facts what the models have no opinion on.

Of some parts silence means nothing: a storage parameter, a tablespace or the comment of an index or
a schema is as often set by hand as in models. Such a part is compared where the models speak of it,
and of several parameters those that they name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from alembic_guard.runtime.comparing.facts import Fact, Facts, Thing

SILENT: Mapping[str, tuple[str, ...]] = {
    "column": ("storage", "compression"),
    "index": ("options", "tablespace", "comment"),
    "schema": ("comment",),
}
"""By kind, the parts that are not compared where the models leave them empty."""


def only_what_is_said(live: Facts, model: Facts) -> tuple[dict[Thing, Fact], dict[Thing, Fact]]:
    """Both sides, without what only the database says of things that both have."""
    lives, models = dict(live), dict(model)
    spoken = {kind: _spoken(kind, model) for kind in SILENT}
    for thing, fact in model.items():
        ours = live.get(thing)
        if ours is fact:  # spared, as it has what the models say and nothing else
            continue
        for part in SILENT.get(thing.kind, ()):
            said = fact.parts.get(part)
            if said in (None, {}) and part not in spoken[thing.kind]:
                fact = _without(fact, part)
            elif isinstance(said, dict) and ours is not None:
                known = ours.parts.get(part) or {}
                ours = _with(ours, part, {word: known.get(word) for word in said})
        models[thing] = fact
        if ours is not None:
            lives[thing] = ours
    return lives, models


def _spoken(kind: str, model: Facts) -> set[str]:
    """Comments are spoken of as soon as one thing of the kind has one."""
    facts = [fact for thing, fact in model.items() if thing.kind == kind]
    return {"comment"} if any(fact.parts.get("comment") for fact in facts) else set()


def _without(fact: Fact, part: str) -> Fact:
    return replace(fact, parts={word: each for word, each in fact.parts.items() if word != part})


def _with(fact: Fact, part: str, value: Any) -> Fact:
    return replace(fact, parts={**fact.parts, part: value})
