"""An object that is no table, and is dropped."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "dropped-object"
DROP = "DROP VIEW paid"
MAKE = "CREATE VIEW paid AS SELECT 1"


def test_what_clients_use_by_name_is_found() -> None:
    assert found(DROP, only=NAME) == [
        Finding(
            NAME,
            "Dropping the view paid breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP VIEW paid")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DROP FUNCTION touch()", only=NAME) == [
        Finding(
            NAME,
            "Dropping the function touch breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP FUNCTION touch()")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DROP TYPE mood", only=NAME) == [
        Finding(
            NAME,
            "Dropping the type mood breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP TYPE mood")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DROP SEQUENCE numbers", only=NAME) == [
        Finding(
            NAME,
            "Dropping the sequence numbers breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP SEQUENCE numbers")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DROP DOMAIN amount", only=NAME) == [
        Finding(
            NAME,
            "Dropping the domain amount breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP DOMAIN amount")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DROP EXTENSION pg_trgm", only=NAME) == [
        Finding(
            NAME,
            "Dropping the extension pg_trgm breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP EXTENSION pg_trgm")  # guard: '
                    "allow(dropped-object) nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DROP SCHEMA archive", only=NAME) == [
        Finding(
            NAME,
            "Dropping the schema archive breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP SCHEMA archive")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_each_of_several_is_found() -> None:
    assert found("DROP VIEW paid, open", only=NAME) == [
        Finding(
            NAME,
            "Dropping the view paid breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP VIEW paid, open")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        ),
        Finding(
            NAME,
            "Dropping the view open breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP VIEW paid, open")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        ),
    ]


def test_it_is_of_mariadb_and_sqlite_too() -> None:
    assert found(DROP, kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "Dropping the view paid breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP VIEW paid")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(DROP, kind="sqlite", only=NAME) == [
        Finding(
            NAME,
            "Dropping the view paid breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP VIEW paid")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_made_again_after_the_commit_it_is_found() -> None:
    assert found([DROP], [MAKE], only=NAME) == [
        Finding(
            NAME,
            "Dropping the view paid breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP VIEW paid")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_made_again_by_the_transaction_it_is_silent() -> None:
    assert found(DROP, MAKE, only=NAME) == []
    assert found("DROP MATERIALIZED VIEW paid", MAKE, only=NAME) == []
    assert found("DROP TYPE mood", "CREATE TYPE mood AS ENUM ('a')", only=NAME) == []
    assert found("DROP DOMAIN amount", "CREATE DOMAIN amount AS numeric", only=NAME) == []


def test_what_this_run_made_is_silent() -> None:
    assert found(MAKE, DROP, only=NAME) == []
    assert found("ALTER TYPE mood RENAME TO old_mood", "DROP TYPE old_mood", only=NAME) == []


def test_deployed_one_by_one_only_its_own_revision_counts() -> None:
    assert found([MAKE], [DROP], together=False, only=NAME) == [
        Finding(
            NAME,
            "Dropping the view paid breaks whatever still uses it.",
            "A database knows what else depends on it, but not which queries name it.",
            (
                (
                    'op.execute("DROP VIEW paid")  # guard: allow(dropped-object) '
                    "nothing uses it any more"
                ),
            ),
            revision="b2",
            place=Place("b2.py", 1),
        )
    ]


def test_a_type_whose_column_goes_is_told_of_there() -> None:
    assert found("ALTER TABLE users DROP COLUMN mood", "DROP TYPE mood", only=NAME) == []
    assert found("DROP TABLE users", "DROP TYPE mood", only=NAME) == []
    assert found("ALTER TABLE users ALTER COLUMN mood TYPE text", "DROP TYPE mood", only=NAME) == []


def test_a_view_that_is_not_there_is_silent() -> None:
    assert (
        found("DROP VIEW IF EXISTS paid", tables=[Table("orders", complete=True)], only=NAME) == []
    )


def test_what_no_client_names_is_silent() -> None:
    assert found("DROP TRIGGER touch ON orders", only=NAME) == []
    assert found("DROP STATISTICS s", only=NAME) == []
    assert found("DROP ROLE intern", only=NAME) == []
