"""Views, routines, triggers and sequences: dropped before the tables change, made afterwards.

What nobody declares is nobody's to drop, see ``complement``. A view of both sides is replaced in
its place, which keeps what was granted on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.complement import Subject, at
from alembic_guard.runtime.comparing.facts import Difference, Fact, Facts, Thing
from alembic_guard.runtime.comparing.mysql.creation import without_tokens
from alembic_guard.runtime.comparing.mysql.objects import made_by
from alembic_guard.runtime.comparing.mysql.tokens import quoted

_PHASES = {"sequence": ("left", "sequences"), "function": ("left", "functions")}
_KINDS = ("trigger", "view", "procedure", "function", "sequence")
"""In the order in which they leave."""


def leaving_and_coming(subject: Subject) -> Iterator[Any]:
    """The operations for them, in both directions."""
    comparison = subject.comparison
    typed = dict(_typed(subject))
    for kind in _KINDS:
        found = [each for each in comparison.of(kind) if _ours(subject, each)]
        if kind == "sequence":
            yield from _sequences(found, typed)
            continue
        ranks = _ranks({**comparison.live, **comparison.model}, kind)
        leave, come = _PHASES.get(kind, ("leaving", "coming"))
        for each in found:
            thing, rank = each.thing, ranks[each.thing]
            before, after = _text(each.live), typed.get(thing) or _text(each.model)
            drop = f"DROP {kind.upper()} {quoted(thing.name)}"
            if each.live is not None and each.model is not None:
                if thing.kind == "trigger" or (kind == "view" and _on_the_move(subject, each)):
                    says = f"drops {thing}, to make it again", f"adds {thing}"
                    yield at(leave, BothWaysOp([drop], [before], *says), -rank)
                    says = f"changes {thing}", f"drops {thing}"
                    yield at(come, BothWaysOp([after], [drop], *says), rank)
                else:
                    yield at(come, _changed(thing, before, after, drop), rank)
            elif each.live is not None:
                op = BothWaysOp([drop], [before], f"drops {thing}", f"adds {thing}")
                yield at(leave, op, -rank)
            else:
                op = BothWaysOp([after], [drop], f"adds {thing}", f"drops {thing}")
                yield at(come, op, rank)


def _changed(thing: Thing, before: str, after: str, drop: str) -> BothWaysOp:
    says = f"changes {thing}", f"changes {thing} back"
    if thing.kind == "view":
        return BothWaysOp([_replacing(after)], [_replacing(before)], *says)
    return BothWaysOp([drop, after], [drop, before], *says)


def _on_the_move(subject: Subject, view: Difference) -> bool:
    """Whether something that a view reads comes or goes: it cannot be replaced in its place."""
    words = set(re.findall(r"[^`\s.,()]+", f"{_text(view.live)} {_text(view.model)}"))
    return any(
        (each.live is None or each.model is None)
        and (not words.isdisjoint((each.thing.table or each.thing.name).split()))
        for each in subject.comparison.of("table", "column", "view")
        if each.thing != view.thing
    )


def _sequences(found: list[Difference], typed: dict[Thing, str]) -> Iterator[Any]:
    for each in found:
        name = quoted(each.thing.name)
        up, down = (_text(side) for side in (each.model, each.live))
        drop = f"DROP SEQUENCE {name}"
        if each.live is not None and each.model is not None:
            texts = [f"ALTER SEQUENCE {name} {_options(each_)}" for each_ in (up, down)]
            says = f"changes {each.thing}", f"changes {each.thing} back"
            yield at("sequences", BothWaysOp([texts[0]], [texts[1]], *says))
        elif each.live is not None:
            op = BothWaysOp([drop], [down], f"drops {each.thing}", f"adds {each.thing}")
            yield at("left", op)
        else:
            up = typed.get(each.thing, up)
            op = BothWaysOp([up], [drop], f"adds {each.thing}", f"drops {each.thing}")
            yield at("sequences", op)


def _options(sql: str) -> str:
    return re.sub(r"(?s)^.*?`(?:[^`]|``)+`\s*|\s*ENGINE\s*=\s*\w+", "", sql)


def _ours(subject: Subject, each: Difference) -> bool:
    comparison, thing = subject.comparison, each.thing
    if each.model is None and not comparison.declares(thing.kind):
        return False
    gone = thing.table and thing.owner in comparison.live and thing.owner not in comparison.model
    return not gone and subject.filters.include(thing)


def _typed(subject: Subject) -> Iterator[tuple[Thing, str]]:
    """What the models make, as it is typed there."""
    for statement in subject.comparison.compiled.statements:
        made = made_by(statement.sql)
        if made is not None and made.kind != "table":
            yield made, without_tokens(statement.sql).strip()


def _text(fact: Fact | None) -> str:
    return "" if fact is None else fact.definition


def _replacing(sql: str) -> str:
    return re.sub(r"^\s*CREATE\s+(?:OR\s+REPLACE\s+)?", "CREATE OR REPLACE ", sql, flags=re.I)


def _ranks(facts: Facts, kind: str) -> dict[Thing, int]:
    """How many of its own kind a thing is built on, one on the other."""
    mine = {thing: fact for thing, fact in facts.items() if thing.kind == kind}
    ranks: dict[Thing, int] = {}

    def rank(thing: Thing, above: frozenset[Thing]) -> int:
        if thing not in ranks:
            words = set(re.findall(r"[\w$]+", mine[thing].definition)) if kind == "view" else set()
            below = [
                each for each in mine if each != thing and each.name in words and each not in above
            ]
            ranks[thing] = 1 + max((rank(each, above | {thing}) for each in below), default=0)
        return ranks[thing]

    for thing in sorted(mine):
        rank(thing, frozenset({thing}))
    return ranks
