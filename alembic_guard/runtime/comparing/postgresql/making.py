"""The models' side of a comparison: made in a scratch namespace as far as that is needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import text

from alembic_guard.runtime.comparing.facts import Fact, Facts, Thing
from alembic_guard.runtime.comparing.model import UNNAMED, Model, with_targets
from alembic_guard.runtime.comparing.postgresql import turns
from alembic_guard.runtime.comparing.postgresql.creation import Creation, apart, create
from alembic_guard.runtime.comparing.postgresql.lock_room import need_room
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace
from alembic_guard.runtime.comparing.postgresql.proven import Proven, needed_by, proven

if TYPE_CHECKING:
    from sqlalchemy import Dialect, MetaData, Table

Keep = Callable[["Table"], bool]

FEW = 12
"""Tables that are sooner made than proven to need no making."""


@dataclass(frozen=True)
class Making:
    """What came of the models.

    :param compiled: the statements that were run.
    :param creation: what came of them, with the facts of what was spared.
    :param names: of things of spared tables that the models leave unnamed: their tokens.
    :param spared: the tables that the database has to the last word, and that were not made.
    """

    compiled: Model
    creation: Creation
    names: Mapping[Thing, Thing]
    spared: Collection[Thing]


def make(
    made: Namespace,
    metadata: Sequence[MetaData],
    live: Facts,
    keep: Keep,
    dialect: Dialect,
    *,
    whole: bool,
    owners: bool = False,
) -> Making:
    """Make the models in a namespace.

    :param live: the facts of the database; :param dialect: its own.
    :param keep: whether a table of the models is to be compared.
    :param whole: whether to make also what is proven to be as the database has it.
    :param owners: whether to ask for the owners that they say.
    :raises NotCompared: where they are too many to be made at once, and not in turns either.
    """
    tables = [table for one in metadata for table in with_targets(one, keep)]
    same = {} if whole or len(tables) < FEW else proven(made, tables, live, dialect)
    models = turns.Models(made, metadata, keep, dialect)
    compiled, same, waiting = _compiled(models, live, same)
    path = made.connection.execute(text("SELECT current_setting('search_path')")).scalar_one()
    creation = create(made, compiled.statements, path, owners=owners)
    if waiting:
        compiled, creation = turns.in_turns(models, compiled, creation, waiting, path)
    made.connection.execute(text("SELECT set_config('search_path', :path, true)"), {"path": path})
    names = {}
    for each in same.values():
        for thing, item in each.unnamed.items():
            token = f"{UNNAMED}{len(compiled.unnamed)}"
            compiled.unnamed[token] = item
            names[thing] = replace(thing, name=token)
    spared = {each.table for each in same.values()}
    return Making(compiled, _with(creation, same.values(), spared), names, spared)


def _compiled(
    models: turns.Models, live: Facts, same: dict[Table, Proven]
) -> tuple[Model, dict[Table, Proven], list[Table]]:
    """What has to be run, and the tables that it does not make.

    :returns: the statements, the tables that are the same, and those that are to be made in turns.
    """
    built = models.built(same)
    fits = turns.fits(models.made.connection, built)
    late = {} if fits else turns.late(models, built, live)
    while True:
        spared: dict[Table, Proven | turns.Late] = {**same, **late}
        need_room(models.made.connection, models.built(spared))
        compiled = models.compiled(spared)
        compiled.statements = apart(compiled.statements)
        needed = needed_by(compiled.statements, spared)
        if not needed:
            return compiled, same, list(late)
        same = {table: each for table, each in same.items() if table not in needed}
        late = {table: each for table, each in late.items() if table not in needed}


def _with(creation: Creation, same: Collection[Proven], spared: Collection[Thing]) -> Creation:
    """A creation in which spared tables are whole, as if they had been made."""
    facts: dict[Thing, Fact] = {
        thing: fact
        for thing, fact in creation.facts.items()
        if thing not in spared and not (thing.table and thing.owner in spared)
    }
    for each in same:
        facts.update(each.facts)
    return replace(creation, facts=facts)
