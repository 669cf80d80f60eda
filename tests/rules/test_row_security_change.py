"""Row level security, and policies."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "row-security-change"
RLS = "ALTER TABLE orders {} ROW LEVEL SECURITY"
POLICY = "CREATE POLICY own ON orders USING (user_id = 1)"


def test_each_switch_is_found() -> None:
    assert found(RLS.format("ENABLE"), only=NAME) == [
        Finding(
            NAME,
            "Row level security hides every row of orders that no policy shows.",
            (
                "No query fails: it finds fewer rows, or more. Try it as the role of "
                "the application."
            ),
            (
                (
                    'op.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")  # '
                    "guard: allow(row-security-change) tried as the role of the application"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(RLS.format("DISABLE"), only=NAME) == [
        Finding(
            NAME,
            "Without row level security, who may read orders sees all its rows.",
            (
                "No query fails: it finds fewer rows, or more. Try it as the role of "
                "the application."
            ),
            (
                (
                    'op.execute("ALTER TABLE orders DISABLE ROW LEVEL SECURITY")  # '
                    "guard: allow(row-security-change) tried as the role of the application"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(RLS.format("FORCE"), only=NAME) == [
        Finding(
            NAME,
            "The policies of orders hold for its owner too.",
            (
                "No query fails: it finds fewer rows, or more. Try it as the role of "
                "the application."
            ),
            (
                (
                    'op.execute("ALTER TABLE orders FORCE ROW LEVEL SECURITY")  # guard: '
                    "allow(row-security-change) tried as the role of the application"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(RLS.format("NO FORCE"), only=NAME) == [
        Finding(
            NAME,
            "The policies of orders hold for its owner no more.",
            (
                "No query fails: it finds fewer rows, or more. Try it as the role of "
                "the application."
            ),
            (
                (
                    'op.execute("ALTER TABLE orders NO FORCE ROW LEVEL SECURITY")  # '
                    "guard: allow(row-security-change) tried as the role of the application"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_policy_is_found() -> None:
    assert found(POLICY, only=NAME) == [
        Finding(
            NAME,
            "The policy own changes which rows of orders are seen and written.",
            (
                "No query fails: it finds fewer rows, or more. Try it as the role of "
                "the application."
            ),
            (
                (
                    'op.execute("CREATE POLICY own ON orders USING (user_id = 1)")  # '
                    "guard: allow(row-security-change) tried as the role of the application"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("ALTER POLICY own ON orders USING (true)", only=NAME) == [
        Finding(
            NAME,
            "The policy own changes which rows of orders are seen and written.",
            (
                "No query fails: it finds fewer rows, or more. Try it as the role of "
                "the application."
            ),
            (
                (
                    'op.execute("ALTER POLICY own ON orders USING (true)")  # guard: '
                    "allow(row-security-change) tried as the role of the application"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found("DROP POLICY own ON orders", only=NAME) == [
        Finding(
            NAME,
            "The policy own changes which rows of orders are seen and written.",
            (
                "No query fails: it finds fewer rows, or more. Try it as the role of "
                "the application."
            ),
            (
                (
                    'op.execute("DROP POLICY own ON orders")  # guard: '
                    "allow(row-security-change) tried as the role of the application"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_policy_is_told_of_with_the_switch_of_its_transaction() -> None:
    assert found(POLICY, RLS.format("ENABLE"), only=NAME) == [
        Finding(
            NAME,
            "Row level security hides every row of orders that no policy shows.",
            (
                "No query fails: it finds fewer rows, or more. Try it as the role of "
                "the application."
            ),
            (
                (
                    'op.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")  # '
                    "guard: allow(row-security-change) tried as the role of the application"
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 2),
        )
    ]


def test_a_new_table_is_silent() -> None:
    assert found("CREATE TABLE orders (id integer)", POLICY, RLS.format("ENABLE"), only=NAME) == []
    assert found("ALTER TABLE orders REPLICA IDENTITY FULL", only=NAME) == []
