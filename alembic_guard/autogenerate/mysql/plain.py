"""Differences that Alembic's own directives say in full: indexes, unique constraints, CHECK."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.complement import Subject, at
from alembic_guard.runtime.comparing.facts import Difference, Fact
from alembic_guard.runtime.comparing.mysql.tokens import quoted


def plain(subject: Subject, differences: Sequence[Difference]) -> list[Any] | None:
    """The operations; None where some of the differences have none of these."""
    made: list[Any] = []
    for each in differences:
        if each.thing.kind == "check":
            made += _check(subject, each)
        elif each.thing.kind == "index" and _sayable(each.live) and _sayable(each.model):
            made += _index(subject, each)
        else:
            return None
    return made


def _check(subject: Subject, each: Difference) -> Iterator[Any]:
    thing = each.thing
    head = f"ALTER TABLE {quoted(thing.table)}"
    drop = f"{head} DROP CONSTRAINT {quoted(thing.name)}"
    if each.live is not None:
        add = f"{head} ADD CONSTRAINT {quoted(thing.name)} CHECK {_behind(each.live)}"
        yield at("tables", BothWaysOp([drop], [add], f"drops {thing}", f"adds {thing}"), -1)
    if each.model is not None:
        constraint = subject.sources.constraint(thing)
        words = _behind(each.model)
        if isinstance(constraint, sa.CheckConstraint):
            words = f"({subject.sources.expression(constraint)})"
        add = f"{head} ADD CONSTRAINT {quoted(thing.name)} CHECK {words}"
        yield at("tables", BothWaysOp([add], [drop], f"adds {thing}", f"drops {thing}"), 1)


def _behind(fact: Fact) -> str:
    return fact.definition.partition(" CHECK ")[2]


def _sayable(fact: Fact | None) -> bool:
    """Whether an index has columns only, and no option."""
    if fact is None:
        return True
    parts = fact.parts
    simple = all(
        name and (not rest or rest.strip("( )").isdigit()) for name, rest in parts["columns"]
    )
    return (
        simple
        and not parts["using"]
        and not parts["ignored"]
        and parts["kind"] in ("", "UNIQUE", "FULLTEXT", "SPATIAL")
    )


def _index(subject: Subject, each: Difference) -> Iterator[Any]:
    assert subject.context.dialect is not None
    dialect = subject.context.dialect.name
    if each.live is not None:
        yield at("tables", ops.DropIndexOp.from_index(_made(each.live, dialect)), -1)
    if each.model is not None:
        index = _made(each.model, dialect)
        if subject.sources.index(each.thing) is not None or not index.unique:
            yield at("tables", ops.CreateIndexOp.from_index(index), 1)
        else:
            table = sa.Table(each.thing.table, sa.MetaData(), *_columns(each.model))
            names = [name for name, _ in each.model.parts["columns"]]
            unique = sa.UniqueConstraint(*names, name=each.thing.name)
            table.append_constraint(unique)
            yield at("tables", ops.AddConstraintOp.from_constraint(unique), 1)


def _made(fact: Fact, dialect: str) -> sa.Index:
    parts = fact.parts
    lengths = {name: int(rest.strip("( )")) for name, rest in parts["columns"] if rest}
    options: dict[str, Any] = {f"{dialect}_length": lengths} if lengths else {}
    if parts["kind"] in ("FULLTEXT", "SPATIAL"):
        options[f"{dialect}_prefix"] = parts["kind"]
    table = sa.Table(fact.thing.table, sa.MetaData(), *_columns(fact))
    return sa.Index(
        fact.thing.name,
        *[table.c[name] for name, _ in parts["columns"]],
        unique=parts["kind"] == "UNIQUE",
        **options,
    )


def _columns(fact: Fact) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer) for name, _ in fact.parts["columns"]]
