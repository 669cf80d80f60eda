"""Finds the USING that ALTER COLUMN … TYPE needs, by asking PostgreSQL in the scratch namespace.

A type that cannot be assigned to the new one is cast explicitly, and where there is no such cast,
by way of another type: each way is tried on an empty table, in both directions, and the first that
PostgreSQL plans is noted as ``using``. No way cuts or drops a value in silence: a value that has no
place in the new type stops the migration, as an array of two elements does in a scalar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from alembic_guard.runtime.comparing.facts import Difference, Thing
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace

_JSON = ("json", "jsonb")
_TEXT = re.compile(r"text$|character\b")


def with_casts(namespace: Namespace, found: Mapping[Thing, Difference]) -> dict[Thing, Difference]:
    """The differences, with ``using`` among the notes of both sides of a column's type.

    The live side's leads to the live type, the models' to the models'; ``{c}`` stands for the
    column, and "" says that none is needed.

    :param namespace: with the models in it.
    """
    wanted = {thing: each for thing, each in found.items() if "type" in each.parts}
    pairs = list(dict.fromkeys(pair for each in wanted.values() for pair in _directions(each)))
    ways = _planned(namespace, pairs)
    done = dict(found)
    for thing, each in wanted.items():
        assert each.live is not None and each.model is not None
        up, down = (ways[pair] for pair in _directions(each))
        done[thing] = Difference(
            thing,
            replace(each.live, notes={**each.live.notes, "using": down}),
            replace(each.model, notes={**each.model.notes, "using": up}),
        )
    return done


def _directions(each: Difference) -> list[tuple[str, str]]:
    assert each.live is not None and each.model is not None
    live, model = each.live.parts["type"], each.model.parts["type"]
    return [(live, model), (model, live)]


def _planned(namespace: Namespace, pairs: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    tried = [(pair, way) for pair in pairs for way in _ways(*pair)]
    statements = [
        _trial(namespace, place, old, new, way) for place, ((old, new), way) in enumerate(tried)
    ]
    failed = {failure.place for failure in namespace.run(statements)} if tried else set()
    found: dict[tuple[str, str], str] = {}
    for place, (pair, way) in enumerate(tried):
        if place not in failed:
            found.setdefault(pair, way)
    return {pair: found.get(pair, _by_text(pair[1])) for pair in pairs}


def _trial(namespace: Namespace, place: int, old: str, new: str, way: str) -> str:
    table = namespace.qualified("", f"guard_cast_{place}")
    using = f" USING {namespace.retarget(way.replace('{c}', 'c'))}" if way else ""
    return (
        f"CREATE TABLE {table} (c {namespace.retarget(old)}); "
        f"ALTER TABLE {table} ALTER c TYPE {namespace.retarget(new)}{using}"
    )


def _by_text(new: str) -> str:
    """The last way, and what is left where none could be planned, as for a type elsewhere.

    Text is assigned: a cast would cut what is too long for the new type.
    """
    return "{c}::text" if _TEXT.match(new) else f"{{c}}::text::{new}"


def _ways(old: str, new: str) -> Iterator[str]:
    """From the plainest on; a value is never cut by a cast where an assignment would refuse it."""
    one, many = not old.endswith("[]"), new.endswith("[]")
    if not one and not many and new not in _JSON:  # of one element, else as a whole
        for cast in ("", f"::{new}"):
            single = f"WHEN '[1:1]' THEN {{c}}[1]{cast}"
            yield f"CASE array_dims({{c}}) {single} ELSE {_by_text(new)} END"
    yield ""
    if one and many and old not in _JSON:
        for cast in ("", f"::{new}"):
            yield f"CASE WHEN {{c}} IS NOT NULL THEN ARRAY[{{c}}]{cast} END"
    yield f"{{c}}::{new}"
    if new in _JSON:
        yield f"to_{new}({{c}})"
    if old in _JSON:
        yield f"({{c}} #>> '{{}}')::{new}"
    if "boolean" in (old, new):
        yield f"{{c}}::integer::{new}"
    yield _by_text(new)
