"""Another character set of a table."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from tests.rules.judging import found

NAME = "character-set-copies"
SQL = "ALTER TABLE shops CONVERT TO CHARACTER SET utf8mb4"


def test_it_copies() -> None:
    assert found(SQL, kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "Converting shops to utf8mb4 copies all of it, and every write waits.",
            (
                "Each text is written anew, with ALGORITHM=COPY.\n"
                "No database was asked how large shops is: it is judged as a large table."
            ),
            (
                (
                    'op.execute("ALTER TABLE shops CONVERT TO CHARACTER SET utf8mb4")  # '
                    "guard: allow(character-set-copies) nobody writes at that hour"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_the_default_and_mariadb_11_and_new_tables_are_silent() -> None:
    assert found("ALTER TABLE shops CHARACTER SET = utf8mb4", kind="mysql", only=NAME) == []
    assert found(SQL, kind="mariadb", version=(11, 4), only=NAME) == []
    assert found("CREATE TABLE shops (id integer)", SQL, kind="mariadb", only=NAME) == []
