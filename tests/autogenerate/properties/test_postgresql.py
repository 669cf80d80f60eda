"""Random schemas on PostgreSQL: made and compared, nothing is found; pairs converge and reverse."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from sqlalchemy import Engine

from tests.autogenerate.properties.drawing import pairs, schemas
from tests.autogenerate.properties.effort import effort
from tests.autogenerate.properties.kinds import POSTGRESQL
from tests.autogenerate.properties.schemas import Schema, state_of
from tests.autogenerate.properties.trial import NOTHING, converges, made, proposed


@effort(15)
@given(schemas(POSTGRESQL))
def test_what_was_just_made_of_the_models_is_as_they_have_it(
    empty: Callable[[], Engine], schema: Schema
) -> None:
    state = state_of(schema, POSTGRESQL)

    assert proposed(made(empty, state), state) == NOTHING


@effort(12)
@given(pairs(POSTGRESQL))
def test_a_migration_between_two_schemas_arrives_and_comes_back(
    empty: Callable[[], Engine], pair: tuple[Schema, Schema]
) -> None:
    converges(empty, *(state_of(each, POSTGRESQL) for each in pair))
