"""What the live database has, of kinds that people declare, and nobody declares.

Extensions' members, objects of owners whose rights this role does not have, what env.py's filters
leave out, and what could not be compared are nobody's here; so is what hangs on a table that is in
no model.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.compared import SUBJECT
from alembic_guard.autogenerate.typed_words import CALLED, QUERIES
from alembic_guard.masking import Mask
from alembic_guard.runtime.comparing.comparison import TYPED, Unmanaged
from alembic_guard.runtime.comparing.words import WORDS

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.facts import Thing

_KINDS = TYPED - {"grant", "schema"}
"""Privileges go with what they are on, and schemas with what is in them."""


def unmanaged_in(options: Mapping[str, Any], allow: Container[str]) -> Unmanaged | None:
    """What the last autogenerate of a migration context has left alone, because nobody manages it.

    :param options: of that context.
    :param allow: names of guards; with that of ``unmanaged`` among them, nothing is looked for.
    """
    subject: Subject | None = options.get(SUBJECT)
    if subject is None or "unmanaged" in allow:
        return None
    things = tuple(each for each in undeclared(subject) if _stays(subject, each))
    return Unmanaged(url_of(subject), things) if things else None


def url_of(subject: Subject) -> str:
    """The database of a comparison, without its password."""
    assert subject.context.connection is not None
    url = subject.context.connection.engine.url
    return Mask()(url.render_as_string(hide_password=True))


def undeclared(subject: Subject) -> list[Thing]:
    """Everything of the database that is in no model and in no declaration, in a stable order."""
    return sorted(_undeclared(subject))


def _undeclared(subject: Subject) -> Iterator[Thing]:
    comparison, dialect = subject.comparison, subject.context.dialect
    if dialect is None or dialect.name not in WORDS:
        return
    for thing, fact in comparison.live.items():
        if thing.kind not in _KINDS or thing in comparison.model or fact.notes.get("theirs"):
            continue
        if thing.table and not _has_its_owner(subject, thing):
            continue
        if comparison.knows(thing) and subject.filters.include(thing):
            yield thing


def _has_its_owner(subject: Subject, thing: Thing) -> bool:
    """Whether what a thing is on is in the models, or is a view."""
    views = {replace(thing.owner, kind=kind) for kind in QUERIES}
    return thing.owner in subject.comparison.model or not views.isdisjoint(subject.comparison.live)


def _stays(subject: Subject, thing: Thing) -> bool:
    """Whether no migration drops a thing: of kinds that are declared, what is not goes."""
    comparison = subject.comparison
    others = QUERIES if thing.kind in QUERIES else CALLED if thing.kind in CALLED else frozenset()
    if any(replace(thing, kind=kind) in comparison.model for kind in others):
        return False  # something else is to have its name
    return not comparison.declares(thing.kind) or thing not in comparison.differences
