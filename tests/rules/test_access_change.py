"""Rights, roles and settings."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "access-change"


def test_what_takes_rights_away_is_found() -> None:
    assert found("REVOKE SELECT ON orders FROM app", only=NAME) == [
        Finding(
            NAME,
            "Revoking rights on orders takes away what somebody may be using.",
            "Queries that worked fail from the commit on.",
            (
                (
                    'op.execute("REVOKE SELECT ON orders FROM app")  # guard: '
                    "allow(access-change) whoever runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("REVOKE admin FROM app", only=NAME) == [
        Finding(
            NAME,
            "Revoking the role admin takes away what somebody may be using.",
            "Queries that worked fail from the commit on.",
            (
                (
                    'op.execute("REVOKE admin FROM app")  # guard: allow(access-change) '
                    "whoever runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("ALTER TABLE orders OWNER TO app", only=NAME) == [
        Finding(
            NAME,
            "orders gets another owner, and the one of before loses its rights.",
            "Queries that worked fail from the commit on.",
            (
                (
                    'op.execute("ALTER TABLE orders OWNER TO app")  # guard: '
                    "allow(access-change) whoever runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("ALTER VIEW paid OWNER TO app", only=NAME) == [
        Finding(
            NAME,
            "paid gets another owner, and the one of before loses its rights.",
            "Queries that worked fail from the commit on.",
            (
                (
                    'op.execute("ALTER VIEW paid OWNER TO app")  # guard: '
                    "allow(access-change) whoever runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DROP ROLE app", only=NAME) == [
        Finding(
            NAME,
            "Dropping the role app takes away what somebody may be using.",
            "Queries that worked fail from the commit on.",
            (
                (
                    'op.execute("DROP ROLE app")  # guard: allow(access-change) whoever '
                    "runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DROP OWNED BY app", only=NAME) == [
        Finding(
            NAME,
            "Everything that app owns is dropped, and its rights.",
            "Queries that worked fail from the commit on.",
            (
                (
                    'op.execute("DROP OWNED BY app")  # guard: allow(access-change) '
                    "whoever runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_what_belongs_to_the_whole_server_is_found() -> None:
    assert found("ALTER SYSTEM SET max_connections = 10", only=NAME) == [
        Finding(
            NAME,
            "The setting max_connections changes for the whole server.",
            "It belongs to the whole server, and to every application on it.",
            (
                (
                    'op.execute("ALTER SYSTEM SET max_connections = 10")  # guard: '
                    "allow(access-change) whoever runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("ALTER DATABASE shop SET timezone = 'UTC'", only=NAME) == [
        Finding(
            NAME,
            "The database shop changes for every session.",
            "It belongs to the whole server, and to every application on it.",
            (
                (
                    "op.execute(\"ALTER DATABASE shop SET timezone = 'UTC'\")  # guard: "
                    "allow(access-change) whoever runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("CREATE ROLE app", only=NAME) == [
        Finding(
            NAME,
            "Creating the role app changes the whole server.",
            "It belongs to the whole server, and to every application on it.",
            (
                (
                    'op.execute("CREATE ROLE app")  # guard: allow(access-change) '
                    "whoever runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("ALTER ROLE app PASSWORD 'x'", only=NAME) == [
        Finding(
            NAME,
            "Changing the role app changes the whole server.",
            "It belongs to the whole server, and to every application on it.",
            (),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("CREATE DATABASE shop", only=NAME) == [
        Finding(
            NAME,
            "Creating the database shop changes the whole server.",
            "It belongs to the whole server, and to every application on it.",
            (
                (
                    'op.execute("CREATE DATABASE shop")  # guard: allow(access-change) '
                    "whoever runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("SET GLOBAL max_connections = 10", kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "The setting max_connections changes for the whole server.",
            "It belongs to the whole server, and to every application on it.",
            (
                (
                    'op.execute("SET GLOBAL max_connections = 10")  # guard: '
                    "allow(access-change) whoever runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("SET PERSIST max_connections = 10", kind="mysql", only=NAME) == [
        Finding(
            NAME,
            "The setting max_connections changes for the whole server.",
            "It belongs to the whole server, and to every application on it.",
            (
                (
                    'op.execute("SET PERSIST max_connections = 10")  # guard: '
                    "allow(access-change) whoever runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DROP ROLE app", kind="mariadb", only=NAME) == [
        Finding(
            NAME,
            "Dropping the role app takes away what somebody may be using.",
            "Queries that worked fail from the commit on.",
            (
                (
                    'op.execute("DROP ROLE app")  # guard: allow(access-change) whoever '
                    "runs the server agreed"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_what_this_run_made_and_what_gives_rights_is_silent() -> None:
    assert (
        found("CREATE TABLE orders (id integer)", "ALTER TABLE orders OWNER TO app", only=NAME)
        == []
    )
    assert (
        found("CREATE TABLE orders (id integer)", "REVOKE ALL ON orders FROM PUBLIC", only=NAME)
        == []
    )
    assert found("CREATE VIEW paid AS SELECT 1", "ALTER VIEW paid OWNER TO app", only=NAME) == []
    assert found("GRANT SELECT ON orders TO app", only=NAME) == []
    assert found("SET max_connections = 10", kind="mariadb", only=NAME) == []
    assert found("ALTER FUNCTION touch() SECURITY DEFINER", only=NAME) == []
