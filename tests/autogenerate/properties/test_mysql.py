"""Random schemas on MariaDB: made and compared, nothing is found; pairs converge and reverse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import assume, given
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from alembic_guard.runtime.comparing.mysql.tokens import quoted
from tests.autogenerate.changes import State
from tests.autogenerate.compare.mysql.conftest import (
    emptied,
    empty,
    mariadb_engine,
    poor_engine,
)
from tests.autogenerate.properties.drawing import pairs, schemas
from tests.autogenerate.properties.effort import effort
from tests.autogenerate.properties.kinds import MYSQL
from tests.autogenerate.properties.schemas import Part, Schema, state_of
from tests.autogenerate.properties.trial import NOTHING, converges, made, proposed

__all__ = ["emptied", "empty", "mariadb_engine", "poor_engine"]

NO_CAST = 4078
"""ER_CANNOT_CAST…: no ALTER TABLE makes a UUID of a number, or a number of a UUID."""


def possible(part: Part) -> Part:
    """A part with what both servers know of its options."""
    known = [each for each in part.options if each[0] != "deferrable" and each[1] != "SET DEFAULT"]
    return replace(part, options=tuple(known))


def state(schema: Schema) -> State:
    """The models of a schema."""
    tables = [replace(each, parts=tuple(map(possible, each.parts))) for each in schema.tables]
    return state_of(replace(schema, tables=tuple(tables)), MYSQL, quoted)


@effort(12)
@given(schemas(MYSQL, postgresql=False))
def test_what_was_just_made_of_the_models_is_as_they_have_it(
    empty: Callable[[], Engine], schema: Schema
) -> None:
    models = state(schema)

    assert proposed(made(empty, models), models) == NOTHING


@effort(12)
@given(schemas(MYSQL, postgresql=False))
def test_by_text_it_is_as_they_have_it_too(emptied: Callable[[], Engine], schema: Schema) -> None:
    models = state(schema)

    assert proposed(made(emptied, models), models) == NOTHING


@effort(8)
@given(pairs(MYSQL, postgresql=False))
def test_a_migration_between_two_schemas_arrives_and_comes_back(
    empty: Callable[[], Engine], pair: tuple[Schema, Schema]
) -> None:
    arrives(empty, pair)


@effort(5)
@given(pairs(MYSQL, postgresql=False))
def test_by_text_it_arrives_and_comes_back_too(
    emptied: Callable[[], Engine], pair: tuple[Schema, Schema]
) -> None:
    arrives(emptied, pair)


def arrives(empty: Callable[[], Engine], pair: tuple[Schema, Schema]) -> None:
    """Hold a migration against both states, if there can be one."""
    try:
        converges(empty, *map(state, pair))
    except OperationalError as error:
        assume(error.orig is None or error.orig.args[0] != NO_CAST)
        raise
