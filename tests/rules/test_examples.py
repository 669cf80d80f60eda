"""The Bad, the Good and the Fix of every rule are judged, and run on real servers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, make_url
from sqlalchemy.engine import Engine

from alembic_guard import rules
from alembic_guard.catalogue import Entry
from alembic_guard.finding import Severity
from tests.rules.linting import Shop, bodies, shop

RULES = rules.catalogue()
SERVED = ("postgresql", "mariadb", "sqlite")
EXAMPLES = [
    (name, kind)
    for name, entry in RULES.items()
    for kind in getattr(entry.load(), "EXAMPLE_ON", entry.load().DATABASES)
    if kind in SERVED and entry.bad
]
# Their Bad needs a server that is not here: they are judged without one, as of this version.
ELSEWHERE: dict[str, dict[str, Any]] = {
    name: {"dialect": "mysql", "server_version": "8.0"}
    for name, entry in RULES.items()
    if entry.bad and not set(entry.load().DATABASES) & set(SERVED)
}
# Or a version of it that is not here.
ELSEWHERE["index-corruption"] = {"dialect": "postgresql", "server_version": "14.2"}
CASES = sorted({*EXAMPLES, *((name, "postgresql") for name in ELSEWHERE)})


@pytest.fixture(scope="module")
def shops(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """A shop of each kind, made when it is first asked for; nothing that is judged changes it."""
    with ExitStack() as stack:
        made: dict[str, Shop] = {}

        def get(kind: str) -> Shop:
            if kind not in made:
                server = None if kind == "sqlite" else request.getfixturevalue(f"{kind}_server")
                path = tmp_path_factory.mktemp(kind)
                made[kind] = stack.enter_context(shop(kind, path, server))
            return made[kind]

        yield get


@pytest.fixture
def fresh(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A shop of a kind that is changed, another one each time."""
    numbers = count()
    with ExitStack() as stack:

        def get(kind: str) -> Shop:
            server = None if kind == "sqlite" else request.getfixturevalue(f"{kind}_server")
            return stack.enter_context(shop(kind, tmp_path / f"fresh{next(numbers)}", server))

        yield get


def options(name: str, entry: Entry) -> dict[str, Any]:
    enable = (name,) if getattr(entry.load(), "OPT_IN", False) else ()
    return {"enable": enable, **ELSEWHERE.get(name, {})}


def fixes(name: str, found: list[Any]) -> list[str]:
    """The bodies that the first finding of a rule says to write."""
    return list(next(each.next for each in found if each.name == name))


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_bad_is_found_and_a_good_is_not_and_the_fix_of_the_bad_is_clean(
    name: str, kind: str, shops: Any
) -> None:
    entry, there = RULES[name], shops(kind)
    bad = there.lint(*bodies(entry.bad), **options(name, entry))
    assert name in [each.name for each in bad]
    good = there.lint(*bodies(entry.good), **options(name, entry))
    assert name not in [each.name for each in good if each.allowed is None]
    assert "not-recorded" not in [each.name for each in (*bad, *good)]
    mended = there.lint(*fixes(name, bad), **options(name, entry))
    assert [
        (each.name, each.message)
        for each in mended
        if each.allowed is None and (each.name == name or each.severity is not Severity.NOTE)
    ] == []


@pytest.mark.parametrize(("name", "kind"), EXAMPLES)
def test_the_good_and_the_fix_run_on_a_server(name: str, kind: str, shops: Any, fresh: Any) -> None:
    entry = RULES[name]
    bad = shops(kind).lint(*bodies(entry.bad), **options(name, entry))
    for upgrades in (fixes(name, bad), bodies(entry.good)):
        there = fresh(kind)
        there.upgrade(*upgrades)
        assert there.project.heads_in_database() == (f"{len(upgrades) + 1:04}",)


WITH_LOCK = [
    name
    for name, kind in EXAMPLES
    if kind == "postgresql" and getattr(RULES[name].load(), "LOCK", None) is not None
]
_LOCKS = """
SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
 WHERE l.pid = pg_backend_pid() AND l.granted AND c.relkind IN ('r', 'p', 'm', 'v')
"""


@pytest.mark.parametrize("name", WITH_LOCK)
def test_the_bad_really_takes_the_lock_that_the_rule_is_about(name: str, fresh: Any) -> None:
    entry, there = RULES[name], fresh("postgresql")
    (bad, *_) = [each for each in there.lint(*bodies(entry.bad)) if each.name == name]
    seen: set[tuple[str, str]] = set()
    url = make_url(there.project.url)

    def look(_connection: Any, cursor: Any, *_: Any) -> None:
        if _connection.engine.url.database == url.database:
            own = _connection.connection.driver_connection.cursor()
            own.execute(_LOCKS)
            seen.update((row[0], row[1]) for row in own.fetchall())

    event.listen(Engine, "after_cursor_execute", look)
    try:
        there.upgrade(*bodies(entry.bad))
    finally:
        event.remove(Engine, "after_cursor_execute", look)
    assert bad.message
    assert entry.load().LOCK.mode in {mode for _, mode in seen}
