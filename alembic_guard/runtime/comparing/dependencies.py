"""What is built on what, on one side: a graph of things, and the orders that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from alembic_guard.runtime.comparing.facts import Thing


@dataclass(frozen=True)
class Dependencies:
    """A graph of things.

    :param needs: for each thing, those without which it could not be; columns among them.
    """

    needs: Mapping[Thing, frozenset[Thing]] = field(default_factory=dict)

    @cached_property
    def users(self) -> Mapping[Thing, frozenset[Thing]]:
        """For each thing, those that need it."""
        found: dict[Thing, set[Thing]] = {}
        for user, used in self.needs.items():
            for each in used:
                found.setdefault(each, set()).add(user)
        return {each: frozenset(users) for each, users in found.items()}

    def around(self, things: Iterable[Thing]) -> set[Thing]:
        """Everything that could not stay if these went; of these, those that need one another."""
        found: set[Thing] = set()
        waiting = list(things)
        while waiting:
            for user in self.users.get(waiting.pop(), ()):
                if user not in found:
                    found.add(user)
                    waiting.append(user)
        return found

    def ordered(self, things: Iterable[Thing], first: Callable[[Thing], Any]) -> list[Thing]:
        """Things after those that they need.

        :param first: which comes first where either could.
        """
        found: dict[Thing, None] = {}
        left = sorted(things, key=first)
        wanted = set(left)

        def put(thing: Thing, above: frozenset[Thing]) -> None:
            if thing in found or thing in above:
                return
            for each in sorted(self._below(thing, wanted), key=first):
                put(each, above | {thing})
            found[thing] = None

        for each in left:
            put(each, frozenset())
        return list(found)

    def _below(self, thing: Thing, wanted: set[Thing]) -> set[Thing]:
        """Those of ``wanted`` that a thing needs, be it through others."""
        found: set[Thing] = set()
        seen: set[Thing] = set()
        waiting = [thing]
        while waiting:
            for each in self.needs.get(waiting.pop(), ()):
                if each not in seen:
                    seen.add(each)
                    if each in wanted and each != thing:
                        found.add(each)
                    else:
                        waiting.append(each)
        return found
