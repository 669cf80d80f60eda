"""What an exception of a migration says."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from alembic_guard.apply.cause import line_in, sentence


def test_a_databases_error_is_its_first_line_with_the_statement_and_no_parameters() -> None:
    with (
        create_engine("sqlite://").connect() as connection,
        pytest.raises(OperationalError) as error,
    ):
        connection.execute(text("INSERT INTO nowhere\n VALUES (:secret)"), {"secret": "hunter2"})

    assert sentence(error.value) == "no such table: nowhere [SQL: INSERT INTO nowhere VALUES (?)]"


def test_any_other_error_is_its_kind_and_its_first_line() -> None:
    assert sentence(ValueError("first\nsecond")) == "ValueError: first"
    assert sentence(AssertionError()) == "AssertionError"


def test_the_line_is_the_innermost_one_of_the_file() -> None:
    try:
        exec(compile("def fail():\n    1 / 0\nfail()", "revision.py", "exec"), {})
    except ZeroDivisionError as error:
        found = (line_in(error, "revision.py"), line_in(error, "other.py"))

    assert found == (2, None)
