"""What every script is made of, and its small print."""

from __future__ import annotations

import pytest

from alembic_guard.apply import script_mysql, script_postgresql, script_sqlite
from alembic_guard.apply.script import KINDS, words_of
from alembic_guard.apply.script_words import Site, comment, terminated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1", "SELECT 1;"),
        ("SELECT 1;\n ; ", "SELECT 1;"),
        ("SELECT 1 -- one;", "SELECT 1 -- one\n;"),
        ("SELECT 1 -- one\nFROM t", "SELECT 1 -- one\nFROM t;"),
        ("SELECT 1 # one", "SELECT 1 # one\n;"),
    ],
)
def test_a_statement_has_one_terminator_outside_of_a_comment(text: str, expected: str) -> None:
    assert terminated(text) == expected


def test_nothing_breaks_out_of_a_comment() -> None:
    assert comment("a\nDROP TABLE b;\r\u2028c") == "-- a DROP TABLE b; c"


def test_a_statement_that_holds_a_delimiter_gets_another() -> None:
    assert script_mysql.statement("SELECT ';//'") == ("DELIMITER $$\nSELECT ';//'$$\nDELIMITER ;")


def test_a_block_is_quoted_by_a_tag_that_is_not_in_it() -> None:
    site = Site("postgresql", "", "", "alembic_version", "", None, 0, 0, (), "")
    lines = script_postgresql.asks(site, "SELECT '$guard$'", "no")
    assert (lines[0], lines[-1]) == ("DO $guard_$", "END $guard_$;")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_database_says_every_word(kind: str) -> None:
    assert words_of(kind) in (script_mysql, script_postgresql, script_sqlite)
    names = {"NOW", "ELAPSED", "USER", "CLIENT", "SESSION", "TABLE_MAY_MISS", "DDL_COMMITS"}
    names |= {"opening", "begin", "at", "asks", "leave", "enter", "done", "statement"}
    assert names - set(vars(words_of(kind))) == set()
