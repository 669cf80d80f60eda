"""What is true of every pair of schemas: the migration arrives, and comes back.

A constraint that the models leave unnamed keeps the name that the database has, and one that is
made again of the catalogue's words may be written with its casts elsewhere: the independent
snapshot is held against without the names of constraints and indexes, casts and parentheses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from hypothesis import assume
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from tests.autogenerate.changes import State, Written, make, metadata_of, run, snapshot, written

NOTHING = Written("", "")
_CASTS = re.compile(r"::[a-z][a-z ]*(\[\])?|[()\s]")


def made(empty: Callable[[], Engine], state: State) -> Engine:
    """A database in a state; a state that it refuses is none."""
    engine = empty()
    try:
        make(engine, state)
    except SQLAlchemyError:
        assume(False)
    return engine


def shape(engine: Engine) -> Counter[tuple[str, str]]:
    """What there is, by the independent snapshot."""
    named = ((name.split(" ", 1), text) for name, text in snapshot(engine).items())
    return Counter(
        (kind if kind in ("constraint", "index") else f"{kind} {name}", _CASTS.sub("", text))
        for (kind, name), text in named
    )


def proposed(engine: Engine, state: State) -> Written:
    """What autogenerate writes."""
    with engine.begin() as connection:
        return written(connection, metadata_of(state))


def migrate(engine: Engine, body: str, state: State) -> None:
    """Run one direction."""
    with engine.connect() as connection:
        run(connection, body, metadata_of(state))


def converges(empty: Callable[[], Engine], before: State, after: State) -> None:
    """Hold a migration against the state that it leads to, and the one that it came from."""
    expected = shape(made(empty, after))
    engine = made(empty, before)
    first = shape(engine)
    migration = proposed(engine, after)

    migrate(engine, migration.upgrade, after)
    there, left = shape(engine), proposed(engine, after)
    migrate(engine, migration.downgrade, after)
    back, left_back = shape(engine), proposed(engine, before)

    assert (left, left_back) == (NOTHING, NOTHING), migration
    assert (there - expected, expected - there) == (Counter(), Counter()), migration
    assert (back - first, first - back) == (Counter(), Counter()), migration
