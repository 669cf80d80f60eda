"""Extensions."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "extension-change"


def test_making_and_updating_and_moving_one_is_found() -> None:
    assert found("CREATE EXTENSION pg_trgm", only=NAME) == [
        Finding(
            NAME,
            ("Creating the extension pg_trgm fails where the server lacks it, or the right to."),
            (
                "An extension is files on the server, which most roles may not bring "
                "into a database."
            ),
            (
                (
                    'op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # guard: '
                    "allow(extension-change) it is installed on every server"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("ALTER EXTENSION pg_trgm UPDATE TO '1.6'", only=NAME) == [
        Finding(
            NAME,
            ("Updating the extension pg_trgm fails where its new version is not installed."),
            (
                "An extension is files on the server, which most roles may not bring "
                "into a database."
            ),
            (
                (
                    "op.execute(\"ALTER EXTENSION pg_trgm UPDATE TO '1.6'\")  # guard: "
                    "allow(extension-change) every server has the new version, and its "
                    "owner migrates"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("ALTER EXTENSION pg_trgm SET SCHEMA tools", only=NAME) == [
        Finding(
            NAME,
            "Changing the extension pg_trgm needs the rights of its owner.",
            (
                "An extension is files on the server, which most roles may not bring "
                "into a database."
            ),
            (
                (
                    'op.execute("ALTER EXTENSION pg_trgm SET SCHEMA tools")  # guard: '
                    "allow(extension-change) every server has the new version, and its "
                    "owner migrates"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"', only=NAME) == [
        Finding(
            NAME,
            ("Creating the extension uuid-ossp fails where the server lacks it, or the right to."),
            (
                "An extension is files on the server, which most roles may not bring "
                "into a database."
            ),
            (
                (
                    'op.execute("CREATE EXTENSION IF NOT EXISTS \\"uuid-ossp\\"")  # '
                    "guard: allow(extension-change) it is installed on every server"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_other_objects_are_silent() -> None:
    assert found("CREATE VIEW a AS SELECT 1", only=NAME) == []
