"""What a rule may know of a migration beside the action that it looks at.

A :class:`Run` goes through the steps of one lint in order and remembers what they did: which tables
they made, which locks their transactions hold, which constraints nobody has validated yet. Rules
only ask it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from alembic_guard.ddl.actions import (
    Action,
    CreateIndex,
    CreateTable,
    DropIndex,
    DropTable,
    Reindex,
    RenameTable,
    SetSchema,
)
from alembic_guard.ddl.data import Opaque
from alembic_guard.ddl.known import Known
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.objects import CreateObject
from alembic_guard.ddl.postgresql import Effect, effect
from alembic_guard.runtime.model_imports import ModelImport
from alembic_guard.runtime.step import Step
from alembic_guard.schema import Table, Target

SMALL = 10_000
"""Rows of a table that is small, unless the setting ``small_table_rows`` says otherwise."""

_A = TypeVar("_A", bound=Action)


class Done(NamedTuple):
    """An action of the run, and the step that it was a part of."""

    step: Step
    action: Action


class Run:
    """The steps of one lint, as far as they have been judged.

    :param target: the database that they are for.
    :param tables: what it has, by key; nothing where none was asked.
    :param models: the columns of the tables that ``target_metadata`` maps, by key; None where it is
        not known.
    :param together: whether all revisions are applied in one go, as those that are pending are, so
        that a table that one of them makes is nobody's before the last one; False where each
        revision of a history is judged as if it were deployed by itself.
    :param small: rows of a table that is small.
    :param exact: whether ``tables`` are as they are before the first step; not where some of the
        revisions are applied already.
    :param imports: the models that the files of revisions import, by revision.
    """

    def __init__(
        self,
        target: Target,
        tables: Mapping[str, Table] | None = None,
        *,
        models: Mapping[str, frozenset[str]] | None = None,
        together: bool = True,
        small: int = SMALL,
        exact: bool = True,
        imports: Mapping[str, Sequence[ModelImport]] | None = None,
    ) -> None:
        self.target = target
        self.models = models
        self.together = together
        self.small = small
        self.exact = exact
        self.imports = imports or {}
        self.known = Known(tables or {}, target.kind)
        self.done: list[Done] = []
        self.plan: Sequence[Done] = ()
        self.steps: list[Step] = []
        self._of_class: dict[type[Action], dict[str | None, list[int]]] = {}
        self._of_step: dict[int, list[Action]] = {}
        self._created: dict[str, str] = {}
        self._held: dict[int, dict[str, Lock]] = {}
        self._effect: tuple[Action, int, Effect] | None = None
        self._holders: dict[tuple[int, str], list[str]] = {}

    # --- What rules ask ---

    @property
    def step(self) -> Step:
        """The step that is judged now."""
        return self.steps[-1]

    def table(self, key: str) -> Table | None:
        """What is known of a table as it is before the action that is judged now."""
        return self.known.table(key)

    def is_new(self, key: str) -> bool:
        """Whether nobody uses a table yet, because this very run made it."""
        made_by = self._created.get(key)
        return made_by is not None and (self.together or made_by == self.step.revision)

    def is_empty(self, key: str) -> bool:
        """Whether the database says that a table has no rows."""
        table = self.table(key)
        return table is not None and table.rows == 0

    def is_small(self, key: str) -> bool:
        """Whether the database says that a table is small."""
        table = self.table(key)
        return table is not None and table.rows is not None and table.rows <= self.small

    def is_large(self, key: str) -> bool:
        """Whether the database says that a table is there and not small."""
        table = self.table(key)
        known = self.target.live and not self.is_new(key)
        return known and table is not None and table.rows is not None and table.rows > self.small

    def earlier(self, kind: type[_A], table: str | None = None) -> Iterator[tuple[Step, _A]]:
        """What the run did before, of one class, oldest first.

        :param table: only what is on this one; told by an index, not by a look at all.
        """
        for each in self._before(kind, table):
            step, action = self.done[each]
            if isinstance(action, kind):
                yield step, action

    def later(self, kind: type[_A], table: str | None = None) -> Iterator[tuple[Step, _A]]:
        """What the run does after the action that is judged now, of one class, in order.

        :param table: only what is on this one, as of :meth:`earlier`.
        """
        places = self._places(kind, table)
        for each in places[bisect_right(places, len(self.done)) :]:
            step, action = self.plan[each]
            if isinstance(action, kind):
                yield step, action

    def later_in_revision(self, kind: type[_A]) -> Iterator[tuple[Step, _A]]:
        """What the revision of this step does after it, of one class."""
        for step, action in self.later(kind):
            if step.revision != self.step.revision:
                return
            yield step, action

    def _before(self, kind: type[Action], table: str | None = None) -> Sequence[int]:
        """Where in what was done the actions of a class are."""
        if len(self.plan) < len(self.done):  # nobody said what comes
            return [n for n, (_, each) in enumerate(self.done) if _is_on(each, kind, table)]
        places = self._places(kind, table)
        return places[: bisect_left(places, len(self.done))]

    def _places(self, kind: type[Action], table: str | None = None) -> list[int]:
        """Where in the plan the actions of a class are; looked for once."""
        if kind not in self._of_class:
            found: dict[str | None, list[int]] = {None: []}
            for number, (_, action) in enumerate(self.plan):
                if isinstance(action, kind):
                    found[None].append(number)
                    found.setdefault(getattr(action, "table", ""), []).append(number)
            self._of_class[kind] = found
        return self._of_class[kind].get(table, [])

    def in_transaction(self, kind: type[_A]) -> Iterator[tuple[Step, _A]]:
        """What the transaction of this step did before it, of one class; nothing in autocommit."""
        number, found = self.step.transaction, list[tuple[Step, _A]]()
        for each in reversed(self._before(kind) if number is not None else ()):
            step, action = self.done[each]
            if step.transaction not in (number, None):
                break  # they come one after another
            if step.transaction == number and isinstance(action, kind):
                found.append((step, action))
        yield from reversed(found)

    def in_revision(self, kind: type[_A]) -> Iterator[tuple[Step, _A]]:
        """What the revision of this step did before it, of one class."""
        start = len(self.done)
        while start and self.done[start - 1].step.revision == self.step.revision:
            start -= 1
        for step, action in self.done[start:]:
            if isinstance(action, kind):
                yield step, action

    def held(self) -> Mapping[str, Lock]:
        """The strongest lock that this transaction holds on each table that was there before.

        PostgreSQL; empty elsewhere, and in autocommit.
        """
        number = self.step.transaction
        return {} if number is None else self._held.get(number, {})

    def exclusive(self) -> list[str]:
        """The tables that this transaction holds in ACCESS EXCLUSIVE mode; PostgreSQL."""
        return [key for key, lock in self.held().items() if lock is Lock.ACCESS_EXCLUSIVE]

    def holders(self, key: str) -> Sequence[str]:
        """The revisions that took ACCESS EXCLUSIVE on a table in this transaction, oldest first."""
        number = self.step.transaction
        return () if number is None else self._holders.get((number, key), ())

    def has_index(self, action: CreateIndex) -> bool:
        """Whether an IF NOT EXISTS finds its index, so that nothing is done."""
        table = self.table(action.table)
        return action.if_not_exists and table is not None and action.index.name in table.indexes

    def locks(self, action: Action) -> Mapping[str, Lock]:
        """The locks that an action takes on tables that were there before; PostgreSQL."""
        if self.target.kind != "postgresql":
            return {}
        taken = self.effect(action).locks
        return {key: lock for key, lock in taken.items() if not self.is_new(key)}

    def effect(self, action: Action) -> Effect:
        """What an action does to the tables that are there now; told once for the one judged."""
        number = len(self.done)
        if self._effect is None or self._effect[0] is not action or self._effect[1] != number:
            self._effect = action, number, effect(action, self.target, self.table)
        return self._effect[2]

    def actions_of(self, step: Step) -> Sequence[Action]:
        """All that a step of the run does, what is yet to be judged among it."""
        return self._of_step.get(id(step), ())

    # --- What the judge tells it ---

    def expect(self, plan: Sequence[Done]) -> None:
        """All that will be judged, so that a rule may ask what comes later."""
        self.plan = plan
        self._of_class.clear()
        self._of_step.clear()
        for done in plan:
            self._of_step.setdefault(id(done.step), []).append(done.action)

    def named(self, action: Action) -> Action:
        """The action with the table of its index, where only the index is said and it is known."""
        if isinstance(action, DropIndex | Reindex) and not action.table:
            found = self.known.index(action.name)
            if found is not None and getattr(action, "kind", "index") == "index":
                return replace(action, table=found[0])
        return action

    def begin(self, step: Step) -> None:
        """A step is about to be judged."""
        self.steps.append(step)

    def did(self, action: Action) -> None:
        """The action that was judged is done; what is in a DO is done by itself, after it."""
        if isinstance(action, Opaque):
            self.done.append(Done(self.step, action))
            return
        for key, lock in self.locks(action).items():
            self._hold(key, lock)
        self.done.append(Done(self.step, action))
        self._remember(action)
        self.known.apply(action)

    def _hold(self, key: str, lock: Lock) -> None:
        number = self.step.transaction
        if number is None:
            return
        held = self._held.setdefault(number, {})
        held[key] = max(lock, held.get(key, lock))
        if lock is Lock.ACCESS_EXCLUSIVE:
            holders = self._holders.setdefault((number, key), [])
            if self.step.revision not in holders:
                holders.append(self.step.revision)

    def _remember(self, action: Action) -> None:
        """Follow the tables of this run through their names."""
        if isinstance(action, CreateTable):
            # A temporary one is nobody else's either.
            if not (action.if_not_exists and self.table(action.table)):
                self._created[action.table] = self.step.revision
        elif isinstance(action, CreateObject) and action.kind == "materialized view":
            if not (action.if_not_exists and self.table(action.name)):
                self._created[action.name] = self.step.revision
        elif isinstance(action, DropTable):
            self._created.pop(action.table, None)
            for held in self._held.values():
                held.pop(action.table, None)
        elif isinstance(action, RenameTable) and action.table in self._created:
            self._created[action.new] = self._created.pop(action.table)
        elif isinstance(action, SetSchema) and action.table in self._created:
            name = f"{action.schema}.{action.table.rpartition('.')[2]}"
            self._created[name] = self._created.pop(action.table)


def existing(run: Run, keys: Iterable[str]) -> list[str]:
    """Those tables that were there before the run."""
    return [key for key in keys if not run.is_new(key)]


def _is_on(action: Action, kind: type[Action], table: str | None) -> bool:
    return isinstance(action, kind) and table in (None, getattr(action, "table", ""))
