"""Foreign keys: dropped before the columns and indexes change that they need, made afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.complement import Subject, at
from alembic_guard.runtime.comparing.facts import Difference, Fact, Facts, Thing
from alembic_guard.runtime.comparing.mysql.tokens import quoted

_KEY = "foreign key"


def leaving_and_coming(subject: Subject) -> Iterator[Any]:
    """The operations on the foreign keys of tables that both sides have."""
    live, model = subject.comparison.live, subject.comparison.model
    for thing, each in _changing(subject).items():
        if thing.owner not in live or thing.owner not in model:
            continue
        if each.live is not None:
            drop = ops.DropConstraintOp.from_constraint(_constraint(each.live))
            yield at("loosening", drop)
        if each.model is not None:
            if each.live is None and not _served(each.model, live, model):
                # the server makes one when the key comes, and leaves it when the key goes
                index = f"ALTER TABLE {quoted(thing.table)} DROP KEY {quoted(thing.name)}"
                yield at("tightening", BothWaysOp([], [index], "", f"drops index {thing.name}"))
            yield at("tightening", ops.AddConstraintOp.from_constraint(_constraint(each.model)))


def _changing(subject: Subject) -> dict[Thing, Difference]:
    """Those that differ, and those that are in the way of columns that change."""
    comparison, include = subject.comparison, subject.filters.include
    found = {each.thing: each for each in comparison.of(_KEY) if include(each.thing)}
    columns = {
        (each.thing.table, each.thing.name.lower())
        for each in comparison.of("column")
        if each.live and each.model and include(each.thing) and _moves(each.live, each.model)
    }
    for thing, fact in comparison.live.items():
        if thing.kind == _KEY and comparison.same(thing) and include(thing):
            used = {(thing.table, each.lower()) for each in fact.parts["columns"]}
            used |= {
                (fact.parts["target"][-1], each.lower()) for each in fact.parts["target columns"]
            }
            if used & columns:
                found[thing] = Difference(thing, fact, fact)
    return dict(sorted(found.items()))


def needed(subject: Subject, index: Fact) -> bool:
    """Whether a foreign key that stays stands on an index, so that it cannot be dropped."""
    columns, gone = _columns(index), _changing(subject)
    for thing, fact in subject.comparison.live.items():
        if thing.kind == _KEY and thing not in gone:
            mine = thing.table == index.thing.table and fact.parts["columns"]
            aimed = fact.parts["target"][-1] == index.thing.table and fact.parts["target columns"]
            if any(each and columns[: len(each)] == each for each in (mine, aimed)):
                return True
    return False


def _moves(live: Fact, model: Fact) -> bool:
    """Whether a column becomes of another kind, which no foreign key on it allows."""

    def kind(fact: Fact) -> tuple[Any, ...]:
        type_ = fact.parts["type"]
        return (
            re.match(r"\w+", type_),
            "unsigned" in type_,
            fact.parts["charset"],
            fact.parts["collation"],
        )

    first, second = kind(live), kind(model)
    words = [each[0] and each[0][0] for each in (first, second)]
    return words[0] != words[1] or first[1:] != second[1:]


def _served(key: Fact, live: Facts, model: Facts) -> bool:
    """Whether there is an index for a key without one of its own."""
    wanted = key.parts["columns"]
    return any(
        fact.thing.kind in ("index", "primary key")
        and fact.thing.table == key.thing.table
        and _columns(fact)[: len(wanted)] == wanted
        for fact in (*live.values(), *model.values())
    )


def _columns(fact: Fact) -> tuple[str, ...]:
    return tuple(name for name, _ in fact.parts["columns"])


def _constraint(fact: Fact) -> sa.ForeignKeyConstraint:
    """SQLAlchemy's words for it."""
    parts, metadata = fact.parts, sa.MetaData()
    made = sa.Table(
        fact.thing.table, metadata, *[sa.Column(each, sa.Integer) for each in parts["columns"]]
    )
    schema = parts["target"][0] if len(parts["target"]) > 1 else None
    name = parts["target"][-1]
    if schema or name != made.name:
        columns = [sa.Column(each, sa.Integer) for each in parts["target columns"]]
        sa.Table(name, metadata, *columns, schema=schema)
    else:
        for each in parts["target columns"]:
            if each not in made.c:
                made.append_column(sa.Column(each, sa.Integer))
    target = ".".join(parts["target"])
    constraint = sa.ForeignKeyConstraint(
        list(parts["columns"]),
        [f"{target}.{each}" for each in parts["target columns"]],
        name=fact.thing.name,
        ondelete=parts["on delete"],
        onupdate=parts["on update"],
    )
    made.append_constraint(constraint)
    return constraint
