"""env.py's ``include_name`` and ``include_object``, asked about the things of the catalogue.

Kinds that Alembic knows are asked about by its words, the others by their own: ``view``,
``function``, ``trigger``… What belongs to a table that is left out is left out with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import SchemaItem

from alembic_guard.runtime.own_tables import own_tables
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

    from alembic_guard.runtime.comparing.facts import Facts, Thing
    from alembic_guard.runtime.comparing.sources import Sources

WORDS = {"unique": "unique_constraint", "foreign key": "foreign_key_constraint"}
WORDS |= {"check": "check_constraint", "primary key": "primary_key_constraint"}
WORDS |= {"exclude": "exclude_constraint"}
"""Alembic's words for kinds (``NameFilterType``), and words after their pattern."""


class LiveItem(SchemaItem):
    """What ``include_object`` is handed of a thing that only the database has."""

    __visit_name__ = "guard_live_item"

    def __init__(self, thing: Thing) -> None:
        self.name, self.schema = thing.name, thing.schema or None
        self.table = LiveItem(thing.owner) if thing.table else None


class Filters:
    """Asks what env.py lets be compared; each thing once.

    :param live: the facts of the database; :param model: those of the models.
    """

    def __init__(
        self, context: AutogenContext, sources: Sources, live: Facts, model: Facts
    ) -> None:
        self._context, self._sources = context, sources
        self._live, self._model = live, model
        self._said: dict[Thing, bool] = {}
        migration = context.migration_context
        config = migration.config
        journal = (Settings() if config is None else Settings.load(config)).journal_table
        self._ours = {migration.version_table, *own_tables(journal)}

    def include(self, thing: Thing) -> bool:
        """Whether a thing is to be compared."""
        if thing not in self._said:
            self._said[thing] = self._include(thing)
        return self._said[thing]

    def _include(self, thing: Thing) -> bool:
        if thing.table and not self.include(thing.owner):
            return False
        if (thing.table or thing.name) in self._ours and thing.kind != "schema":
            return False
        context, word = self._context, WORDS.get(thing.kind, thing.kind.replace(" ", "_"))
        item = self._item(thing)
        if thing in self._live:
            parents: Any = {"schema_name": thing.schema or None}
            if thing.table:
                parents["table_name"] = thing.table
            if not context.run_name_filters(thing.name, word, parents):  # type: ignore[arg-type]
                return False
            other = item if thing in self._model else None
            return context.run_object_filters(LiveItem(thing), thing.name, word, True, other)  # type: ignore[arg-type]
        return context.run_object_filters(item, thing.name, word, False, None)  # type: ignore[arg-type]

    def _item(self, thing: Thing) -> SchemaItem:
        find: dict[str, Callable[[Thing], SchemaItem | None]] = {
            "table": self._sources.table,
            "column": self._sources.column,
            "index": self._sources.index,
        }
        found = find.get(thing.kind, self._sources.constraint)(thing)
        return LiveItem(thing) if found is None else found
