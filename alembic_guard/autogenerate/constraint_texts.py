"""Statements on constraints for which Alembic has no directive, each with its reverse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic_guard.autogenerate.operations import SqlOp, quoted

if TYPE_CHECKING:
    from alembic_guard.runtime.comparing.facts import Fact, Thing


def table_of(thing: Thing) -> str:
    """The name of the table that a thing is a part of, as SQL."""
    return ".".join(quoted(each) for each in (thing.schema, thing.table) if each)


def added(thing: Thing, definition: str) -> SqlOp:
    """Makes a constraint from what stands behind its name."""
    alter, name = f"ALTER TABLE {table_of(thing)}", quoted(thing.name)
    return SqlOp(
        f"{alter} ADD CONSTRAINT {name} {definition}",
        f"{alter} DROP CONSTRAINT {name}",
        f"adds {thing}",
        f"drops {thing}",
    )


def renamed(thing: Thing, new: Thing) -> SqlOp:
    """Gives another name to a constraint."""
    alter, old, name = f"ALTER TABLE {table_of(thing)}", quoted(thing.name), quoted(new.name)
    return SqlOp(
        f"{alter} RENAME CONSTRAINT {old} TO {name}",
        f"{alter} RENAME CONSTRAINT {name} TO {old}",
        f"renames {thing} to {new.name}",
        f"renames {new} to {thing.name}",
    )


def validated(live: Fact) -> SqlOp:
    """Validates a constraint; the way back makes it anew, as there is no other."""
    thing = live.thing
    alter, name = f"ALTER TABLE {table_of(thing)}", quoted(thing.name)
    return SqlOp(
        f"{alter} VALIDATE CONSTRAINT {name}",
        remade(live),
        f"validates {thing}",
        f"makes {thing} NOT VALID",
    )


def remade(fact: Fact) -> str:
    """A statement that makes a constraint anew, under the name that it has."""
    thing, name = fact.thing, quoted(fact.thing.name)
    again = f"ADD CONSTRAINT {name} {fact.definition}"
    return f"ALTER TABLE {table_of(thing)} DROP CONSTRAINT {name}, {again}"


def commented(thing: Thing, live: Fact | None, model: Fact | None) -> SqlOp:
    """Sets the comment on a constraint, None where there is none."""
    head = f"COMMENT ON CONSTRAINT {quoted(thing.name)} ON {table_of(thing)} IS "
    says = f"changes the comment of {thing}"
    return SqlOp(head + comment_of(model), head + comment_of(live), says, says)


def comment_of(fact: Fact | None) -> str:
    """A comment as SQL, NULL where there is none."""
    comment = None if fact is None else fact.parts.get("comment")
    if comment is None:
        return "NULL"
    escaped = comment.replace("'", "''")
    return f"'{escaped}'"
