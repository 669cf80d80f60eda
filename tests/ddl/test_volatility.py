from __future__ import annotations

import sys

import pytest
from sqlalchemy import URL

from alembic_guard.ddl import volatility as module
from alembic_guard.ddl.expressions import VALUE_FUNCTIONS, functions
from alembic_guard.ddl.volatility import volatility
from alembic_guard.schema import Functions
from tests.ddl.measuring import session

DEFAULTS = {
    "5": "immutable",
    "'now()'": "immutable",
    "'now()'::text": "immutable",
    "E'it\\'s now()'": "immutable",
    "'it''s now()'": "immutable",
    "$$now()$$": "immutable",
    "$a$ random() $a$": "immutable",
    "1 /* random() */": "immutable",
    "'a'::character varying(3)": "immutable",
    "CAST('1' AS numeric(10, 2))": "immutable",
    "'2020-01-01'::timestamp(3) with time zone": "immutable",
    "ARRAY[]::text[]": "immutable",
    "lower('A')": "immutable",
    "COALESCE(NULL, (5))": "immutable",
    "now()": "stable",
    "CURRENT_TIMESTAMP": "stable",
    "current_timestamp(3)": "stable",
    "CURRENT_USER": "stable",
    "(now() AT TIME ZONE 'utc')": "stable",
    "timezone('utc', now())": "stable",
    "pg_catalog.now() + interval '1 day'": "stable",
    "clock_timestamp()": "volatile",
    "random()": "volatile",
    "gen_random_uuid()": "volatile",
    "public.uuid_generate_v4()": "volatile",
    "uuidv7()": "volatile",
    "nextval('a_seq'::regclass)": "volatile",
    "md5(random()::text)": "volatile",
    "lower(made_here(random()))": "volatile",
    "made_here()": "unknown",
    "app.made_here(now())": "unknown",
    '"Made here"(1)': "unknown",
}


@pytest.mark.parametrize("default", DEFAULTS)
def test_a_default_is_as_volatile_as_what_it_calls(default: str) -> None:
    assert volatility(default, Functions()) == DEFAULTS[default]


@pytest.mark.parametrize("default", DEFAULTS)
def test_without_a_parser_the_same_is_said(default: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "postgast", None)
    assert volatility(default, Functions()) == DEFAULTS[default]


def test_what_cannot_be_parsed_is_read_all_the_same() -> None:
    assert functions("made_here(") == frozenset({"made_here"})


def test_the_server_knows_functions_that_somebody_made() -> None:
    asked = Functions({"made_here": "stable", "lower": "volatile"})
    assert volatility("made_here()", asked) == "stable"
    assert volatility("lower('A')", asked) == "volatile"


def test_what_is_listed_is_as_volatile_as_on_the_server(postgresql_server: URL) -> None:
    query = "SELECT proname, provolatile FROM pg_proc WHERE oid < 16384"
    words = {"i": "immutable", "s": "stable", "v": "volatile"}
    kinds: dict[str, set[str]] = {}
    with session(postgresql_server.set(database="postgres")) as connection:
        for name, kind in connection.exec_driver_sql(query):
            kinds.setdefault(name, set()).add(words[kind])
    listed = {name: kind for name, kind in module._KNOWN.items() if name in kinds}
    # Of a function with several forms, no form may be more volatile than what is listed.
    wrong = {
        name: kinds[name]
        for name, kind in listed.items()
        if ("volatile" in kinds[name]) != (kind == "volatile") or kind not in kinds[name]
    }
    assert wrong == {}
    assert len(listed) > 70


def test_what_is_called_without_brackets_is_stable() -> None:
    assert {volatility(name, Functions()) for name in VALUE_FUNCTIONS} == {"stable"}
