"""Which foreign keys cannot be made with their table: they rest on what is not there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic_guard.runtime.comparing.facts import Thing

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Fact, Facts


def target_of(fact: Fact, default: str | None) -> Thing:
    """The table that a foreign key rests on."""
    target = fact.notes["target"]
    schema = "" if target["schema"] == default else target["schema"]
    return Thing("table", target["table"], schema=schema)


class Cycles:
    """Which tables of one side alone rest on each other.

    :param facts: of that side; :param others: of the other one.
    """

    def __init__(self, facts: Facts, others: Facts, default: str | None) -> None:
        self._default = default
        self._targets: dict[Thing, set[Thing]] = {}
        for thing, each in facts.items():
            if thing.kind == "foreign key" and thing.owner not in others:
                self._targets.setdefault(thing.owner, set()).add(target_of(each, default))

    def have(self, fact: Fact) -> bool:
        """Whether the target of a foreign key rests on the table that has it."""
        first = fact.thing.owner
        waiting, seen = [target_of(fact, self._default)], set[Thing]()
        if waiting == [first]:
            return False  # to itself, which CREATE TABLE can say
        while waiting:
            table = waiting.pop()
            if table == first:
                return True
            if table not in seen:
                seen.add(table)
                waiting += self._targets.get(table, ())
        return False


def rests_on_change(fact: Fact, subject: Subject) -> bool:
    """Whether a foreign key rests on a key that comes or goes, of a table that stays."""
    comparison, target = subject.comparison, target_of(fact, subject.default)
    if target not in comparison.live or target not in comparison.model:
        return False
    tokens = {token.name: named.name for named, token in comparison.names.items()}
    name = fact.notes["target"]["needs"]
    for kind in ("unique", "primary key", "index"):
        thing = Thing(kind, tokens.get(name, name), target.name, target.schema)
        if thing in comparison.differences:
            return True
    return False
