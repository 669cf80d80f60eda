"""What a project declares beside its models: collected once an autogenerate, and looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from alembic_guard.runtime.comparing.comparison import TYPED, Comparison, Unknown, Unsafe
from alembic_guard.runtime.comparing.declared import Declared, as_metadata, short
from alembic_guard.runtime.comparing.libraries import entities, extensions
from alembic_guard.runtime.comparing.postgresql.comparison import model_schemas
from alembic_guard.runtime.comparing.sql_files import sql_files
from alembic_guard.runtime.comparing.words import WORDS
from alembic_guard.settings import Settings

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.config import Config
    from sqlalchemy import Dialect, MetaData


@dataclass(frozen=True)
class Declarations:
    """What is declared, fit to be compared.

    :param metadata: with an event for each statement that may be run.
    :param unsafe: those that may not; :param hidden: what they would have made.
    :param unknown: what cannot be read; :param homes: what declares a statement, by its words.
    :param kept: kinds of which nothing undeclared is dropped.
    """

    metadata: MetaData
    unsafe: tuple[Unsafe, ...]
    hidden: tuple[Unknown, ...]
    unknown: tuple[Unknown, ...]
    homes: Mapping[str, str]
    kept: frozenset[str]

    @property
    def any(self) -> bool:
        """Whether anything is declared."""
        return bool(list(self.metadata.dispatch.after_create) or self.unsafe or self.unknown)

    def applied(self, comparison: Comparison) -> Comparison:
        """A comparison without what may not be said."""
        known = {
            thing: each
            for thing, each in comparison.differences.items()
            if not any(one.covers(thing) for one in (*self.hidden, *self.unknown))
            and not (each.model is None and thing.kind in self.kept)
        }
        unknown = (*map(self._placed, comparison.unknown), *self.hidden, *self.unknown)
        return replace(comparison, differences=known, unknown=unknown)

    def _placed(self, unknown: Unknown) -> Unknown:
        home = self.homes.get(unknown.source)
        return unknown if home is None else replace(unknown, source=f"{home}: {unknown.source}")


def declarations(
    metadata: Sequence[MetaData],
    dialect: Dialect,
    settings: Settings,
    config: Config | None,
    adopted: Declared | None = None,
) -> Declarations:
    """Collect what is declared, and look at each statement.

    :param adopted: what is about to be declared beside it, into a folder that may be missing yet.
    """
    all_ = _declared(metadata, dialect, settings, config, adopted)
    found = [each for one in all_ for each in one.statements]
    words = WORDS[dialect.name]
    default = dialect.default_schema_name or "public"
    said = as_metadata(found, ())
    schemas = model_schemas([*metadata, said], default) | {default}
    unsafe, hidden, safe = [], [], []
    homes = dict[str, str]()
    for each in found:
        refused = False
        for sql in words.statements(each.sql):
            homes[short(sql)] = each.where
            reason = words.objection(sql, schemas)
            if reason:
                refused = True
                unsafe.append(Unsafe(each.where, short(sql), reason))
                kinds = frozenset({words.kind(sql)}) - {""} or TYPED
                hidden.append(Unknown(each.where, reason, kinds=kinds))
        safe += [] if refused else [each]
    unread = [each for one in all_ for each in one.unreadable]
    return Declarations(
        as_metadata(safe, model_schemas(metadata, default) | {default}),
        tuple(unsafe),
        tuple(hidden),
        tuple(Unknown(each.where, each.reason, kinds=TYPED) for each in unread),
        homes,
        frozenset[str]().union(*(one.kept for one in all_)),
    )


def stood_in_for(context: AutogenContext) -> frozenset[str]:
    """The modules of libraries whose objects are ours to compare in an autogenerate."""
    plugins = context.opts.get("autogenerate_plugins") or ()
    ours = any(name.startswith("alembic_guard.") for name in plugins)
    if not ours or context.dialect is None or context.dialect.name != "postgresql":
        return frozenset()
    return entities(context.dialect).silenced | extensions((), context.dialect).silenced


def objects_folder(config: Config | None, shown: str) -> Path:
    """The folder that a value of the setting ``sql_objects`` means: it is beside the ini file."""
    file = None if config is None else config.config_file_name
    return (Path(file).parent if file else Path()) / shown


def _declared(
    metadata: Sequence[MetaData],
    dialect: Dialect,
    settings: Settings,
    config: Config | None,
    adopted: Declared | None,
) -> list[Declared]:
    ours = dialect.name == "postgresql"  # what the two libraries know
    found = [entities(dialect), extensions(metadata, dialect)] if ours else []
    shown = settings.sql_objects
    folder = objects_folder(config, shown)
    if shown and (adopted is None or folder.is_dir()):
        found.append(sql_files(folder, shown, WORDS[dialect.name].statements))
    return found if adopted is None else [*found, adopted]
