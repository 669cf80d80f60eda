"""Statements on indexes for which Alembic has no directive, each with its reverse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from alembic_guard.autogenerate.constraint_texts import comment_of, table_of
from alembic_guard.autogenerate.operations import SqlOp, quoted

if TYPE_CHECKING:
    from alembic_guard.runtime.comparing.facts import Fact, Thing


def name_of(thing: Thing) -> str:
    """The name of an index, as SQL."""
    return ".".join(quoted(each) for each in (thing.schema, thing.name) if each)


def created(fact: Fact, definition: str) -> SqlOp:
    """Makes an index from what stands behind its table."""
    thing, unique = fact.thing, "UNIQUE " if fact.parts["unique"] else ""
    return SqlOp(
        f"CREATE {unique}INDEX {quoted(thing.name)} ON {table_of(thing)} {definition}",
        f"DROP INDEX {name_of(thing)}",
        f"adds {thing}",
        f"drops {thing}",
    )


def renamed(thing: Thing, new: Thing) -> SqlOp:
    """Gives another name to an index."""
    return SqlOp(
        f"ALTER INDEX {name_of(thing)} RENAME TO {quoted(new.name)}",
        f"ALTER INDEX {name_of(new)} RENAME TO {quoted(thing.name)}",
        f"renames {thing} to {new.name}",
        f"renames {new} to {thing.name}",
    )


def set_options(live: Fact, model: Fact) -> SqlOp:
    """Changes the storage parameters that the models name."""
    says = f"changes the storage parameters of {model.thing}"
    ours, theirs = live.parts["options"], model.parts["options"]
    changed = [name for name, value in theirs.items() if ours.get(name) != value]
    head = f"ALTER INDEX {name_of(model.thing)} "
    to = _options({name: theirs[name] for name in changed})
    back = _options({name: ours.get(name) for name in changed})
    return SqlOp(head + to, head + back, says, says)


def moved(live: Fact, model: Fact) -> SqlOp:
    """Moves an index to another tablespace."""
    head = f"ALTER INDEX {name_of(model.thing)} SET TABLESPACE "
    says = f"moves {model.thing} to another tablespace"
    to, back = (quoted(each.parts["tablespace"] or "pg_default") for each in (model, live))
    return SqlOp(head + to, head + back, says, says)


def commented(live: Fact | None, model: Fact | None) -> SqlOp:
    """Sets the comment on an index, None where there is none."""
    fact = live or model
    assert fact is not None
    head = f"COMMENT ON INDEX {name_of(fact.thing)} IS "
    says = f"changes the comment of {fact.thing}"
    return SqlOp(head + comment_of(model), head + comment_of(live), says, says)


def _options(options: Mapping[str, str | None]) -> str:
    kept = [f"{quoted(name)} = {value}" for name, value in options.items() if value is not None]
    gone = [quoted(name) for name, value in options.items() if value is None]
    words = [f"SET ({', '.join(kept)})"] if kept else []
    return ", ".join([*words, *([f"RESET ({', '.join(gone)})"] if gone else [])])
