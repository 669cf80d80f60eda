"""SQL that no rule has judged."""

from __future__ import annotations

from alembic_guard.ddl.data import Opaque
from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "unreadable-sql"


def test_an_execute_of_a_text_that_is_made_when_it_runs() -> None:
    sql = "DO $$ BEGIN EXECUTE 'ANALYZE ' || quote_ident('orders'); END $$"
    assert found(sql, only=NAME) == [
        Finding(
            NAME,
            "What this DO does is not known, and no rule has judged it.",
            "EXECUTE of a text that is made when it runs.",
            (
                "op.execute(\"DO $$ BEGIN EXECUTE 'ANALYZE ' || quote_ident('orders'); END $$\") "
                " # guard: allow(unreadable-sql) it was read by hand",
            ),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_call_another_language_and_an_error_of_syntax() -> None:
    each = ("CALL refresh()", "DO LANGUAGE plpython3u 'pass'", "ALTER TABEL orders")
    assert [(one.message, one.why) for one in found(*each, only=NAME)] == [
        (
            "What this CALL does is not known, and no rule has judged it.",
            "What it runs is in the database, or was said elsewhere.",
        ),
        (
            "What this DO does is not known, and no rule has judged it.",
            "Its language is plpython3u.",
        ),
        (
            "This SQL can't be read, and no rule has judged it.",
            'The parser said: syntax error at or near "TABEL".',
        ),
    ]


def test_a_step_is_found_once() -> None:
    sql = "DO $$ BEGIN EXECUTE a; EXECUTE b; END $$"
    assert len(found(sql, only=NAME)) == 1


def test_without_its_parser_a_revision_is_found_once() -> None:
    missing = Opaque("SQL", "pip install 'alembic-guardrails[lint]'")
    assert found([missing, missing], [missing], only=NAME) == [
        Finding(
            NAME,
            "Revision a1 has SQL that nobody has read: its parser is not installed.",
            "The rules have judged its directives only.",
            ("pip install 'alembic-guardrails[lint]'",),
            severity=Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        ),
        Finding(
            NAME,
            "Revision b2 has SQL that nobody has read: its parser is not installed.",
            "The rules have judged its directives only.",
            ("pip install 'alembic-guardrails[lint]'",),
            severity=Severity.WARNING,
            revision="b2",
            place=Place("b2.py", 1),
        ),
    ]


def test_a_do_that_is_plain_raises_nothing() -> None:
    assert found("DO $$ BEGIN PERFORM 1; EXECUTE 'ANALYZE orders'; END $$", only=NAME) == []
