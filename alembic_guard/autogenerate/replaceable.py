"""Whether CREATE OR REPLACE would be let, in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic_guard.runtime.comparing.facts import Difference, Fact, Thing
from alembic_guard.runtime.comparing.postgresql.views import taking_all

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject


def replaceable(subject: Subject, difference: Difference) -> bool:
    """Whether a thing can take the place of the one that is there.

    Columns may be added behind others only (PostgreSQL manual, CREATE VIEW); neither the result of
    a function nor the names of its arguments may change, nor their defaults go (CREATE FUNCTION).
    """
    live, model = difference.live, difference.model
    assert live is not None
    assert model is not None
    if difference.thing.kind == "view":
        return _same_columns(subject, live, model) or grows(subject, live, model)
    if difference.thing.kind in ("function", "procedure"):
        words = ("result", "outputs", "inputs", "defaults")
        return all(live.notes[word] == model.notes[word] for word in words)
    return False


def _same_columns(subject: Subject, live: Fact, model: Fact) -> bool:
    old, new = live.notes["columns"], model.notes["columns"]
    return bool(old == new or (sorted(old) == sorted(new) and _takes_all(subject, live.thing)))


def grows(subject: Subject, live: Fact, model: Fact) -> bool:
    """Whether columns come behind, and nothing is built on the view.

    What was built on it would be in the way of a downgrade, which cannot take columns off; and
    of a query for all columns nobody knows where a new one comes to stand.
    """
    old, new = live.notes.get("columns"), model.notes.get("columns")
    if not old or not new or live.thing.kind != "view":
        return False
    return bool(
        len(new) > len(old)
        and new[: len(old)] == old
        and not _takes_all(subject, live.thing)
        and not subject.comparison.built.live.around({live.thing})
    )


def _takes_all(subject: Subject, thing: Thing) -> bool:
    return bool(taking_all({thing: subject.comparison.built.makers.get(thing, ())}))
