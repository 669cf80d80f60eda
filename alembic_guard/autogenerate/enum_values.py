"""How the values of an enum get from one list to another, where PostgreSQL can do so in place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.type_changes import spelled, string

if TYPE_CHECKING:
    from alembic_guard.runtime.comparing.comparison import Comparison
    from alembic_guard.runtime.comparing.facts import Thing


_AFTER = ("column", "check", "exclude", "index")
"""Kinds that change after an enum does, and on the way back before it."""


@dataclass(frozen=True)
class InPlace:
    """What changes a list of values without a new type.

    :param renamed: old and new value; :param added: each value with its place, such as
        ``BEFORE 'b'``, in the order in which they are added.
    """

    renamed: tuple[tuple[str, str], ...]
    added: tuple[tuple[str, str], ...]


def in_place(old: Sequence[str], new: Sequence[str]) -> InPlace | None:
    """What makes the one list of the other, or None where values go, or change their order.

    A value is renamed if one goes and one comes between the same neighbours: the only candidate.
    """
    kept = [value for value in old if value in new]
    if kept != [value for value in new if value in old]:
        return None
    renamed: list[tuple[str, str]] = []
    for gone, come in zip(_between(old, kept), _between(new, kept), strict=True):
        if gone and (len(gone), len(come)) != (1, 1):
            return None
        renamed += zip(gone, come, strict=False)
    names = dict(renamed)
    return InPlace(tuple(renamed), tuple(_added([names.get(each, each) for each in old], new)))


def _between(values: Sequence[str], kept: Sequence[str]) -> list[list[str]]:
    """What stands before, between and behind the values that stay."""
    gaps: list[list[str]] = [[]]
    for value in values:
        if value in kept:
            gaps.append([])
        else:
            gaps[-1].append(value)
    return gaps


def _added(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    now = list(old)
    for place, value in enumerate(new):
        if value in now:
            continue
        if place == len(now):
            yield value, ""
        elif place:
            yield value, f" AFTER {string(new[place - 1])}"
        else:
            yield value, f" BEFORE {string(now[0])}"
        now.insert(place, value)


def used(comparison: Comparison, thing: Thing, values: Sequence[str]) -> bool:
    """Whether anything that comes with the same migration is written in terms of new values.

    A value that ``ALTER TYPE … ADD VALUE`` added can't be used before the transaction is over.
    """
    wanted = {
        json.dumps(each, ensure_ascii=False)[1:-1]
        for value in values
        for each in (string(value), string(value.replace("\\", "\\\\")))
    }
    for difference in comparison.differences.values():
        if difference.model is not None and difference.thing != thing:
            text = json.dumps(dict(difference.model.parts), ensure_ascii=False)
            if any(each in text for each in wanted):
                return True
    return False


def followed(comparison: Comparison) -> None:
    """Take out of a comparison what follows the renamed value of an enum by itself.

    Defaults and constraints hold the value, not its name, so they show the new one afterwards: what
    of them changes otherwise is taken away, and brought back, while it has the new one.
    """
    differences: Any = comparison.differences
    for enum in list(comparison.of("enum")):
        if enum.live is None or enum.model is None:
            continue
        found = in_place(enum.live.parts["labels"], enum.model.parts["labels"])
        if found is None or not found.renamed:
            continue
        for thing, each in list(differences.items()):
            if each.live is None or each.model is None or thing == enum.thing:
                continue
            names = dict(found.renamed)
            now = _followed(each.live.parts, enum.thing, names)
            if all(now[word] == each.model.parts[word] for word in each.parts):
                del differences[thing]
            elif thing.kind in _AFTER:
                words = _followed({"": each.live.definition}, enum.thing, names)
                live = replace(each.live, parts=now, definition=words[""])
                differences[thing] = replace(each, live=live)


def _followed(parts: Mapping[str, Any], thing: Thing, names: Mapping[str, str]) -> dict[str, Any]:
    values = re.compile(r"'((?:[^']|'')*)'::" + re.escape(spelled(thing)) + r"(\[\])?(?![\w.])")

    def renamed(text: str) -> str:
        return names.get(text.replace("''", "'"), text.replace("''", "'")).replace("'", "''")

    def swapped(found: re.Match[str]) -> str:
        text, array = found[1], found[2] or ""
        if array:
            inner = ",".join(renamed(each) for each in text[1:-1].split(","))
            return f"'{{{inner}}}'::{spelled(thing)}[]"
        return f"'{renamed(text)}'::{spelled(thing)}"

    return {
        word: values.sub(swapped, value) if isinstance(value, str) else value
        for word, value in parts.items()
    }
