"""Random schemas on SQLite: made and compared, nothing is found; pairs converge and reverse."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from sqlalchemy.exc import OperationalError

from tests.autogenerate.changes import State, make
from tests.autogenerate.compare.sqlite.files import NOTHING, Change, engine_of, migrated, unchanged
from tests.autogenerate.properties.drawing import pairs, schemas
from tests.autogenerate.properties.effort import effort
from tests.autogenerate.properties.kinds import SQLITE
from tests.autogenerate.properties.schemas import Schema, state_of

# SQLAlchemy says of each index by expression that it does not reflect it
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def possible(state: State) -> State:
    """A state that SQLite can be in: tables and indexes differ by more than their case."""
    engine = engine_of(Path(":memory:"))
    try:
        make(engine, state)
    except OperationalError:
        assume(False)
    return state


@effort(25)
@given(schemas(SQLITE, postgresql=False))
def test_what_was_just_made_of_the_models_is_as_they_have_it(schema: Schema) -> None:
    state = possible(state_of(schema, SQLITE))

    with TemporaryDirectory() as folder:
        assert unchanged(Path(folder), state) == NOTHING


@effort(25)
@given(pairs(SQLITE, postgresql=False))
def test_a_migration_between_two_schemas_arrives_and_comes_back(
    pair: tuple[Schema, Schema],
) -> None:
    before, after = (possible(state_of(each, SQLITE)) for each in pair)

    with TemporaryDirectory() as folder:
        migrated(Path(folder), Change(before, after))
