"""Domains: base type, NOT NULL, default and checks, by name and expression.

Alembic has no operation for them. What can be is altered in place; another base type takes a new
domain, to which the columns move over. A check that the models do not name is the one with its
expression, whatever the database calls it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult
from sqlalchemy.dialects.postgresql import CreateDomainType

from alembic_guard.autogenerate.both_ways import BothWaysOp
from alembic_guard.autogenerate.claims import leaves
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import Subject, add, at
from alembic_guard.autogenerate.operations import SqlOp, quoted
from alembic_guard.autogenerate.scripts import Script, ScriptOp
from alembic_guard.autogenerate.type_changes import (
    comment_change,
    commented,
    may_go,
    only_name,
    rebuilt,
    spelled,
)
from alembic_guard.runtime.comparing.facts import Thing
from alembic_guard.runtime.comparing.model import Model, quiet_dialect
from alembic_guard.runtime.comparing.named_types import as_they_were

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps

    from alembic_guard.runtime.comparing.facts import Difference, Fact

_LAST = 1000
"""Rank behind the views that leave: columns that they read can't move over."""


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Make domains before what uses them, drop them after it, and change them."""
    subject = subject_of(context)
    if subject is not None:
        only_name(subject, upgrade_ops, "domain")
        _keep_columns(subject, upgrade_ops)
        for difference in subject.comparison.of("domain"):
            if subject.filters.include(difference.thing):
                add(upgrade_ops, operations(subject, upgrade_ops, difference))
    return PriorityDispatchResult.CONTINUE


def _keep_columns(subject: Subject, upgrade_ops: UpgradeOps) -> None:
    """Let what is dropped come back with what its columns had, not with what their domains say."""
    dialect, live = subject.context.dialect, subject.comparison.live
    assert dialect is not None
    for _, operation in leaves(upgrade_ops):
        schema = getattr(operation, "schema", None)
        home = "" if schema in (None, subject.default) else str(schema)
        table = getattr(operation, "table_name", "")

        def said(column: Any, home: str = home, table: str = table) -> Mapping[str, Any] | None:
            fact = live.get(Thing("column", column.name, table, home))
            return None if fact is None else fact.parts

        as_they_were(operation, dialect, said)


def operations(subject: Subject, upgrade_ops: UpgradeOps, difference: Difference) -> Iterator[Any]:
    """What makes one domain as the models have it."""
    thing, live, model = difference.thing, difference.live, difference.model
    gone, says = f"DROP DOMAIN {spelled(thing)}", (f"adds {thing}", f"drops {thing}")
    if live is None and model is not None:
        made = [_declared(subject, thing) or creating(thing, model), *commented(thing, model)]
        yield at("types", BothWaysOp(made, [gone], *says))
    elif model is None and live is not None:
        if may_go(subject, upgrade_ops, difference):
            made = [creating(thing, live), *commented(thing, live)]
            yield at("left", BothWaysOp(made, [gone], *says).reverse())
    elif live is not None and model is not None:
        if difference.parts & {"base", "collation"}:
            new = _declared(subject, thing) or creating(thing, model)
            there = rebuilt(thing, new, live.notes)
            back = rebuilt(thing, creating(thing, live), live.notes)
            words = f"makes {thing} anew"
            scripts = (Script(each, words, moves=True, of=str(thing)) for each in (there, back))
            yield at("leaving", ScriptOp(*scripts), _LAST)
        else:
            yield from _altered(subject, live, model)


def _altered(subject: Subject, live: Fact, model: Fact) -> Iterator[Any]:
    thing = model.thing
    name, says = f"ALTER DOMAIN {spelled(thing)}", f"changes {thing}"
    for part, clause in (("not null", _not_null), ("default", _default)):
        if live.parts[part] != model.parts[part]:
            new, old = (f"{name} {clause(fact.parts[part])}" for fact in (model, live))
            yield at("types", SqlOp(new, old, says, says))
    gone, come = _checks(subject, live, model)
    for check, definition in gone.items():
        yield at("types", _added(thing, check, definition).reverse())
    for check, definition in come.items():
        yield at("types", _added(thing, check, definition))
    comment = model.parts["comment"]
    if comment is not None and comment != live.parts["comment"]:
        yield at("types", comment_change(thing, live, model))


def _not_null(value: bool) -> str:
    return "SET NOT NULL" if value else "DROP NOT NULL"


def _default(value: str | None) -> str:
    return "DROP DEFAULT" if value is None else f"SET DEFAULT {value}"


def _added(thing: Thing, check: str, definition: str) -> SqlOp:
    name, constraint = f"ALTER DOMAIN {spelled(thing)}", f"CONSTRAINT {quoted(check)}"
    says = (f"adds check {check} of {thing}", f"drops check {check} of {thing}")
    return SqlOp(f"{name} ADD {constraint} {definition}", f"{name} DROP {constraint}", *says)


def _checks(subject: Subject, live: Fact, model: Fact) -> tuple[dict[str, str], dict[str, str]]:
    """The checks that go, and those that come."""
    old, new = dict(live.parts["checks"] or {}), dict(model.parts["checks"] or {})
    said = _declared(subject, model.thing)
    for check, definition in list(new.items()):
        found = check if old.get(check) == definition else None
        if found is None and said is not None and not re.search(rf"\b{re.escape(check)}\b", said):
            found = next((each for each in old if old[each] == definition), None)
        if found is not None:
            del old[found], new[check]
    return old, new


def _declared(subject: Subject, thing: Thing) -> str | None:
    """The statement of the models that makes a domain."""
    assert subject.context.dialect is not None
    for statement in subject.comparison.compiled.statements:
        source = statement.source
        if isinstance(source, CreateDomainType):
            schema = (
                "" if source.element.schema in (None, subject.default) else (source.element.schema)
            )
            if (schema, source.element.name) == (thing.schema, thing.name):
                dialect = quiet_dialect(subject.context.dialect, Model())
                return str(source.compile(dialect=dialect)).strip()
        elif statement.raw and _TYPED.match(statement.sql):
            found = _TYPED.match(statement.sql)
            assert found is not None
            names = [_plain(each) for each in (found["schema"], found["name"]) if each]
            if names in ([thing.name], [thing.schema or subject.default, thing.name]):
                return statement.sql.strip().rstrip(";")
    return None


_NAME = r'"(?:[^"]|"")+"|[^\W\d][\w$]*'
_TYPED = re.compile(
    rf"\s*CREATE\s+DOMAIN\s+(?:(?P<schema>{_NAME})\s*\.\s*)?(?P<name>{_NAME})", re.I
)


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def creating(thing: Thing, fact: Fact) -> str:
    """What makes a domain, in the catalogue's words."""
    parts = fact.parts
    words = [f"CREATE DOMAIN {spelled(thing)} AS {parts['base']}"]
    words += [f"COLLATE {parts['collation']}"] if parts["collation"] else []
    words += [f"DEFAULT {parts['default']}"] if parts["default"] is not None else []
    words += ["NOT NULL"] if parts["not null"] else []
    words += [f"CONSTRAINT {quoted(name)} {each}" for name, each in (parts["checks"] or {}).items()]
    return " ".join(words)
