"""One database a module, emptied before each state: to make a new one takes ten times as long.

What need not be made of the models is not made, however few tables there are; and each comparison
is made whole besides, and with each new table in a turn of its own, and must come to the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.exc import NotSupportedError

from alembic_guard.runtime.comparing.comparison import Comparison
from alembic_guard.runtime.comparing.facts import Fact
from alembic_guard.runtime.comparing.postgresql import comparison, making, turns
from tests import servers
from tests.conftest import without_server

_SCHEMAS = """
SELECT nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
"""

_NO_EXTENSION = re.compile(r'extension "[^"]+" is not available')


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Without contrib modules, as in the wheel, the rows of their extensions are skipped."""
    try:
        return (yield)
    except NotSupportedError as error:
        missing = _NO_EXTENSION.search(str(error.orig))
        if missing is None:
            raise
        without_server(servers.ServerMissing(missing[0]))


@pytest.fixture(scope="module")
def postgresql_engine(postgresql_server: URL) -> Iterator[Engine]:
    with servers.postgresql_database(postgresql_server) as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def empty(postgresql_engine: Engine) -> Callable[[], Engine]:
    """Empties the PostgreSQL of this module, its other schemas included, and returns its engine."""

    def emptied() -> Engine:
        with postgresql_engine.begin() as connection:
            for name in connection.execute(text(_SCHEMAS)).scalars().all():
                quoted = name.replace('"', '""').replace("%", "%%")
                connection.exec_driver_sql(f'DROP SCHEMA "{quoted}" CASCADE')
            connection.exec_driver_sql("CREATE SCHEMA public")
        return postgresql_engine

    return emptied


@pytest.fixture(autouse=True)
def both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = comparison.compared

    def compared(*args: Any, **options: Any) -> Comparison:
        short = plain(*args, **options)
        if short.settled:
            whole = plain(*args, **options, whole=True)
            assert _said(short) == _said(whole)
        if any(thing.kind == "table" and thing not in short.live for thing in short.model):
            with monkeypatch.context() as crowded:
                crowded.setattr(turns, "fits", lambda *_: False)
                crowded.setattr(turns, "fair_room", lambda _connection: 1000)
                crowded.setattr(turns, "locks_of", lambda tables: 900 * len(list(tables)))
                in_turns = plain(*args, **options)
            assert _said(short) == _said(in_turns)
        return short

    monkeypatch.setattr(making, "FEW", 0)
    monkeypatch.setattr(comparison, "compared", compared)


def _said(found: Comparison) -> tuple[Any, ...]:
    differences = {
        thing: (_words(each.live), _words(each.model)) for thing, each in found.differences.items()
    }
    unknown = [(each.source, each.thing, each.kinds) for each in found.unknown]
    return differences, unknown, found.names.keys(), found.model.keys()


def _words(fact: Fact | None) -> Any:
    return None if fact is None else (fact.parts, fact.definition)
