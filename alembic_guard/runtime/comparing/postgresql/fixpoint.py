"""Brings definitions that differ in words to words that do not change any more.

What the catalogue says of an object that was restored from a dump differs from what it says of the
same object typed by hand: reading its own words once more, the server writes others. So both sides
are read again until they agree, or stay as they are (``facts/comparators.md`` C.4, rule 1). What
still differs then may yet mean the same, see ``meaning.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from uuid import uuid4

from alembic_guard.runtime.comparing.facts import Difference, Fact, Thing, differing
from alembic_guard.runtime.comparing.postgresql.meaning import meaning_the_same
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace
from alembic_guard.runtime.comparing.postgresql.reading import read
from alembic_guard.runtime.comparing.postgresql.views import ordered_in

_HOMES = (
    *("columns", "constraints", "indexes", "views", "functions", "triggers", "rules", "policies"),
    "types",
)
_ROUNDS = 3
_WORDS = frozenset({"definition", "default", "generated", "checks"})
"""The parts that the server writes, and reads otherwise."""


def same_after_all(
    namespace: Namespace, pairs: Iterable[Difference], loose: Collection[Thing] = ()
) -> set[Thing]:
    """Which of these differ in words only.

    :param namespace: with the models in it.
    :param loose: views whose columns may be in any order.
    """
    homes = {kind: home for home in _HOMES for kind in _module(home).PROBED}
    open_ = {
        number: pair
        for number, pair in enumerate(pairs)
        if pair.thing.kind in homes and pair.parts and pair.parts <= _WORDS
    }
    same: set[Thing] = set()
    doubtful = dict(open_)
    for _ in range(_ROUNDS):
        if not open_:
            break
        again = _again(namespace, open_, homes)
        for number, (live, model) in again.items():
            before = open_.pop(number)
            if live is None or model is None:
                continue
            live, model = ordered_in(live, loose), ordered_in(model, loose)
            assert before.live is not None and before.model is not None
            if not set(differing(live, model)) & _WORDS or not set(differing(live, before.model)):
                same.add(before.thing)
            elif set(differing(live, before.live)) or set(differing(model, before.model)):
                open_[number] = Difference(before.thing, live, model)
    left = {number: pair for number, pair in doubtful.items() if pair.thing not in same}
    return same | {left[number].thing for number in meaning_the_same(namespace, left)}


def _again(
    namespace: Namespace, pairs: Mapping[int, Difference], homes: Mapping[str, str]
) -> dict[int, tuple[Fact | None, Fact | None]]:
    statements: list[str] = []
    wanted: dict[int, list[tuple[Thing, str]]] = {}
    token = uuid4().hex[:8]  # what was made for another round, or another question, is still there
    for number, pair in pairs.items():
        for side, fact in (("live", pair.live), ("model", pair.model)):
            assert fact is not None
            name = f"guard_probe_{token}_{number}_{side}"
            made, thing = _module(homes[pair.thing.kind]).probe(namespace, fact, name)
            statements += made
            wanted.setdefault(number, []).append((thing, name))
    namespace.run(statements)
    facts = read(namespace.connection, namespace.names(), _HOMES)
    return {
        number: (
            _as(facts.get(live), pairs[number].live, live_name),
            _as(facts.get(model), pairs[number].model, model_name),
        )
        for number, ((live, live_name), (model, model_name)) in wanted.items()
    }


def _as(found: Fact | None, of: Fact | None, name: str) -> Fact | None:
    """A fact of a probe, told of what it was made for; only the words count.

    :param name: what the probe is called, where its words begin with that.
    """
    if found is None or of is None:
        return None
    own = str(of.notes.get("sql") or name)
    words = {
        word: value.replace(name, own) if isinstance(value, str) else value
        for word, value in found.parts.items()
        if word in _WORDS
    }
    definition = found.definition.replace(name, own)
    return replace(of, parts={**of.parts, **words}, definition=definition)


def _module(home: str):  # type: ignore[no-untyped-def]
    return import_module(f"{__package__}.{home}")
