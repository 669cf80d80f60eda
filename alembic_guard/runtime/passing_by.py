"""Lets Alembic pass by tables of which it is known that nothing would be proposed.

Alembic reflects every table and compares it column by column. Of a table that the database has to
the last word, everything that could come of that would be taken back again; so for the moment in
which Alembic compares tables, and for nobody else, such tables are on neither side.

Private names of Alembic, tried on 1.18.4, 1.19.1, 1.20.0 and 1.20.1:
``PriorityDispatcher._registry``, ``AutogenContext._name_filters``, and the function
``_autogen_for_tables``. Where they are not as they were, Alembic compares everything.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from alembic.util import PriorityDispatchResult

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_OURS = ("alembic.", "alembic_guard.")
_CALLED = ("compare_type", "compare_server_default")
"""Functions of env.py that are asked about every column."""


def may_pass_by(context: AutogenContext) -> bool:
    """Whether nobody but Alembic and we look at each table and column."""
    registry = getattr(context.comparators, "_registry", None)
    if not isinstance(registry, dict) or any(callable(context.opts.get(each)) for each in _CALLED):
        return False
    looking = (
        function
        for (target, *_), functions in registry.items()
        for function, *_ in functions
        if target in ("table", "column")
    )
    return all(str(getattr(each, "__module__", "")).startswith(_OURS) for each in looking)


def pass_by(context: AutogenContext, tables: Collection[tuple[str | None, str]]) -> None:
    """Let Alembic compare all tables of an autogenerate but these.

    It is called as ever, and not by us: a warning is shown with the line of who calls.

    :param tables: with the schema of each, None for the default one.
    """
    registry: Any = context.comparators._registry
    for key, functions in registry.items():
        if key[0] == "schema":
            functions[:] = [
                each
                for function, *rest in functions
                for each in (
                    [(step, *rest) for step in _around(function, tables)]
                    if getattr(function, "__name__", "") == "_autogen_for_tables"
                    else [(function, *rest)]
                )
            ]


def _around(plain: Any, tables: Collection[tuple[str | None, str]]) -> list[Any]:
    """What is called instead of a function: what goes before it, itself, and what comes after."""
    before: list[Any] = []

    def keep(name: str | None, type_: str, parents: Any) -> bool:
        return type_ != "table" or (parents.get("schema_name"), name) not in tables

    def take_out(context: AutogenContext, *_: Any) -> PriorityDispatchResult:
        default = None if context.dialect is None else context.dialect.default_schema_name
        before[:] = [context._name_filters, _sorted_tables(context, plain)]
        context._name_filters = [*before[0], keep]
        context.__dict__["sorted_tables"] = [
            table
            for table in before[1]
            if (None if table.schema == default else table.schema, table.name) not in tables
        ]
        return PriorityDispatchResult.CONTINUE

    def put_back(context: AutogenContext, *_: Any) -> PriorityDispatchResult:
        context._name_filters, context.__dict__["sorted_tables"] = before
        return PriorityDispatchResult.CONTINUE

    return [take_out, plain, put_back]


def _sorted_tables(context: AutogenContext, plain: Any) -> Any:
    """Alembic's own list; what it warns of meanwhile, it still warns of itself."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = context.sorted_tables
    code = plain.__code__
    for each in said:
        where = (code.co_filename, code.co_firstlineno, plain.__module__)
        warnings.warn_explicit(each.message, each.category, *where)
    return found
