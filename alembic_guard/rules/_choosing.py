"""Which rules judge a subject, told from their texts, so that only those are loaded.

To import every rule takes longer than most commands do (140 ms of CPU, measured for 120 of them);
what a migration does concerns a few. The constants of a rule are therefore written as they are, at
the beginning of a line; only ``JUDGES`` may name a constant of another module, in capitals.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from alembic_guard.catalogue import Entry, entries

FOLDER = __name__.rpartition(".")[0]
EVERYTHING = "all"

_JUDGES = re.compile(r"^JUDGES = (\([^)]*\)|.*)$", re.MULTILINE)
_DATABASES = re.compile(r"^DATABASES = (\([^)]*\)|.*)$", re.MULTILINE)
_OPT_IN = re.compile(r"^OPT_IN = True$", re.MULTILINE)


class Choosing:
    """The rules for one kind of database.

    :param enable: names of opt-in rules, or ``all``.
    :param own: the project's own rules, by name, which are loaded already.
    """

    def __init__(self, kind: str, enable: Sequence[str], own: Mapping[str, ModuleType]) -> None:
        self._entries = _ours(kind, tuple(enable))
        self._own = {
            name: rule
            for name, rule in own.items()
            if kind in getattr(rule, "DATABASES", (kind,))
            and (name in enable or EVERYTHING in enable or not getattr(rule, "OPT_IN", False))
        }
        self._chosen: dict[type, list[tuple[str, ModuleType]]] = {}

    def of(self, subject: Any) -> list[tuple[str, ModuleType]]:
        """The rules that judge a subject of this class, by name, ours first."""
        kind = type(subject)
        if kind not in self._chosen:
            self._chosen[kind] = [*self._found(kind)]
        return self._chosen[kind]

    def _found(self, kind: type) -> list[tuple[str, ModuleType]]:
        classes = {base.__name__ for base in kind.__mro__}
        ours = [
            (name, entry.load())
            for name, entry in self._entries.items()
            if _may_be(_words(_JUDGES, entry), classes)
        ]
        both = [*ours, *self._own.items()]
        return [(name, rule) for name, rule in both if issubclass(kind, rule.JUDGES)]


@functools.lru_cache(maxsize=16)
def _ours(kind: str, enable: tuple[str, ...]) -> dict[str, Entry]:
    return {
        name: entry
        for name, entry in entries(FOLDER).items()
        if kind in _words(_DATABASES, entry)
        and (name in enable or EVERYTHING in enable or not is_opt_in(entry))
    }


@functools.cache
def is_opt_in(entry: Entry) -> bool:
    """Whether a rule is judged only where it is enabled."""
    return _OPT_IN.search(entry.source) is not None


def _may_be(words: frozenset[str], classes: set[str]) -> bool:
    """Whether what is judged may be of these classes; a constant in capitals holds any."""
    return not words.isdisjoint(classes) or any(word.isupper() for word in words)


@functools.cache
def _words(constant: re.Pattern[str], entry: Entry) -> frozenset[str]:
    """The names in a constant of a rule."""
    said = constant.search(entry.source)
    assert said is not None, f"{entry.module} has no {constant.pattern}"
    return frozenset(re.findall(r"\w+", said[1]))
