"""How a column is stored and compressed, where the models say so.

SQLAlchemy has no words for it, so it is said by an event: ``ALTER TABLE … SET STORAGE`` in a
``DDL()``. Models that leave it to the server have no opinion, and nothing is put back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic_guard.autogenerate.column_changes import ColumnChange, compare_columns
from alembic_guard.autogenerate.column_words import altering
from alembic_guard.autogenerate.compared import subject_of
from alembic_guard.autogenerate.complement import add, at
from alembic_guard.autogenerate.operations import SqlOp, quoted

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.util import PriorityDispatchResult

    from alembic_guard.runtime.comparing.facts import Fact

_PARTS = frozenset({"storage", "compression"})
_STORAGE = {"p": "PLAIN", "e": "EXTERNAL", "m": "MAIN", "x": "EXTENDED"}
_COMPRESSION = {"p": "pglz", "l": "lz4"}
"""The letters of ``pg_attribute`` (PostgreSQL manual, 53.7)."""


def compare(context: AutogenContext, upgrade_ops: UpgradeOps) -> PriorityDispatchResult:
    """Set them, on new columns too."""
    subject = subject_of(context)
    for difference in () if subject is None else subject.comparison.of("column"):
        assert subject is not None
        comes = difference.live is None and subject.filters.include(difference.thing)
        if comes and difference.model is not None:
            add(upgrade_ops, _statements(difference.model, None, _PARTS))
    return compare_columns(context, upgrade_ops, _PARTS, operations)


def operations(change: ColumnChange) -> Iterator[Any]:
    """A statement for each, after the type, which sets them back."""
    return _statements(change.model, change.live, change.parts)


def _statements(model: Fact, live: Fact | None, parts: frozenset[str]) -> Iterator[Any]:
    thing = model.thing
    alter = f"{altering(thing)} ALTER COLUMN {quoted(thing.name)}"
    plain = {"storage": _STORAGE[model.notes["own storage"]], "compression": "default"}
    for word, letters in (("storage", _STORAGE), ("compression", _COMPRESSION)):
        after = model.parts.get(word)
        if word not in parts or after is None:
            continue
        before = None if live is None else live.parts[word]
        up, down = letters[after], plain[word] if before is None else letters[before]
        says = f"changes the {word} of column {thing.table_key}.{thing.name} to"
        words = f"{alter} SET {word.upper()}"
        operation = SqlOp(f"{words} {up}", f"{words} {down}", f"{says} {up}", f"{says} {down}")
        yield at("setting", operation)
