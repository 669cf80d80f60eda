"""What is common to constraints of every kind: how a difference becomes operations.

A rename is proposed as such, what was not validated is validated, a comment is set where only the
comment differs; everything else is dropped as the database has it and made as the models have it.
What leaves goes before what it rests on, and what comes does so after it: foreign keys first and
last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy.sql.elements import conv

from alembic_guard.autogenerate.claims import WHOLE
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import Subject, at, complement
from alembic_guard.autogenerate.constraint_operations import DropLiveConstraintOp, Together
from alembic_guard.autogenerate.constraint_texts import added, commented, renamed, validated
from alembic_guard.autogenerate.remaking import goes_along
from alembic_guard.autogenerate.renames import Renames
from alembic_guard.autogenerate.standing_in import take_out
from alembic_guard.autogenerate.whole_tables import Plain, with_tables

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult
    from sqlalchemy import Constraint

    from alembic_guard.runtime.comparing.facts import Difference, Fact, Thing

TYPES = {"check": "check", "unique": "unique", "foreign key": "foreignkey"}
TYPES |= {"primary key": "primary"}
"""Alembic's words for kinds in ``op.drop_constraint``; it has none for EXCLUDE."""

RANKS = {"primary key": 0, "unique": 1, "index": 2, "check": 3, "exclude": 3, "foreign key": 4}
"""In which order things come; they leave the other way round."""

LAST = 1
"""Where renames stand among what leaves: names are free by then, and not taken yet."""

Again = Callable[[str, "Fact", str | None], Any]
"""What makes a constraint as the catalogue describes it in Alembic's own words, if they can say it:
with its name, its fact, and the name of the schema that things without one are in."""

Create = Callable[[Subject, "Thing", str, "Constraint"], Any]
"""What makes a constraint as the models have it, with its name; None where words must."""


Around = Callable[[Subject, "Fact", "UpgradeOps"], "Iterator[Any]"]
"""What has to go before a constraint of the database does, and comes back after its successor; told
what is proposed already."""


def compare_constraints(
    context: AutogenContext,
    upgrade_ops: UpgradeOps,
    kind: str,
    again: Again,
    create: Create,
    plain: Plain,
    around: Around | None = None,
) -> PriorityDispatchResult:
    """Add what is missing of a kind, drop what is too many, and change what differs."""
    changes = Changes(kind, again, create, around, upgrade_ops)
    subject = subject_of(context)
    if subject is not None:
        take_out(upgrade_ops, subject, kind)
        with_tables(upgrade_ops, subject, changes, plain, RANKS[kind])
    return complement(context, upgrade_ops, {kind: WHOLE}, changes)


@dataclass
class Changes:
    """Turns the differences of one kind into operations."""

    kind: str
    again: Again
    create: Create
    around: Around | None = None
    upgrade_ops: UpgradeOps | None = None
    renames: Renames = field(default_factory=Renames)

    def __call__(self, subject: Subject, difference: Difference) -> Iterator[Any]:
        """The operations of an upgrade."""
        thing, live, model = difference.thing, difference.live, difference.model
        new = self.renames.of(subject, self.kind).get(thing)
        if new is not None:
            yield from self._renamed(subject, thing, new)
        elif self.renames.is_new(subject, thing):
            return
        elif difference.parts == {"comment"} and not _goes(subject, live):
            yield at("coming", commented(thing, live, model))
        elif difference.parts == {"valid"} and not _goes(subject, live):
            yield from self._validated(subject, difference)
        else:
            if live is not None:
                yield at("loosening", self.drop(subject, live), -RANKS[self.kind])
                if self.around is not None and self.upgrade_ops is not None:
                    yield from self.around(subject, live, self.upgrade_ops)
            if model is not None:
                yield at("tightening", self.make(subject, model), RANKS[self.kind])

    def drop(self, subject: Subject, live: Fact) -> Any:
        """What drops a constraint of the database, and makes it again on the way back."""
        thing = live.thing
        again = self.again(conv(thing.name), live, subject.default)
        again = added(thing, live.definition) if again is None else again
        if live.parts.get("comment"):
            again = Together([again, commented(thing, None, live)])
        type_ = TYPES.get(self.kind)
        schema = thing.schema or None
        return DropLiveConstraintOp(
            thing.name, thing.table, type_=type_, schema=schema, again=again
        )

    def make(self, subject: Subject, model: Fact) -> Any:
        """What makes a constraint of the models, and drops it on the way back."""
        thing = model.thing
        constraint = subject.sources.constraint(thing)
        made = None
        if constraint is not None:
            made = self.create(subject, thing, _name(thing, constraint), constraint)
        if made is None:
            words = model.definition if constraint is None else subject.sources.words(constraint)
            made = added(thing, words)
        if model.parts.get("comment"):
            made = Together([made, commented(thing, None, model)])
        return made

    def _renamed(self, subject: Subject, old: Thing, new: Thing) -> Iterator[Any]:
        live, model = subject.comparison.live[old], subject.comparison.model[new]
        yield at("loosening", renamed(old, new), LAST)
        if live.parts.get("comment") != model.parts.get("comment"):
            yield at("coming", commented(new, live, model))

    def _validated(self, subject: Subject, difference: Difference) -> Iterator[Any]:
        """Validates; but what the models make NOT VALID is so by intention, before and after."""
        assert difference.live is not None
        constraint: Any = subject.sources.constraint(difference.thing)
        wanted = constraint is not None and constraint.dialect_options["postgresql"]["not_valid"]
        if not wanted and difference.live.parts["valid"] is False:
            yield at("tightening", validated(difference.live), RANKS[self.kind])


def _goes(subject: Subject, live: Fact | None) -> bool:
    return live is not None and goes_along(subject, live)


def _name(thing: Thing, constraint: Constraint) -> str:
    """As the models have it; a name that only the database knows is final."""
    name = constraint.name
    return name if isinstance(name, str) else conv(thing.name)
