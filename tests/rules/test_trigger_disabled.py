"""A trigger that is switched off."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.judging import found

NAME = "trigger-disabled"
OFF = "ALTER TABLE orders DISABLE TRIGGER {}"
ON = "ALTER TABLE orders ENABLE TRIGGER {}"


def test_one_that_stays_off_is_found() -> None:
    assert found(OFF.format("touch"), only=NAME) == [
        Finding(
            NAME,
            "The trigger touch of orders stays switched off, for every session.",
            "What it does is left undone until somebody enables it again.",
            (
                (
                    'op.execute("ALTER TABLE orders DISABLE TRIGGER touch")\n'
                    "# Here, what it shall not see.\n"
                    'op.execute("ALTER TABLE orders ENABLE TRIGGER touch")'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_all_of_them_are_those_of_foreign_keys_too() -> None:
    assert found(OFF.format("ALL"), only=NAME) == [
        Finding(
            NAME,
            (
                "All triggers of orders stay switched off, those of foreign keys "
                "too, for every session."
            ),
            "What they do is left undone until somebody enables them again.",
            (
                (
                    'op.execute("ALTER TABLE orders DISABLE TRIGGER ALL")\n'
                    "# Here, what it shall not see.\n"
                    'op.execute("ALTER TABLE orders ENABLE TRIGGER ALL")'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found(OFF.format("USER"), only=NAME) == [
        Finding(
            NAME,
            "All triggers of orders stay switched off, for every session.",
            "What they do is left undone until somebody enables them again.",
            (
                (
                    'op.execute("ALTER TABLE orders DISABLE TRIGGER USER")\n'
                    "# Here, what it shall not see.\n"
                    'op.execute("ALTER TABLE orders ENABLE TRIGGER USER")'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_a_replica_trigger_is_off_in_ordinary_sessions() -> None:
    assert found("ALTER TABLE orders ENABLE REPLICA TRIGGER touch", only=NAME) == [
        Finding(
            NAME,
            "The trigger touch of orders stays switched off, for every session.",
            "What it does is left undone until somebody enables it again.",
            (
                (
                    'op.execute("ALTER TABLE orders ENABLE REPLICA TRIGGER touch")\n'
                    "# Here, what it shall not see.\n"
                    'op.execute("ALTER TABLE orders ENABLE TRIGGER touch")'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_another_trigger_or_transaction_does_not_enable_it() -> None:
    assert found(OFF.format("touch"), ON.format("other"), only=NAME) == [
        Finding(
            NAME,
            "The trigger touch of orders stays switched off, for every session.",
            "What it does is left undone until somebody enables it again.",
            (
                (
                    'op.execute("ALTER TABLE orders DISABLE TRIGGER touch")\n'
                    "# Here, what it shall not see.\n"
                    'op.execute("ALTER TABLE orders ENABLE TRIGGER touch")'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]
    assert found([OFF.format("touch")], [ON.format("touch")], only=NAME) == [
        Finding(
            NAME,
            "The trigger touch of orders stays switched off, for every session.",
            "What it does is left undone until somebody enables it again.",
            (
                (
                    'op.execute("ALTER TABLE orders DISABLE TRIGGER touch")\n'
                    "# Here, what it shall not see.\n"
                    'op.execute("ALTER TABLE orders ENABLE TRIGGER touch")'
                ),
            ),
            Severity.WARNING,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_what_is_enabled_again_in_the_transaction_is_silent() -> None:
    assert found(OFF.format("touch"), ON.format("touch"), only=NAME) == []
    assert found(OFF.format("touch"), ON.format("ALL"), only=NAME) == []
    assert found(OFF.format("ALL"), ON.format("ALL"), only=NAME) == []
    assert found("CREATE TABLE orders (id integer)", OFF.format("touch"), only=NAME) == []
