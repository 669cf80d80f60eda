"""Notes each pair of columns that Alembic would compare, and keeps it from comparing them.

Alembic compares defaults by running them on the live database, warns of every generated column and
writes SQL for identities that fails. The pair is needed: Alembic's reflected column is what a
migration says of the existing one. env.py's own ``compare_type`` and ``compare_server_default`` are
asked as Alembic asks them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from alembic.util import PriorityDispatchResult
from sqlalchemy.schema import DefaultClause

from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.runtime.comparing.facts import Thing

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from sqlalchemy import Column

OPTIONS = {"types": "compare_type", "server_default": "compare_server_default"}
"""What env.py calls the comparison of an element."""


@dataclass
class Pair:
    """The two sides of a column.

    :param said: what a function of env.py says of each element: whether it differs.
    """

    live: Column[Any]
    model: Column[Any]
    said: dict[str, bool] = field(default_factory=dict)


_PAIRS: WeakKeyDictionary[AutogenContext, dict[Thing, Pair]] = WeakKeyDictionary()


def pairs_of(context: AutogenContext) -> dict[Thing, Pair]:
    """The pairs of an autogenerate, as far as Alembic has come."""
    return _PAIRS.setdefault(context, {})


def compare(
    element: str,
    context: AutogenContext,
    operation: Any,
    schema: str | None,
    table: str,
    name: str,
    live: Column[Any],
    model: Column[Any],
) -> PriorityDispatchResult:
    """What Alembic is to call for an element of a column, before its own comparators.

    :param element: Alembic's word, such as ``server_default``.
    """
    _note_existing(operation, live)
    subject = subject_of(context)
    if subject is None:
        return _stopping(element == "server_default")
    thing = Thing("column", name, table, "" if schema in (None, subject.default) else schema)
    pair = pairs_of(context).setdefault(thing, Pair(live, model))
    ask = context.opts.get(OPTIONS.get(element, ""))
    if callable(ask):
        said = _asked(context, element, ask, pair)
        if said is not None:
            pair.said[element] = said
    known = subject.comparison.knows(thing) and thing in subject.comparison.model
    return _stopping(known or element == "server_default")


def _stopping(stop: bool) -> PriorityDispatchResult:
    """Defaults are never left to Alembic, which would run them."""
    return PriorityDispatchResult.STOP if stop else PriorityDispatchResult.CONTINUE


def _note_existing(operation: Any, live: Column[Any]) -> None:
    """What Alembic's comparators leave for whoever renders the operation."""
    operation.existing_type = live.type
    operation.existing_nullable = live.nullable
    operation.existing_server_default = live.server_default
    operation.existing_comment = live.comment


def _asked(
    context: AutogenContext, element: str, ask: Callable[..., Any], pair: Pair
) -> bool | None:
    live, model, migration = pair.live, pair.model, context.migration_context
    if element == "types":
        said = ask(migration, live, model, live.type, model.type)
    elif live.server_default is None and model.server_default is None:
        return None
    else:
        existing: Any = live.server_default
        words = getattr(getattr(existing, "arg", None), "text", None)
        declared = _rendered(context, model.server_default)
        said = ask(migration, live, model, words, model.server_default, declared)
    return None if said is None else bool(said)


def _rendered(context: AutogenContext, default: Any) -> str | None:
    """A default of the models as Alembic hands it to env.py's function."""
    if not isinstance(default, DefaultClause):
        return None
    argument: Any = default.arg
    if isinstance(argument, str):
        return argument
    return str(argument.compile(dialect=context.dialect, compile_kwargs={"literal_binds": True}))
