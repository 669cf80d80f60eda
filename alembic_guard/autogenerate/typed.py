"""The operations by which views, functions, triggers, policies… become as the models have them.

One plan is made for all of these kinds, because they are built on one another; each comparator
writes down its own kinds of it. Alembic's CREATE TABLE for what is a view goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.util import PriorityDispatchResult, to_list

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.claims import leaves
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import Subject, add, at
from alembic_guard.autogenerate.replaceable import grows
from alembic_guard.autogenerate.typed_plan import Plan, carriers, plan_of, wanted
from alembic_guard.autogenerate.typed_words import (
    CALLED,
    QUERIES,
    comments,
    dropping,
    enabling,
    making,
    object_words,
    owner_words,
    privileges,
    replacing,
    switching,
)
from alembic_guard.runtime.comparing.facts import Fact, Thing

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def compare_typed(
    context: AutogenContext, upgrade_ops: ops.UpgradeOps, *kinds: str
) -> PriorityDispatchResult:
    """Take out what Alembic mistakes, and add what some kinds of things need.

    :param kinds: those that the calling comparator is for.
    """
    dialect = context.dialect
    if dialect is not None and dialect.name == "postgresql" and QUERIES & set(kinds):
        take_out_views(context, upgrade_ops)
    subject = subject_of(context)
    if subject is not None:
        plan = plan_of(subject, upgrade_ops)
        add(upgrade_ops, list(Writer(subject, plan).operations(frozenset(kinds))))
    return PriorityDispatchResult.CONTINUE


def is_view(table: sa.Table) -> bool:
    """Whether a table of the models stands for a view, in one of the ways that are in use."""
    return bool(getattr(table, "is_view", False) or table.info.get("is_view"))


def take_out_views(context: AutogenContext, upgrade_ops: ops.UpgradeOps) -> None:
    """Remove what would make tables, and indexes of tables, of views."""
    default = None if context.dialect is None else context.dialect.default_schema_name
    metadata: Any = to_list(context.metadata) if context.metadata is not None else []
    views = {
        (None if table.schema == default else table.schema, table.name)
        for one in metadata
        for table in one.tables.values()
        if is_view(table)
    }
    for container, operation in leaves(upgrade_ops):
        schema = getattr(operation, "schema", None)
        key = (None if schema == default else schema, getattr(operation, "table_name", None))
        if key in views and isinstance(operation, (ops.CreateTableOp, ops.CreateIndexOp)):
            container.ops[:] = [each for each in container.ops if each is not operation]
    upgrade_ops.ops[:] = [
        each
        for each in upgrade_ops.ops
        if not isinstance(each, ops.ModifyTableOps) or not each.is_empty()
    ]


class Writer:
    """Writes a plan down as operations."""

    def __init__(self, subject: Subject, plan: Plan) -> None:
        self._subject, self._plan = subject, plan
        self._live = {**subject.comparison.built.outside, **subject.comparison.live}
        self._model = subject.comparison.model

    def operations(self, kinds: frozenset[str]) -> Iterator[Any]:
        """Those for some kinds; an index of a materialized view is of its kind."""

        def mine(thing: Thing) -> bool:
            kind = "materialized view" if thing.kind == "index" else thing.kind
            return kind in kinds

        plan = self._plan
        for rank, thing in enumerate(plan.leaving):
            if mine(thing):
                yield at("leaving", self._leave(thing), rank)
        if CALLED & kinds:
            yield from self._carriers(len(plan.leaving))
        for rank, thing in enumerate(plan.coming):
            if mine(thing):
                yield from self._come(thing, rank)
        for rank, thing in enumerate(plan.soft, len(plan.coming)):
            if mine(thing):
                yield at("coming", self._soften(thing), rank)
        for thing in sorted(plan.late):
            if mine(thing):
                fact = self._live[thing]
                made = self._made(fact, model=False)
                op = BothWaysOp([dropping(fact)], made, f"drops {thing}", f"adds {thing}")
                yield at("left", op)

    def _leave(self, thing: Thing) -> Any:
        fact, back = self._live[thing], thing in self._plan.rebuilt
        up = switching(fact, None) if thing.kind == "row security" else [dropping(fact)]
        if self._goes_with_view(thing, self._plan.leaving):
            up = []
        says = f"drops {thing}" + (", to make it again" if back else "")
        return BothWaysOp(up, self._made(fact, model=False), says, f"adds {thing}")

    def _come(self, thing: Thing, rank: int) -> Iterator[Any]:
        live, phase = self._live.get(thing), "functions" if self._is_early(thing) else "coming"
        if thing in self._plan.replaced:
            yield from self._replace(thing, rank)
            return
        model = wanted(self._subject, thing)
        fact = self._model[thing] if model else self._live[thing]
        down = switching(None, fact)[:0] if thing.kind == "row security" else [dropping(fact)]
        if thing.kind == "row security":
            down = switching(fact, None)
        if self._goes_with_view(thing, self._plan.coming):
            down = []
        says, back = f"adds {thing}", f"drops {thing}"
        if live is not None:
            changed = thing in self._subject.comparison.differences
            says = f"changes {thing}" if changed else f"makes {thing} again"
            back = f"drops {thing}, to make it again"
        yield at(phase, BothWaysOp(self._made(fact, model=model), down, says, back), rank)

    def _replace(self, thing: Thing, rank: int) -> Iterator[Any]:
        live, model = self._live[thing], self._model[thing]
        up = [*replacing(self._subject, model, model=True), *comments(live, model)]
        down = [*replacing(self._subject, live, model=False), *comments(model, live)]
        if grows(self._subject, live, model):
            down = [dropping(model), *self._made(live, model=False)]
        says = f"changes {thing}"
        if thing.kind in QUERIES or model.notes["tracked"]:
            yield at("coming", BothWaysOp(up, down, says, f"{says} back"), rank)
            return
        # a body is read when it is made: each after all that it may speak of
        yield at("leaving", BothWaysOp([], down, "", f"{says} back"), -1)
        yield at("coming", BothWaysOp(up, [], says), rank)

    def _soften(self, thing: Thing) -> Any:
        live, model = self._live[thing], self._model[thing]
        up, down = list(comments(live, model)), list(comments(model, live))
        if thing.kind == "row security":
            up, down = switching(live, model), switching(model, live)
        elif "enabled" in model.parts:
            up, down = [*enabling(live, model), *up], [*enabling(model, live), *down]
        return BothWaysOp(up, down, f"changes {thing}", f"changes {thing} back")

    def _is_early(self, thing: Thing) -> bool:
        return thing in self._plan.early or (
            thing in self._plan.rebuilt and thing.kind in CALLED and self._carried(thing)
        )

    def _carried(self, thing: Thing) -> bool:
        return bool(carriers(self._subject, frozenset({thing})))

    def _goes_with_view(self, thing: Thing, others: tuple[Thing, ...]) -> bool:
        """Whether an index goes with its view; a trigger may be in the way of its function."""
        view = Thing("materialized view", thing.table, schema=thing.schema)
        return thing.kind == "index" and view in others

    def _made(self, fact: Fact, *, model: bool) -> list[str]:
        """A thing as it is made, with the privileges that it had."""
        made = making(self._subject, fact, model=model)
        had = self._live.get(fact.thing)
        return [*made, *(self._granted(had) if had is not None else ())]

    def _granted(self, fact: Fact) -> Iterator[str]:
        if fact.notes.get("acl") is not None:
            name = object_words(fact).replace("MATERIALIZED VIEW ", "VIEW ", 1)
            name = name.replace("VIEW ", "TABLE ", 1).replace("AGGREGATE ", "FUNCTION ", 1)
            yield from privileges(self._subject.comparison, fact.thing, name)

    def _carriers(self, rank: int) -> Iterator[Any]:
        """Defaults, constraints and indexes of tables that call a function made again."""
        for thing in carriers(self._subject, self._plan.rebuilt):
            column = Thing("column", thing.name, thing.table, thing.schema)
            table, name = owner_words(thing), thing.name
            if thing.kind == "default":
                fact = self._live[column]
                if fact.parts["default"] is None:
                    continue
                out = f"ALTER TABLE {table} ALTER {_q(name)} DROP DEFAULT"
                back = f"ALTER TABLE {table} ALTER {_q(name)} SET DEFAULT {fact.parts['default']}"
            elif thing.kind == "index":
                fact = self._live[thing]
                out, back = dropping(fact), making(self._subject, fact, model=False)[0]
            else:
                kind = "exclude" if thing.kind == "constraint" else thing.kind
                fact = self._live[Thing(kind, name, thing.table, thing.schema)]
                out = f"ALTER TABLE {table} DROP CONSTRAINT {_q(name)}"
                back = f"ALTER TABLE {table} ADD CONSTRAINT {_q(name)} {fact.definition}"
            yield at("leaving", BothWaysOp([out], [back], f"drops {thing}, to make it again"), -1)
            yield at("functions", BothWaysOp([back], [out], f"makes {thing} again"), 10**6)


def _q(name: str) -> str:
    from alembic_guard.autogenerate.operations import quoted

    return quoted(name)
