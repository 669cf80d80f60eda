"""docs/errors.md is true: every row is what the commands print, and no row is without a test."""

from __future__ import annotations

import re
from pathlib import Path

import alembic
import pytest
import sqlalchemy

from alembic_guard import guards
from tests.broken_projects import FAILURES, Failure
from tests.errors_page import PAGE, Databases, databases, row, rows_of, written

PRINTED = rows_of(PAGE.read_text("utf-8"))
ROWS = [
    pytest.param(heading, place, failure, id=f"{heading}-{place + 1}-{failure.guard}")
    for heading, failures in FAILURES.items()
    for place, failure in enumerate(failures)
]
AS_MEASURED = (alembic.__version__[:5], sqlalchemy.__version__[:4]) == ("1.20.", "2.1.")
"""Whether plain Alembic has the words of the page: those of other versions differ."""


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Databases:
    """Databases on the servers, each of which is looked for when a row first needs it."""
    return databases(lambda kind: request.getfixturevalue(f"{kind}_server"))


def compared(line: str) -> list[str]:
    """The cells of a row that have to be the same."""
    _, typed, plain, *ours, _ = re.split(r"(?<!\\)\|", line)
    return [typed, *([plain] if AS_MEASURED else []), *ours]


@pytest.mark.parametrize(("heading", "place", "failure"), ROWS)
def test_a_row_is_what_both_commands_print(
    heading: str, place: int, failure: Failure, tmp_path: Path, database: Databases
) -> None:
    assert compared(PRINTED[heading][place]) == compared(row(failure, tmp_path, database))


def test_the_page_has_a_row_for_each_failure_and_no_other() -> None:
    assert {heading: len(rows) for heading, rows in PRINTED.items()} == {
        heading: len(failures) for heading, failures in FAILURES.items()
    }


def test_every_guard_of_the_page_is_one() -> None:
    named = {failure.guard for failures in FAILURES.values() for failure in failures}
    assert named - set(guards.catalogue()) == set()


def test_rows_are_rewritten_under_their_heading_and_nothing_else_is() -> None:
    page = PAGE.read_text("utf-8")
    assert written(page, PRINTED) == page
    rows = {heading: ["| a | b |"] for heading in PRINTED}
    assert rows_of(written(page, rows)) == rows
