"""An exclusion constraint on a table in use."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.constraining import ASSUMED, EMPTY, NEW
from tests.rules.judging import found

NAME = "exclusion-blocks-reads"
SQL = "ALTER TABLE orders ADD CONSTRAINT x EXCLUDE USING gist (period WITH &&)"


def test_there_is_no_other_way_but_to_say_that_reads_may_wait() -> None:
    assert found(SQL) == [
        Finding(
            NAME,
            "The exclusion constraint x makes every read and write of orders wait until its index "
            "is built.",
            "ADD CONSTRAINT holds ACCESS EXCLUSIVE while it compares all rows, and there is no "
            f"other way to add it.\n{ASSUMED}",
            (f'op.execute("{SQL}")  # guard: allow({NAME}) orders is not in use while this runs',),
            Severity.ERROR,
            revision="a1",
            place=Place("a1.py", 1),
        )
    ]


def test_one_without_a_name_is_called_as_postgresql_calls_it() -> None:
    (one,) = found("ALTER TABLE orders ADD EXCLUDE USING gist (period WITH &&)")
    assert one.message.startswith("The exclusion constraint orders_period_excl makes")


def test_a_new_and_an_empty_table_are_silent() -> None:
    assert found(NEW, SQL, only=NAME) == []
    assert found(SQL, tables=[EMPTY], only=NAME) == []
