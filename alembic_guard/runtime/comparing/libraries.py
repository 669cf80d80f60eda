"""What a project declares by ``alembic_utils`` and by ``sqlalchemy-declarative-extensions``.

Neither is imported here: only what the project itself has loaded is asked. Names of theirs, tried
on alembic_utils 0.8.8 and sqlalchemy-declarative-extensions 0.17: ``replaceable_entity.registry``,
``to_sql_statement_create()``, ``MetaData.info``, ``to_sql_create()``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alembic_guard.runtime.comparing.declared import Declaration, Declared, Unreadable
from alembic_guard.runtime.comparing.model import Model, quiet_dialect
from alembic_guard.runtime.first_line import first_line

if TYPE_CHECKING:
    from sqlalchemy import Dialect, MetaData

_ALEMBIC_UTILS = "alembic_utils.replaceable_entity"
_EXTENSIONS = "sqlalchemy_declarative_extensions"
_KINDS = {
    "schema": frozenset({"schema"}),
    "view": frozenset({"view", "materialized view"}),
    "function": frozenset({"function"}),
    "procedure": frozenset({"procedure"}),
    "trigger": frozenset({"trigger"}),
}
"""What is asked of the second, by its modules; roles, grants, databases and rows stay its own."""


def entities(dialect: Dialect) -> Declared:
    """The entities that are registered with ``alembic_utils``."""
    found = Declared([], [], silenced=frozenset({_ALEMBIC_UTILS}))
    module = sys.modules.get(_ALEMBIC_UTILS)
    quiet = quiet_dialect(dialect, Model())
    for entity in [] if module is None else module.registry.entities():
        where = f"alembic_utils, {entity.identity}"
        # text() escapes colons, and compiling it takes that back
        clause = _read(found, where, entity.to_sql_statement_create)
        if clause is not None:
            sql = str(clause.compile(dialect=quiet))
            found.statements.append(Declaration(sql.strip().rstrip(";"), where, entity.schema))
    return found


def extensions(metadata: Sequence[MetaData], dialect: Dialect) -> Declared:
    """What ``declare_database()`` and its like have left in the models' ``info``."""
    found = Declared([], [])
    if _EXTENSIONS not in sys.modules:
        return found
    kept: set[str] = set()
    for module, kinds in _KINDS.items():
        for one in metadata:
            collection = one.info.get(f"{module}s")
            if collection is None:
                continue
            kept |= kinds if getattr(collection, "ignore_unspecified", False) else set()
            for item in collection:
                _declare(found, module, item, one, dialect)
    found.kept = frozenset(kept)
    found.silenced = frozenset(f"{_EXTENSIONS}.alembic.{module}" for module in _KINDS)
    return found


def _declare(found: Declared, module: str, item: Any, metadata: MetaData, dialect: Dialect) -> None:
    name = getattr(item, "qualified_name", None) or getattr(item, "name", str(item))
    where = f"{_EXTENSIONS}, {module} {name}"

    def created() -> list[str]:
        way: Callable[[Any, Any, Any], Any] = _WAYS.get(module, _plain)
        made = way(item, metadata, dialect)
        listed = made if isinstance(made, (list, tuple)) else [made]
        return [each if isinstance(each, str) else _text(each, dialect) for each in listed]

    for text in _read(found, where, created) or ():
        schema = getattr(item, "schema", None) or ""
        found.statements.append(Declaration(text.strip().rstrip(";"), where, schema))


def _plain(item: Any, _metadata: MetaData, _dialect: Dialect) -> Any:
    return item.to_sql_create()


def _view(item: Any, metadata: MetaData, dialect: Dialect) -> Any:
    own = sys.modules[f"{_EXTENSIONS}.dialects.postgresql"]
    view = own.View.coerce_from_unknown(item)
    if view.constraints:
        base = sys.modules[f"{_EXTENSIONS}.view.base"]
        names = metadata.naming_convention
        indexes = [base.ViewIndex.from_unknown(c, view, dialect, names) for c in view.constraints]
        view = replace(view, constraints=indexes)
    return view.to_sql_create(quiet_dialect(dialect, Model()))


def _function(item: Any, _metadata: MetaData, _dialect: Dialect) -> Any:
    own = sys.modules[f"{_EXTENSIONS}.dialects.postgresql"]
    return own.Function.from_unknown_function(item).normalize().to_sql_create()


def _procedure(item: Any, _metadata: MetaData, _dialect: Dialect) -> Any:
    own = sys.modules[f"{_EXTENSIONS}.dialects.postgresql"]
    return own.Procedure.from_unknown_procedure(item).normalize().to_sql_create()


_WAYS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "view": _view,
    "function": _function,
    "procedure": _procedure,
}


def _text(element: Any, dialect: Dialect) -> str:
    return str(element.compile(dialect=dialect))


def _read(found: Declared, where: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Exception as error:  # theirs: what cannot be read is named, and is never absent
        reason = first_line(error)
        found.unreadable.append(Unreadable(where, reason))
        return None
