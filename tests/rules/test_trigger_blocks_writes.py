"""A new trigger."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.schema import Table
from tests.rules.judging import found

NAME = "trigger-blocks-writes"
SQL = "CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()"


def test_writes_wait_and_the_fix_waits_only_shortly() -> None:
    assert found(SQL, only=NAME) == [
        Finding(
            NAME,
            "Creating the trigger t makes every write to orders wait.",
            (
                "CREATE TRIGGER takes SHARE ROW EXCLUSIVE, behind every transaction "
                "that wrote to it."
            ),
            (
                (
                    "op.execute(\"SET LOCAL lock_timeout = '1s'\")\n"
                    'op.execute("CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW '
                    'EXECUTE FUNCTION touch()")'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_who_waits_only_shortly_is_silent() -> None:
    assert found("SET LOCAL lock_timeout = '1s'", SQL, only=NAME) == []
    assert found("SET lock_timeout = '1s'", SQL, only=NAME) == []
    assert found(SQL, target={"lock_timeout": 2.0}, only=NAME) == []


def test_who_waits_for_ever_again_is_not() -> None:
    assert found("SET lock_timeout = '1s'", "SET lock_timeout = 0", SQL, only=NAME) == [
        Finding(
            NAME,
            "Creating the trigger t makes every write to orders wait.",
            (
                "CREATE TRIGGER takes SHARE ROW EXCLUSIVE, behind every transaction "
                "that wrote to it."
            ),
            (
                (
                    "op.execute(\"SET LOCAL lock_timeout = '1s'\")\n"
                    'op.execute("CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW '
                    'EXECUTE FUNCTION touch()")'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 3),
        )
    ]
    assert found(["SET LOCAL lock_timeout = '1s'"], [SQL], only=NAME) == [
        Finding(
            NAME,
            "Creating the trigger t makes every write to orders wait.",
            (
                "CREATE TRIGGER takes SHARE ROW EXCLUSIVE, behind every transaction "
                "that wrote to it."
            ),
            (
                (
                    "op.execute(\"SET LOCAL lock_timeout = '1s'\")\n"
                    'op.execute("CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW '
                    'EXECUTE FUNCTION touch()")'
                ),
            ),
            Severity.WARNING,
            revision="b2",
            place=Place("b2.py", 1),
        )
    ]


def test_a_new_table_and_a_view_and_a_lock_that_is_held_are_silent() -> None:
    assert found("CREATE TABLE orders (id integer)", SQL, only=NAME) == []
    assert (
        found(
            SQL.replace("BEFORE", "INSTEAD OF"),
            tables=[Table("orders", kind="view", complete=True)],
            only=NAME,
        )
        == []
    )
    assert found("ALTER TABLE orders ADD COLUMN a integer", SQL, only=NAME) == []
    assert found("CREATE VIEW a AS SELECT 1", only=NAME) == []
