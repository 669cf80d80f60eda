"""What enums, domains and composite types have in common: who uses them, and how one is made anew.

PostgreSQL can't change everything about a type in place. A new one then takes the name, the columns
move over to it, and what is written in terms of its values is dropped before and made again after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from alembic_guard.autogenerate.claims import leaves
from alembic_guard.autogenerate.operations import SqlOp, quoted
from alembic_guard.autogenerate.replaceable import replaceable
from alembic_guard.runtime.comparing.facts import Difference, Fact, Thing
from alembic_guard.runtime.comparing.named_types import name_types

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject

_LONGEST = 63
"""Bytes of a name (PostgreSQL manual, 4.1.1)."""


def spelled(thing: Thing) -> str:
    """The name of a thing as a statement has it."""
    return ".".join(quoted(each) for each in (thing.schema, thing.name) if each)


def string(text: str) -> str:
    """A text as a statement has it."""
    return "'" + text.replace("'", "''") + "'"


def commented(thing: Thing, fact: Fact) -> list[str]:
    """The statement that gives a thing its comment, none where it has none."""
    said = fact.parts["comment"]
    return [] if said is None else [f"{_comment_on(thing)} {string(said)}"]


def comment_change(thing: Thing, live: Fact, model: Fact) -> SqlOp:
    """From one comment to another, either of which may be none."""
    new, old = (commented(thing, fact) or [f"{_comment_on(thing)} NULL"] for fact in (model, live))
    says = f"changes the comment of {thing}"
    return SqlOp(new[0], old[0], says, says)


def _comment_on(thing: Thing) -> str:
    word = {"domain": "DOMAIN", "sequence": "SEQUENCE"}.get(thing.kind, "TYPE")
    return f"COMMENT ON {word} {spelled(thing)} IS"


def rebuilt(
    thing: Thing, made: str, notes: Mapping[str, Any], cast: str = "{column}::text::{type}"
) -> tuple[str, ...]:
    """The statements that make a type anew, and let its columns move over.

    :param made: what creates it; :param notes: of the type, as the catalogue has it by then.
    :param cast: what becomes of a value; an array is cast as a whole.
    """
    name, word = spelled(thing), "DOMAIN" if thing.kind == "domain" else "TYPE"
    old = thing.name.encode()[: _LONGEST - len("_old")].decode(errors="ignore") + "_old"
    around = notes.get("around") or []
    users = [user for user in notes.get("users") or () if not user.get("generated")]
    generated = notes.get("generated") or []
    again = [create for _, create in around]
    more = [each for _, made in generated for each in made if each not in again]
    functions = notes.get("moved functions") or []
    return (
        *(drop for drop, *_ in functions),
        f"ALTER {word} {name} RENAME TO {quoted(old)}",
        made,
        *(drop for drop, _ in around),
        *(drop for drop, _ in generated),
        *(each for user in users for each in _moved(user, name, cast)),
        *(create for _, *creates in functions for create in creates if create),
        *more,
        *again,
        f"DROP {word} {spelled(Thing(thing.kind, old, schema=thing.schema))}",
    )


def with_functions(subject: Subject, fact: Fact) -> Fact:
    """A type with those of its functions that are to be taken away, and brought back, around it.

    One that comes, goes or changes otherwise than by CREATE OR REPLACE is not there meanwhile.
    """
    comparison, found = subject.comparison, []
    for kind, schema, name, *statements in fact.notes.get("functions") or ():
        thing = Thing(kind, name, schema="" if schema == subject.default else schema)
        difference = comparison.differences.get(thing)
        if thing not in comparison.live:
            continue
        if thing not in comparison.model:
            stays = not comparison.declares(kind)
        else:
            stays = difference is None or replaceable(subject, difference)
        if stays:
            found.append(statements)
    return replace(fact, notes={**fact.notes, "moved functions": found})


def _moved(user: Mapping[str, Any], name: str, cast: str) -> Iterator[str]:
    column, type_ = quoted(user["column"]), f"{name}[]" if user["array"] else name
    table = f"ALTER TABLE {user['on']} ALTER COLUMN {column}"
    if user["default"] is not None:
        yield f"{table} DROP DEFAULT"
    value = f"{column}::text[]::{type_}" if user["array"] else cast
    yield f"{table} TYPE {type_} USING {value.format(column=column, type=type_)}"
    if user["default"] is not None:
        yield f"{table} SET DEFAULT {user['default']}"


def with_users(fact: Fact, more: Iterable[Mapping[str, Any]]) -> Fact:
    """A type that more columns use."""
    return replace(fact, notes={**fact.notes, "users": [*(fact.notes.get("users") or ()), *more]})


def may_go(subject: Subject, upgrade_ops: ops.UpgradeOps, difference: Difference) -> bool:
    """Whether a type that only the database has is to be dropped.

    Nothing may need it when all else is done; and it is dropped if its columns go now, or if the
    models have other types of its kind: what nobody manages is nobody's to drop.
    """
    assert difference.live is not None
    notes = difference.live.notes
    users: Sequence[Mapping[str, Any]] = notes.get("users") or []
    going = [
        column_goes(subject, upgrade_ops, user["schema"], user["table"], user["column"])
        for user in users
    ]
    declared = subject.comparison.declares(difference.thing.kind)
    needed = bool(notes.get("others")) or any(_stays(subject, each) for each in _views(notes))
    return all(going) and not needed and (declared or bool(users))


def _views(notes: Mapping[str, Any]) -> Iterator[Thing]:
    for kind, schema, name in notes.get("views") or ():
        yield Thing(kind, name, schema=schema)


def _stays(subject: Subject, view: Thing) -> bool:
    """Whether a view of the database is still as it is when all is done."""
    default, comparison = subject.default, subject.comparison
    thing = replace(view, schema="") if view.schema == default else view
    found = comparison.differences.get(thing)
    if found is None or not subject.filters.include(thing):
        return True
    return found.model is None and not comparison.declares(thing.kind)


def column_goes(
    subject: Subject,
    upgrade_ops: ops.UpgradeOps,
    schema: str,
    table: str,
    name: str,
    part: str = "type",
) -> bool:
    """Whether a column is dropped, alone or with its table, or changes in a part.

    :param schema: as the catalogue has it; :param part: such as ``type`` or ``default``.
    """
    for _, each in leaves(upgrade_ops):
        if isinstance(each, ops.DropTableOp) and (
            (each.schema or subject.default, each.table_name) == (schema, table)
        ):
            return True
    column = Thing("column", name, table, "" if schema == subject.default else schema)
    found = subject.comparison.differences.get(column)
    if found is None or found.live is None or not subject.filters.include(column):
        return False
    if found.model is None:
        return column.owner in subject.comparison.model
    return part in found.parts


def only_name(subject: Subject, upgrade_ops: ops.UpgradeOps, kind: str) -> None:
    """Let the columns of operations name their types, where the types are made on their own."""
    dialect, comparison = subject.context.dialect, subject.comparison
    assert dialect is not None

    def wanted(kind_: str, schema: str, name: str) -> bool:
        schema = "" if schema == subject.default else schema
        thing = Thing(kind_, subject.sources.kept(name), schema=schema)
        known = thing in comparison.live or thing in comparison.model
        return kind_ == kind and known and subject.filters.include(thing)

    for _, operation in leaves(upgrade_ops):
        name_types(operation, dialect, wanted)
